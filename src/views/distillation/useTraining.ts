import { useStore } from 'zustand';
import { trainingStore } from '../../state/trainingStore.ts';

/** True while something trains: nothing that a training reads may be changed then. */
export const useTraining = (): boolean => useStore(trainingStore, ({ busy }) => busy);

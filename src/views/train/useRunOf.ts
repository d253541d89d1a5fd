import { useStore } from 'zustand';
import type { Model } from '../../state/modelStore.ts';
import { runsStore, type TrainingRun } from '../../state/runsStore.ts';

/** The run that made these weights, where it is kept. */
export const useRunOf = (model: Model | null): TrainingRun | undefined =>
  useStore(runsStore, ({ runs }) => (model ? runs.find(({ modelId }) => modelId === model.id) : undefined));

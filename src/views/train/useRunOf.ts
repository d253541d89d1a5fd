import { useStore } from 'zustand';
import type { Model } from '../../state/modelStore.ts';
import { runsStore, type TrainingRun } from '../../state/runsStore.ts';

/** The run that made these weights, or that an epoch was taken of; undefined where it is not kept. */
export const useRunOf = (model: Model | null): TrainingRun | undefined =>
  useStore(runsStore, ({ runs }) => {
    if (!model) return undefined;
    return runs.find(({ modelId }) => modelId === model.id) ?? runs.find(({ id }) => id === model.ofRun);
  });

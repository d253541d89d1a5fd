import { useStore } from 'zustand';
import { designStore, type Entry } from '../state/designStore.ts';
import { type Model, modelStore } from '../state/modelStore.ts';

/** The present design with the ids of its weights. */
export const useEntry = (): Entry => useStore(designStore, (state) => state.history.present);

/** The trained model of the present design; null while it has none. */
export function useModel(): Model | null {
  const { modelId } = useEntry();
  return useStore(modelStore, ({ models }) => (modelId === null ? null : (models[modelId] ?? null)));
}

export function useBaselineModel(): Model | null {
  const { baselineModelId } = useEntry();
  return useStore(modelStore, ({ models }) =>
    baselineModelId === null ? null : (models[baselineModelId] ?? null),
  );
}

import { createStore } from 'zustand/vanilla';
import type { Design } from '../core/exploration/design.ts';
import type { Accuracy } from '../workers/protocol.ts';

/** A design with a measured accuracy: a point of the Pareto chart. */
export interface Evaluation {
  readonly id: string;
  readonly label: string;
  readonly design: Design;
  readonly modelId: string;
  readonly baselineModelId: string | null;
  readonly accuracy: Accuracy;
  readonly parameterCount: number;
  readonly macCount: number;
}

export const evaluationStore = createStore<{ evaluations: readonly Evaluation[] }>(() => ({
  evaluations: [],
}));

/** Adds a design's measured accuracy; the same model again replaces its point. */
export function recordEvaluation(evaluation: Evaluation): void {
  evaluationStore.setState(({ evaluations }) => ({
    evaluations: [...evaluations.filter((other) => other.modelId !== evaluation.modelId), evaluation],
  }));
}

export function forgetEvaluation(id: string): void {
  evaluationStore.setState(({ evaluations }) => ({
    evaluations: evaluations.filter((other) => other.id !== id),
  }));
}

/** The points that can be compared with a design: those measured on the same images and the same split. */
export const comparableWith = (
  evaluations: readonly Evaluation[],
  data: Design['data'],
): readonly Evaluation[] => {
  const key = JSON.stringify(data);
  return evaluations.filter((evaluation) => JSON.stringify(evaluation.design.data) === key);
};

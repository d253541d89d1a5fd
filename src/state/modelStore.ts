import { createStore } from 'zustand/vanilla';
import type { NormalizationChoice } from '../core/data/normalizationChoice.ts';
import type { Design } from '../core/exploration/design.ts';
import type { Network, Weights } from '../core/network/network.ts';
import type { Accuracy, ApozResult, BackendName } from '../workers/protocol.ts';

/** What one training run looked like, for the learning curves. */
export interface LearningCurves {
  readonly stepLosses: readonly number[];
  readonly stepsPerEpoch: number;
  readonly epochs: readonly {
    readonly epoch: number;
    readonly trainLoss: number;
    readonly trainAccuracy: number;
    readonly validationLoss: number;
    readonly validationAccuracy: number;
    /** Mean average precision, 0..1, where the recipe asked for it. */
    readonly validationMap?: number;
    /** Of the epoch's last step; runs of older versions do not tell. */
    readonly learningRate?: number;
  }[];
}

/** Weights of a network and everything measured with them. Never changed in place. */
export interface Model {
  readonly id: string;
  readonly network: Network;
  readonly weights: Weights;
  readonly origin: 'trained' | 'pruned' | 'fine-tuned' | 'imported';
  readonly epochs: number;
  readonly backend: BackendName | null;
  /** The run of whose epochs these weights are one that was taken; absent for those that a run has made. */
  readonly ofRun?: string;
  /** How pixels reach it, where that is known: from its training, its file, or its first batch norms. */
  readonly reads?: NormalizationChoice;
  /** Of the images it was trained with, in the order of its outputs; absent where it was trained elsewhere. */
  readonly classNames?: readonly string[];
  readonly curves: LearningCurves | null;
  /** On the validation images; null until measured. */
  readonly validation: Accuracy | null;
  readonly apoz: ApozResult | null;
}

export const modelStore = createStore<{ models: Readonly<Record<string, Model>> }>(() => ({ models: {} }));

export const modelById = (id: string | null): Model | null =>
  id === null ? null : (modelStore.getState().models[id] ?? null);

export function putModel(model: Model): void {
  modelStore.setState(({ models }) => ({ models: { ...models, [model.id]: model } }));
}

export function patchModel(id: string, patch: Partial<Model>): void {
  const model = modelById(id);
  if (model) putModel({ ...model, ...patch });
}

/** What a model with weights of this one knows of its training too. */
export const trainedAs = ({ reads, classNames }: Pick<Model, 'reads' | 'classNames'>) => ({
  ...(reads ? { reads } : {}),
  ...(classNames ? { classNames } : {}),
});

export const newId = (): string => crypto.randomUUID();

/**
 * A stored design and its models, whose networks are copies of each other, sharing the same objects again:
 * the page tells by identity whether weights belong to a network.
 */
export function reunite(design: Design, modelId: string | null, baselineModelId: string | null) {
  const model = modelById(modelId);
  const baselineModel = modelById(baselineModelId);
  const network = model?.network ?? design.network;
  const unpruned = JSON.stringify(design.baseline) === JSON.stringify(design.network);
  const baseline = unpruned ? network : (baselineModel?.network ?? design.baseline);
  return {
    design: { ...design, network, baseline },
    modelId: model?.id ?? null,
    baselineModelId: baselineModel?.id ?? null,
  };
}

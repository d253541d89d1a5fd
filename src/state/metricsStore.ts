import { createStore } from 'zustand/vanilla';
import type { Design } from '../core/exploration/design.ts';
import type { Weights } from '../core/network/network.ts';
import type { HeldPart, Pictures, Prediction } from '../workers/protocol.ts';
import type { Model } from './modelStore.ts';

/** What a model says about the images of a part, with what it was made of. */
export interface MetricsAnswer {
  readonly modelId: string;
  /** Training gives a model new weights: the answer is about these. */
  readonly weights: Weights;
  /** The images, their split and how they reach the network, as one text. */
  readonly dataKey: string;
  readonly part: HeldPart;
  readonly status: 'computing' | 'failed' | { readonly done: Prediction };
}

/** Pixels of images by their place in the set, for one choice of data. */
export interface PicturesAnswer {
  readonly dataKey: string;
  readonly image: Pictures['image'];
  readonly byIndex: ReadonlyMap<number, Uint8Array>;
}

export const metricsStore = createStore<{
  /** By `answerKey`: of the present model and the one it is compared with, on either part. */
  readonly answers: Readonly<Record<string, MetricsAnswer>>;
  readonly pictures: PicturesAnswer | null;
}>(() => ({ answers: {}, pictures: null }));

export const dataKeyOf = (data: Design['data']): string => JSON.stringify(data);

export const answerKey = (modelId: string, part: HeldPart): string => `${part} ${modelId}`;

/** The answer about a model as it is, on these images; null where there is none. */
export function answerFor(
  answers: Readonly<Record<string, MetricsAnswer>>,
  model: Model | null,
  dataKey: string,
  part: HeldPart,
): MetricsAnswer | null {
  const answer = model && answers[answerKey(model.id, part)];
  return answer && answer.weights === model.weights && answer.dataKey === dataKey ? answer : null;
}

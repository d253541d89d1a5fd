import { createStore } from 'zustand/vanilla';
import type { Design } from '../core/exploration/design.ts';
import type { Weights } from '../core/network/network.ts';
import type { NormalizationVerdict } from '../core/training/normalizationFit.ts';
import type { Entry } from './designStore.ts';
import { type Model, modelById } from './modelStore.ts';

/** What was found out about weights from a file on the images of a design. */
export interface NormalizationAnswer {
  readonly weights: Weights;
  /** The images and how they reach the network, as one text. */
  readonly dataKey: string;
  /** Null while it is being found out, and where nothing is wrong. */
  readonly verdict: NormalizationVerdict | null;
}

export const normalizationStore = createStore<{ readonly answer: NormalizationAnswer | null }>(() => ({
  answer: null,
}));

export const normalizationKeyOf = ({ source, normalization, standardization }: Design['data']): string =>
  JSON.stringify({ source, normalization, standardization });

/**
 * Weights from a file that the design has, or that its next training takes over under a new head: nobody here chose how
 * images reach them. Null where there are none.
 */
export function modelToCheck({ modelId, startModelId = null }: Entry): Model | null {
  const model = modelById(modelId ?? startModelId);
  return model?.origin === 'imported' ? model : null;
}

/** The verdict about the weights and the images of a design as it is; null where there is none. */
export function verdictFor(answer: NormalizationAnswer | null, entry: Entry): NormalizationVerdict | null {
  const isCurrent =
    answer?.weights === modelToCheck(entry)?.weights &&
    answer?.dataKey === normalizationKeyOf(entry.design.data);
  return isCurrent ? (answer?.verdict ?? null) : null;
}

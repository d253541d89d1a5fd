import { createStore } from 'zustand/vanilla';
import type { Design } from '../core/exploration/design.ts';
import type { Weights } from '../core/network/network.ts';
import type { NormalizationVerdict } from '../core/training/normalizationFit.ts';
import type { Entry } from './designStore.ts';
import { modelById } from './modelStore.ts';

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

/** The verdict about the weights and the images of a design as it is; null where there is none. */
export function verdictFor(
  answer: NormalizationAnswer | null,
  { design, modelId }: Entry,
): NormalizationVerdict | null {
  const isCurrent =
    answer?.weights === modelById(modelId)?.weights && answer?.dataKey === normalizationKeyOf(design.data);
  return isCurrent ? (answer?.verdict ?? null) : null;
}

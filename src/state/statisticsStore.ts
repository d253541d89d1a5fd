import { createStore } from 'zustand/vanilla';
import type { TrainingStatistics } from '../core/data/trainingStatistics.ts';
import type { DataChoice } from '../core/exploration/design.ts';

/** Mean and deviation that were measured, by {@link statisticsKey}. */
export const statisticsStore = createStore<{
  readonly known: Readonly<Record<string, TrainingStatistics>>;
}>(() => ({ known: {} }));

/** Images and their split as one text: all that mean and deviation of the training images depend on. */
export function statisticsKey(data: DataChoice): string {
  const { source, splitSeed, validationShare, testShare, keepsParts } = data;
  const images =
    source.kind === 'file' ? [source.fingerprint] : [source.kind, source.imageCount, source.seed];
  return JSON.stringify([images, splitSeed, validationShare, testShare, keepsParts]);
}

/** Those of the images that a choice trains with; null where nobody has measured them yet. */
export const statisticsOf = (data: DataChoice): TrainingStatistics | null =>
  statisticsStore.getState().known[statisticsKey(data)] ?? null;

export const keepStatistics = (data: DataChoice, statistics: TrainingStatistics): void =>
  statisticsStore.setState(({ known }) => ({ known: { ...known, [statisticsKey(data)]: statistics } }));

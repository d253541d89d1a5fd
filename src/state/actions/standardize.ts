import type { TrainingStatistics } from '../../core/data/trainingStatistics.ts';
import type { DataChoice, DataSource } from '../../core/exploration/design.ts';
import { loadedData, standardizationOf } from '../dataStore.ts';
import { amendEntry, changeData, present } from '../designStore.ts';
import { type JobContext, runJob } from '../jobStore.ts';
import { dataWorker } from '../services.ts';
import { keepStatistics, statisticsKey, statisticsOf } from '../statisticsStore.ts';
import { trainingStore } from '../trainingStore.ts';
import { findSet } from './sets.ts';

const TITLE = 'Measuring mean and deviation';

async function imagesOf(source: DataSource, signal: AbortSignal) {
  if (source.kind !== 'file') {
    const { kind, imageCount, seed } = source;
    return { kind, imageCount, seed };
  }
  const stored = loadedData()?.stored;
  const set = stored?.fingerprint === source.fingerprint ? stored : await findSet(source, signal);
  return set && { setId: set.id };
}

/** Those of the images that a choice trains with; null where the images are not here. */
async function measured(
  data: DataChoice,
  { signal, report }: JobContext,
): Promise<TrainingStatistics | null> {
  const known = statisticsOf(data);
  if (known) return known;
  const images = await imagesOf(data.source, signal);
  if (!images) return null;
  const { splitSeed, validationShare, testShare, keepsParts } = data;
  const statistics = await dataWorker.call(
    'trainingStatistics',
    { images, splitSeed, validationShare, testShare, keepsParts },
    { signal, onProgress: ({ done, total }) => report(done / Math.max(1, total)) },
  );
  keepStatistics(data, statistics);
  return statistics;
}

/** Brings bytes to the network by mean and deviation of exactly the images that are trained with: a step of undo. */
export async function standardize(): Promise<void> {
  const { data } = present().design;
  const statistics = await runJob(TITLE, (job) => measured(data, job));
  if (!statistics || present().design.data !== data) return;
  changeData({ ...data, normalization: 'standardized', standardization: standardizationOf(statistics) });
}

/** Measures what the present standardization is compared with, where that is not known, as after a reload. */
export async function compareStandardization(): Promise<void> {
  const { data } = present().design;
  if (pending || statisticsOf(data)) return;
  await runJob(TITLE, (job) => measured(data, job));
}

/** Mean and deviation that are measured anew: `from` is the last choice that they may have been measured for. */
let pending: { readonly from: DataChoice; readonly abort: AbortController } | null = null;

/** Whether the numbers are those of the images that a choice trains with, and not somebody's own. */
async function isMeasured(data: DataChoice, job: JobContext): Promise<boolean> {
  const statistics = await measured(data, job);
  return (
    statistics !== null &&
    JSON.stringify(standardizationOf(statistics)) === JSON.stringify(data.standardization)
  );
}

/** Numbers for each channel of other images: nobody can mean them for these. */
function isOfOtherChannels({ source, standardization }: DataChoice): boolean {
  const channels = source.kind === 'file' ? source.compile?.channels : 3;
  const given = standardization?.mean.length ?? 1;
  return channels !== undefined && given !== 1 && given !== channels;
}

async function refill(before: DataChoice): Promise<void> {
  const after = present().design.data;
  const isSame = statisticsKey(before) === statisticsKey(after);
  if (isSame || after.normalization !== 'standardized' || after.standardization === null) return;
  const from = pending?.from.standardization === before.standardization ? pending.from : before;
  pending?.abort.abort();
  const current = { from, abort: new AbortController() };
  pending = current;
  await runJob(TITLE, async ({ signal, report }) => {
    const job = { signal: AbortSignal.any([signal, current.abort.signal]), report };
    const statistics = await measured(after, job);
    if (!statistics || !(isOfOtherChannels(after) || (await isMeasured(from, job)))) return;
    const { live, busy, sequence } = trainingStore.getState();
    // a training that has begun meanwhile keeps the images as it got them
    if (present().design.data !== after || live !== null || busy || sequence !== null) return;
    const data = { ...after, standardization: standardizationOf(statistics) };
    amendEntry((entry) => ({ ...entry, design: { ...entry.design, data } }));
  });
  if (pending === current) pending = null;
}

/**
 * Other images, another split or other values: a step of undo. A mean and deviation that were measured are measured anew
 * in the same step; numbers that somebody typed, or that came with a model, stay.
 */
export function changeDataChoice(change: Partial<DataChoice>): void {
  const before = present().design.data;
  changeData({ ...before, ...change });
  void refill(before);
}

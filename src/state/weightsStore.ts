import { createStore } from 'zustand/vanilla';
import type { Weights, WeightTensor } from '../core/network/network.ts';
import {
  type Distribution,
  largestMagnitudeOf,
  type Moments,
  mergeDistributions,
  mergeMoments,
  outputChannelCount,
  statisticsFrom,
  type WeightStatistics,
} from '../core/network/weightStatistics.ts';
import type { Model } from './modelStore.ts';
import { fileWorker } from './services.ts';

/** Odd, so that zero is the middle of a bin and not an edge. */
export const HISTOGRAM_BINS = 63;

/** Numbers sent at a time: copying them takes about 2 ms, so that the page never stops. */
const PIECE = 2 ** 20;

/** Between two changes on screen, while parameters come in by the hundred. */
const SHOWN_EVERY_MS = 120;

export interface WeightsAnswer {
  readonly modelId: string;
  /** Training gives a model new weights: the answer is about these. */
  readonly weights: Weights;
  /** By parameter key; those that are not there yet are missing. */
  readonly statistics: Readonly<Record<string, WeightStatistics>>;
  readonly status: 'computing' | 'done' | { readonly failed: string };
}

export const weightsStore = createStore<{ answer: WeightsAnswer | null }>(() => ({ answer: null }));

/** The run whose results are wanted; every other one ends at its next piece. */
let wanted: { readonly weights: Weights } | null = null;

class Replaced extends Error {}

/** One pass over a tensor in pieces; stops as soon as other weights are asked for. */
async function overPieces<Part>(
  { values }: WeightTensor,
  run: typeof wanted,
  pass: (piece: Float32Array<ArrayBuffer>, offset: number) => Promise<Part>,
  merge: (a: Part, b: Part) => Part,
): Promise<Part> {
  let merged: Part | null = null;
  for (let offset = 0; merged === null || offset < values.length; offset += PIECE) {
    // A copy: the worker gets its memory, and a view would take the whole file it was read from along.
    const part: Part = await pass(values.slice(offset, offset + PIECE), offset);
    if (wanted !== run) throw new Replaced();
    merged = merged === null ? part : merge(merged, part);
  }
  return merged;
}

async function statisticsOf(
  key: string,
  tensor: WeightTensor,
  run: typeof wanted,
): Promise<WeightStatistics> {
  const parameter = key.slice(key.lastIndexOf('/') + 1);
  const channelCount = outputChannelCount(parameter, tensor.shape);
  const moments = await overPieces<Moments>(
    tensor,
    run,
    (values, offset) =>
      fileWorker.call('weightMoments', { values, channelCount, offset }, { transfer: [values.buffer] }),
    mergeMoments,
  );
  const largest = largestMagnitudeOf(moments);
  const distribution = await overPieces<Distribution>(
    tensor,
    run,
    (values) =>
      fileWorker.call(
        'weightDistribution',
        { values, largest, binCount: HISTOGRAM_BINS },
        { transfer: [values.buffer] },
      ),
    mergeDistributions,
  );
  return statisticsFrom(moments, distribution);
}

/** Computes the statistics of a model's weights in the background, unless that was asked already. */
export async function requestWeightStatistics({ id: modelId, weights }: Model): Promise<void> {
  if (wanted?.weights === weights) return;
  const run = { weights };
  wanted = run;
  const statistics: Record<string, WeightStatistics> = {};
  const show = (status: WeightsAnswer['status']) =>
    weightsStore.setState({ answer: { modelId, weights, statistics: { ...statistics }, status } });
  try {
    let shown = performance.now();
    for (const [key, tensor] of Object.entries(weights)) {
      statistics[key] = await statisticsOf(key, tensor, run);
      if (performance.now() - shown < SHOWN_EVERY_MS) continue;
      show('computing');
      shown = performance.now();
    }
    show('done');
  } catch (error) {
    if (error instanceof Replaced || wanted !== run) return;
    wanted = null; // asking again tries again
    show({ failed: `The weights could not be measured: ${(error as Error).message}` });
  }
}

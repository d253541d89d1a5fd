import type { LayerId, Weights } from '../core/network/network.ts';
import type { Plan } from './plan.ts';

/** Batch norms that are looked at: what comes later depends on these. */
const MOST_NORMS = 3;

/** A trained batch norm, and the layer that it reads. */
export interface Norm {
  readonly source: LayerId;
  readonly mean: Float32Array;
  readonly variance: Float32Array;
  readonly epsilon: number;
}

/** The first batch norms that were trained: one whose moving statistics are those it began with tells nothing. */
export function firstNorms({ steps }: Plan, weights: Weights): readonly Norm[] {
  const norms: Norm[] = [];
  for (const { layer } of steps) {
    if (layer.kind !== 'batchNorm') continue;
    const mean = weights[`${layer.id}/movingMean`]?.values;
    const variance = weights[`${layer.id}/movingVariance`]?.values;
    const [source] = layer.inputs;
    if (!mean || !variance || source === undefined) continue;
    const isFresh =
      mean.every((value) => value === 0) && variance.every((value) => Math.abs(value - 1) < 0.01);
    if (!isFresh) norms.push({ source, mean, variance, epsilon: layer.epsilon });
    if (norms.length === MOST_NORMS) break;
  }
  return norms;
}

/** Sums over all pixels of the images seen so far, a channel. */
export interface Sums {
  pixelCount: number;
  readonly first: Float64Array;
  readonly second: Float64Array;
}

function median(values: Float64Array): number {
  const sorted = values.slice().sort();
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2;
}

/**
 * The median over channels of |mean - moving mean| / moving deviation, plus that of |ln(deviation / moving deviation)|.
 */
export function distanceOf({ mean, variance, epsilon }: Norm, { pixelCount, first, second }: Sums): number {
  const shift = new Float64Array(mean.length);
  const stretch = new Float64Array(mean.length);
  for (let c = 0; c < mean.length; c++) {
    const seen = (first[c] as number) / pixelCount;
    const spread = Math.max(0, (second[c] as number) / pixelCount - seen * seen);
    const trained = Math.sqrt(Math.max(0, variance[c] as number) + epsilon + 1e-12);
    shift[c] = Math.abs(seen - (mean[c] as number)) / trained;
    stretch[c] = Math.abs(Math.log(Math.sqrt(spread + epsilon + 1e-12) / trained));
  }
  return median(shift) + median(stretch);
}

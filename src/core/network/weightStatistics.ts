/**
 * Statistics of one parameter. Tensors can have a hundred million numbers, so they are taken in pieces: a first
 * pass over all pieces gives the moments, a second one, which needs their largest magnitude, the histogram. Both
 * merge, in any order of the pieces.
 */

/** Below this share of the largest magnitude a weight counts as nearly zero. */
export const NEAR_ZERO_SHARE = 1e-3;

/** What a first pass over some of the numbers tells. Numbers that are not finite are counted and left out. */
export interface Moments {
  /** The finite ones. */
  readonly finiteCount: number;
  readonly notFiniteCount: number;
  readonly zeroCount: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** Sum of squared distances from the mean. */
  readonly squaredDistances: number;
  /** Sums of magnitudes and of squares by output channel. */
  readonly channelSums: Float64Array<ArrayBuffer>;
  readonly channelSquares: Float64Array<ArrayBuffer>;
}

/** What a second pass tells, once the largest magnitude is known. */
export interface Distribution {
  /** Numbers in each of equally wide bins from -largest to +largest; its end belongs to the last bin. */
  readonly bins: Float64Array<ArrayBuffer>;
  readonly nearZeroCount: number;
}

export interface WeightStatistics {
  readonly count: number;
  readonly notFiniteCount: number;
  /** NaN, like the three below, where no number is finite. */
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** Of the numbers themselves: divided by their count, not by one less. */
  readonly standardDeviation: number;
  /** Exact zeros among all, 0..1. */
  readonly zeroShare: number;
  /** Magnitudes below `NEAR_ZERO_SHARE` of the largest among all, zeros included, 0..1. */
  readonly nearZeroShare: number;
  readonly largestMagnitude: number;
  /** The least e with 2^e >= largest magnitude: the range a power-of-two quantizer needs; null for zeros only. */
  readonly scaleExponent: number | null;
  /** Symmetric about 0; see {@link Distribution}. */
  readonly bins: Float64Array<ArrayBuffer>;
  /** L1 and L2 norm of the weights of each output channel: low ones are the first to prune (Li et al. 2017). */
  readonly channelL1: Float64Array<ArrayBuffer>;
  readonly channelL2: Float64Array<ArrayBuffer>;
}

/**
 * Output channels of a parameter, which are innermost in its layout: the last extent, and for a depthwise kernel
 * [kh, kw, in, multiplier] the last two.
 */
export function outputChannelCount(parameter: string, shape: readonly number[]): number {
  const last = shape.at(-1) ?? 1;
  return parameter === 'depthwiseKernel' ? last * (shape.at(-2) ?? 1) : last;
}

/** Moments of `values`, the first of which stands at `offset` in its tensor. */
export function momentsOf(values: Float32Array, channelCount: number, offset = 0): Moments {
  const channelSums = new Float64Array(channelCount);
  const channelSquares = new Float64Array(channelCount);
  const count = values.length;
  let channel = offset % channelCount;
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let [zeroCount, notFiniteCount] = [0, 0];
  // Sums of distances from one of the numbers: the difference of two large sums would lose the digits.
  let shift = Number.NaN;
  let [sum, squares] = [0, 0];
  for (let i = 0; i < count; i++) {
    const value = values[i] as number;
    if (Number.isFinite(value)) {
      if (value < min) min = value;
      if (value > max) max = value;
      if (value === 0) zeroCount++;
      if (Number.isNaN(shift)) shift = value;
      const distance = value - shift;
      sum += distance;
      squares += distance * distance;
      channelSums[channel] = (channelSums[channel] as number) + (value < 0 ? -value : value);
      channelSquares[channel] = (channelSquares[channel] as number) + value * value;
    } else notFiniteCount++;
    if (++channel === channelCount) channel = 0;
  }
  const finiteCount = count - notFiniteCount;
  return {
    finiteCount,
    notFiniteCount,
    zeroCount,
    min,
    max,
    mean: finiteCount === 0 ? 0 : shift + sum / finiteCount,
    squaredDistances: finiteCount === 0 ? 0 : Math.max(0, squares - (sum * sum) / finiteCount),
    channelSums,
    channelSquares,
  };
}

const added = (a: Float64Array, b: Float64Array): Float64Array<ArrayBuffer> =>
  Float64Array.from(a, (value, i) => value + (b[i] ?? 0));

/** Moments of two pieces of one tensor together (Chan, Golub and LeVeque 1979). */
export function mergeMoments(a: Moments, b: Moments): Moments {
  const finiteCount = a.finiteCount + b.finiteCount;
  const apart = b.mean - a.mean;
  const shareOfB = finiteCount === 0 ? 0 : b.finiteCount / finiteCount;
  return {
    finiteCount,
    notFiniteCount: a.notFiniteCount + b.notFiniteCount,
    zeroCount: a.zeroCount + b.zeroCount,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    mean: a.mean + apart * shareOfB,
    squaredDistances: a.squaredDistances + b.squaredDistances + apart * apart * a.finiteCount * shareOfB,
    channelSums: added(a.channelSums, b.channelSums),
    channelSquares: added(a.channelSquares, b.channelSquares),
  };
}

/** 0 where no number is finite. */
export const largestMagnitudeOf = ({ finiteCount, min, max }: Moments): number =>
  finiteCount === 0 ? 0 : Math.max(Math.abs(min), Math.abs(max));

/**
 * `values` in `binCount` bins from -largest to +largest; no magnitude among them may be larger. Zeros alone, of
 * which the largest magnitude is 0, all lie in the bin that holds 0.
 */
export function distributionOf(values: Float32Array, largest: number, binCount: number): Distribution {
  const bins = new Float64Array(binCount);
  const perUnit = largest > 0 ? binCount / (2 * largest) : 0;
  const least = NEAR_ZERO_SHARE * largest;
  const middle = binCount / 2;
  const last = binCount - 1;
  let nearZeroCount = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (!Number.isFinite(value)) continue;
    const magnitude = value < 0 ? -value : value;
    if (magnitude < least || magnitude === 0) nearZeroCount++;
    // Rounding may put the two outermost numbers a hair outside.
    const bin = Math.max(0, Math.min(last, Math.floor(value * perUnit + middle)));
    bins[bin] = (bins[bin] as number) + 1;
  }
  return { bins, nearZeroCount };
}

export const mergeDistributions = (a: Distribution, b: Distribution): Distribution => ({
  bins: added(a.bins, b.bins),
  nearZeroCount: a.nearZeroCount + b.nearZeroCount,
});

/** The least e with 2^e >= magnitude; null for 0. */
export function scaleExponentOf(magnitude: number): number | null {
  if (!(magnitude > 0)) return null;
  // The logarithm is rounded: one step up or down puts right what it misses.
  let exponent = Math.ceil(Math.log2(magnitude));
  if (2 ** exponent < magnitude) exponent++;
  if (2 ** (exponent - 1) >= magnitude) exponent--;
  return exponent + 0; // 0, where the logarithm gave -0
}

/** Both passes over a whole tensor, put together. */
export function statisticsFrom(moments: Moments, { bins, nearZeroCount }: Distribution): WeightStatistics {
  const { finiteCount, notFiniteCount, zeroCount } = moments;
  const count = finiteCount + notFiniteCount;
  const known = (value: number) => (finiteCount === 0 ? Number.NaN : value + 0); // no -0
  const largestMagnitude = largestMagnitudeOf(moments);
  return {
    count,
    notFiniteCount,
    min: known(moments.min),
    max: known(moments.max),
    mean: known(moments.mean),
    standardDeviation: known(Math.sqrt(moments.squaredDistances / finiteCount)),
    zeroShare: count === 0 ? 0 : zeroCount / count,
    nearZeroShare: count === 0 ? 0 : nearZeroCount / count,
    largestMagnitude,
    scaleExponent: scaleExponentOf(largestMagnitude),
    bins,
    channelL1: moments.channelSums,
    channelL2: moments.channelSquares.map(Math.sqrt),
  };
}

/** Statistics of a tensor that is at hand as a whole. */
export function weightStatistics(
  values: Float32Array,
  channelCount: number,
  binCount: number,
): WeightStatistics {
  const moments = momentsOf(values, channelCount);
  return statisticsFrom(moments, distributionOf(values, largestMagnitudeOf(moments), binCount));
}

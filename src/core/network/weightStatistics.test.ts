import { describe, expect, it } from 'vitest';
import { createRandom } from '../random.ts';
import {
  distributionOf,
  largestMagnitudeOf,
  mergeDistributions,
  mergeMoments,
  momentsOf,
  outputChannelCount,
  scaleExponentOf,
  statisticsFrom,
  weightStatistics,
} from './weightStatistics.ts';

const random = createRandom(7);
const normals = (count: number, mean = 0, deviation = 1) =>
  Float32Array.from({ length: count }, () => mean + deviation * random.normal());
const total = (bins: Float64Array) => bins.reduce((sum, count) => sum + count, 0);

/** The plain textbook way, for small tensors. */
function reference(values: readonly number[]) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, standardDeviation: Math.sqrt(variance) };
}

describe('statistics of weights', () => {
  it('agree with the textbook on a hand-made tensor', () => {
    const values = [0, -2, 1, 0.001, 4, 0];
    const s = weightStatistics(new Float32Array(values), 2, 5);
    expect(s).toMatchObject({ count: 6, notFiniteCount: 0, min: -2, max: 4, largestMagnitude: 4 });
    expect(s.mean).toBeCloseTo(reference(values).mean, 7);
    expect(s.standardDeviation).toBeCloseTo(reference(values).standardDeviation, 7);
    expect(s.zeroShare).toBeCloseTo(2 / 6, 12);
    expect(s.nearZeroShare).toBeCloseTo(3 / 6, 12); // below 0.004: the zeros and 0.001
    expect([...s.bins]).toEqual([0, 1, 3, 1, 1]); // edges -4, -2.4, -0.8, 0.8, 2.4, 4
  });

  it('sum the magnitudes and squares of each output channel', () => {
    // [2, 3]: two inputs, three output channels, which are innermost.
    const s = weightStatistics(new Float32Array([3, 0, -1, 4, 0, 1]), 3, 3);
    expect([...s.channelL1]).toEqual([7, 0, 2]);
    expect([...s.channelL2]).toEqual([5, 0, Math.SQRT2]);
  });

  it('hold every number in a bin, and none twice', () => {
    for (const bins of [1, 2, 63, 64]) {
      for (const deviation of [1e-30, 0.05, 1e20]) {
        const values = normals(5000, deviation / 3, deviation);
        expect(total(weightStatistics(values, 10, bins).bins)).toBe(5000);
      }
    }
  });

  it('are symmetric: weights of the other sign give the mirrored histogram', () => {
    const values = normals(999);
    const mirrored = weightStatistics(
      values.map((value) => -value),
      3,
      63,
    );
    const s = weightStatistics(values, 3, 63);
    expect([...mirrored.bins].reverse()).toEqual([...s.bins]);
    expect(mirrored.mean).toBeCloseTo(-s.mean, 12);
    expect([...mirrored.channelL1]).toEqual([...s.channelL1]);
  });

  it('merge: pieces of any size give what the whole gives', () => {
    const values = normals(1003, 5, 0.01);
    values.set([0, Number.NaN, -0, Number.NEGATIVE_INFINITY], 400);
    const whole = weightStatistics(values, 17, 63);
    for (const size of [1, 10, 500, 2000]) {
      const pieces: [number, Float32Array][] = [];
      for (let at = 0; at < values.length; at += size) pieces.push([at, values.subarray(at, at + size)]);
      const moments = pieces.map(([at, piece]) => momentsOf(piece, 17, at)).reduce(mergeMoments);
      const largest = largestMagnitudeOf(moments);
      const spread = pieces.map(([, piece]) => distributionOf(piece, largest, 63)).reduce(mergeDistributions);
      const merged = statisticsFrom(moments, spread);
      expect(merged).toMatchObject({
        count: 1003,
        notFiniteCount: 2,
        min: whole.min,
        max: whole.max,
        zeroShare: whole.zeroShare,
        nearZeroShare: whole.nearZeroShare,
        bins: whole.bins,
      });
      expect(merged.mean).toBeCloseTo(whole.mean, 10);
      expect(merged.standardDeviation).toBeCloseTo(whole.standardDeviation, 10);
      merged.channelL2.forEach((norm, i) => void expect(norm).toBeCloseTo(whole.channelL2[i]!, 9));
    }
  });

  it('keep their digits where the mean is large against the spread', () => {
    const values = normals(4000, 1000, 0.01);
    const { standardDeviation } = reference([...values]);
    expect(weightStatistics(values, 1, 9).standardDeviation).toBeCloseTo(standardDeviation, 9);
  });

  it('of a constant have no spread at all', () => {
    const s = weightStatistics(new Float32Array(1000).fill(0.1), 10, 63);
    expect(s).toMatchObject({ standardDeviation: 0, min: s.max, mean: s.max });
    expect(s.bins[62]).toBe(1000);
  });

  it('of zeros alone say so, without a scale', () => {
    const s = weightStatistics(new Float32Array([0, -0, 0]), 1, 63);
    expect(s).toMatchObject({ zeroShare: 1, nearZeroShare: 1, largestMagnitude: 0, scaleExponent: null });
    expect(s.bins[31]).toBe(3);
  });

  it('count what is not finite and leave it out of everything else', () => {
    const s = weightStatistics(new Float32Array([Number.NaN, 1, Number.POSITIVE_INFINITY, -1]), 2, 3);
    expect(s).toMatchObject({ count: 4, notFiniteCount: 2, min: -1, max: 1, mean: 0, largestMagnitude: 1 });
    expect(total(s.bins)).toBe(2);
    const nothing = weightStatistics(new Float32Array([Number.NaN]), 1, 3);
    expect(nothing).toMatchObject({ count: 1, notFiniteCount: 1, zeroShare: 0, largestMagnitude: 0 });
    expect(nothing.mean).toBeNaN();
    expect(weightStatistics(new Float32Array(0), 1, 3)).toMatchObject({ count: 0, zeroShare: 0 });
  });
});

describe('the scale', () => {
  it('is the least power of two that covers the largest magnitude', () => {
    expect([1, 1.01, 0.5, 0.3, 4, 2 ** -149].map(scaleExponentOf)).toEqual([0, 1, -1, -1, 2, -149]);
    for (let exponent = -60; exponent < 60; exponent++) {
      expect(scaleExponentOf(2 ** exponent)).toBe(exponent);
      expect(scaleExponentOf(2 ** exponent * (1 + Number.EPSILON))).toBe(exponent + 1);
    }
    expect(scaleExponentOf(0)).toBeNull();
  });
});

it('output channels are innermost, times the multiplier in a depthwise kernel', () => {
  expect(outputChannelCount('kernel', [3, 3, 16, 32])).toBe(32);
  expect(outputChannelCount('depthwiseKernel', [3, 3, 16, 2])).toBe(32);
  expect(outputChannelCount('bias', [10])).toBe(10);
});

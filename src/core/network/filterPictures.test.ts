import { describe, expect, it } from 'vitest';
import { createRandom } from '../random.ts';
import { unwrap } from '../result.ts';
import { NetworkBuilder } from './builder.ts';
import { filterPictures, firstConvolution } from './filterPictures.ts';
import type { WeightTensor } from './network.ts';

const random = createRandom(3);
const kernel = (shape: readonly number[], value = () => random.normal()): WeightTensor => ({
  shape,
  values: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, value),
});
const pixel = (pixels: Uint8ClampedArray, index: number) => [...pixels.subarray(4 * index, 4 * index + 4)];
const drawn = (tensor: WeightTensor, scale: 'layer' | 'filter' = 'layer', limit = 1000) =>
  unwrap(filterPictures(tensor, scale, limit));

describe('pictures of filters', () => {
  it('put the weight of [row, column, channel, filter] into that pixel and color', () => {
    const tensor = kernel([2, 2, 3, 2], () => 0);
    // Row 1, column 0, green, filter 1: ((2 * 3) + 1) * 2 + 1.
    tensor.values[15] = 0.5;
    const { color, pictures } = drawn(tensor);
    expect(color).toBe('rgb');
    expect(pictures).toHaveLength(2);
    expect(pixel(pictures[1]!.pixels, 2)).toEqual([128, 255, 128, 255]);
    expect(pixel(pictures[0]!.pixels, 2)).toEqual([128, 128, 128, 255]);
  });

  it('show zero as middle gray, the largest magnitude as black or white, and the sign by the side of gray', () => {
    const { color, pictures } = drawn({ shape: [1, 4, 1, 1], values: new Float32Array([0, -2, 2, 1]) });
    expect(color).toBe('gray');
    const { pixels } = pictures[0]!;
    expect([0, 1, 2, 3].map((i) => pixels[4 * i])).toEqual([128, 0, 255, 191]);
  });

  it('mirror at gray when all weights change their sign', () => {
    const tensor = kernel([3, 3, 3, 8]);
    const negative = { ...tensor, values: tensor.values.map((value) => -value) };
    const [a, b] = [drawn(tensor).pictures, drawn(negative).pictures];
    a.forEach(({ pixels }, f) => {
      for (let i = 0; i < pixels.length; i++)
        if (i % 4 !== 3) expect(Math.abs(pixels[i]! + b[f]!.pixels[i]! - 255)).toBeLessThanOrEqual(1);
    });
  });

  it('use all shades of each filter where each has a scale of its own, and one scale otherwise', () => {
    const tensor: WeightTensor = { shape: [1, 1, 1, 2], values: new Float32Array([0.1, 1]) };
    const shades = (scale: 'layer' | 'filter') =>
      drawn(tensor, scale).pictures.map(({ pixels }) => pixels[0]);
    expect(shades('filter')).toEqual([255, 255]);
    expect(shades('layer')).toEqual([140, 255]);
  });

  it('are one a filter and input channel where there are not three', () => {
    const tensor = kernel([3, 5, 2, 4]);
    const { pictures, totalCount } = drawn(tensor, 'layer', 5);
    expect(totalCount).toBe(8);
    expect(pictures.map(({ filter, inputChannel }) => [filter, inputChannel])).toEqual([
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
      [2, 0],
    ]);
    expect(pictures[0]).toMatchObject({ width: 5, height: 3 });
    expect(pictures[0]!.pixels).toHaveLength(3 * 5 * 4);
  });

  it('leave out what is not finite, and draw the rest as if it were not there', () => {
    const { pictures } = drawn({ shape: [1, 3, 1, 1], values: new Float32Array([Number.NaN, 1, -1]) });
    expect(pixel(pictures[0]!.pixels, 0)[3]).toBe(0);
    expect(pixel(pictures[0]!.pixels, 1)).toEqual([255, 255, 255, 255]);
    expect(pictures[0]!.largestMagnitude).toBe(1);
  });

  it('of zeros are gray all over', () => {
    const { pictures } = drawn(
      kernel([2, 2, 3, 1], () => 0),
      'filter',
    );
    expect(new Set(pictures[0]!.pixels)).toEqual(new Set([128, 255]));
  });

  it('refuse what is no kernel with one sentence', () => {
    const refused = filterPictures({ shape: [3, 3, 3], values: new Float32Array(27) }, 'layer', 10);
    expect(refused).toMatchObject({ ok: false, error: { code: 'kernel-shape' } });
    expect(filterPictures({ shape: [3, 3, 3, 4], values: new Float32Array(27) }, 'layer', 10).ok).toBe(false);
  });
});

it('the first convolution may be a depthwise one, and may be missing', () => {
  const plain = new NetworkBuilder('dense only', { height: 1, width: 1, channels: 4 });
  plain.dense(2);
  expect(firstConvolution(plain.build())).toBeNull();
  const depthwise = new NetworkBuilder('depthwise', { height: 8, width: 8, channels: 4 });
  depthwise.depthwise(3);
  depthwise.conv(8, 1);
  expect(firstConvolution(depthwise.build())?.id).toBe('dw1');
});

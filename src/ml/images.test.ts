import { describe, expect, test } from 'vitest';
import type { LabeledImages } from '../core/data/labeledImages.ts';
import { ImageSet } from './images.ts';

const labeled = (height: number, width: number, channels: number, pixels: number[]): LabeledImages => ({
  name: 'four pixels',
  synthetic: true,
  image: { height, width, channels },
  classNames: ['a', 'b'],
  pixels: Uint8Array.from([...pixels, ...pixels, ...pixels, ...pixels]),
  labels: Uint8Array.from([0, 1, 0, 1]),
});

/** Bytes of the first image as a network of that input reads it. */
function seen(images: LabeledImages, height: number, width: number, channels: number): number[] {
  const { pixels, shape } = new ImageSet(images, 1, 0.5).batch(Uint32Array.of(0), {
    height,
    width,
    channels,
  });
  expect(shape).toEqual([1, height, width, channels]);
  return [...pixels].map((value) => Math.round((value / 2 + 0.5) * 255));
}

describe('images become what the network reads', () => {
  test('bytes become -1 to 1', () => {
    const set = new ImageSet(labeled(1, 3, 1, [0, 51, 255]), 1, 0.5);
    const { pixels, labels } = set.batch(Uint32Array.of(1), { height: 1, width: 3, channels: 1 });
    expect([...pixels]).toEqual([-1, Math.fround(-0.6), 1]);
    expect([...labels]).toEqual([1]);
  });

  test('shrinking by a whole number averages the area', () => {
    expect(seen(labeled(2, 4, 1, [0, 10, 20, 30, 40, 50, 60, 70]), 1, 2, 1)).toEqual([25, 45]);
  });

  test('everything else is bilinear with aligned pixel centers', () => {
    expect(seen(labeled(1, 2, 1, [0, 100]), 1, 4, 1)).toEqual([0, 25, 75, 100]);
    expect(seen(labeled(1, 3, 1, [0, 90, 180]), 1, 2, 1)).toEqual([23, 158]);
  });

  test('or stay as they are, or become 0 to 1, where the weights expect that', () => {
    const first = (normalization: 'none' | 'unit') => [
      ...new ImageSet(labeled(1, 3, 1, [0, 51, 255]), 1, 0.5, normalization).batch(Uint32Array.of(1), {
        height: 1,
        width: 3,
        channels: 1,
      }).pixels,
    ];
    expect(first('none')).toEqual([0, 51, 255]);
    expect(first('unit')).toEqual([0, Math.fround(0.2), 1]);
  });

  test('or lose their mean and are divided by their deviation, channel by channel', () => {
    const color = labeled(1, 2, 3, [10, 20, 30, 110, 120, 130]);
    const seenWith = (mean: number[], deviation: number[], channels: number, images = color) => [
      ...new ImageSet(images, 1, 0.5, {
        normalization: 'standardized',
        standardization: { mean, deviation },
      }).batch(Uint32Array.of(0), { height: 1, width: 2, channels }).pixels,
    ];
    expect(seenWith([10, 20, 30], [50, 100, 25], 3)).toEqual([0, 0, 0, 2, 1, 4]);
    // one number serves all channels
    expect(seenWith([10], [10], 3)).toEqual([0, 1, 2, 10, 11, 12].map(Math.fround));
    // color images that a network reads as gray: the mean of the channels' numbers; 18 and 118 are the lumas
    const gray = seenWith([10, 20, 30], [50, 100, 30], 1);
    expect(gray[0]).toBeCloseTo((18 - 20) / 60, 6);
    expect(gray[1]).toBeCloseTo((118 - 20) / 60, 6);
    expect(seenWith([10], [10], 3, labeled(1, 2, 1, [10, 30]))).toEqual([0, 0, 0, 2, 2, 2]);
  });

  test('and are refused where the numbers for that are missing or of other channels', () => {
    const set = labeled(1, 1, 3, [1, 2, 3]);
    const choice = { normalization: 'standardized', standardization: null } as const;
    expect(() => new ImageSet(set, 1, 0.5, choice)).toThrow(/without a mean and a deviation/);
    const two = { ...choice, standardization: { mean: [1, 2], deviation: [1, 2] } };
    expect(() => new ImageSet(set, 1, 0.5, two).check({ height: 1, width: 1, channels: 3 }, 2)).toThrow(
      /standardizes 2 channels and its network reads 3/,
    );
  });

  test('gray is repeated, color becomes gray by luma', () => {
    expect(seen(labeled(1, 1, 1, [80]), 1, 1, 3)).toEqual([80, 80, 80]);
    expect(seen(labeled(1, 1, 3, [100, 200, 50]), 1, 1, 1)).toEqual([153]);
  });

  test('channels and classes that do not fit are refused', () => {
    const set = new ImageSet(labeled(1, 1, 3, [1, 2, 3]), 1, 0.5);
    expect(() => set.check({ height: 1, width: 1, channels: 4 }, 2)).toThrow(/reads 4 channels/);
    expect(() => set.check({ height: 1, width: 1, channels: 1 }, 1)).toThrow(/tells 1 classes apart/);
    expect(() => set.check({ height: 1, width: 1, channels: 1 }, 2)).not.toThrow();
  });

  test('a set that leaves nothing to validate with is refused', () => {
    expect(() => new ImageSet(labeled(1, 1, 1, [0]), 1, 0)).toThrow(/4 to train and 0 to validate/);
    expect(() => new ImageSet({ ...labeled(1, 1, 1, [0]), pixels: new Uint8Array(3) }, 1, 0.5)).toThrow(
      /3 bytes for 4 images/,
    );
  });
});

test('a share of 1 holds every image back: a model from a file is measured on all', () => {
  const { split } = new ImageSet(labeled(1, 1, 1, [7]), 1, 1);
  expect([split.train.length, split.validation.length]).toEqual([0, 4]);
});

test('a transfer set is trained with alone, and validated as before (VT-54)', () => {
  const set = new ImageSet(labeled(1, 1, 1, [7]), 1, 0.5, 'unit');
  const smaller = set.trainingWith(set.split.train.slice(0, 1));
  expect(smaller.split).toEqual({ ...set.split, train: set.split.train.slice(0, 1) });
  const input = { height: 2, width: 2, channels: 1 };
  expect(smaller.batch(Uint32Array.of(1), input)).toEqual(set.batch(Uint32Array.of(1), input));
});

test('two sizes asked for in turn stay what they are', () => {
  const set = new ImageSet(labeled(1, 2, 1, [0, 255]), 1, 0.5);
  const [small, large] = [1, 4].map(
    (width) => () => set.batch(Uint32Array.of(0), { height: 1, width, channels: 1 }).pixels,
  );
  const first = [small!(), large!()];
  expect([small!(), large!()]).toEqual(first);
  expect(first.map(({ length }) => length)).toEqual([1, 4]);
});

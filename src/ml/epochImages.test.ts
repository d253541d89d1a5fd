import { describe, expect, test } from 'vitest';
import type { Balance } from '../core/data/compile/balance.ts';
import { createRandom, permutation } from '../core/random.ts';
import { batchOrder } from './batchOrder.ts';
import { epochImages } from './epochImages.ts';
import { ImageSet } from './images.ts';
import { stripes } from './testing/stripes.ts';

/** Ten of one class for each of the other. */
function lopsided(): ImageSet {
  const set = stripes(220);
  return new ImageSet({ ...set, labels: set.labels.map((_, i) => (i % 11 === 0 ? 1 : 0)) }, 1, 0.25);
}

const images = lopsided();
const counts = (indices: Iterable<number>) => {
  const found = [0, 0];
  for (const index of indices) found[images.images.labels[index]!]!++;
  return found;
};

const draws = (balance: Balance, epochs: number) => {
  const epoch = epochImages(images, balance);
  const random = createRandom(5);
  return Array.from({ length: epochs }, () => epoch.draw(random).indices);
};

describe('the images of an epoch', () => {
  test('are all training images in the order that they always had', () => {
    const { train } = images.split;
    const [first] = draws('as is', 1);
    expect([...first!]).toEqual([...permutation(train.length, createRandom(5))].map((place) => train[place]));
  });

  test('are as few of each class as of the rarest, others in every epoch: all come up in time', () => {
    const rare = counts(images.split.train)[1]!;
    const epochs = draws('undersample', 60);
    for (const indices of epochs) {
      expect(counts(indices)).toEqual([rare, rare]);
      expect(new Set(indices).size).toBe(indices.length);
    }
    expect(epochImages(images, 'undersample').count).toBe(2 * rare);
    expect(epochs[0]).not.toEqual(epochs[1]);
    const seen = new Set(epochs.flatMap((indices) => [...indices]));
    expect([...seen].sort((a, b) => a - b)).toEqual([...images.split.train]);
    expect(draws('undersample', 60)).toEqual(epochs);
  });

  test('are as many of each class as of the most frequent, the rare ones several times', () => {
    const many = counts(images.split.train)[0]!;
    const [first] = draws('oversample', 1);
    expect(counts(first!)).toEqual([many, many]);
    expect(new Set(first).size).toBe(images.split.train.length);
    expect(epochImages(images, 'oversample').count).toBe(2 * many);
  });

  test('never come from validation', () => {
    const held = new Set(images.split.validation);
    for (const balance of ['as is', 'undersample', 'oversample'] as const)
      for (const indices of draws(balance, 3))
        expect([...indices].some((index) => held.has(index))).toBe(false);
  });
});

test('batches are whole, and more of them than the images give begin a new order', () => {
  const epoch = epochImages(images, 'undersample');
  const batches = [...batchOrder(epoch, 8, 9, createRandom(5))];
  expect(batches.map(({ indices }) => indices.length)).toEqual(new Array(9).fill(8));
  const random = createRandom(5);
  const whole = Math.floor(epoch.count / 8);
  const orders = Array.from({ length: 5 }, () => [...epoch.draw(random).indices.slice(0, 8 * whole)]).flat();
  expect(batches.flatMap(({ indices }) => [...indices])).toEqual(orders.slice(0, 72));
});

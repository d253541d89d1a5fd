import { expect, test } from 'vitest';
import { BALANCES, balancedIndices } from '../core/data/compile/balance.ts';
import { splitOf } from '../core/data/splitOf.ts';
import { createRandom, permutation } from '../core/random.ts';
import { balanceEffect, splitCounts } from './splitCounts.ts';

const choice = { splitSeed: 7, validationShare: 0.2, testShare: 0.1, keepsParts: true };
/** Of three classes in train, validation, test. */
const COUNTS = [
  [37, 11, 90],
  [0, 3, 0],
  [9, 0, 4],
];

const shuffled = () => {
  const all = COUNTS.flatMap((counts, part) =>
    counts.flatMap((count, label) => Array.from({ length: count }, () => ({ part, label }))),
  );
  return Array.from(permutation(all.length, createRandom(3)), (place) => all[place]!);
};

test.each([
  choice,
  { ...choice, testShare: 0 },
  { ...choice, keepsParts: false },
  { ...choice, keepsParts: false, testShare: 0, validationShare: 0.33 },
  { ...choice, validationShare: 1, testShare: 0, keepsParts: false },
])('the counts are those of the real split of images in any order: %o (SX-26)', (asked) => {
  const images = shuffled();
  const labels = Uint8Array.from(images, ({ label }) => label);
  const parts = Uint8Array.from(images, ({ part }) => part);
  const split = splitOf(labels, parts, 3, asked);
  const counts = (indices: Uint32Array) => {
    const found = [0, 0, 0];
    for (const index of indices) found[labels[index]!]!++;
    return found;
  };
  expect(splitCounts(COUNTS, asked)).toEqual({
    train: counts(split.train),
    validation: counts(split.validation),
    test: counts(split.test),
  });
});

test('434 images of one class are split 412 to 22 with a share of 5 % (SX-26)', () => {
  const { train, validation } = splitCounts([[434]], {
    splitSeed: 1,
    validationShare: 0.05,
    testShare: 0,
    keepsParts: true,
  });
  expect([train, validation]).toEqual([[412], [22]]);
});

test('what a balance makes of an epoch is what is drawn', () => {
  const train = [40, 0, 10, 25];
  const labels = train.flatMap((count, label) => Array.from({ length: count }, () => label));
  for (const balance of BALANCES) {
    const drawn = balancedIndices(labels, train.length, balance, 1);
    expect(drawn.ok && drawn.value.length).toBe(balanceEffect(train, balance).epochImages);
  }
  expect(balanceEffect(train, 'undersample')).toMatchObject({
    ratio: 4,
    rarest: 2,
    mostFrequent: 0,
    perClass: 10,
  });
  expect(balanceEffect([0, 0], 'oversample').epochImages).toBe(0);
});

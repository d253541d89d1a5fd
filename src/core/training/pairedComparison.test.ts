import { expect, test } from 'vitest';
import { createRandom } from '../random.ts';
import { unwrap } from '../result.ts';
import { comparePaired, mcNemarExact } from './pairedComparison.ts';

/** The binomial's tails in whole numbers. */
function exactly(b: number, c: number): number {
  const n = BigInt(b + c);
  let [choose, tail] = [1n, 0n];
  for (let i = 0n; i <= BigInt(Math.min(b, c)); i++) {
    tail += choose;
    choose = (choose * (n - i)) / (i + 1n);
  }
  const scaled = Number((2n * tail * 10n ** 30n) / 2n ** n) / 1e30;
  return Math.min(1, scaled);
}

test('the p-value is that of the binomial, counted out', () => {
  expect(mcNemarExact(1, 5)).toBeCloseTo(14 / 64, 14);
  expect(mcNemarExact(0, 10)).toBeCloseTo(2 / 1024, 14);
  expect(mcNemarExact(0, 0)).toBe(1);
  expect(mcNemarExact(4, 4)).toBe(1);
  for (let b = 0; b <= 25; b++)
    for (let c = 0; c <= 25; c++) expect(mcNemarExact(b, c), `${b} and ${c}`).toBeCloseTo(exactly(b, c), 11);
});

test('it is the same for both models, falls with the distance, and holds for large counts', () => {
  expect(mcNemarExact(3, 11)).toBe(mcNemarExact(11, 3));
  for (let c = 20; c < 60; c++) expect(mcNemarExact(20, c + 1)).toBeLessThanOrEqual(mcNemarExact(20, c));
  expect(mcNemarExact(900, 1000)).toBeCloseTo(exactly(900, 1000), 9);
  expect(mcNemarExact(50_000, 50_001)).toBeCloseTo(1, 2);
  expect(mcNemarExact(0, 5000)).toBe(0); // 2^-4999 is less than any double
});

test('under equal models a p-value below 5 % is as rare as it claims', () => {
  const random = createRandom(17);
  let rejected = 0;
  for (let trial = 0; trial < 2000; trial++) {
    let b = 0;
    for (let i = 0; i < 60; i++) if (random.next() < 0.5) b++;
    if (mcNemarExact(b, 60 - b) < 0.05) rejected++;
  }
  expect(rejected / 2000).toBeLessThanOrEqual(0.05);
  expect(rejected).toBeGreaterThan(0);
});

test('two models are compared image by image', () => {
  const labels = [0, 0, 0, 0, 1, 1, 1, 1];
  const first = [0, 0, 1, 1, 1, 1, 0, 0];
  const second = [0, 0, 0, 1, 1, 0, 1, 1];
  expect(unwrap(comparePaired(first, second, labels))).toMatchObject({
    bothRight: 3,
    onlyFirst: 1,
    onlySecond: 3,
    bothWrong: 1,
    difference: 0.25,
    pValue: mcNemarExact(1, 3),
  });
  const other = comparePaired(first, second.slice(1), labels);
  expect(other.ok ? '' : other.error.code).toBe('not-the-same-images');
});

test('the interval holds the true difference in about 95 of 100 cases, and turns with the order', () => {
  const random = createRandom(23);
  let held = 0;
  for (let trial = 0; trial < 500; trial++) {
    const labels = new Uint8Array(120);
    const draw = () => {
      const u = random.next();
      return u < 0.7 ? [0, 0] : u < 0.78 ? [0, 1] : u < 0.9 ? [1, 0] : [1, 1];
    };
    const pairs = Array.from(labels, draw);
    const [first, second] = [pairs.map(([a]) => a!), pairs.map(([, b]) => b!)];
    const { interval } = unwrap(comparePaired(first, second, labels));
    const turned = unwrap(comparePaired(second, first, labels)).interval;
    expect(turned[0]).toBeCloseTo(-interval[1], 12);
    // the second is right alone in 12 of 100 and the first in 8
    if (interval[0] <= 0.04 && 0.04 <= interval[1]) held++;
  }
  expect(held / 500).toBeGreaterThan(0.925);
  expect(held / 500).toBeLessThan(0.985);
});

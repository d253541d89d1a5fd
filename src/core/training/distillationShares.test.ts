import { expect, test } from 'vitest';
import { createRandom } from '../random.ts';
import { entropyOf, meanShares, softenedShares } from './distillationShares.ts';

const softmax = (logits: readonly number[], temperature = 1): number[] => {
  const powers = logits.map((z) => Math.exp(z / temperature));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / sum);
};

test('softened probabilities are those of the divided logits', () => {
  const random = createRandom(7);
  for (const temperature of [0.5, 1, 2, 4, 20]) {
    const logits = Array.from({ length: 5 }, () => 8 * random.next() - 4);
    const [row, again] = [softmax(logits), softmax(logits.toReversed())];
    const shares = softenedShares([...row, ...again], 5, temperature);
    const wanted = [...softmax(logits, temperature), ...softmax(logits.toReversed(), temperature)];
    wanted.forEach((share, i) => {
      expect(shares[i]).toBeCloseTo(share, 10);
    });
  }
});

test('a teacher that is all but sure, in floats, stays finite at every temperature', () => {
  for (const temperature of [0.05, 1, 100]) {
    const shares = softenedShares(Float32Array.of(1, 1e-40, 0), 3, temperature);
    expect(shares.every(Number.isFinite)).toBe(true);
    expect(shares[0]! + shares[1]! + shares[2]!).toBeCloseTo(1, 12);
  }
});

test('two teachers together say the mean of what both say at the temperature, not that of their logits (VT-54)', () => {
  const [first, second] = [
    [2, 0],
    [-1, 3],
  ];
  const at2 = [first, second].map((logits) => softenedShares(softmax(logits!), 2, 2));
  const mean = meanShares(at2);
  const wanted = (softmax(first!, 2)[0]! + softmax(second!, 2)[0]!) / 2;
  expect(mean[0]).toBeCloseTo(wanted, 12);
  expect(mean[0]).not.toBeCloseTo(softmax([0.5, 1.5], 2)[0]!, 2);
});

test('the warmer, the more evenly the shares are spread', () => {
  const row = softmax([5, 2, 1, 0]);
  const entropies = [0.5, 1, 2, 4, 8].map((t) => entropyOf(softenedShares(row, 4, t)));
  expect(entropies).toEqual(entropies.toSorted((a, b) => a - b));
  expect(entropies.at(-1)).toBeLessThan(Math.log(4));
  expect(entropyOf([1, 0, 0])).toBe(0);
});

import { expect, test } from 'vitest';
import { accuracyDifference } from './accuracyDifference.ts';

test("the interval is Newcombe's: his table II, 56/70 against 48/80", () => {
  const { difference, interval, isSure } = accuracyDifference(
    { correct: 48, total: 80 },
    { correct: 56, total: 70 },
  );
  expect(difference).toBeCloseTo(0.2, 10);
  expect(interval[0]).toBeCloseTo(0.0524, 4);
  expect(interval[1]).toBeCloseTo(0.3339, 4);
  expect(isSure).toBe(true);
});

test('turning the two around turns the interval around', () => {
  const [a, b] = [
    { correct: 9, total: 10 },
    { correct: 3, total: 10 },
  ];
  const [there, back] = [accuracyDifference(a, b), accuracyDifference(b, a)];
  expect(there.interval[0]).toBeCloseTo(-back.interval[1], 12);
  expect(there.interval[1]).toBeCloseTo(-back.interval[0], 12);
  expect(there.isSure).toBe(back.isSure);
});

test('equal accuracies and few images are never surely different', () => {
  expect(accuracyDifference({ correct: 500, total: 1000 }, { correct: 500, total: 1000 }).isSure).toBe(false);
  expect(accuracyDifference({ correct: 5, total: 10 }, { correct: 7, total: 10 }).isSure).toBe(false);
  expect(accuracyDifference({ correct: 5000, total: 10_000 }, { correct: 7000, total: 10_000 }).isSure).toBe(
    true,
  );
});

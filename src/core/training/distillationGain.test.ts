import { expect, test } from 'vitest';
import { unwrap } from '../result.ts';
import { pairedGain } from './distillationGain.ts';

// R: t.test(c(1, 2, 3, 4, 5)) gives a mean of 3 and the interval 1.036757 to 4.963243.
test('the interval of five differences is that of a paired t-test', () => {
  const { mean, interval, count } = unwrap(pairedGain([1, 2, 3, 4, 5]));
  expect([count, mean]).toEqual([5, 3]);
  expect(interval[0]).toBeCloseTo(1.0368, 3);
  expect(interval[1]).toBeCloseTo(4.9632, 3);
});

test('one seed, or too many for the table, are refused', () => {
  for (const count of [0, 1, 32]) expect(pairedGain(Array(count).fill(0.1)).ok, `${count}`).toBe(false);
  expect(pairedGain(Array(31).fill(0.1)).ok).toBe(true);
});

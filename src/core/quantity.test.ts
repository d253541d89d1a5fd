import { expect, test } from 'vitest';
import {
  formatChange,
  formatClock,
  formatCount,
  formatNumberOf,
  formatPoints,
  formatSeconds,
  wilsonInterval,
} from './quantity.ts';

test('counts carry three digits and a prefix', () => {
  expect([1_542_848, 59_461_376, 812, 3051.76, 999_600, 0].map((n) => formatCount(n))).toEqual([
    '1.54 M',
    '59.5 M',
    '812',
    '3.05 k',
    '1 M',
    '0',
  ]);
  expect(formatCount(3051.76, 'fps')).toBe('3.05 kfps');
});

test('changes carry their sign, accuracies change in points', () => {
  expect(formatChange(880_124, 773_692)).toBe('−12.1 %');
  expect(formatChange(10, 11)).toBe('+10.0 %');
  expect(formatPoints(0.918, 0.906)).toBe('−1.2 pt');
});

test('times choose their unit', () => {
  expect([2.11e-3, 3.4e-4, 1.25].map(formatSeconds)).toEqual(['2.11 ms', '340 µs', '1.25 s']);
  expect(formatClock(41.3)).toBe('0:41');
});

test('the Wilson interval of 40 in 50 is 0.670 to 0.888', () => {
  const [low, high] = wilsonInterval(40, 50);
  expect(low).toBeCloseTo(0.67, 3);
  expect(high).toBeCloseTo(0.888, 3);
});

test('a word stands in the number of what it counts', () => {
  expect([0, 1, 2, 1600].map((n) => formatNumberOf(n, 'epoch'))).toEqual([
    '0 epochs',
    '1 epoch',
    '2 epochs',
    '1,600 epochs',
  ]);
});

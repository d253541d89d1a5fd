import { expect, test } from 'vitest';
import { apoz, apozOf, countZeros } from './apoz.ts';

test('outputs 0, 1, 0, 2 and 0, 0, 3, 4 of two samples give 0.5 (SX-17)', () => {
  expect([...apozOf([0, 1, 0, 2, 0, 0, 3, 4], [2, 2, 2, 1])]).toEqual([0.5]);
  expect([...apoz([4], 2, 4)]).toEqual([0.5]);
});

test('an always silent channel has 1, a never silent one 0, each its own (SX-17)', () => {
  const values = [0, 5, 0, 0, 6, 1, 0, 7, 0, 0, 8, 2];
  expect([...countZeros(values, 3)]).toEqual([4, 0, 2]);
  expect([...apozOf(values, [2, 1, 2, 3])]).toEqual([1, 0, 0.5]);
});

test('without images nothing is silent', () => {
  expect([...apoz([0, 0], 0, 16)]).toEqual([0, 0]);
});

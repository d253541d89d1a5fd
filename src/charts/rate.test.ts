import { expect, test } from 'vitest';
import { namedRecipe } from '../core/training/recipes.ts';
import { rateCurve } from '../core/training/schedule.ts';
import { formatRate, type RateData, summary, table, tipOf } from './rateModel.ts';

const { recipe } = namedRecipe('detector-initial');
const data: RateData = {
  planned: rateCurve(recipe, 1000),
  taken: [{ epoch: 0.999, rate: 0.0048 }],
  epochs: 10,
  stepsPerEpoch: 1000,
};

test('rates have three digits and no zeros behind them', () => {
  expect([0.002, 0.00001234, 1e-9, 0.1, 0].map(formatRate)).toEqual([
    '0.002',
    '0.0000123',
    '1e-9',
    '0.1',
    '0',
  ]);
});

test('the plot tells iterations and the ends of the range exactly (SX-32) (SX-43)', () => {
  expect(summary(data)).toBe(
    '10 epochs of 1000 batches, 10000 iterations. The learning rate lies between 0.001 and 0.02, and ends at 0.001. At the end of epoch 1 it was 0.0048.',
  );
  const constant = namedRecipe('quick').recipe;
  const flat = { ...data, planned: rateCurve(constant, 50), taken: [], epochs: 8, stepsPerEpoch: 50 };
  expect(summary(flat)).toBe('8 epochs of 50 batches, 400 iterations. The learning rate stays 0.002.');
});

test('a point is an epoch and a batch', () => {
  expect(tipOf({ epoch: 5, rate: 0.02 }, data)).toEqual({
    title: 'Learning rate 0.02',
    lines: ['epoch 6, batch 1 of 1000'],
  });
});

test('the table has the plan and what was taken', () => {
  const { columns, rows } = table(data);
  expect(rows.every((row) => row.length === columns.length)).toBe(true);
  expect(rows).toContainEqual(['planned', 5, '0.02']);
  expect(rows.at(-1)).toEqual(['taken', 0.999, '0.0048']);
});

import { expect, test } from 'vitest';
import { type ClassBarsData, shownBars, summary, table, tipOf } from './classBarsModel.ts';

const data: ClassBarsData = {
  parts: ['training', 'validation', 'test'],
  bars: [
    { name: 'Apple', counts: [30, 10, 0] },
    { name: 'Lime', counts: [8, 2, 0] },
  ],
};

test('the summary counts the parts and tells how unequal the classes are', () => {
  expect(summary(data)).toBe(
    '50 images of 2 classes: 38 for training, 12 for validation. Apple has the most images, 40, and Lime the fewest, 10: 4 to 1.',
  );
  const even = { ...data, bars: [data.bars[0]!, { name: 'Plum', counts: [40, 0, 0] }] };
  expect(summary(even)).toMatch(/All classes have as many images\.$/);
  expect(summary({ ...data, bars: [], empty: 'No images.' })).toBe('No images.');
});

test('the table lists all classes, drawn or not, and no part without images', () => {
  const page = { ...data, shown: { from: 1, to: 2 } };
  expect(shownBars(page).map(({ name }) => name)).toEqual(['Lime']);
  expect(table(page)).toEqual({
    columns: ['class', 'training', 'validation', 'together'],
    rows: [
      ['Apple', 30, 10, 40],
      ['Lime', 8, 2, 10],
    ],
  });
});

test('a bar says the share of each part', () => {
  expect(tipOf(data, data.bars[0]!)).toEqual({
    title: 'Apple: 40 images',
    lines: ['30 for training, 75.0 %', '10 for validation, 25.0 %'],
  });
});

import { describe, expect, it } from 'vitest';
import {
  edgeOf,
  formatWeight,
  type HistogramData,
  isEmpty,
  sparkPath,
  summary,
  table,
  tipOf,
} from './histogramModel.ts';

const data: HistogramData = {
  label: 'conv1 kernel',
  layerIds: ['conv1'],
  bins: [1, 0, 6, 2, 1],
  largest: 0.5,
  mean: 0.02,
  standardDeviation: 0.2,
  scale: 'linear',
};

describe('the histogram of weights', () => {
  it('has bins from the largest magnitude below zero to that above', () => {
    expect([0, 1, 2, 3, 4, 5].map((i) => edgeOf(data, i))).toEqual([-0.5, -0.3, -0.1, 0.1, 0.3, 0.5]);
  });

  it('says how many lie where', () => {
    expect(tipOf(data, 2)).toEqual({ title: '−0.1 to 0.1', lines: ['6 weights, 60.0 %'] });
    expect(tipOf(data, 0).lines).toEqual(['1 weight, 10.0 %']);
    expect(summary(data)).toBe(
      '10 numbers of conv1 kernel in 5 bins from −0.5 to 0.5: mean 0.02, standard deviation 0.2. Most of them, 60.0 %, lie from −0.1 to 0.1.',
    );
  });

  it('lists every bin, and the shares make a hundred', () => {
    const { columns, rows } = table(data);
    expect(rows).toHaveLength(5);
    for (const row of rows) expect(row).toHaveLength(columns.length);
    expect(rows.reduce((sum, row) => sum + Number(row[3]), 0)).toBeCloseTo(100, 10);
  });

  it('without a finite number says so and lists nothing', () => {
    const none = { ...data, bins: [0, 0, 0], empty: 'No number of conv1 kernel is finite.' };
    expect(isEmpty(none)).toBe(true);
    expect(summary(none)).toBe('No number of conv1 kernel is finite.');
    expect(table(none).rows).toEqual([]);
  });

  it('draws small ones with the highest bar as high as the box', () => {
    expect(sparkPath([1, 2], 20, 10)).toBe('M0,10V5.0H10.0V0.0H20.0V10Z');
    expect(sparkPath([0, 0], 20, 10)).toBe('');
  });
});

it('weights too small for plain digits are written with an exponent', () => {
  expect([0, 0.0123, -0.5, 1.5e-7, -2e-10, 3e8].map(formatWeight)).toEqual([
    '0',
    '0.0123',
    '−0.5',
    '1.5e−7',
    '−2e−10',
    '3e8',
  ]);
});

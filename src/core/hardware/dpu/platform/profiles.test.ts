import { describe, expect, test } from 'vitest';
import { compareProfiles, DPU_PROFILES } from './profiles.ts';

const comparisons = compareProfiles();

describe('published profiles of single layers', () => {
  test('every published row has its row in the model', () => {
    for (const [i, { rows }] of DPU_PROFILES.entries())
      expect(comparisons[i]!.layers.map(({ name }) => name)).toEqual(rows.map(([name]) => name));
  });

  test('the body of FCN8 is met within 3.1 % in every layer but the last, of 0.09 ms', () => {
    const fcn8 = comparisons[0]!.layers;
    for (const { error } of fcn8.slice(0, -1)) expect(Math.abs(error)).toBeLessThan(0.031);
  });

  test('a dense layer bound by its weights is met within 3 %: AlexNet, 37.7 and 16.8 million weights', () => {
    const alexNet = comparisons.find(({ name }) => name === 'AlexNet')!.layers;
    for (const name of ['fc6', 'fc7'])
      expect(Math.abs(alexNet.find((layer) => layer.name === name)!.error)).toBeLessThan(0.03);
  });
});

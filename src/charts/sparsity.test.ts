import { describe, expect, it } from 'vitest';
import { accuracyAtSparsity, powerAtSparsity } from '../core/hardware/liu/metrics.ts';
import { unwrap } from '../core/result.ts';
import * as model from './sparsityModel.ts';
import type { SparsityData } from './types.ts';

const measured = (shares: readonly number[], chosen: number | null = null): SparsityData => ({
  accuracyOf: 'MobileNetV2',
  chosen,
  points: shares.map((sparsity) => ({
    sparsity,
    powerWatts: unwrap(powerAtSparsity(sparsity)).watts,
    accuracyPercent: 100 * unwrap(accuracyAtSparsity(sparsity)),
  })),
});
const quarters = measured([0.75, 0.25, 0, 0.5]);

describe('the sparsity chart', () => {
  it('lists the measured line of Fig. 13 (LI-35)', () => {
    const { rows } = model.table({ ...quarters, chosen: 0.5 });
    expect(rows.map((row) => row[0])).toEqual([0, 25, 50, 75]);
    expect(rows.map((row) => row[1])).toEqual([11.35, 9.09, 6.83, 4.57]);
    expect(rows.map((row) => row[3])).toEqual([70.8, 69.4167, 68.0333, 66.65]);
    expect(rows[3]?.slice(2)).toEqual([59.7357, 66.65, 4.15, '']);
    expect(rows.map((row) => row[5])).toEqual(['', '', 'chosen', '']);
  });

  it('is summed up with the saving in percent and the loss in points (LI-35)', () => {
    expect(model.summary({ ...quarters, chosen: 0.5 })).toBe(
      'Power and Top-1 accuracy of MobileNetV2 over sparsity, 0 % to 75 %. Power: 11.35 W to 4.57 W (−59.7 %). Top-1 accuracy: 70.80 % to 66.65 % (−4.15 points). Chosen: 50 %, 6.83 W and 68.03 %.',
    );
    expect(model.summary({ ...quarters, points: [] })).toBe('No power measured yet.');
  });

  it('says that nothing was measured beyond the last point, and marks nothing there', () => {
    const beyond = { ...quarters, chosen: 0.9 };
    expect(model.chosenPoint(beyond)).toBeNull();
    expect(model.pointAt(quarters, -0.1)).toBeNull();
    expect(model.summary(beyond)).toContain('The chosen sparsity of 90 % was not measured.');
  });

  it('reads a sparsity between two points off the straight line', () => {
    const ends = measured([0, 0.75]);
    expect(model.pointAt(ends, 0.25)?.powerWatts).toBeCloseTo(9.09, 10);
    expect(model.pointAt(ends, 0.75)).toEqual(ends.points[1]);
    expect(model.tipOf(model.pointAt(ends, 1 / 3)!, ends).title).toBe('33.3 % sparsity');
  });

  it('leaves out points that have no place on the axes', () => {
    const odd = { ...quarters.points[0]!, powerWatts: Number.NaN };
    expect(model.pointsOf({ ...quarters, points: [odd, ...quarters.points] })).toHaveLength(4);
  });

  it('puts a tip of every point against the first one', () => {
    expect(model.tipOf(quarters.points[0]!, quarters)).toEqual({
      title: '75 % sparsity',
      lines: ['4.57 W, −59.7 %', 'Top-1 66.65 %, −4.15 points'],
    });
    expect(model.tipOf(quarters.points[2]!, quarters).lines).toEqual([
      '11.35 W, ±0 %',
      'Top-1 70.80 %, ±0 points',
    ]);
  });
});

describe('the keys of the sparsity chart', () => {
  const to = (from: number | null, key: string) => model.keyTarget(quarters, from, key);

  it('go to the next point and stay inside', () => {
    expect([to(0.25, 'ArrowRight'), to(0.25, 'ArrowLeft')]).toEqual([2, 0]);
    expect([to(0.75, 'ArrowUp'), to(0, 'ArrowDown')]).toEqual([3, 0]);
    expect([to(0.5, 'Home'), to(0.5, 'End')]).toEqual([0, 3]);
    expect(to(0.5, 'a')).toBeNull();
  });

  it('go to the neighbors from between two points, and to the first from nowhere', () => {
    expect([to(0.4, 'ArrowRight'), to(0.4, 'ArrowLeft')]).toEqual([2, 1]);
    expect([to(null, 'ArrowRight'), to(null, 'ArrowLeft')]).toEqual([0, 0]);
    expect(model.keyTarget({ ...quarters, points: [] }, null, 'End')).toBeNull();
  });

  it('move on from a point whose share was rounded on the way', () => {
    const fine = measured(Array.from({ length: 16 }, (_, i) => i * 0.05));
    expect(fine.points[3]!.sparsity).not.toBe(0.15);
    expect(model.keyTarget(fine, 0.15, 'ArrowRight')).toBe(4);
    expect(model.table({ ...fine, chosen: 0.15 }).rows[3]?.at(-1)).toBe('chosen');
  });

  it('jump a tenth of the points with the page keys', () => {
    const fine = measured(Array.from({ length: 76 }, (_, i) => i / 100));
    expect(model.keyTarget(fine, 0.3, 'PageUp')).toBe(38);
    expect(model.keyTarget(fine, 0.3, 'PageDown')).toBe(22);
    expect(model.keyTarget(fine, 0.02, 'PageDown')).toBe(0);
  });
});

describe('the axes of the sparsity chart', () => {
  const withAccuracies = (...all: number[]): SparsityData => ({
    ...quarters,
    points: all.map((accuracyPercent, i) => ({ sparsity: i / 10, powerWatts: 1, accuracyPercent })),
  });

  it('share one grid: power from zero, accuracy from a ten below the lowest', () => {
    expect(model.powerTicks(quarters)).toEqual([0, 3, 6, 9, 12]);
    expect(model.accuracyTicks(quarters)).toEqual([60, 65, 70, 75, 80]);
  });

  it('hold every accuracy and end at 100 %', () => {
    for (const all of [
      [99.5, 98],
      [95, 71],
      [100, 100],
      [0, 100],
      [3, 1],
      [61, 99],
    ]) {
      const ticks = model.accuracyTicks(withAccuracies(...all));
      expect(ticks).toHaveLength(5);
      expect(ticks[0], String(all)).toBeLessThanOrEqual(Math.min(...all));
      expect(ticks[4], String(all)).toBeGreaterThanOrEqual(Math.max(...all));
      expect(ticks[4], String(all)).toBeLessThanOrEqual(100);
    }
  });

  it('mark the measured quarters where there is little room', () => {
    expect(model.sparsityTicks(0.75, 7)).toEqual([0, 0.25, 0.5, 0.75]);
    expect(model.sparsityTicks(0.75, 16)).toHaveLength(16);
  });
});

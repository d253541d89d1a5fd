import { describe, expect, it } from 'vitest';
import { decadeTicks, octaveTicks } from './logTicks.ts';
import { LANE, placesOf } from './rooflineLane.ts';
import * as roofline from './rooflineModel.ts';
import { BOUND_SYMBOLS, SERIES_SYMBOLS } from './symbols.ts';
import type { RooflineData, RooflinePoint } from './types.ts';

const roof = { name: 'B4096', peakOpsPerSecond: 1331.2e9, bandwidthBytesPerSecond: 19.2e9 };
const point = (id: string, opsPerByte: number, opsPerSecond: number): RooflinePoint => ({
  id,
  label: id,
  layerIds: [id],
  before: null,
  after: { opsPerByte, opsPerSecond },
  bound: 'load',
  sentence: `${id} waits for its weights.`,
});
const data: RooflineData = {
  roofs: [roof],
  points: [
    point('conv1', 10, 96e9),
    { ...point('conv2', 200, 665.6e9), before: { opsPerByte: 400, opsPerSecond: 1e12 } },
    point('conv3', Number.POSITIVE_INFINITY, 1331.2e9),
    point('pool', 1, 0),
  ],
};

describe('the roofline', () => {
  it('allows the lesser of the peak and intensity times bandwidth (VT-50)', () => {
    expect(roofline.attainable(roof, 10)).toBe(192e9);
    expect(roofline.attainable(roof, 1000)).toBe(1331.2e9);
    expect(roofline.attainable(roof, Number.POSITIVE_INFINITY)).toBe(1331.2e9);
    const ridge = roofline.ridgeOf(roof);
    expect(ridge).toBeCloseTo(69.333, 3);
    expect(roofline.attainable(roof, ridge)).toBeCloseTo(1331.2e9, 0);
    expect(roofline.attainable(roof, ridge * 0.999)).toBeLessThan(1331.2e9);
  });

  it('draws a point a layer, but none for a layer without operations (VT-50)', () => {
    expect(roofline.drawable(data).map(({ id }) => id)).toEqual(['conv1', 'conv2', 'conv3']);
  });

  it('has room for every point, every ridge and both parts of every roof', () => {
    const { x, y } = roofline.rangeOf(data);
    expect(x[0]).toBeLessThan(10);
    expect(x[1]).toBeGreaterThan(400);
    expect(Number.isFinite(x[1])).toBe(true);
    expect(y[0]).toBeLessThan(96e9);
    expect(y[1]).toBeGreaterThan(1331.2e9);
    const alone = roofline.rangeOf({ roofs: [roof], points: [] });
    expect(alone.x[0]).toBeLessThan(69.3);
    expect(alone.x[1]).toBeGreaterThan(69.4);
  });

  it('is summed up by its ridge, what lies left of it, and the points nearest to and farthest from the roof', () => {
    expect(roofline.summary(data)).toBe(
      'B4096 computes up to 1.33 TOP/s and moves up to 19.2 GB/s: its ridge is at 69.3 operations per byte (1 MAC = 2 operations). Layers drawn: 3; left of the ridge of B4096, where its bandwidth is the limit: 1; without traffic, on the chip: 1. Nearest to the roof is conv3 with 100 % of what it allows, farthest conv1 with 50 %. Not drawn, for they have no operations: 1.',
    );
    expect(roofline.summary({ roofs: [], points: [], empty: 'Choose a target.' })).toBe('Choose a target.');
  });

  it('says of a point what it has before and after, and why it is not faster', () => {
    expect(roofline.tipOf(data.points[1]!, data)).toEqual({
      title: 'conv2',
      lines: [
        'before: 400 operations/byte, 1 TOP/s, 75 % of the roof',
        'after: 200 operations/byte, 666 GOP/s, 50 % of the roof',
        'conv2 waits for its weights.',
      ],
    });
    expect(roofline.tipOf(data.points[2]!, data).lines[1]).toBe(
      'after: on chip, no traffic, 1.33 TOP/s, 100 % of the roof',
    );
  });

  it('lists every row in its table, those that are not drawn too', () => {
    const { columns, rows } = roofline.table({ ...data, names: { before: 'trained', after: 'pruned' } });
    expect(columns.slice(0, 3)).toEqual(['layer', 'trained (operations/byte)', 'trained (GOP/s)']);
    expect(rows[0]).toEqual(['conv1', '', '', '', 10, 96, 50, 'load', 'conv1 waits for its weights.']);
    expect(rows[2]?.slice(4, 6)).toEqual(['on chip', 1331.2]);
    expect(rows).toHaveLength(4);
    expect(rows.every((row) => row.length === columns.length)).toBe(true);
  });

  it('gives each bound and each series a shape of its own', () => {
    expect(new Set(Object.values(BOUND_SYMBOLS)).size).toBe(7);
    expect(new Set(SERIES_SYMBOLS).size).toBe(SERIES_SYMBOLS.length);
  });
});

describe('ticks of a logarithmic axis', () => {
  it('are 1, 2 and 5 where they fit, else decades, else every few decades', () => {
    expect(decadeTicks(0.15, 25, 10)).toEqual([0.2, 0.5, 1, 2, 5, 10, 20]);
    expect(decadeTicks(0.15, 25, 5)).toEqual([1, 10]);
    expect(decadeTicks(1e3, 1e12, 4)).toEqual([1e3, 1e6, 1e9, 1e12]);
  });

  it('are powers of two on an axis of doublings', () => {
    expect(octaveTicks(2, 256, 10)).toEqual([2, 4, 8, 16, 32, 64, 128, 256]);
    expect(octaveTicks(3, 200, 4)).toEqual([4, 16, 64]);
  });
});

describe('the lane for rows without traffic', () => {
  const onChip = (id: string, opsPerSecond: number) => point(id, Number.POSITIVE_INFINITY, opsPerSecond);
  const places = placesOf(
    [onChip('a', 50), onChip('b', 54), onChip('c', 90), point('d', 8, 50)],
    (v) => v,
    (v) => v,
    200,
  );
  const at = [...places.values()].map(({ after }) => after);

  it('puts two of the same rate side by side, and one alone in the middle', () => {
    expect(at[0]).toEqual([200 + LANE / 2, 50]);
    expect(at[1]?.[1]).toBe(54);
    expect(Math.abs((at[1]?.[0] ?? 0) - (at[0]?.[0] ?? 0))).toBeGreaterThanOrEqual(12);
    expect(at[2]).toEqual([200 + LANE / 2, 90]);
  });

  it('leaves points with traffic at their intensity', () => {
    expect(at[3]).toEqual([8, 50]);
  });
});

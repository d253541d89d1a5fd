import { describe, expect, it } from 'vitest';
import * as runs from './runCurvesModel.ts';
import { smoothed } from './smoothing.ts';
import type { RunCurve, RunCurvesData } from './types.ts';

describe('smoothing', () => {
  const values = [3, 1, 4, 1, 5, 9, 2, 6];

  it('of factor 0 changes nothing', () => {
    expect(smoothed(values, 0)).toEqual(values);
  });

  it('leaves a constant as it is from its first value on: the bias of the start is corrected', () => {
    for (const factor of [0.1, 0.6, 0.99])
      for (const value of smoothed(Array(50).fill(7), factor)) expect(value).toBeCloseTo(7, 12);
    expect(smoothed([5, 0], 0.9)[0]).toBeCloseTo(5, 12);
  });

  it('is the average of the formula: average over 1 - factor^i', () => {
    const factor = 0.75;
    let average = 0;
    values.forEach((value, i) => {
      average = factor * average + (1 - factor) * value;
      expect(smoothed(values, factor)[i]).toBeCloseTo(average / (1 - factor ** (i + 1)), 12);
    });
  });

  it('stays within the values, and does not end at one that is no number', () => {
    for (const value of smoothed(values, 0.9)) {
      expect(value).toBeGreaterThanOrEqual(1);
      expect(value).toBeLessThanOrEqual(9);
    }
    const [first, none, last] = smoothed([2, Number.NaN, 2], 0.5);
    expect([first, none, last]).toEqual([2, Number.NaN, 2]);
  });
});

describe('the curves of runs', () => {
  const curve = (key: string, ys: number[], apart = 1): RunCurve => ({
    key,
    name: `run ${key}`,
    points: ys.map((y, i) => ({ x: (i + 1) * apart, y })),
  });
  const data: RunCurvesData = {
    runs: [curve('A', [40, 60, 50]), curve('B', [30, 70], 1.5)],
    quantity: 'Validation accuracy',
    unit: '%',
    better: 'higher',
    xName: 'epoch',
    smoothing: 0,
    empty: 'No run is chosen.',
  };

  it('are told by their best and last values, which smoothing does not change (VT-37)', () => {
    expect(runs.summary(data)).toBe(
      'Validation accuracy by epoch. A run A: best 60 %, last 50 %. B run B: best 70 %, last 70 %.',
    );
    expect(runs.summary({ ...data, smoothing: 0.6 })).toMatch(/factor 0\.6.*A run A: best 60 %, last 50 %/);
    expect(runs.summary({ ...data, better: 'lower', unit: '' })).toContain('A run A: best 40, last 50.');
    expect(runs.summary({ ...data, runs: [curve('A', [])] })).toBe('No run is chosen.');
  });

  it('are read at the last value of every run that is still going', () => {
    const curves = runs.drawnCurves({ ...data, smoothing: 0.5 });
    expect(runs.tipAt(curves, 2, { ...data, smoothing: 0.5 })).toEqual({
      title: 'Validation accuracy, epoch 2',
      lines: ['A 53.3 % (raw 60 %): run A', 'B 30 % (raw 30 %): run B'],
    });
    expect(runs.tipAt(runs.drawnCurves(data), 1, data).lines).toEqual(['A 40 %: run A']);
    const longer = { ...data, runs: [curve('A', [40]), curve('B', [1, 2, 3])] };
    expect(runs.tipAt(runs.drawnCurves(longer), 2, longer).lines).toEqual(['B 2 %: run B']);
  });

  it('have a stop wherever one of them has a value, and not more than a page can go through', () => {
    expect(runs.stopsOf(runs.drawnCurves(data))).toEqual([1, 1.5, 2, 3]);
    const long = { ...data, runs: [curve('A', Array(4000).fill(1))] };
    const stops = runs.stopsOf(runs.drawnCurves(long));
    expect(stops.length).toBe(500);
    expect([stops[0], stops.at(-1)]).toEqual([1, 4000]);
  });

  it('leave out what is no number', () => {
    const [broken] = runs.drawnCurves({ ...data, runs: [curve('A', [1, Number.NaN, 3])] });
    expect(broken).toMatchObject({ x: [1, 3], y: [1, 3] });
  });

  it('stand on an axis that fits what is drawn strongly', () => {
    expect(runs.extentOf(runs.drawnCurves(data), data)).toEqual([30, 100]);
    const spike = { ...data, unit: '' as const, smoothing: 0.9, runs: [curve('A', [1, 1, 90, 1, 1])] };
    expect(runs.extentOf(runs.drawnCurves(spike), spike)[1]).toBeLessThan(90);
    expect(runs.extentOf([], data)).toEqual([0, 1]);
  });

  it('are written as a row a point, raw and smoothed', () => {
    const { columns, rows } = runs.table({ ...data, xName: 'time', smoothing: 0.5 });
    expect(columns).toEqual(['run', 'name', 'seconds', 'Validation accuracy', 'smoothed']);
    expect(rows).toHaveLength(5);
    expect(rows[0]).toEqual(['A', 'run A', 1, 40, 40]);
  });

  it('can be told apart by their dashes', () => {
    expect(new Set(runs.DASHES).size).toBe(6);
  });
});

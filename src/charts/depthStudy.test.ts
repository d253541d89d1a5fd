import { describe, expect, it } from 'vitest';
import * as depth from './depthModel.ts';
import type { DepthData, DepthSeries } from './types.ts';

const series = (name: string, fps: readonly (number | null)[]): DepthSeries => ({
  name,
  points: fps.map((throughputFps, i) => ({ depth: 2 ** (i + 1), throughputFps })),
});
const data: DepthData = {
  idealFps: 1000,
  series: [series('uniform', [null, 400, 800, 995, 1000]), series('W1A1', [100, 200, 300, 400, 500])],
};

describe('the depth study', () => {
  it('finds the depth from which deeper FIFOs bring nothing (BO-42)', () => {
    expect(depth.saturationDepth(data.series[0]!)).toBe(16);
    expect(depth.saturationDepth(series('flat', [700, 700]))).toBe(2);
    expect(depth.saturationDepth(series('one', [700]))).toBe(2);
  });

  it('does not call flat what still rises, dips again, or never runs', () => {
    expect(depth.saturationDepth(data.series[1]!)).toBeNull();
    expect(depth.saturationDepth(series('dips', [1000, 1000, 500, 1000, 1000]))).toBe(16);
    expect(depth.saturationDepth(series('stuck', [null, null]))).toBeNull();
  });

  it('takes the points in order of their depth, and none below one word', () => {
    const mixed = { name: 'mixed', points: [8, 0, 2].map((d) => ({ depth: d, throughputFps: d })) };
    expect(depth.pointsOf(mixed).map((point) => point.depth)).toEqual([2, 8]);
  });

  it('says a deadlock, the share of the ideal, and where the flat part begins', () => {
    const [uniform] = data.series;
    const tip = (i: number) => depth.tipOf(uniform!.points[i]!, uniform!, data);
    expect(tip(0)).toEqual({ title: 'uniform, depth 2', lines: ['Deadlock: no frame comes out'] });
    expect(tip(3).lines).toEqual(['995 fps', '99.5 % of the ideal', 'Deeper FIFOs add less than 1 %']);
    expect(tip(4).lines).toEqual(['1 kfps', '100.0 % of the ideal']);
  });

  it('is summed up series by series', () => {
    expect(depth.summary({ ...data, series: [...data.series, series('stuck', [null, null])] })).toBe(
      'Throughput over the depth of the FIFOs; the ideal is 1 kfps. uniform: at most 1 kfps, 100.0 % of the ideal, flat from depth 16 on. It deadlocks at depth 2. W1A1: at most 500 fps, 50.0 % of the ideal, still rising at depth 32. stuck: no depth brings a frame out. It deadlocks at 2 depths, up to 4.',
    );
    expect(depth.summary({ series: [], idealFps: 0 })).toBe('No FIFO depths measured yet.');
  });

  it('lists a deadlock as zero throughput in its table', () => {
    const { rows } = depth.table(data);
    expect(rows).toHaveLength(10);
    expect(rows[0]).toEqual(['uniform', 2, 0, 0, 'deadlock']);
    expect(rows[3]).toEqual(['uniform', 16, 995, 99.5, 'flat from here on']);
  });
});

import { describe, expect, it } from 'vitest';
import * as gantt from './ganttModel.ts';
import type { GanttBar, GanttData } from './types.ts';

const bar = (kind: string, start: number, end: number, laneId = 'a'): GanttBar => ({
  laneId,
  kind,
  start,
  end,
  label: kind,
});

describe('bars of a lane', () => {
  it('stay as they are while each can be seen', () => {
    const bars = [bar('load', 10, 20), bar('run', 0, 10)];
    expect(gantt.mergeBars(bars, 10)).toEqual([
      { kind: 'run', start: 0, end: 10, count: 1, filled: 10, label: 'run' },
      { kind: 'load', start: 10, end: 20, count: 1, filled: 10, label: 'load' },
    ]);
  });

  it('are joined below a pixel, under the kind that takes most of the time', () => {
    const bars = [bar('run', 0, 2), bar('wait', 2, 7), bar('run', 7, 9)];
    expect(gantt.mergeBars(bars, 10)).toEqual([
      { kind: 'wait', start: 0, end: 9, count: 3, filled: 5, label: '' },
    ]);
  });

  it('join over pixels of one kind, but not over a gap that can be seen', () => {
    const drawn = gantt.mergeBars(
      [0, 5, 10, 15, 40].map((start) => bar('run', start, start + 4)),
      10,
    );
    expect(drawn.map(({ start, end, count, filled }) => [start, end, count, filled])).toEqual([
      [0, 19, 4, 16],
      [40, 44, 1, 4],
    ]);
  });

  it('are never more than two a pixel, and none of their number is lost', () => {
    const kinds = ['run', 'wait', 'load'];
    const bars = Array.from({ length: 30_000 }, (_, i) =>
      bar(kinds[(i * i) % 3]!, i * 7, i * 7 + (i % 500 === 0 ? 600 : 3)),
    );
    const drawn = gantt.mergeBars(bars, 500);
    const pixels = (30_000 * 7) / 500;
    expect(drawn.length).toBeLessThanOrEqual(2 * pixels);
    expect(drawn.reduce((sum, one) => sum + one.count, 0)).toBe(30_000);
  });
});

describe('the schedule', () => {
  const data: GanttData = {
    lanes: [
      { id: 'a', label: 'MVAU_0', layerIds: ['conv1'] },
      { id: 'b', label: 'MVAU_1', layerIds: ['conv2'] },
    ],
    kinds: [
      { id: 'idle', label: 'idle', quiet: true },
      { id: 'steady', label: 'steady' },
    ],
    bars: [
      bar('steady', 0, 80),
      bar('idle', 80, 100),
      bar('idle', 0, 40, 'b'),
      bar('steady', 40, 100, 'b'),
      bar('steady', 0, 100, 'unknown'),
    ],
    unit: 'cycles',
    end: 100,
  };

  it('counts as busy what is not quiet', () => {
    expect([...gantt.busyShares(data)]).toEqual([
      ['a', 0.8],
      ['b', 0.6],
    ]);
  });

  it('is summed up by its busiest and its least busy lane', () => {
    expect(gantt.summary(data)).toBe(
      '2 lanes with 4 bars over 100 cycles: idle, steady. Busiest is MVAU_0 (80 %), least busy MVAU_1 (60 %).',
    );
    expect(gantt.summary({ ...data, lanes: [] })).toBe('No schedule to show yet.');
    expect(gantt.summary({ ...data, lanes: data.lanes.slice(0, 1), bars: data.bars.slice(0, 2) })).toContain(
      'MVAU_0 is busy 80 % of the time.',
    );
  });

  it('says what a bar is without repeating itself, and how many stand in a joined one', () => {
    const lane = data.lanes[0]!;
    const one = { kind: 'steady', start: 0, end: 80, count: 1, filled: 80, label: 'steady' };
    expect(gantt.tipOf(one, lane, data)).toEqual({
      title: 'MVAU_0: steady',
      lines: ['cycles 0 to 80 (80)'],
    });
    expect(gantt.tipOf({ ...one, label: 'frame 2' }, lane, data)).toEqual({
      title: 'MVAU_0: frame 2',
      lines: ['steady', 'cycles 0 to 80 (80)'],
    });
    expect(gantt.tipOf({ ...one, count: 12, filled: 40 }, lane, data)).toEqual({
      title: 'MVAU_0: 12 short bars',
      lines: ['steady 50 % of the time', 'cycles 0 to 80 (80)'],
    });
  });

  it('lists each bar once in its table, lane by lane', () => {
    expect(gantt.table(data).rows).toEqual([
      ['MVAU_0', 'steady', 'steady', 0, 80, 80],
      ['MVAU_0', 'idle', 'idle', 80, 100, 20],
      ['MVAU_1', 'idle', 'idle', 0, 40, 40],
      ['MVAU_1', 'steady', 'steady', 40, 100, 60],
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import * as timeline from './timelineModel.ts';
import type { TimelineBar, TimelineData } from './types.ts';

const bar = (id: string, startMs: number, endMs: number, gops: number): TimelineBar => ({
  id,
  label: id,
  layerIds: [id],
  startMs,
  endMs,
  gops,
});
const data: TimelineData = {
  before: { name: 'trained', peakGops: 1000, bars: [bar('conv1', 0, 1, 100), bar('conv2', 1, 4, 500)] },
  after: { name: 'pruned', peakGops: 1000, bars: [bar('conv1', 0, 1, 50), bar('conv2', 1, 3, 400)] },
};

describe('the timeline', () => {
  it('has the operations of a layer for the area of its bar', () => {
    // 400 GOP/s for 2 ms.
    expect(timeline.operationsOf(bar('conv2', 1, 3, 400))).toBeCloseTo(0.8e9, 0);
    expect(timeline.meanGops(data.before!)).toBe(400);
    expect(timeline.meanGops({ name: 'none', peakGops: 0, bars: [] })).toBe(0);
  });

  it('draws one peak where both have the same, and two for two architectures', () => {
    expect(timeline.peaksOf(data)).toEqual([{ gops: 1000, label: 'peak 1,000' }]);
    const two = { ...data, before: { ...data.before!, name: 'B512', peakGops: 166.4 } };
    expect(timeline.peaksOf(two).map(({ label }) => label)).toEqual([
      'peak of B512 166',
      'peak of pruned 1,000',
    ]);
    expect(timeline.peaksOf({ ...data, before: null })).toHaveLength(1);
  });

  it('says the change from before to after, whichever of the two is pointed at', () => {
    const [before, after] = [data.before!, data.after];
    expect(timeline.tipOf(after.bars[1]!, after, data)).toEqual({
      title: 'conv2, pruned',
      lines: [
        '2 ms, from 1 to 3 ms',
        '400 GOP/s, 40 % of the peak',
        '800 M operations',
        'trained: 3 ms at 500 GOP/s (−33 % in time)',
      ],
    });
    expect(timeline.tipOf(before.bars[1]!, before, data).lines[3]).toBe(
      'pruned: 2 ms at 400 GOP/s (−33 % in time)',
    );
  });

  it('says of a layer that is gone only what it was', () => {
    const gone = { ...data, after: { ...data.after, bars: data.after.bars.slice(0, 1) } };
    expect(timeline.tipOf(data.before!.bars[1]!, data.before!, gone).lines).toHaveLength(3);
  });

  it('is summed up by time, mean rate and longest layer of each series', () => {
    expect(timeline.summary(data)).toBe(
      'GOP/s of each layer over the time of one frame (1 MAC = 2 operations); the area of a bar is its operations. trained: 4 ms at 400 GOP/s on average, 40 % of the peak of 1,000 GOP/s; longest is conv2 with 3 ms at 500 GOP/s. pruned: 3 ms at 283 GOP/s on average, 28 % of the peak of 1,000 GOP/s; longest is conv2 with 2 ms at 400 GOP/s. Change of the time: −25.0 %.',
    );
    const nothing = { before: null, after: { name: 'pruned', peakGops: 0, bars: [] } };
    expect(timeline.summary(nothing)).toBe('No layers to time yet.');
  });

  it('lists the bars of both series in its table', () => {
    const { columns, rows } = timeline.table(data);
    expect(rows).toHaveLength(4);
    expect(rows[3]).toEqual(['pruned', 'conv2', 1, 3, 2, 400, 40, 800e6]);
    expect(rows[0]).toHaveLength(columns.length);
  });
});

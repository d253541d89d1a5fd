import { describe, expect, it } from 'vitest';
import * as sweep from './sweepLinesModel.ts';
import type { SweepLine, SweepLinesData } from './types.ts';

const lineOf = (simd: number, current = false): SweepLine => ({
  name: `SIMD ${simd}`,
  current,
  points: [1, 2, 4].map((pe) => ({ x: pe, y: 300 + 10 * pe * simd, details: ['9 cycles'] })),
});
const data: SweepLinesData = {
  lines: [lineOf(1), lineOf(3, true)],
  xLabel: 'PE',
  yLabel: 'LUT',
  scale: 'linear',
  now: { x: 2, y: 360, label: 'In force: PE 2, SIMD 3' },
  layerIds: ['conv1'],
  shape: 'Straight lines. ',
};

describe('the lines of a sweep', () => {
  it('are summed up by their ends and by what is in force (BO-25)', () => {
    expect(sweep.summary(data)).toBe(
      'LUT over PE. Straight lines. In force: PE 2, SIMD 3: 360 LUT. SIMD 1: 310 to 340. SIMD 3: 330 to 420.',
    );
    expect(sweep.summary({ ...data, lines: [] })).toBe('Nothing to sweep yet.');
  });

  it('name the value, and the choice in force on its own line only', () => {
    const [one, three] = data.lines;
    expect(sweep.tipOf(three!, three!.points[1]!, data)).toEqual({
      title: 'SIMD 3, PE 2',
      lines: ['360 LUT', '9 cycles', 'In force: PE 2, SIMD 3'],
    });
    expect(sweep.tipOf(one!, one!.points[1]!, data).lines).toEqual(['320 LUT', '9 cycles']);
  });

  it('are thinned to what can be told apart: the ends and the current line stay, the table has all', () => {
    const many = Array.from({ length: 27 }, (_, i) => lineOf(i + 1, i === 11));
    const drawn = sweep.drawnLines(many);
    expect(drawn).toHaveLength(sweep.MOST_LINES);
    for (const i of [0, 11, 26]) expect(drawn).toContain(many[i]);
    expect(drawn).toEqual(many.filter((line) => drawn.includes(line)));
    const evenly = sweep.drawnLines(many.map((line) => ({ ...line, current: false })));
    expect(evenly).toHaveLength(sweep.MOST_LINES);
    expect(sweep.summary({ ...data, lines: many })).toContain('7 of 27 lines.');
    expect(sweep.table({ ...data, lines: many }).rows).toHaveLength(81);
  });

  it('stand on axes from zero, or from below the least value above it where they are logarithmic', () => {
    expect(sweep.extentOf([3, 30], 'linear')).toEqual({ lowest: 0, most: 30 });
    expect(sweep.extentOf([3, 30], 'log')).toEqual({ lowest: 3, most: 30 });
    expect(sweep.extentOf([0, 4, 30], 'log')).toEqual({ lowest: 2, most: 30 });
    const zeros = sweep.extentOf([0, 0], 'log');
    expect(zeros.lowest).toBeGreaterThan(0);
    expect(zeros.most).toBeGreaterThan(zeros.lowest);
  });

  it('are all drawn where they are few', () => {
    expect(sweep.drawnLines(data.lines)).toBe(data.lines);
  });
});

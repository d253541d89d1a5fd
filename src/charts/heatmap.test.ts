import { readFileSync } from 'node:fs';
import { rgb } from 'd3';
import { describe, expect, it } from 'vitest';
import * as heat from './heatmapModel.ts';
import type { HeatmapCell, HeatmapData } from './types.ts';

const cell = (row: number, column: number, value: number | null): HeatmapCell => ({
  row,
  column,
  value,
  text: value === null ? ['does not', 'fit'] : [`${value}`],
  name: `W${row + 1}A${column + 1}`,
  details: [value === null ? 'LUT 2 of 1' : `${value} fps`],
});
const data: HeatmapData = {
  rows: ['W1', 'W2'],
  columns: ['A1', 'A2'],
  rowTitle: 'weight bits',
  columnTitle: 'activation bits',
  quantity: 'throughput (fps)',
  cells: [cell(0, 0, 900), cell(0, 1, 500), cell(1, 0, 100), cell(1, 1, null)],
  current: 'W2A1',
};

describe('the heat map', () => {
  it('shades in proportion, so that nearly equal values look so', () => {
    const shade = heat.shadeOf(data);
    expect(shade(900)).toBeCloseTo(heat.DEEPEST, 12);
    expect(shade(450)).toBeCloseTo(heat.DEEPEST / 2, 12);
    expect(heat.shadeOf({ ...data, cells: [cell(0, 0, 0), cell(1, 1, null)] })(0)).toBe(0);
  });

  it('goes by arrow keys in both directions, and stops at its edges', () => {
    const [first, right, below] = data.cells;
    expect(heat.neighbor(data, first!, 'ArrowRight')).toBe(right);
    expect(heat.neighbor(data, first!, 'ArrowDown')).toBe(below);
    expect(heat.neighbor(data, first!, 'ArrowUp')).toBeNull();
    expect(heat.neighbor(data, right!, 'ArrowRight')).toBeNull();
    expect(heat.neighbor(data, below!, 'ArrowUp')).toBe(first);
    expect(heat.neighbor(data, first!, 'Enter')).toBeNull();
  });

  it('says its range, what does not fit, and where the design stands (BO-36)', () => {
    expect(heat.summary(data)).toBe(
      'throughput (fps) over weight bits and activation bits. From 100 at W2A1 to 900 at W1A1. 1 of 4 cells have no value. The design stands at W2A1: 100.',
    );
    expect(heat.summary({ ...data, cells: [] })).toBe('Nothing to map yet.');
    expect(heat.tipOf(data.cells[2]!, data).title).toBe("W2A1, the design's bits");
    expect(heat.tipOf(data.cells[3]!, data)).toEqual({ title: 'W2A2', lines: ['LUT 2 of 1'] });
  });

  it('lists a row a cell, none for a value that is not there', () => {
    const { columns, rows } = heat.table(data);
    expect(columns).toEqual(['weight bits', 'activation bits', 'throughput (fps)', 'note']);
    expect(rows[0]).toEqual(['W1', 'A1', 900, '900 fps']);
    expect(rows[3]).toEqual(['W2', 'A2', '', 'LUT 2 of 1']);
  });
});

const css = readFileSync(new URL('./colors.css', import.meta.url), 'utf8');
const luminance = ([r, g, b]: readonly number[]): number => {
  const [x = 0, y = 0, z = 0] = [r ?? 0, g ?? 0, b ?? 0].map((v) =>
    v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * x + 0.7152 * y + 0.0722 * z;
};

it.each(['\n:root {', ':root[data-theme="dark"] {'])(
  'text is readable on the deepest shade: %s',
  (selector) => {
    const block = css.slice(css.indexOf(selector), css.indexOf('}', css.indexOf(selector)));
    const color = (name: string) => {
      const { r, g, b } = rgb(new RegExp(`--${name}: (#\\w+);`).exec(block)![1]!);
      return [r, g, b];
    };
    const [accent, surface, text] = [color('accent'), color('chart-surface'), color('chart-text')];
    const deepest = accent.map((v, i) => heat.DEEPEST * v + (1 - heat.DEEPEST) * surface[i]!);
    const [high, low] = [luminance(deepest), luminance(text)].sort((a, b) => b - a);
    expect((high! + 0.05) / (low! + 0.05)).toBeGreaterThanOrEqual(4.5);
  },
);

import { readFileSync } from 'node:fs';
import { rgb } from 'd3';
import { describe, expect, it } from 'vitest';
import * as matrix from './confusionMatrixModel.ts';
import * as reliable from './reliabilityModel.ts';

const data: matrix.ConfusionMatrixData = {
  classNames: ['Forest', 'River', 'Sea'],
  counts: [90, 8, 2, 0, 0, 0, 1, 0, 399],
  show: 'counts',
  selected: null,
};
const shares = { ...data, show: 'shares' as const };

describe('the confusion matrix', () => {
  it('shades few mistakes visibly, all images deepest, and nothing where there is none', () => {
    const counts = matrix.levelsOf(data);
    expect(counts[8]).toBe(matrix.LEVELS);
    expect(counts[6]).toBeGreaterThan(0);
    expect(counts[1]).toBe(0 + Math.round(matrix.LEVELS * Math.sqrt(8 / 399)));
    expect([...counts.slice(3, 6)]).toEqual([0, 0, 0]);
    // by rows, both classes are recognized nearly alike
    expect(matrix.levelsOf(shares)[0]).toBe(Math.round(matrix.LEVELS * Math.sqrt(0.9)));
  });

  it('writes counts, or whole per cent of the row', () => {
    expect(matrix.cellText(data, { label: 0, predicted: 1 }, 100)).toBe('8');
    expect(matrix.cellText(shares, { label: 0, predicted: 1 }, 100)).toBe('8');
    expect(matrix.cellText(shares, { label: 2, predicted: 0 }, 400)).toBe('<1');
    expect(matrix.cellText(shares, { label: 1, predicted: 1 }, 0)).toBe('');
  });

  it('goes by arrow keys along rows and columns, and stays inside', () => {
    expect(matrix.moved(data, { label: 0, predicted: 0 }, 'ArrowDown')).toEqual({ label: 1, predicted: 0 });
    expect(matrix.moved(data, { label: 0, predicted: 0 }, 'ArrowUp')).toEqual({ label: 0, predicted: 0 });
    expect(matrix.moved(data, { label: 1, predicted: 0 }, 'End')).toEqual({ label: 1, predicted: 2 });
    expect(matrix.moved(data, { label: 1, predicted: 0 }, 'a')).toBeNull();
  });

  it('says what a cell is, classes without images included', () => {
    expect(matrix.tipOf(data, { label: 0, predicted: 1 })).toEqual({
      title: 'Forest, taken for River',
      lines: ['8 of 100 images, 8.0 %'],
    });
    expect(matrix.tipOf(data, { label: 2, predicted: 2 }).title).toBe('Sea, recognized');
    expect(matrix.tipOf(data, { label: 1, predicted: 1 }).lines).toEqual(['no image of this class']);
  });

  it('is summed up in two sentences and listed a row a class', () => {
    expect(matrix.summary(data)).toBe(
      'True classes in rows, predicted classes in columns: 489 of 500 images on the diagonal. Most often Forest is taken for River: 8 times.',
    );
    expect(matrix.summary({ ...data, classNames: ['A'], counts: [3] })).toContain('No image is taken');
    expect(matrix.table(data).rows[2]).toEqual(['Sea', 1, 0, 399, 400]);
    expect(matrix.table(shares).rows[2]).toEqual(['Sea', 0.0025, 0, 0.9975, 400]);
    expect(matrix.table(shares).rows[1]).toEqual(['River', '', '', '', 0]);
  });
});

describe('the reliability diagram', () => {
  const bin = (low: number, count: number, confidence: number, accuracy: number) => ({
    low,
    high: low + 0.5,
    count,
    confidence: count ? confidence : null,
    accuracy: count ? accuracy : null,
    interval: count ? ([accuracy - 0.1, accuracy + 0.1] as const) : null,
  });

  it('tells ranges that cannot be explained by chance from others', () => {
    const bins = [bin(0, 40, 0.4, 0.45), bin(0.5, 60, 0.9, 0.7)];
    expect(reliable.summary({ bins, expectedError: 0.14 })).toContain('In 1 of 2 ranges with images');
    expect(reliable.tipOf(bins[1]!)).toEqual({
      title: '50 to 100 % sure',
      lines: ['60 images', '90.0 % sure on average', '70.0 % right (60.0 % to 80.0 %)'],
    });
    expect(reliable.tipOf(bin(0, 0, 0, 0)).lines).toEqual(['no image']);
    expect(reliable.table({ bins, expectedError: 0 }).rows).toHaveLength(2);
    expect(reliable.summary({ bins: [bin(0, 0, 0, 0)], expectedError: 0 })).toBe('Nothing was measured yet.');
  });
});

const css = readFileSync(new URL('./colors.css', import.meta.url), 'utf8');

/** Relative luminance, WCAG 2.2. */
function luminance([r, g, b]: readonly [number, number, number]): number {
  const part = (value: number) =>
    value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;
  return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
}

it.each(['light', 'dark'])('numbers on the deepest shades stay readable, %s', (theme) => {
  const from = theme === 'light' ? css.indexOf(':root {') : css.indexOf(':root[data-theme="dark"]');
  const colorOf = (name: string) => {
    const { r, g, b } = rgb(new RegExp(`--${name}: (#\\w+)`).exec(css.slice(from))![1]!);
    return [r, g, b] as const;
  };
  const text = luminance(colorOf('chart-text'));
  const surface = colorOf('chart-surface');
  for (const name of ['accent', 'warn']) {
    const color = colorOf(name);
    const mixed = color.map((part, i) => 0.45 * part + 0.55 * surface[i]!) as [number, number, number];
    const [high, low] = [text, luminance(mixed)].sort((a, b) => b - a);
    expect((high! + 0.05) / (low! + 0.05), name).toBeGreaterThan(4.5);
  }
});

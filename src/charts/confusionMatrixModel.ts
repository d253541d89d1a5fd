import { formatInteger, formatPercent } from '../core/quantity.ts';
import type { Tip } from './tooltip.ts';
import type { ChartOptions, Table } from './types.ts';

/** A cell: images of class `label` that were taken for class `predicted`. */
export interface ConfusionCell {
  readonly label: number;
  readonly predicted: number;
}

export interface ConfusionMatrixData {
  readonly classNames: readonly string[];
  /** Images, row by row: true class in rows, predicted class in columns. */
  readonly counts: ArrayLike<number>;
  /** Images, or per cent of the images of the true class. */
  readonly show: 'counts' | 'shares';
  readonly selected: ConfusionCell | null;
  /** A sentence for when nothing was measured. */
  readonly empty?: string;
}

export interface ConfusionMatrixOptions extends ChartOptions {
  readonly onPick?: (cell: ConfusionCell) => void;
}

/** Shades that are told apart, the deepest included; a path each, however many cells there are. */
export const LEVELS = 16;

export const isEmpty = (data: ConfusionMatrixData): boolean => data.classNames.length === 0;

export const emptySentence = (data: ConfusionMatrixData): string => data.empty ?? 'Nothing was measured yet.';

export const countAt = ({ counts, classNames }: ConfusionMatrixData, cell: ConfusionCell): number =>
  counts[cell.label * classNames.length + cell.predicted] ?? 0;

export function supportOf(data: ConfusionMatrixData, label: number): number {
  let sum = 0;
  for (let predicted = 0; predicted < data.classNames.length; predicted++)
    sum += countAt(data, { label, predicted });
  return sum;
}

/** What a cell says where there is room: a count, or whole per cent of the row without their sign. */
export function cellText(data: ConfusionMatrixData, cell: ConfusionCell, support: number): string {
  const count = countAt(data, cell);
  if (count === 0) return '';
  if (data.show === 'counts') return String(count);
  const percent = Math.round((100 * count) / support);
  return percent === 0 ? '<1' : String(percent);
}

/**
 * Shade of every cell, 0 (no image) to LEVELS. It goes with the root of the value, as few mistakes must be seen
 * beside many right images.
 */
export function levelsOf(data: ConfusionMatrixData): Uint8Array {
  const { classNames, counts, show } = data;
  const n = classNames.length;
  const levels = new Uint8Array(n * n);
  let most = 1;
  if (show === 'counts') for (let cell = 0; cell < n * n; cell++) most = Math.max(most, counts[cell] ?? 0);
  for (let label = 0; label < n; label++) {
    const whole = show === 'counts' ? most : supportOf(data, label);
    for (let predicted = 0; predicted < n; predicted++) {
      const count = countAt(data, { label, predicted });
      if (count > 0)
        levels[label * n + predicted] = Math.max(1, Math.round(LEVELS * Math.sqrt(count / whole)));
    }
  }
  return levels;
}

export function tipOf(data: ConfusionMatrixData, cell: ConfusionCell): Tip {
  const { classNames } = data;
  const name = classNames[cell.label] ?? '';
  const other = classNames[cell.predicted] ?? '';
  const support = supportOf(data, cell.label);
  const count = countAt(data, cell);
  const title = cell.label === cell.predicted ? `${name}, recognized` : `${name}, taken for ${other}`;
  if (support === 0) return { title, lines: ['no image of this class'] };
  const images = support === 1 ? 'image' : 'images';
  return {
    title,
    lines: [
      `${formatInteger(count)} of ${formatInteger(support)} ${images}, ${formatPercent(count / support)}`,
    ],
  };
}

/** The cell that a key leads to; null for keys that lead nowhere. */
export function moved(data: ConfusionMatrixData, from: ConfusionCell, key: string): ConfusionCell | null {
  const last = data.classNames.length - 1;
  const inside = (value: number) => Math.max(0, Math.min(last, value));
  const { label, predicted } = from;
  switch (key) {
    case 'ArrowUp':
      return { label: inside(label - 1), predicted };
    case 'ArrowDown':
      return { label: inside(label + 1), predicted };
    case 'ArrowLeft':
      return { label, predicted: inside(predicted - 1) };
    case 'ArrowRight':
      return { label, predicted: inside(predicted + 1) };
    case 'Home':
      return { label, predicted: 0 };
    case 'End':
      return { label, predicted: last };
    default:
      return null;
  }
}

export function summary(data: ConfusionMatrixData): string {
  if (isEmpty(data)) return emptySentence(data);
  const { classNames, counts } = data;
  const n = classNames.length;
  let [total, right, worst] = [0, 0, -1];
  for (let cell = 0; cell < n * n; cell++) {
    const count = counts[cell] ?? 0;
    total += count;
    if (cell % (n + 1) === 0) right += count;
    else if (count > 0 && count > (counts[worst] ?? 0)) worst = cell;
  }
  const most =
    worst < 0
      ? 'No image is taken for another class.'
      : `Most often ${classNames[Math.floor(worst / n)]} is taken for ${classNames[worst % n]}: ${formatInteger(counts[worst] ?? 0)} times.`;
  return `True classes in rows, predicted classes in columns: ${formatInteger(right)} of ${formatInteger(total)} images on the diagonal. ${most}`;
}

/** A row a true class, a column a predicted one. */
export function table(data: ConfusionMatrixData): Table {
  const { classNames } = data;
  return {
    columns: ['true class', ...classNames.map((name) => `as ${name}`), 'images'],
    rows: classNames.map((name, label) => {
      const support = supportOf(data, label);
      const values = classNames.map((_, predicted) => {
        const count = countAt(data, { label, predicted });
        if (data.show === 'counts') return count;
        return support === 0 ? '' : Math.round((1e4 * count) / support) / 1e4;
      });
      return [name, ...values, support];
    }),
  };
}

import type { LayerId } from '../core/network/network.ts';
import { formatCount, formatInteger, formatPercent, formatSignificant } from '../core/quantity.ts';
import type { Tip } from './tooltip.ts';
import type { ChartOptions, Table } from './types.ts';

export interface HistogramData {
  /** Whose numbers these are: "conv1 kernel". */
  readonly label: string;
  readonly layerIds: readonly LayerId[];
  /** Numbers in equally wide bins from -largest to +largest. */
  readonly bins: ArrayLike<number>;
  readonly largest: number;
  readonly mean: number;
  readonly standardDeviation: number;
  /** `log` shows the rare large ones beside the many small ones. */
  readonly scale: 'linear' | 'log';
  readonly empty?: string;
}

export type HistogramOptions = ChartOptions;

export const totalOf = ({ bins }: HistogramData): number => Array.from(bins).reduce((a, b) => a + b, 0);

export const isEmpty = (data: HistogramData): boolean => totalOf(data) === 0;

export const emptySentence = (data: HistogramData): string => data.empty ?? 'No weights to count yet.';

/** Where bin `index` begins; bin `bins.length` ends where the last one does. Zeros alone have no width. */
export const edgeOf = ({ bins, largest }: HistogramData, index: number): number =>
  (largest * (2 * index - bins.length)) / bins.length;

/** Three digits; 1.2e-7 where a plain number would be mostly zeros. */
export function formatWeight(value: number): string {
  const magnitude = Math.abs(value);
  if (magnitude > 0 && (magnitude < 1e-4 || magnitude >= 1e6)) {
    const [digits = '', exponent = ''] = magnitude.toExponential(2).split('e');
    return `${value < 0 ? '−' : ''}${Number(digits)}e${exponent.replace('+', '').replace('-', '−')}`;
  }
  return formatSignificant(value);
}

export const spreadText = ({ mean, standardDeviation }: HistogramData): string =>
  `mean ${formatWeight(mean)}, standard deviation ${formatWeight(standardDeviation)}`;

export function tipOf(data: HistogramData, index: number): Tip {
  const count = data.bins[index] ?? 0;
  return {
    title: `${formatWeight(edgeOf(data, index))} to ${formatWeight(edgeOf(data, index + 1))}`,
    lines: [
      `${formatInteger(count)} ${count === 1 ? 'weight' : 'weights'}, ${formatPercent(count / totalOf(data))}`,
    ],
  };
}

export function summary(data: HistogramData): string {
  if (isEmpty(data)) return emptySentence(data);
  const counts = Array.from(data.bins);
  const highest = counts.indexOf(Math.max(...counts));
  return [
    `${formatCount(totalOf(data))} numbers of ${data.label} in ${counts.length} bins from ${formatWeight(-data.largest)} to ${formatWeight(data.largest)}: ${spreadText(data)}.`,
    `Most of them, ${formatPercent((counts[highest] ?? 0) / totalOf(data))}, lie from ${tipOf(data, highest).title}.`,
  ].join(' ');
}

export function table(data: HistogramData): Table {
  const total = totalOf(data);
  return {
    columns: ['from', 'to', 'weights', 'share (%)'],
    rows: isEmpty(data)
      ? []
      : Array.from(data.bins, (count, index) => [
          edgeOf(data, index),
          edgeOf(data, index + 1),
          count,
          (100 * count) / total,
        ]),
  };
}

/** The outline of small bars as the path of a sparkline, the highest bar as high as the box. */
export function sparkPath(bins: ArrayLike<number>, width: number, height: number): string {
  const most = Math.max(...Array.from(bins));
  if (!(most > 0)) return '';
  const step = width / bins.length;
  const tops = Array.from(bins, (count, i) => {
    const y = height * (1 - count / most);
    return `V${y.toFixed(1)}H${((i + 1) * step).toFixed(1)}`;
  });
  return `M0,${height}${tops.join('')}V${height}Z`;
}

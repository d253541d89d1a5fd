import { formatInteger, formatPercent } from '../core/quantity.ts';
import type { Tip } from './tooltip.ts';
import type { ChartOptions, Table } from './types.ts';

/** Images whose confidence lies in a range; see core/training/calibration. Shares are 0..1. */
export interface ReliabilityBar {
  readonly low: number;
  readonly high: number;
  readonly count: number;
  readonly confidence: number | null;
  readonly accuracy: number | null;
  readonly interval: readonly [number, number] | null;
}

export interface ReliabilityData {
  readonly bins: readonly ReliabilityBar[];
  /** 0..1 */
  readonly expectedError: number;
  readonly empty?: string;
}

export type ReliabilityOptions = ChartOptions;

export const isEmpty = (data: ReliabilityData): boolean => data.bins.every(({ count }) => count === 0);

export const emptySentence = (data: ReliabilityData): string => data.empty ?? 'Nothing was measured yet.';

const rangeText = ({ low, high }: ReliabilityBar): string =>
  `${formatPercent(low, 0).replace(' %', '')} to ${formatPercent(high, 0)} sure`;

export function tipOf(bin: ReliabilityBar): Tip {
  if (bin.accuracy === null || bin.confidence === null || bin.interval === null)
    return { title: rangeText(bin), lines: ['no image'] };
  return {
    title: rangeText(bin),
    lines: [
      `${formatInteger(bin.count)} ${bin.count === 1 ? 'image' : 'images'}`,
      `${formatPercent(bin.confidence)} sure on average`,
      `${formatPercent(bin.accuracy)} right (${formatPercent(bin.interval[0])} to ${formatPercent(bin.interval[1])})`,
    ],
  };
}

export function summary(data: ReliabilityData): string {
  if (isEmpty(data)) return emptySentence(data);
  const used = data.bins.filter(({ count }) => count > 0);
  const apart = used.filter(
    ({ confidence, interval }) =>
      confidence !== null && interval !== null && (confidence < interval[0] || confidence > interval[1]),
  );
  return `How often images are right, by how sure the network is. Expected calibration error ${formatPercent(data.expectedError)}. In ${apart.length} of ${used.length} ranges with images the confidence lies outside the 95 % interval of the accuracy.`;
}

export const table = (data: ReliabilityData): Table => ({
  columns: ['confidence from', 'to', 'images', 'mean confidence', 'accuracy', '95 % from', '95 % to'],
  rows: data.bins.map(({ low, high, count, confidence, accuracy, interval }) => [
    low,
    high,
    count,
    confidence ?? '',
    accuracy ?? '',
    interval?.[0] ?? '',
    interval?.[1] ?? '',
  ]),
});

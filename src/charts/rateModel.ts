import type { Tip } from './tooltip.ts';
import type { Table } from './types.ts';

export interface RatePoint {
  /** Epochs before this step; 0 at the first one. */
  readonly epoch: number;
  readonly rate: number;
}

/** The learning rate over a training: as the recipe plans it, and as it was. */
export interface RateData {
  readonly planned: readonly RatePoint[];
  /** Of the last step of every epoch so far; lower than planned after a plateau. */
  readonly taken: readonly RatePoint[];
  readonly epochs: number;
  readonly stepsPerEpoch: number;
}

/** Three digits, without zeros at the end: 0.002, 0.0000123, 1e-9. */
export const formatRate = (rate: number): string => String(Number(rate.toPrecision(3)));

export const tipOf = (point: RatePoint, data: RateData): Tip => {
  const step = Math.round(point.epoch * data.stepsPerEpoch);
  return {
    title: `Learning rate ${formatRate(point.rate)}`,
    lines: [
      `epoch ${Math.floor(step / data.stepsPerEpoch) + 1}, batch ${(step % data.stepsPerEpoch) + 1} of ${data.stepsPerEpoch}`,
    ],
  };
};

/** The least and the greatest planned rate. */
export function extremes({ planned }: RateData): { readonly low: number; readonly high: number } {
  const rates = planned.map(({ rate }) => rate);
  return { low: Math.min(...rates), high: Math.max(...rates) };
}

export function summary(data: RateData): string {
  const { low, high } = extremes(data);
  const last = data.taken.at(-1);
  const steps = data.epochs * data.stepsPerEpoch;
  return [
    `${data.epochs} ${data.epochs === 1 ? 'epoch' : 'epochs'} of ${data.stepsPerEpoch} batches, ${steps} iterations.`,
    low === high
      ? `The learning rate stays ${formatRate(low)}.`
      : `The learning rate lies between ${formatRate(low)} and ${formatRate(high)}, and ends at ${formatRate(data.planned.at(-1)?.rate ?? low)}.`,
    last ? `At the end of epoch ${Math.ceil(last.epoch)} it was ${formatRate(last.rate)}.` : '',
  ]
    .filter(Boolean)
    .join(' ');
}

export const table = (data: RateData): Table => ({
  columns: ['line', 'epoch', 'learning rate'],
  rows: [
    ...data.planned.map(({ epoch, rate }) => ['planned', epoch, formatRate(rate)]),
    ...data.taken.map(({ epoch, rate }) => ['taken', epoch, formatRate(rate)]),
  ],
});

import { formatCount, formatSignificant } from '../core/quantity.ts';
import type { StaircaseData, Table } from './types.ts';

export const formatValue = (value: number, unit: StaircaseData['unit']): string =>
  unit === 'cycles' ? formatCount(value) : formatSignificant(value);

export function valueAt(data: StaircaseData, width: number): number | null {
  const index = Array.prototype.indexOf.call(data.widths, width);
  return index < 0 ? null : (data.values[index] ?? null);
}

/** The widest width that takes no longer than this one: channels up to there are free. */
export function freeUpTo(data: StaircaseData, width: number): number {
  const value = valueAt(data, width);
  let widest = width;
  if (value === null) return widest;
  for (let i = 0; i < data.widths.length; i++) {
    const at = data.widths[i] ?? 0;
    if (at > widest && at <= Math.max(data.now, width) && (data.values[i] ?? Infinity) <= value) widest = at;
  }
  return widest;
}

/** What the step under the planned width gives away, in words; null where the plan stands at its end. */
export function freeSentence(data: StaircaseData): string | null {
  const free = freeUpTo(data, data.planned) - data.planned;
  if (free <= 0) return null;
  return `${free} more ${free === 1 ? 'channel is' : 'channels are'} free`;
}

export function summary(data: StaircaseData): string {
  if (data.widths.length === 0) return data.empty ?? 'No widths to compare yet.';
  const said = (width: number) => {
    const value = valueAt(data, width);
    return value === null
      ? `${width} channels`
      : `${width} channels (${formatValue(value, data.unit)} ${data.unit})`;
  };
  const free = freeSentence(data);
  return [
    `Time of ${data.label} over the channels kept: now ${said(data.now)}, planned ${said(data.planned)}.`,
    data.next === null
      ? 'No smaller width saves time.'
      : `The next width that saves time is ${said(data.next)}.`,
    ...(free ? [`On the planned step ${free}: up to ${freeUpTo(data, data.planned)} at the same time.`] : []),
  ].join(' ');
}

export function table(data: StaircaseData): Table {
  return {
    columns: ['channels kept', data.unit, 'note'],
    rows: Array.from(data.widths, (width, i) => [
      width,
      data.values[i] ?? '',
      [
        ...(width === data.now ? ['now'] : []),
        ...(width === data.planned && data.planned !== data.now ? ['planned'] : []),
        ...(width === data.next ? ['next that saves time'] : []),
      ].join(', '),
    ]),
  };
}

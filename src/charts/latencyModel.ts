import type { Bound } from '../core/hardware/report.ts';
import { formatChange, formatCount, formatSignificant } from '../core/quantity.ts';
import type { Tip } from './tooltip.ts';
import type { LatencyData, LatencyOptions, LatencyRow, Table } from './types.ts';

export const BOUND_NAMES: Readonly<Record<Bound, string>> = {
  compute: 'compute',
  alu: 'ALU',
  load: 'load',
  store: 'store',
  stream: 'stream',
  memory: 'memory',
  overhead: 'overhead',
};

export const formatTime = (value: number, unit: LatencyData['unit']): string =>
  unit === 'cycles' ? formatCount(value) : formatSignificant(value);

export const timeOf = (row: LatencyRow): number => row.after ?? row.before ?? 0;

export function orderRows(data: LatencyData, order: LatencyOptions['order']): readonly LatencyRow[] {
  if (order !== 'slowest') return data.rows;
  return [...data.rows].sort((a, b) => timeOf(b) - timeOf(a));
}

export function bottleneckOf(data: LatencyData): string | null {
  if (data.bottleneckId !== undefined) return data.bottleneckId;
  const there = data.rows.filter((row) => row.after !== null);
  if (there.length === 0) return null;
  return there.reduce((slowest, row) => (timeOf(row) > timeOf(slowest) ? row : slowest)).id;
}

export function changeText(row: LatencyRow): string {
  if (row.before === null) return 'new';
  if (row.after === null) return 'gone';
  return formatChange(row.before, row.after, 0);
}

export function tipOf(row: LatencyRow, data: LatencyData, isBottleneck: boolean): Tip {
  const said = (value: number | null) =>
    value === null ? 'not there' : `${formatTime(value, data.unit)} ${data.unit}`;
  return {
    title: isBottleneck ? `${row.label}, the bottleneck` : row.label,
    lines: [
      `${data.names.before}: ${said(row.before)}`,
      `${data.names.after}: ${said(row.after)} (${changeText(row)})`,
      row.boundSentence,
      ...(row.terms ?? []).map((term) => `${term.name}: ${formatTime(term.cycles, data.unit)} ${data.unit}`),
    ],
  };
}

export function summary(data: LatencyData): string {
  if (data.rows.length === 0) return 'No rows to show.';
  const id = bottleneckOf(data);
  const slowest = data.rows.find((row) => row.id === id);
  const both = data.rows.filter((row) => row.before !== null && row.after !== null);
  const faster = both.filter((row) => (row.after ?? 0) < (row.before ?? 0)).length;
  const slower = both.filter((row) => (row.after ?? 0) > (row.before ?? 0)).length;
  return [
    `${data.unit === 'cycles' ? 'Cycles' : 'Milliseconds'} of ${data.rows.length} rows, ${data.names.before} and ${data.names.after}.`,
    slowest
      ? `The bottleneck is ${slowest.label} with ${formatTime(timeOf(slowest), data.unit)} ${data.unit}, bound by ${BOUND_NAMES[slowest.bound]}.`
      : '',
    `${faster} became faster, ${slower} slower, ${both.length - faster - slower} stayed the same.`,
  ]
    .filter(Boolean)
    .join(' ');
}

export function table(data: LatencyData): Table {
  const id = bottleneckOf(data);
  return {
    columns: [
      'row',
      `${data.names.before} (${data.unit})`,
      `${data.names.after} (${data.unit})`,
      'change',
      'bound',
      'bottleneck',
      'reason',
    ],
    rows: data.rows.map((row) => [
      row.label,
      row.before ?? '',
      row.after ?? '',
      changeText(row),
      BOUND_NAMES[row.bound],
      row.id === id ? 'yes' : '',
      row.boundSentence,
    ]),
  };
}

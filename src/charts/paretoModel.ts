import { formatCount, formatSignificant } from '../core/quantity.ts';
import type { Tip } from './tooltip.ts';
import type { ParetoAxis, ParetoData, ParetoPoint, Table } from './types.ts';

const X_AXIS: ParetoAxis = { label: 'throughput', unit: 'images/s', better: 'higher' };
const Y_AXIS: ParetoAxis = { label: 'accuracy', unit: '%', better: 'higher' };

export const axesOf = (data: ParetoData): { x: ParetoAxis; y: ParetoAxis } =>
  data.axes ?? { x: X_AXIS, y: Y_AXIS };

export function formatOn(axis: ParetoAxis, value: number): string {
  if (axis.unit === '%') return `${formatSignificant(value)} %`;
  return value >= 1000 ? formatCount(value) : formatSignificant(value);
}

const withUnit = (axis: ParetoAxis, value: number) =>
  axis.unit === '%' ? formatOn(axis, value) : `${formatOn(axis, value)} ${axis.unit}`;

export const byX = (points: readonly ParetoPoint[]): ParetoPoint[] =>
  [...points].sort((a, b) => a.x - b.x || a.y - b.y);

export function tipOf(point: ParetoPoint, data: ParetoData): Tip {
  const { x, y } = axesOf(data);
  const interval = point.yInterval
    ? ` (${formatOn(y, point.yInterval[0])} to ${formatOn(y, point.yInterval[1])})`
    : '';
  return {
    title: point.label,
    lines: [
      `${y.label} ${withUnit(y, point.y)}${interval}`,
      `${x.label} ${withUnit(x, point.x)}`,
      [point.onFront ? 'on the Pareto front' : 'dominated', ...(point.current ? ['this design'] : [])].join(
        ', ',
      ),
    ],
  };
}

export function summary(data: ParetoData): string {
  const { x, y } = axesOf(data);
  const front = byX(data.points.filter((point) => point.onFront));
  if (data.points.length === 0) return data.empty;
  const [first, last] = [front[0], front.at(-1)];
  const current = data.points.find((point) => point.current);
  const said = (point: ParetoPoint) =>
    `${point.label} with ${withUnit(y, point.y)} at ${withUnit(x, point.x)}`;
  return [
    `${data.points.length} designs, ${front.length} on the Pareto front of ${y.label} against ${x.label}.`,
    first && last && first !== last ? `The front goes from ${said(first)} to ${said(last)}.` : '',
    current ? `This design: ${said(current)}, ${current.onFront ? 'on the front' : 'dominated'}.` : '',
  ]
    .filter(Boolean)
    .join(' ');
}

export function table(data: ParetoData): Table {
  const { x, y } = axesOf(data);
  return {
    columns: [
      'design',
      `${x.label} (${x.unit})`,
      `${y.label} (${y.unit})`,
      'lowest',
      'highest',
      'front',
      'this design',
    ],
    rows: data.points.map((point) => [
      point.label,
      point.x,
      point.y,
      point.yInterval?.[0] ?? '',
      point.yInterval?.[1] ?? '',
      point.onFront ? 'yes' : 'no',
      point.current ? 'yes' : '',
    ]),
  };
}

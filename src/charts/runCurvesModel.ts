import { formatClock, formatInteger, formatSignificant } from '../core/quantity.ts';
import { smoothed } from './smoothing.ts';
import type { Tip } from './tooltip.ts';
import type { RunCurve, RunCurvesData, Table } from './types.ts';

/** Dashes by the place of a run: color is never the only sign. Empty for a solid line. */
export const DASHES: readonly string[] = ['', '7 3', '2 2', '9 3 2 3', '14 4', '4 2 1 2'];

/** A run's curve with its smoothed values, without what is no number. */
export interface DrawnCurve {
  readonly run: RunCurve;
  /** Its place among the runs: its color, dash and symbol. */
  readonly index: number;
  readonly x: readonly number[];
  readonly raw: readonly number[];
  readonly y: readonly number[];
}

export const drawnCurves = (data: RunCurvesData): readonly DrawnCurve[] =>
  data.runs.map((run, index) => {
    const points = run.points.filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y));
    const raw = points.map(({ y }) => y);
    return { run, index, x: points.map(({ x }) => x), raw, y: smoothed(raw, data.smoothing) };
  });

export const formatX = (x: number, data: RunCurvesData): string =>
  data.xName === 'time' ? formatClock(x) : data.xName === 'step' ? formatInteger(x) : formatSignificant(x);

export const formatY = (y: number, { unit }: RunCurvesData): string =>
  unit === '' ? formatSignificant(y) : `${formatSignificant(y)} ${unit}`;

/** Stops of the cursor: at most so many, evenly taken of all places where a run has a value. */
const MOST_STOPS = 500;

export function stopsOf(curves: readonly DrawnCurve[]): number[] {
  const all = [...new Set(curves.flatMap(({ x }) => x))].sort((a, b) => a - b);
  if (all.length <= MOST_STOPS) return all;
  const step = (all.length - 1) / (MOST_STOPS - 1);
  return Array.from({ length: MOST_STOPS }, (_, i) => all[Math.round(i * step)] as number);
}

/** The last point of a curve at or before `x`; -1 where it begins later or has ended before. */
export function pointAt({ x: xs }: DrawnCurve, x: number): number {
  const last = xs.at(-1);
  if (last === undefined || last < x) return -1;
  let [low, high] = [0, xs.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((xs[middle] as number) <= x) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

export function tipAt(curves: readonly DrawnCurve[], x: number, data: RunCurvesData): Tip {
  const lines = curves.flatMap((curve) => {
    const at = pointAt(curve, x);
    if (at < 0) return [];
    const { key, name } = curve.run;
    const raw = data.smoothing > 0 ? ` (raw ${formatY(curve.raw[at] as number, data)})` : '';
    return [`${key} ${formatY(curve.y[at] as number, data)}${raw}: ${name}`];
  });
  return { title: `${data.quantity}, ${data.xName} ${formatX(x, data)}`, lines };
}

const best = (values: readonly number[], { better }: RunCurvesData): number =>
  better === 'higher' ? Math.max(...values) : Math.min(...values);

/** Ends of the y axis: of what is drawn strongly, so that single raw values do not flatten the curves. */
export function extentOf(curves: readonly DrawnCurve[], data: RunCurvesData): [number, number] {
  const values = curves.flatMap(({ y }) => y);
  if (values.length === 0) return [0, 1];
  // no spread: curves have more values than a call takes arguments
  const low = values.reduce((a, b) => Math.min(a, b));
  const high = values.reduce((a, b) => Math.max(a, b));
  if (data.unit === '%') return [Math.max(0, 10 * Math.floor(low / 10)), 100];
  return [0, Math.max(1e-6, high * 1.03)];
}

export function summary(data: RunCurvesData): string {
  const curves = drawnCurves(data).filter(({ x }) => x.length > 0);
  if (curves.length === 0) return data.empty;
  const ends = curves.map(({ run, raw }) => {
    const last = formatY(raw.at(-1) as number, data);
    return `${run.key} ${run.name}: best ${formatY(best(raw, data), data)}, last ${last}.`;
  });
  const smooth =
    data.smoothing > 0
      ? ` Smoothed by an exponential moving average of factor ${data.smoothing}; best and last are of the raw values.`
      : '';
  return `${data.quantity} by ${data.xName}.${smooth} ${ends.join(' ')}`;
}

/** A row a point and run. */
export function table(data: RunCurvesData): Table {
  return {
    columns: ['run', 'name', data.xName === 'time' ? 'seconds' : data.xName, data.quantity, 'smoothed'],
    rows: drawnCurves(data).flatMap(({ run, x, raw, y }) =>
      x.map((at, i) => [run.key, run.name, at, raw[i] as number, y[i] as number]),
    ),
  };
}

import { formatCount, formatInteger } from '../core/quantity.ts';
import type { Tip } from './tooltip.ts';
import type { SweepLine, SweepLinePoint, SweepLinesData, Table } from './types.ts';

/** More lines than that are not told apart; the table has them all. */
export const MOST_LINES = 7;

/** The first, the last and the current line, and between them others at even steps of their order. */
export function drawnLines(lines: readonly SweepLine[]): readonly SweepLine[] {
  if (lines.length <= MOST_LINES) return lines;
  const chosen = new Set<SweepLine | undefined>([lines.find(({ current }) => current)]);
  chosen.delete(undefined);
  const steps = MOST_LINES - 1 - (chosen.size > 0 ? 1 : 0);
  for (let i = 0; i <= steps; i++) chosen.add(lines[Math.round((i * (lines.length - 1)) / steps)]);
  return lines.filter((line) => chosen.has(line));
}

export function tipOf(line: SweepLine, point: SweepLinePoint, data: SweepLinesData): Tip {
  const now = line.current && data.now?.x === point.x ? [data.now.label] : [];
  return {
    title: `${line.name}, ${data.xLabel} ${formatInteger(point.x)}`,
    lines: [`${formatInteger(point.y)} ${data.yLabel}`, ...point.details, ...now],
  };
}

export interface Extent {
  readonly lowest: number;
  readonly most: number;
}

/** Ends of an axis for values that are not negative; a logarithmic one starts below the least that is above zero. */
export function extentOf(values: readonly number[], scale: SweepLinesData['scale']): Extent {
  const most = Math.max(1, ...values);
  if (scale === 'linear') return { lowest: 0, most };
  const least = Math.min(most, ...values.filter((value) => value > 0));
  return { lowest: values.some((value) => value === 0) ? least / 2 : least, most: Math.max(most, least * 2) };
}

export const isEmpty = (data: SweepLinesData): boolean =>
  data.lines.every(({ points }) => points.length === 0);

export const emptySentence = (data: SweepLinesData): string => data.empty ?? 'Nothing to sweep yet.';

export function summary(data: SweepLinesData): string {
  if (isEmpty(data)) return emptySentence(data);
  const drawn = drawnLines(data.lines);
  const ends = drawn.flatMap(({ name, points }) => {
    const [from, to] = [points[0], points.at(-1)];
    if (!from || !to) return [];
    return [`${name}: ${formatCount(from.y)} to ${formatCount(to.y)}.`];
  });
  return [
    `${data.yLabel} over ${data.xLabel}.`,
    ...(data.shape ? [data.shape.trim()] : []),
    ...(drawn.length < data.lines.length ? [`${drawn.length} of ${data.lines.length} lines.`] : []),
    ...(data.now ? [`${data.now.label}: ${formatInteger(data.now.y)} ${data.yLabel}.`] : []),
    ...ends,
  ].join(' ');
}

export function table(data: SweepLinesData): Table {
  return {
    columns: ['line', data.xLabel, data.yLabel, 'note'],
    rows: data.lines.flatMap((line) =>
      line.points.map((point) => [line.name, point.x, point.y, point.details.join('; ')]),
    ),
  };
}

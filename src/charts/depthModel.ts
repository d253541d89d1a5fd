import { formatCount, formatInteger, formatPercent } from '../core/quantity.ts';
import type { Tip } from './tooltip.ts';
import type { DepthData, DepthPoint, DepthSeries, Table } from './types.ts';

/** At this share of a series' highest throughput it counts as flat. */
const FLAT = 0.99;

export const formatFps = (fps: number): string => formatCount(fps, 'fps');

/** The points in order of their depth; a depth below 1 has no place on the axis and is no FIFO. */
export const pointsOf = (series: DepthSeries): readonly DepthPoint[] =>
  series.points.filter((point) => point.depth >= 1).sort((a, b) => a.depth - b.depth);

const highest = (points: readonly DepthPoint[]): number =>
  Math.max(0, ...points.map((point) => point.throughputFps ?? 0));

/**
 * From this depth on the throughput stays within 1 % of the highest of the series. Null where no frame comes
 * out at all, or where only the deepest point is that high: the series may still rise.
 */
export function saturationDepth(series: DepthSeries): number | null {
  const points = pointsOf(series);
  const most = highest(points);
  if (most === 0) return null;
  const low = points.findLastIndex((point) => (point.throughputFps ?? 0) < FLAT * most);
  if (low === points.length - 2 && points.length > 1) return null;
  return points[low + 1]?.depth ?? null;
}

export const isEmpty = (data: DepthData): boolean =>
  data.series.every((series) => pointsOf(series).length === 0);

export const emptySentence = (data: DepthData): string => data.empty ?? 'No FIFO depths measured yet.';

export function tipOf(point: DepthPoint, series: DepthSeries, data: DepthData): Tip {
  const fps = point.throughputFps;
  return {
    title: `${series.name}, depth ${formatInteger(point.depth)}`,
    lines:
      fps === null
        ? ['Deadlock: no frame comes out']
        : [
            formatFps(fps),
            ...(data.idealFps > 0 ? [`${formatPercent(fps / data.idealFps)} of the ideal`] : []),
            ...(saturationDepth(series) === point.depth ? ['Deeper FIFOs add less than 1 %'] : []),
          ],
  };
}

function seriesSentence(series: DepthSeries, data: DepthData): string {
  const points = pointsOf(series);
  const dead = points.filter((point) => point.throughputFps === null).map((point) => point.depth);
  const most = highest(points);
  const flat = saturationDepth(series);
  const deadlock =
    dead.length === 0
      ? ''
      : ` It deadlocks at ${dead.length === 1 ? `depth ${dead[0]}` : `${dead.length} depths, up to ${dead.at(-1)}`}.`;
  if (most === 0) return `${series.name}: no depth brings a frame out.${deadlock}`;
  const share = data.idealFps > 0 ? `, ${formatPercent(most / data.idealFps)} of the ideal` : '';
  const end =
    flat === null
      ? `still rising at depth ${formatInteger(points.at(-1)?.depth ?? 0)}`
      : `flat from depth ${formatInteger(flat)} on`;
  return `${series.name}: at most ${formatFps(most)}${share}, ${end}.${deadlock}`;
}

export function summary(data: DepthData): string {
  if (isEmpty(data)) return emptySentence(data);
  return [
    `Throughput over the depth of the FIFOs; the ideal is ${formatFps(data.idealFps)}.`,
    ...data.series.map((series) => seriesSentence(series, data)),
  ].join(' ');
}

export function table(data: DepthData): Table {
  return {
    columns: ['series', 'FIFO depth', 'throughput (fps)', '% of the ideal', 'note'],
    rows: data.series.flatMap((series) =>
      pointsOf(series).map(({ depth, throughputFps: fps }) => [
        series.name,
        depth,
        fps ?? 0,
        fps !== null && data.idealFps > 0 ? (100 * fps) / data.idealFps : 0,
        fps === null ? 'deadlock' : saturationDepth(series) === depth ? 'flat from here on' : '',
      ]),
    ),
  };
}

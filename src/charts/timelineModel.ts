import {
  formatChange,
  formatCount,
  formatInteger,
  formatPercent,
  formatSignificant,
} from '../core/quantity.ts';
import type { Tip } from './tooltip.ts';
import type { Table, TimelineBar, TimelineData, TimelineSeries } from './types.ts';

export const formatGops = (gops: number): string =>
  gops >= 1000 ? formatInteger(gops) : formatSignificant(gops);

export const durationMs = (bar: TimelineBar): number => bar.endMs - bar.startMs;

/** The area of a bar: its rate times its time, and so independent of how long it took. */
export const operationsOf = (bar: TimelineBar): number => bar.gops * 1e6 * durationMs(bar);

/** Milliseconds of one frame. */
export const totalMs = (series: TimelineSeries): number =>
  series.bars.reduce((end, bar) => Math.max(end, bar.endMs), 0);

/** GOP/s over the whole frame: the level at which the bars would be flat. */
export function meanGops(series: TimelineSeries): number {
  const time = totalMs(series);
  return time > 0 ? series.bars.reduce((sum, bar) => sum + operationsOf(bar), 0) / time / 1e6 : 0;
}

export const seriesOf = (data: TimelineData): readonly TimelineSeries[] =>
  data.before ? [data.before, data.after] : [data.after];

export const isEmpty = (data: TimelineData): boolean =>
  seriesOf(data).every((series) => series.bars.length === 0);

export const emptySentence = (data: TimelineData): string => data.empty ?? 'No layers to time yet.';

/** The peaks to draw: one line where both series have the same. */
export function peaksOf(data: TimelineData): readonly { readonly gops: number; readonly label: string }[] {
  const all = seriesOf(data).filter((series) => series.peakGops > 0);
  const same = all.every((series) => series.peakGops === all[0]?.peakGops);
  return (same ? all.slice(0, 1) : all).map((series) => ({
    gops: series.peakGops,
    label: `${same ? 'peak' : `peak of ${series.name}`} ${formatGops(series.peakGops)}`,
  }));
}

export function tipOf(bar: TimelineBar, series: TimelineSeries, data: TimelineData): Tip {
  const other = series === data.after ? data.before : data.after;
  const twin = other?.bars.find(({ id }) => id === bar.id);
  const share = series.peakGops > 0 ? `, ${formatPercent(bar.gops / series.peakGops, 0)} of the peak` : '';
  const [from, to] = series === data.after ? [twin, bar] : [bar, twin];
  return {
    title: data.before ? `${bar.label}, ${series.name}` : bar.label,
    lines: [
      `${formatSignificant(durationMs(bar))} ms, from ${formatSignificant(bar.startMs)} to ${formatSignificant(bar.endMs)} ms`,
      `${formatGops(bar.gops)} GOP/s${share}`,
      `${formatCount(operationsOf(bar))} operations`,
      ...(other && twin && from && to
        ? [
            `${other.name}: ${formatSignificant(durationMs(twin))} ms at ${formatGops(twin.gops)} GOP/s (${formatChange(durationMs(from), durationMs(to), 0)} in time)`,
          ]
        : []),
    ],
  };
}

function seriesSentence(series: TimelineSeries): string {
  const mean = meanGops(series);
  const share = series.peakGops > 0 ? mean / series.peakGops : 0;
  const longest = series.bars.reduce<TimelineBar | null>(
    (most, bar) => (most && durationMs(most) >= durationMs(bar) ? most : bar),
    null,
  );
  return [
    `${series.name}: ${formatSignificant(totalMs(series))} ms at ${formatGops(mean)} GOP/s on average, ${formatPercent(share, 0)} of the peak of ${formatGops(series.peakGops)} GOP/s;`,
    longest
      ? `longest is ${longest.label} with ${formatSignificant(durationMs(longest))} ms at ${formatGops(longest.gops)} GOP/s.`
      : 'no layers.',
  ].join(' ');
}

export function summary(data: TimelineData): string {
  if (isEmpty(data)) return emptySentence(data);
  const { before, after } = data;
  return [
    'GOP/s of each layer over the time of one frame (1 MAC = 2 operations); the area of a bar is its operations.',
    ...seriesOf(data).map(seriesSentence),
    ...(before && totalMs(before) > 0
      ? [`Change of the time: ${formatChange(totalMs(before), totalMs(after))}.`]
      : []),
  ].join(' ');
}

export function table(data: TimelineData): Table {
  return {
    columns: [
      'series',
      'layer',
      'start (ms)',
      'end (ms)',
      'time (ms)',
      'GOP/s',
      '% of the peak',
      'operations',
    ],
    rows: seriesOf(data).flatMap((series) =>
      series.bars.map((bar) => [
        series.name,
        bar.label,
        bar.startMs,
        bar.endMs,
        durationMs(bar),
        bar.gops,
        series.peakGops > 0 ? (100 * bar.gops) / series.peakGops : '',
        Math.round(operationsOf(bar)),
      ]),
    ),
  };
}

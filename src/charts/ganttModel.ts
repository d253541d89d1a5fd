import { formatInteger, formatPercent } from '../core/quantity.ts';
import type { Tip } from './tooltip.ts';
import type { GanttBar, GanttData, GanttKind, GanttLane, Table } from './types.ts';

/** What is drawn: one bar, or a run of bars too short to see. */
export interface DrawnBar {
  readonly kind: string;
  readonly start: number;
  readonly end: number;
  /** How many bars of the data stand here. */
  readonly count: number;
  /** Cycles between start and end that bars of this kind take. */
  readonly filled: number;
  readonly label: string;
}

interface Run {
  column: number;
  start: number;
  end: number;
  count: number;
  readonly time: Map<string, number>;
}

function closeRun(run: Run): DrawnBar {
  let [kind, filled] = ['', -1];
  for (const [name, time] of run.time) if (time > filled) [kind, filled] = [name, time];
  return { kind, start: run.start, end: run.end, count: run.count, filled, label: '' };
}

/**
 * The bars of one lane, those shorter than a pixel joined: all that start in one pixel column become one bar
 * of the kind that takes most of its time, and columns of one kind side by side become one. So a lane draws
 * at most about two bars a pixel, however many it has. Bars of a pixel or more stay as they are.
 */
export function mergeBars(bars: readonly GanttBar[], unitsPerPixel: number): DrawnBar[] {
  const drawn: DrawnBar[] = [];
  let joined = false; // the last one drawn is a run that may go on
  let run: Run | null = null;
  const flush = () => {
    if (!run) return;
    const next = closeRun(run);
    const last = joined ? drawn.at(-1) : undefined;
    if (last && last.kind === next.kind && next.start - last.end < unitsPerPixel) {
      drawn[drawn.length - 1] = {
        ...last,
        end: Math.max(last.end, next.end),
        count: last.count + next.count,
        filled: last.filled + next.filled,
      };
    } else drawn.push(next);
    joined = true;
    run = null;
  };
  for (const bar of [...bars].sort((a, b) => a.start - b.start || a.end - b.end)) {
    const length = bar.end - bar.start;
    if (length >= unitsPerPixel) {
      flush();
      drawn.push({
        kind: bar.kind,
        start: bar.start,
        end: bar.end,
        count: 1,
        filled: length,
        label: bar.label,
      });
      joined = false;
      continue;
    }
    const column = Math.floor(bar.start / unitsPerPixel);
    if (run && run.column !== column) flush();
    run ??= { column, start: bar.start, end: bar.end, count: 0, time: new Map() };
    run.end = Math.max(run.end, bar.end);
    run.count += 1;
    run.time.set(bar.kind, (run.time.get(bar.kind) ?? 0) + length);
  }
  flush();
  return drawn;
}

/** The bars of every lane, in the order of `data.lanes`; bars of no lane are left out. */
export function byLane(data: GanttData): Map<string, GanttBar[]> {
  const lanes = new Map<string, GanttBar[]>(data.lanes.map((lane) => [lane.id, []]));
  for (const bar of data.bars) lanes.get(bar.laneId)?.push(bar);
  return lanes;
}

export const kindOf = (data: GanttData, id: string): GanttKind =>
  data.kinds.find((kind) => kind.id === id) ?? { id, label: id };

/** Share of the whole time in which each lane works: bars of quiet kinds do not count. */
export function busyShares(data: GanttData): Map<string, number> {
  const quiet = new Set(data.kinds.filter((kind) => kind.quiet).map((kind) => kind.id));
  const shares = new Map<string, number>();
  for (const [lane, bars] of byLane(data)) {
    const busy = bars.reduce((sum, bar) => sum + (quiet.has(bar.kind) ? 0 : bar.end - bar.start), 0);
    shares.set(lane, data.end > 0 ? busy / data.end : 0);
  }
  return shares;
}

export function tipOf(bar: DrawnBar, lane: GanttLane, data: GanttData): Tip {
  const kind = kindOf(data, bar.kind).label;
  const length = bar.end - bar.start;
  const span = `cycles ${formatInteger(bar.start)} to ${formatInteger(bar.end)} (${formatInteger(length)})`;
  if (bar.count === 1) {
    const words = [...new Set([lane.label, bar.label, kind].filter(Boolean))];
    return { title: words.slice(0, 2).join(': '), lines: [...words.slice(2), span] };
  }
  return {
    title: `${lane.label}: ${formatInteger(bar.count)} short bars`,
    lines: [`${kind} ${formatPercent(length > 0 ? bar.filled / length : 1, 0)} of the time`, span],
  };
}

export const emptySentence = (data: GanttData): string => data.empty ?? 'No schedule to show yet.';

export function summary(data: GanttData): string {
  const shares = busyShares(data);
  const share = (lane: GanttLane) => formatPercent(shares.get(lane.id) ?? 0, 0);
  const lanes = [...data.lanes].sort((a, b) => (shares.get(b.id) ?? 0) - (shares.get(a.id) ?? 0));
  const [first, last] = [lanes[0], lanes.at(-1)];
  const count = [...byLane(data).values()].reduce((sum, bars) => sum + bars.length, 0);
  const kinds = data.kinds.map((kind) => kind.label).join(', ');
  if (!first || !last) return emptySentence(data);
  const busy =
    first === last
      ? `${first.label} is busy ${share(first)} of the time.`
      : `Busiest is ${first.label} (${share(first)}), least busy ${last.label} (${share(last)}).`;
  const lanesSaid = `${data.lanes.length} ${data.lanes.length === 1 ? 'lane' : 'lanes'}`;
  return `${lanesSaid} with ${formatInteger(count)} bars over ${formatInteger(data.end)} cycles: ${kinds}. ${busy}`;
}

export function table(data: GanttData): Table {
  const bars = byLane(data);
  return {
    columns: ['lane', 'kind', 'label', 'start (cycles)', 'end (cycles)', 'length (cycles)'],
    rows: data.lanes.flatMap((lane) =>
      (bars.get(lane.id) ?? []).map((bar) => [
        lane.label,
        kindOf(data, bar.kind).label,
        bar.label,
        bar.start,
        bar.end,
        bar.end - bar.start,
      ]),
    ),
  };
}

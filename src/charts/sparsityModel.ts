import { formatChange, formatPercent } from '../core/quantity.ts';
import type { Tip } from './tooltip.ts';
import type { SparsityData, SparsityPoint, Table } from './types.ts';

/** Steps between the grid lines; both axes have as many, so that one grid serves both. */
const GRID_STEPS = 4;
const ROUND = [1, 2, 2.5, 3, 4, 5, 6, 8, 10];

/** Two shares closer than this are one: 15 * 0.01 is not 0.15, and a store may round what it is given. */
const SAME = 1e-9;
export const sameSparsity = (a: number, b: number): boolean => Math.abs(a - b) <= SAME;

export const formatWatts = (watts: number): string => `${watts.toFixed(2)} W`;
export const formatAccuracy = (percent: number): string => formatPercent(percent / 100, 2);
/** 25 % and 33.3 %: no digit where none is needed. */
export const formatSparsity = (share: number): string =>
  formatPercent(share, Math.abs(100 * share - Math.round(100 * share)) < 0.05 ? 0 : 1);

/** Percentage points between two accuracies, with the two digits that the accuracies have. */
function formatLost(before: number, after: number): string {
  const points = after - before;
  if (Math.abs(points) < 0.005) return '±0 points';
  return `${points > 0 ? '+' : '−'}${Math.abs(points).toFixed(2)} points`;
}

/** In order of their sparsity, without those that have no place on the axes. */
export const pointsOf = (data: SparsityData): readonly SparsityPoint[] =>
  data.points
    .filter(({ sparsity, powerWatts, accuracyPercent }) =>
      [sparsity, powerWatts, accuracyPercent].every((value) => Number.isFinite(value) && value >= 0),
    )
    .sort((a, b) => a.sparsity - b.sparsity);

export const emptySentence = (data: SparsityData): string => data.empty ?? 'No power measured yet.';

/** The place on both lines at a sparsity, straight between two points; null outside of what was measured. */
export function pointAt(data: SparsityData, sparsity: number): SparsityPoint | null {
  const points = pointsOf(data);
  const after = points.findIndex((point) => point.sparsity >= sparsity - SAME);
  const [from, to] = [points[Math.max(0, after - 1)], points[after]];
  if (!from || !to || sparsity < from.sparsity - SAME) return null;
  if (sameSparsity(sparsity, to.sparsity)) return to;
  const part = (sparsity - from.sparsity) / (to.sparsity - from.sparsity);
  const between = (a: number, b: number) => a + (b - a) * part;
  return {
    sparsity,
    powerWatts: between(from.powerWatts, to.powerWatts),
    accuracyPercent: between(from.accuracyPercent, to.accuracyPercent),
  };
}

export const chosenPoint = (data: SparsityData): SparsityPoint | null =>
  data.chosen === null ? null : pointAt(data, data.chosen);

/**
 * The point that a key goes to from a sparsity, by its index; null for other keys and where there is no point.
 * From between two points it goes to the nearer one in that direction; from nowhere, to the first.
 */
export function keyTarget(data: SparsityData, from: number | null, key: string): number | null {
  const points = pointsOf(data);
  const last = points.length - 1;
  if (last < 0) return null;
  const clamp = (index: number) => Math.max(0, Math.min(last, index));
  const below = from === null ? -1 : points.findLastIndex((point) => point.sparsity < from - SAME);
  const above = from === null ? 0 : points.findIndex((point) => point.sparsity > from + SAME);
  const up = above < 0 ? last : above;
  const page = Math.max(1, Math.round(points.length / 10));
  switch (key) {
    case 'ArrowRight':
    case 'ArrowUp':
      return up;
    case 'ArrowLeft':
    case 'ArrowDown':
      return clamp(below);
    case 'PageUp':
      return clamp(up + page - 1);
    case 'PageDown':
      return clamp(below - page + 1);
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return null;
  }
}

const ticksFrom = (low: number, step: number): number[] =>
  Array.from({ length: GRID_STEPS + 1 }, (_, i) => low + i * step);

function roundUp(value: number): number {
  const size = 10 ** Math.floor(Math.log10(value));
  const found = ROUND.find((step) => step * size >= value * (1 - 1e-9)) ?? 10;
  return Number((found * size).toPrecision(6));
}

/** From zero: a power line that starts elsewhere makes the saving look larger than it is. */
export const powerTicks = (data: SparsityData): number[] =>
  ticksFrom(0, roundUp(Math.max(1e-3, ...pointsOf(data).map(({ powerWatts }) => powerWatts)) / GRID_STEPS));

/** From a whole ten below the lowest accuracy, as the learning curves, and never above 100 %. */
export function accuracyTicks(data: SparsityData): number[] {
  const all = pointsOf(data).map(({ accuracyPercent }) => Math.min(100, accuracyPercent));
  const [lowest, highest] = [Math.min(100, ...all), Math.max(0, ...all)];
  const steps = [0.5, 1, 2, 2.5, 5, 10, 25];
  for (let low = Math.floor(Math.min(lowest, 99) / 10) * 10; low > 0; low -= 10) {
    const step = steps.find((size) => low + GRID_STEPS * size >= highest);
    if (step !== undefined && low + GRID_STEPS * step <= 100) return ticksFrom(low, step);
  }
  return ticksFrom(0, 25);
}

/** Round percents over the sparsity axis, `count` of them at most, as shares. */
export function sparsityTicks(most: number, count: number): number[] {
  const step = [1, 5, 25, 50].find((size) => (100 * most) / size + 1 <= count) ?? 100;
  return Array.from({ length: Math.floor((100 * most) / step + 1e-9) + 1 }, (_, i) => (i * step) / 100);
}

export function tipOf(point: SparsityPoint, data: SparsityData): Tip {
  const first = pointsOf(data)[0] ?? point;
  return {
    title: `${formatSparsity(point.sparsity)} sparsity`,
    lines: [
      `${formatWatts(point.powerWatts)}, ${formatChange(first.powerWatts, point.powerWatts)}`,
      `Top-1 ${formatAccuracy(point.accuracyPercent)}, ${formatLost(first.accuracyPercent, point.accuracyPercent)}`,
    ],
  };
}

export function summary(data: SparsityData): string {
  const points = pointsOf(data);
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return emptySentence(data);
  const range = `${formatSparsity(first.sparsity)} to ${formatSparsity(last.sparsity)}`;
  const power = `${formatWatts(first.powerWatts)} to ${formatWatts(last.powerWatts)} (${formatChange(first.powerWatts, last.powerWatts)})`;
  const accuracy = `${formatAccuracy(first.accuracyPercent)} to ${formatAccuracy(last.accuracyPercent)} (${formatLost(first.accuracyPercent, last.accuracyPercent)})`;
  const chosen = chosenPoint(data);
  const choice =
    data.chosen === null
      ? []
      : chosen
        ? [
            `Chosen: ${formatSparsity(chosen.sparsity)}, ${formatWatts(chosen.powerWatts)} and ${formatAccuracy(chosen.accuracyPercent)}.`,
          ]
        : [`The chosen sparsity of ${formatSparsity(data.chosen)} was not measured.`];
  return [
    `Power and Top-1 accuracy of ${data.accuracyOf} over sparsity, ${range}.`,
    `Power: ${power}. Top-1 accuracy: ${accuracy}.`,
    ...choice,
  ].join(' ');
}

export function table(data: SparsityData): Table {
  const points = pointsOf(data);
  const [first] = points;
  const rounded = (value: number) => Number(value.toFixed(4));
  return {
    columns: [
      'sparsity (%)',
      'power (W)',
      'power saved (%)',
      `Top-1 of ${data.accuracyOf} (%)`,
      'points lost',
      'note',
    ],
    rows: points.map((point) => [
      rounded(100 * point.sparsity),
      rounded(point.powerWatts),
      first && first.powerWatts > 0 ? rounded(100 * (1 - point.powerWatts / first.powerWatts)) : 0,
      rounded(point.accuracyPercent),
      first ? rounded(first.accuracyPercent - point.accuracyPercent) : 0,
      data.chosen !== null && sameSparsity(point.sparsity, data.chosen) ? 'chosen' : '',
    ]),
  };
}

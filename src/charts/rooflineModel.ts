import { formatCount, formatInteger, formatPercent, formatSignificant } from '../core/quantity.ts';
import { BOUND_NAMES } from './latencyModel.ts';
import type { Tip } from './tooltip.ts';
import type { RooflineData, RooflinePoint, RooflineRoof, RooflineSpot, Table } from './types.ts';

/** "1.33 TOP/s": 1 MAC = 2 operations. */
export const formatRate = (opsPerSecond: number): string => formatCount(opsPerSecond, 'OP/s');
export const formatBandwidth = (bytesPerSecond: number): string => formatCount(bytesPerSecond, 'B/s');
export const formatIntensity = (opsPerByte: number): string =>
  opsPerByte >= 1000 ? formatInteger(opsPerByte) : formatSignificant(opsPerByte);

export const namesOf = (data: RooflineData): { before: string; after: string } =>
  data.names ?? { before: 'before', after: 'after' };

/** Operations per byte where slope and plateau meet: peak over bandwidth (Williams et al. 2009). */
export const ridgeOf = (roof: RooflineRoof): number => roof.peakOpsPerSecond / roof.bandwidthBytesPerSecond;

/** Operations per second that a roof allows: min(peak, intensity x bandwidth) (Williams et al. 2009). */
export const attainable = (roof: RooflineRoof, opsPerByte: number): number =>
  Math.min(roof.peakOpsPerSecond, opsPerByte * roof.bandwidthBytesPerSecond);

export const isOnChip = (spot: RooflineSpot): boolean => spot.opsPerByte === Number.POSITIVE_INFINITY;

/** A logarithmic axis has no place for a row without operations, a pooling one for example. */
export const isDrawable = (spot: RooflineSpot | null): spot is RooflineSpot =>
  spot !== null && spot.opsPerByte > 0 && spot.opsPerSecond > 0 && Number.isFinite(spot.opsPerSecond);

export const drawable = (data: RooflineData): readonly RooflinePoint[] =>
  data.points.filter((point) => isDrawable(point.before) || isDrawable(point.after));

export interface RooflineRange {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
}

/** Every point, every ridge, and around a ridge enough of slope and plateau to tell one from the other. */
export function rangeOf(data: RooflineData): RooflineRange {
  const spots = data.points.flatMap((point) => [point.before, point.after]).filter(isDrawable);
  const ridges = data.roofs.map(ridgeOf);
  const peaks = data.roofs.map((roof) => roof.peakOpsPerSecond);
  const xs = [
    ...spots.filter((spot) => !isOnChip(spot)).map((spot) => spot.opsPerByte),
    ...ridges.flatMap((ridge) => [ridge / 4, ridge * 4]),
  ];
  const ys = [...spots.map((spot) => spot.opsPerSecond), ...peaks.flatMap((peak) => [peak / 16, peak])];
  const around = (values: readonly number[], air: number): [number, number] =>
    values.length === 0 ? [1, 10] : [Math.min(...values) / air, Math.max(...values) * air];
  return { x: around(xs, 1.4), y: around(ys, 1.7) };
}

function shareOfRoof(spot: RooflineSpot, data: RooflineData): number | null {
  const roof = data.roofs[0];
  return roof && isDrawable(spot) ? spot.opsPerSecond / attainable(roof, spot.opsPerByte) : null;
}

function said(spot: RooflineSpot | null, data: RooflineData): string {
  if (!spot) return 'not there';
  if (!isDrawable(spot)) return 'no operations';
  const share = shareOfRoof(spot, data);
  return [
    isOnChip(spot) ? 'on chip, no traffic' : `${formatIntensity(spot.opsPerByte)} operations/byte`,
    formatRate(spot.opsPerSecond),
    ...(share === null ? [] : [`${formatPercent(share, 0)} of the roof`]),
  ].join(', ');
}

export function tipOf(point: RooflinePoint, data: RooflineData): Tip {
  const names = namesOf(data);
  return {
    title: point.label,
    lines: [
      `${names.before}: ${said(point.before, data)}`,
      `${names.after}: ${said(point.after, data)}`,
      point.sentence,
    ],
  };
}

export function summary(data: RooflineData): string {
  const shown = drawable(data);
  const empty = data.empty ?? 'No layers to place under the roof yet.';
  const roof = data.roofs[0];
  if (!roof) return empty;
  const spots = shown.flatMap((point) => {
    const spot = isDrawable(point.after) ? point.after : point.before;
    return isDrawable(spot) ? [{ label: point.label, spot, share: shareOfRoof(spot, data) ?? 0 }] : [];
  });
  const roofs = data.roofs.map(
    (r) =>
      `${r.name} computes up to ${formatRate(r.peakOpsPerSecond)} and moves up to ${formatBandwidth(r.bandwidthBytesPerSecond)}: its ridge is at ${formatIntensity(ridgeOf(r))} operations per byte (1 MAC = 2 operations).`,
  );
  if (spots.length === 0) return [...roofs, empty].join(' ');
  const left = spots.filter(({ spot }) => spot.opsPerByte < ridgeOf(roof)).length;
  const onChip = spots.filter(({ spot }) => isOnChip(spot)).length;
  const best = spots.reduce((a, b) => (b.share > a.share ? b : a));
  const worst = spots.reduce((a, b) => (b.share < a.share ? b : a));
  const missing = data.points.length - shown.length;
  return [
    ...roofs,
    `Layers drawn: ${spots.length}; left of the ridge of ${roof.name}, where its bandwidth is the limit: ${left}; without traffic, on the chip: ${onChip}.`,
    `Nearest to the roof is ${best.label} with ${formatPercent(best.share, 0)} of what it allows, farthest ${worst.label} with ${formatPercent(worst.share, 0)}.`,
    ...(missing > 0 ? [`Not drawn, for they have no operations: ${missing}.`] : []),
  ].join(' ');
}

export function table(data: RooflineData): Table {
  const { before, after } = namesOf(data);
  const columns = (name: string) => [
    `${name} (operations/byte)`,
    `${name} (GOP/s)`,
    `${name} (% of the roof)`,
  ];
  const cells = (spot: RooflineSpot | null): (string | number)[] => {
    if (!spot) return ['', '', ''];
    const share = shareOfRoof(spot, data);
    return [
      isOnChip(spot) ? 'on chip' : spot.opsPerByte,
      spot.opsPerSecond / 1e9,
      share === null ? '' : 100 * share,
    ];
  };
  return {
    columns: ['layer', ...columns(before), ...columns(after), 'bound', 'reason'],
    rows: data.points.map((point) => [
      point.label,
      ...cells(point.before),
      ...cells(point.after),
      BOUND_NAMES[point.bound],
      point.sentence,
    ]),
  };
}

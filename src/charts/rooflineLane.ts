import { assignRows, type Box } from './dodge.ts';
import type { Group } from './frame.ts';
import { isDrawable, isOnChip } from './rooflineModel.ts';
import type { RooflinePoint, RooflineSpot } from './types.ts';

export type Place = readonly [number, number];
export type Places = ReadonlyMap<
  RooflinePoint,
  { readonly before: Place | null; readonly after: Place | null }
>;

/** Width of the lane for rows without traffic. */
export const LANE = 46;
export const ON_CHIP = 'on chip';

/** The middle first: most rows stand alone. */
const COLUMNS = [0, -13, 13];

/**
 * Where each point lies. Those on the chip have no x: they stand in the lane that begins at `laneLeft`, side by
 * side where they would cover each other.
 */
export function placesOf(
  points: readonly RooflinePoint[],
  x: (opsPerByte: number) => number,
  y: (opsPerSecond: number) => number,
  laneLeft: number,
): Places {
  const spots = points
    .flatMap((point) => [point.before, point.after])
    .filter((spot): spot is RooflineSpot => isDrawable(spot) && isOnChip(spot))
    .sort((a, b) => y(a.opsPerSecond) - y(b.opsPerSecond));
  const spans = spots.map((spot) => ({ from: y(spot.opsPerSecond) - 6, to: y(spot.opsPerSecond) + 6 }));
  const columns = assignRows(spans, COLUMNS.length, 0);
  const column = new Map(spots.map((spot, i) => [spot, columns[i] ?? 0]));
  const place = (spot: RooflineSpot | null): Place | null => {
    if (!isDrawable(spot)) return null;
    const rate = y(spot.opsPerSecond);
    if (!isOnChip(spot)) return [x(spot.opsPerByte), rate];
    return [laneLeft + LANE / 2 + (COLUMNS[column.get(spot) ?? 0] ?? 0), rate];
  };
  return new Map(points.map((point) => [point, { before: place(point.before), after: place(point.after) }]));
}

/** The lane itself with its name where the axis has its ticks; nothing for null. */
export function drawLane(parent: Group, box: Box | null): void {
  const boxes = box ? [box] : [];
  parent
    .selectAll<SVGRectElement, Box>('rect')
    .data(boxes)
    .join('rect')
    .attr('class', 'lane-back')
    .attr('x', (b) => b.x)
    .attr('y', (b) => b.y)
    .attr('width', (b) => b.width)
    .attr('height', (b) => b.height);
  parent
    .selectAll<SVGTextElement, Box>('text')
    .data(boxes)
    .join('text')
    .attr('class', 'tick-label')
    .attr('text-anchor', 'middle')
    .attr('x', (b) => b.x + b.width / 2)
    .attr('y', (b) => b.y + b.height + 15)
    .text(ON_CHIP);
}

/** An axis-parallel box in pixels, by its top left corner. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export const overlaps = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

export const inside = (a: Box, bounds: Box): boolean =>
  a.x >= bounds.x &&
  a.y >= bounds.y &&
  a.x + a.width <= bounds.x + bounds.width &&
  a.y + a.height <= bounds.y + bounds.height;

export interface LabelWish {
  readonly key: string;
  /** The places to try, best first. */
  readonly candidates: readonly Box[];
  /** Placed even where it covers an obstacle (never another label of this rank placed before it). */
  readonly must?: boolean;
}

/**
 * Puts each label, in the order given, at its first free candidate inside the bounds; a label without one is
 * left out (the tooltip and the table still say it). No two labels placed overlap.
 */
export function placeLabels(
  wishes: readonly LabelWish[],
  obstacles: readonly Box[],
  bounds: Box,
): Map<string, Box> {
  const placed = new Map<string, Box>();
  for (const { key, candidates, must } of wishes) {
    const free = (box: Box) =>
      inside(box, bounds) && ![...placed.values()].some((other) => overlaps(box, other));
    const best = candidates.find((box) => free(box) && !obstacles.some((other) => overlaps(box, other)));
    const chosen = best ?? (must ? candidates.find(free) : undefined);
    if (chosen) placed.set(key, chosen);
  }
  return placed;
}

/**
 * Moves positions along one axis until each is at least `gap` from the next, within low..high, staying near
 * where they were. Returned in the order given.
 */
export function spread(positions: readonly number[], gap: number, low: number, high: number): number[] {
  const order = positions.map((at, index) => ({ at, index })).sort((a, b) => a.at - b.at);
  const room = order.length > 1 ? Math.min(gap, (high - low) / (order.length - 1)) : gap;
  const result = new Array<number>(positions.length).fill(0);
  let floor = low;
  for (const item of order) {
    item.at = Math.max(item.at, floor);
    floor = item.at + room;
  }
  let ceiling = high;
  for (const item of order.reverse()) {
    item.at = Math.min(item.at, ceiling);
    ceiling = item.at - room;
    result[item.index] = item.at;
  }
  return result;
}

/** For each interval the first of `rows` rows where it touches no earlier one, or null. */
export function assignRows(
  spans: readonly { readonly from: number; readonly to: number }[],
  rows: number,
  gap = 4,
): (number | null)[] {
  const ends = new Array<number>(rows).fill(Number.NEGATIVE_INFINITY);
  return spans.map(({ from, to }) => {
    const row = ends.findIndex((end) => from >= end + gap);
    if (row < 0) return null;
    ends[row] = to;
    return row;
  });
}

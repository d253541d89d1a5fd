import type { Random } from '../random.ts';
import { AREA, across, type Direction, EXTENT, randomDirection, turned, uniform } from './tile.ts';

/** The tile cut into fields by straight lines. */
export interface Parcels {
  readonly count: number;
  /** The direction most boundaries run along or across. */
  readonly direction: Direction;
  /** By pixel: which parcel. */
  readonly index: Uint8Array;
  /** By pixel: distance to the nearest boundary, in pixels. */
  readonly edge: Float32Array;
}

interface Cut {
  readonly normal: Direction;
  readonly offset: number;
  readonly below: Part;
  readonly above: Part;
}
type Part = Cut | number;
type Point = readonly [number, number];

const SAMPLES: readonly Point[] = Array.from({ length: 256 }, (_, k) => [
  (k % 16) * 4 + 2,
  Math.floor(k / 16) * 4 + 2,
]);

function widthAlong(points: readonly Point[], [c, s]: Direction): number {
  let low = Infinity;
  let high = -Infinity;
  for (const [x, y] of points) {
    const p = x * c + y * s;
    if (p < low) low = p;
    if (p > high) high = p;
  }
  return high - low;
}

/**
 * Cuts the tile about `wanted` times smaller: each cut halves a parcel across its longer side, roughly in the
 * middle, nearly parallel to the others. `order` 0 is a strict grid, 1 lets the lines lean.
 */
export function cutParcels(random: Random, wanted: number, order = 0.15): Parcels {
  const direction = randomDirection(random);
  let count = 0;
  const cut = (points: readonly Point[], parts: number): Part => {
    if (parts < 2 || points.length < 6) return count++;
    const wide = widthAlong(points, direction) >= widthAlong(points, across(direction));
    const normal = turned(wide ? direction : across(direction), uniform(random, -order, order));
    const project = ([x, y]: Point) => x * normal[0] + y * normal[1];
    const sorted = points.map(project).sort((a, b) => a - b);
    const offset = sorted[Math.floor(sorted.length * uniform(random, 0.3, 0.7))] ?? 0;
    const share = Math.round(parts / 2);
    return {
      normal,
      offset,
      below: cut(
        points.filter((p) => project(p) < offset),
        parts - share,
      ),
      above: cut(
        points.filter((p) => project(p) >= offset),
        share,
      ),
    };
  };
  const root = cut(SAMPLES, wanted);
  const index = new Uint8Array(AREA);
  const edge = new Float32Array(AREA);
  for (let i = 0; i < AREA; i++) {
    const x = i % EXTENT;
    const y = (i - x) / EXTENT;
    let nearest = 1e3;
    let part = root;
    while (typeof part !== 'number') {
      const side = x * part.normal[0] + y * part.normal[1] - part.offset;
      const distance = side < 0 ? -side : side;
      if (distance < nearest) nearest = distance;
      part = side < 0 ? part.below : part.above;
    }
    index[i] = part;
    edge[i] = nearest;
  }
  return { count, direction, index, edge };
}

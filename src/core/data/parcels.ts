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

/** A binary tree of cuts, a column an attribute: walked once a pixel, so it has to be flat. */
interface Cuts {
  readonly normalX: number[];
  readonly normalY: number[];
  readonly offset: number[];
  /** What lies on either side: another cut, or a parcel p as -1 - p. */
  readonly below: number[];
  readonly above: number[];
}

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
  const cuts: Cuts = { normalX: [], normalY: [], offset: [], below: [], above: [] };
  const cut = (points: readonly Point[], parts: number): number => {
    if (parts < 2 || points.length < 6) return -1 - count++;
    const wide = widthAlong(points, direction) >= widthAlong(points, across(direction));
    const [nx, ny] = turned(wide ? direction : across(direction), uniform(random, -order, order));
    const sorted = points.map(([x, y]) => x * nx + y * ny).sort((a, b) => a - b);
    const offset = sorted[Math.floor(sorted.length * uniform(random, 0.3, 0.7))] ?? 0;
    const at = cuts.offset.length;
    cuts.normalX.push(nx);
    cuts.normalY.push(ny);
    cuts.offset.push(offset);
    const half = Math.round(parts / 2);
    cuts.below[at] = cut(
      points.filter(([x, y]) => x * nx + y * ny < offset),
      parts - half,
    );
    cuts.above[at] = cut(
      points.filter(([x, y]) => x * nx + y * ny >= offset),
      half,
    );
    return at;
  };
  const root = cut(SAMPLES, wanted);
  return { count, direction, ...raster(cuts, root) };
}

function raster({ normalX, normalY, offset, below, above }: Cuts, root: number) {
  const index = new Uint8Array(AREA);
  const edge = new Float32Array(AREA);
  for (let y = 0, i = 0; y < EXTENT; y++) {
    for (let x = 0; x < EXTENT; x++, i++) {
      let nearest = 1e3;
      let part = root;
      while (part >= 0) {
        const side = x * (normalX[part] as number) + y * (normalY[part] as number) - (offset[part] as number);
        nearest = Math.min(nearest, Math.abs(side));
        part = (side < 0 ? below[part] : above[part]) as number;
      }
      index[i] = -1 - part;
      edge[i] = nearest;
    }
  }
  return { index, edge };
}

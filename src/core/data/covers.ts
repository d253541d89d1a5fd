import type { Random } from '../random.ts';
import type { Texture } from './noise.ts';
import {
  across,
  clamp,
  columnOf,
  type Direction,
  mix,
  pick,
  type Rgb,
  rowOf,
  type Tile,
  turned,
  uniform,
  varied,
  wave,
} from './tile.ts';

/**
 * One kind of ground: between color `a` and color `b` by how much of each texture shows. Rows run across
 * `direction`; `dots` is rows in both directions, as trees in an orchard.
 */
export interface Cover {
  readonly a: Rgb;
  readonly b: Rgb;
  readonly coarse: number;
  readonly medium: number;
  readonly fine: number;
  readonly rows: number;
  readonly dots: number;
  readonly period: number;
  readonly direction: Direction;
}

/** Colors of the same place change with the year: 0 is lush, 1 is dry. */
export type Dryness = number;

const STRAW: Rgb = [166, 146, 104];
const dried = (color: Rgb, dryness: Dryness): Rgb => mix(color, STRAW, 0.45 * dryness);

const plain = (a: Rgb, b: Rgb, direction: Direction) => ({
  a,
  b,
  direction,
  coarse: 0.3,
  medium: 0,
  fine: 0.2,
  rows: 0,
  dots: 0,
  period: 4,
});

const CROPS: readonly [Rgb, ...Rgb[]] = [
  [142, 108, 84],
  [120, 92, 76],
  [168, 136, 106],
  [186, 160, 116],
  [196, 176, 120],
  [96, 136, 54],
  [132, 146, 70],
  [150, 146, 84],
  [172, 164, 70],
];

/** A plowed, growing or harvested field: one color, faint rows. */
export function crop(random: Random, direction: Direction, dryness: Dryness): Cover {
  const a = dried(varied(random, pick(random, CROPS), 16), dryness * 0.6);
  const lighter = uniform(random, 10, 34);
  const rows = random.next() < 0.5 ? uniform(random, 0.08, 0.26) : 0;
  return {
    ...plain(
      a,
      [a[0] + lighter, a[1] + lighter, a[2] + lighter * 0.8],
      turned(direction, uniform(random, -0.1, 0.1)),
    ),
    coarse: uniform(random, 0.15, 0.45),
    fine: uniform(random, 0.1, 0.3),
    rows,
    period: uniform(random, 2.4, 6),
  };
}

/** Vines, fruit or olive trees: rows or a grid of dark crowns on soil or grass. */
export function plantation(random: Random, direction: Direction, dryness: Dryness): Cover {
  const soil = dried(
    varied(
      random,
      pick(random, [
        [160, 132, 100],
        [138, 116, 84],
        [126, 128, 82],
      ]),
      18,
    ),
    dryness,
  );
  const crowns = dried(varied(random, [72, 88, 54], 14), dryness * 0.4);
  const dots = random.next() < 0.45;
  const contrast = uniform(random, 0.35, 0.65);
  return {
    ...plain(
      soil,
      mix(soil, crowns, uniform(random, 0.6, 1)),
      random.next() < 0.5 ? direction : across(direction),
    ),
    coarse: uniform(random, 0.1, 0.35),
    medium: uniform(random, 0.05, 0.3),
    fine: uniform(random, 0.2, 0.5),
    rows: dots ? contrast * 0.2 : contrast,
    dots: dots ? contrast : 0,
    period: uniform(random, 3.8, 6.6),
  };
}

/** Grazed grass: even green, softly blotched. */
export function grass(random: Random, direction: Direction, dryness: Dryness): Cover {
  const a = dried(varied(random, [92, 124, 66], 14), dryness * 0.55);
  const b = mix(varied(random, [128, 146, 84], 12), STRAW, dryness * 0.25);
  return {
    ...plain(a, b, direction),
    coarse: uniform(random, 0.25, 0.5),
    medium: uniform(random, 0, 0.16),
    fine: uniform(random, 0.05, 0.25),
  };
}

/** Scrub, heath and rough grass: mottled olive and tan. */
export function scrub(random: Random, direction: Direction, dryness: Dryness): Cover {
  const a = dried(varied(random, [138, 128, 88], 15), dryness);
  const b = dried(varied(random, [84, 98, 60], 15), dryness * 0.6);
  return {
    ...plain(a, b, direction),
    coarse: uniform(random, 0.2, 0.6),
    medium: uniform(random, 0.3, 0.7),
    fine: uniform(random, 0.2, 0.45),
  };
}

/** Tree crowns from above: dark, grainy. */
export function canopy(random: Random, direction: Direction, dryness: Dryness): Cover {
  const a = dried(varied(random, [62, 82, 50], 14), dryness * 0.35);
  const b = varied(random, [36, 54, 40], 9);
  return {
    ...plain(a, b, direction),
    coarse: uniform(random, 0.1, 0.4),
    medium: uniform(random, 0.1, 0.4),
    fine: uniform(random, 0.25, 0.6),
  };
}

/** Open water: nearly even, slight waves. */
export function water(random: Random, direction: Direction): Cover {
  const deep = varied(
    random,
    pick(random, [
      [34, 56, 88],
      [42, 68, 84],
      [48, 74, 76],
      [26, 44, 70],
    ]),
    10,
  );
  const lift = uniform(random, 4, 22);
  return {
    ...plain(deep, [deep[0] + lift, deep[1] + lift, deep[2] + lift * 0.8], direction),
    coarse: uniform(random, 0.15, 0.5),
    fine: uniform(random, 0.02, 0.16),
    rows: random.next() < 0.5 ? uniform(random, 0.05, 0.25) : 0,
    period: uniform(random, 4, 9),
  };
}

/** Paints pixel `i` with a cover. */
export function paintCover(tile: Tile, i: number, cover: Cover, texture: Texture, alpha: number): void {
  const hill = texture.coarse[i] as number;
  let t =
    0.5 +
    cover.coarse * hill +
    cover.medium * (texture.medium[i] as number) +
    cover.fine * (texture.fine[i] as number);
  if (cover.rows > 0) {
    const x = columnOf(i);
    const y = rowOf(i);
    const [c, s] = cover.direction;
    const along = wave((x * c + y * s) / cover.period + 0.1 * hill);
    t += cover.rows * along;
    if (cover.dots > 0) t += cover.dots * along * wave((y * c - x * s) / cover.period);
  }
  const much = clamp(t, -0.2, 1.2) * alpha;
  const little = alpha - much;
  const { a, b } = cover;
  const keep = 1 - alpha;
  const at = 3 * i;
  tile[at] = (tile[at] as number) * keep + a[0] * little + b[0] * much;
  tile[at + 1] = (tile[at + 1] as number) * keep + a[1] * little + b[1] * much;
  tile[at + 2] = (tile[at + 2] as number) * keep + a[2] * little + b[2] * much;
}

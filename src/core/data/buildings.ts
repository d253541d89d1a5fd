import type { Random } from '../random.ts';
import { grass, paintCover, scrub } from './covers.ts';
import { paintPatches, type Scene } from './ground.ts';
import { cellNumber } from './noise.ts';
import {
  AREA,
  blend,
  columnOf,
  pick,
  type Rgb,
  randomDirection,
  rowOf,
  smoothStep,
  uniform,
  varied,
} from './tile.ts';

/** A built-up area: blocks between streets, lots in blocks, a roof on most lots. */
interface Quarter {
  readonly roofs: readonly [Rgb, ...Rgb[]];
  readonly ground: Rgb;
  readonly street: Rgb;
  /** Pixels between streets, along both axes of the grid. */
  readonly block: readonly [number, number];
  /** Pixels a lot. */
  readonly lot: readonly [number, number];
  /** Share of a lot's sides that the roof takes. */
  readonly cover: number;
  readonly streetWidth: number;
  /** 0..1: how much gardens show. */
  readonly green: number;
  /** Share of lots with a roof. */
  readonly built: number;
}

const HOUSE_ROOFS: readonly [Rgb, ...Rgb[]] = [
  [170, 118, 96],
  [156, 104, 88],
  [146, 132, 122],
  [118, 112, 112],
  [186, 168, 152],
];
const HALL_ROOFS: readonly [Rgb, ...Rgb[]] = [
  [214, 214, 214],
  [186, 190, 196],
  [150, 156, 166],
  [238, 236, 230],
  [136, 130, 126],
  [168, 142, 124],
  [110, 130, 156],
];

export type QuarterKind = 'houses' | 'flats' | 'halls' | 'works';

function quarter(random: Random, kind: QuarterKind): Quarter {
  const street = varied(random, [142, 140, 138], 16);
  const houses = kind === 'houses';
  if (houses || kind === 'flats') {
    const lot = houses ? uniform(random, 2.8, 4.8) : uniform(random, 4.5, 8.5);
    return {
      roofs: HOUSE_ROOFS,
      ground: varied(random, houses ? [112, 120, 84] : [126, 122, 108], 16),
      street,
      block: [uniform(random, 8, 15), uniform(random, 14, 30)],
      lot: [lot, lot * uniform(random, 0.8, houses ? 1.4 : 2.2)],
      cover: uniform(random, 0.5, 0.82),
      streetWidth: uniform(random, 0.9, 1.9),
      green: houses ? uniform(random, 0.3, 0.9) : uniform(random, 0.1, 0.6),
      built: uniform(random, 0.65, 0.98),
    };
  }
  const lot = kind === 'halls' ? uniform(random, 10, 20) : uniform(random, 5.5, 11);
  return {
    roofs: HALL_ROOFS,
    ground: varied(random, [140, 136, 128], 20),
    street,
    block: [lot * (1 + random.integer(2)) + 2, lot * (1 + random.integer(3)) + 3],
    lot: [lot, lot * uniform(random, 0.7, 1.8)],
    cover: uniform(random, 0.55, 0.9),
    streetWidth: uniform(random, 1.2, 3),
    green: uniform(random, 0, 0.35),
    built: uniform(random, 0.6, 0.95),
  };
}

/** Paints a quarter; below `density` 1 parts of it stay open country (what was painted before). */
export function paintBlocks(scene: Scene, kind: QuarterKind, density: number): void {
  const { tile, texture, random, dryness } = scene;
  const direction = randomDirection(random);
  const [c, s] = direction;
  const q = quarter(random, kind);
  const garden = (random.next() < 0.6 ? grass : scrub)(random, direction, dryness);
  const roofs = q.roofs.map((roof) => varied(random, roof, 12));
  const favorite = random.integer(roofs.length);
  const salt = random.integer(1 << 20);
  const warp = uniform(random, 0, 2.5);
  const gray = kind === 'halls' || kind === 'works';
  for (let i = 0; i < AREA; i++) {
    const x = columnOf(i);
    const y = rowOf(i);
    const bend = gray ? 0 : warp * (texture.coarse[i] as number);
    const u = x * c + y * s + 128 + bend;
    const v = y * c - x * s + 128 + bend;
    const fine = texture.fine[i] as number;
    const bi = Math.floor(u / q.block[0]);
    const bj = Math.floor(v / q.block[1]);
    const open = cellNumber(bi, bj, salt + 7) > density;
    const inU = u - bi * q.block[0];
    const inV = v - bj * q.block[1];
    const curb = Math.min(inU, q.block[0] - inU, inV, q.block[1] - inV);
    paintCover(tile, i, garden, texture, open ? 0.9 : 1);
    if (!open) {
      const lift = 8 * fine + 8 * (texture.medium[i] as number);
      const bare = 1 - q.green * smoothStep(-0.6, 0.5, (texture.medium[i] as number) + 0.5 * fine);
      blend(tile, i, [q.ground[0] + lift, q.ground[1] + lift, q.ground[2] + lift], bare * (gray ? 1 : 0.7));
      paintRoof(i, curb, inU, inV, bi, bj);
    }
    const road = 1 - smoothStep(q.streetWidth / 2 - 0.4, q.streetWidth / 2 + 0.5, curb);
    if (road > 0)
      blend(tile, i, [q.street[0] + 6 * fine, q.street[1] + 6 * fine, q.street[2] + 6 * fine], road);
  }

  function paintRoof(i: number, curb: number, inU: number, inV: number, bi: number, bj: number) {
    if (curb < q.streetWidth / 2 + 0.3) return;
    const li = Math.floor(inU / q.lot[0]);
    const lj = Math.floor(inV / q.lot[1]);
    const a = bi * 64 + li;
    const b = bj * 64 + lj;
    if (cellNumber(a, b, salt) > q.built) return;
    const size = q.cover * (0.75 + 0.35 * cellNumber(a, b, salt + 1));
    const pu = inU / q.lot[0] - li - 0.5 + 0.14 * (cellNumber(a, b, salt + 2) - 0.5);
    const pv = inV / q.lot[1] - lj - 0.5 + 0.14 * (cellNumber(a, b, salt + 3) - 0.5);
    const distance =
      Math.max(Math.abs(pu) - size / 2, Math.abs(pv) - size / 2) * Math.min(q.lot[0], q.lot[1]);
    const shadow =
      Math.max(Math.abs(pu - 0.08) - size / 2, Math.abs(pv - 0.08) - size / 2) * Math.min(q.lot[0], q.lot[1]);
    if (shadow < 0.4) blend(tile, i, [62, 64, 70], 0.55);
    if (distance > 0.4) return;
    const choice = cellNumber(a, b, salt + 4);
    const roof = roofs[choice < 0.45 ? favorite : Math.floor(choice * 97) % roofs.length] ?? q.ground;
    const light = (pu > 0 ? 8 : -8) + 26 * (cellNumber(a, b, salt + 5) - 0.5);
    blend(tile, i, [roof[0] + light, roof[1] + light, roof[2] + light], 1 - smoothStep(-0.5, 0.5, distance));
  }
}

export function residential(scene: Scene): void {
  const { random, dryness } = scene;
  paintBlocks(scene, random.next() < 0.72 ? 'houses' : 'flats', uniform(random, 0.7, 1));
  if (random.next() < 0.3) {
    const park = pick(random, [grass, scrub]);
    paintPatches(scene, park(random, [1, 0], dryness), uniform(random, 0.5, 0.9), 0.1);
  }
}

export function industrial(scene: Scene): void {
  const { random, dryness } = scene;
  paintBlocks(scene, random.next() < 0.68 ? 'halls' : 'works', uniform(random, 0.65, 1));
  if (random.next() < 0.3) {
    paintPatches(scene, scrub(random, [1, 0], dryness), uniform(random, 0.5, 0.9), 0.1);
  }
}

import type { Random } from '../random.ts';
import { paintBlocks } from './buildings.ts';
import { canopy, grass, paintCover, scrub, water } from './covers.ts';
import { countryside, paintTrees, type Scene } from './ground.ts';
import {
  AREA,
  blend,
  clamp,
  columnOf,
  type Direction,
  EXTENT,
  pick,
  type Rgb,
  randomDirection,
  rowOf,
  smoothStep,
  turned,
  uniform,
  varied,
  wave,
} from './tile.ts';

/** A line through the tile, wound around a straight one. */
interface Course {
  readonly direction: Direction;
  readonly offset: number;
  /** Sideways by `bend` * (along / 32)^2. */
  readonly bend: number;
  readonly meanders: readonly { amplitude: number; period: number; phase: number }[];
}

function course(random: Random, bend: number, amplitudes: readonly number[]): Course {
  return {
    direction: randomDirection(random),
    offset: uniform(random, -14, 14),
    bend: uniform(random, -bend, bend),
    meanders: amplitudes.map((amplitude, k) => ({
      amplitude: uniform(random, 0, amplitude),
      period: uniform(random, 44, 80) / (k + 1),
      phase: random.next(),
    })),
  };
}

/** Signed distance of a pixel from the course (nearly: exact where it is straight). */
function sideways(path: Course, x: number, y: number): number {
  const [c, s] = path.direction;
  const along = (x - EXTENT / 2) * c + (y - EXTENT / 2) * s;
  const t = along / 32;
  let center = path.offset + path.bend * t * t;
  let slope = (path.bend * t) / 16;
  for (const { amplitude, period, phase } of path.meanders) {
    const turns = along / period + phase;
    const f = turns - Math.floor(turns);
    center += amplitude * wave(f);
    slope += ((16 * amplitude) / period) * (f < 0.5 ? 0.5 - 2 * f : 2 * f - 1.5);
  }
  return ((y - EXTENT / 2) * c - (x - EXTENT / 2) * s - center) / Math.sqrt(1 + slope * slope);
}

interface Road {
  readonly width: number;
  readonly color: Rgb;
  /** A green or concrete strip between two carriageways. */
  readonly median: boolean;
  /** The verge beside it. */
  readonly verge: number;
}

/** Lays a road along a course. */
function paintRoad({ tile, texture, random }: Scene, path: Course, road: Road): void {
  const half = road.width / 2;
  const verge = varied(random, [126, 126, 94], 18);
  const strip = varied(
    random,
    pick(random, [
      [96, 108, 72],
      [140, 138, 132],
    ]),
    12,
  );
  const shade = varied(random, [212, 208, 200], 12);
  const cars = random.integer(1 << 16);
  for (let i = 0; i < AREA; i++) {
    const x = columnOf(i);
    const y = rowOf(i);
    const d = sideways(path, x, y);
    const distance = d < 0 ? -d : d;
    if (distance > half + road.verge + 1) continue;
    blend(tile, i, verge, 0.6 * (1 - smoothStep(half + road.verge * 0.4, half + road.verge + 1, distance)));
    const on = 1 - smoothStep(half - 0.5, half + 0.6, distance);
    if (on <= 0) continue;
    const fine = texture.fine[i] as number;
    blend(tile, i, [road.color[0] + 9 * fine, road.color[1] + 9 * fine, road.color[2] + 9 * fine], on);
    if (road.median) blend(tile, i, strip, 0.75 * (1 - smoothStep(0.3, 1, distance)));
    // Now and then a bright truck on a lane.
    if (distance > half * 0.35 && ((i * 2654435761 + cars) >>> 0) % 61 === 0) blend(tile, i, shade, 0.6 * on);
  }
}

const asphalt = (random: Random): Rgb =>
  varied(
    random,
    pick(random, [
      [134, 132, 132],
      [150, 146, 142],
      [118, 120, 126],
      [170, 164, 154],
    ]),
    12,
  );

export function highway(scene: Scene): void {
  const { random } = scene;
  if (random.next() < 0.14)
    paintBlocks(scene, random.next() < 0.5 ? 'houses' : 'halls', uniform(random, 0.5, 0.9));
  else countryside(scene);
  const width = uniform(random, 3.4, 8);
  const main = course(random, 8, [random.next() < 0.5 ? 5 : 0]);
  if (random.next() < 0.45) {
    const side = course(random, 14, [4]);
    paintRoad(scene, side, {
      width: uniform(random, 1.2, 2.4),
      color: asphalt(random),
      median: false,
      verge: 0.6,
    });
  }
  paintRoad(scene, main, {
    width,
    color: asphalt(random),
    median: width > 3.2 && random.next() < 0.75,
    verge: uniform(random, 0.4, 2.5),
  });
  if (random.next() < 0.3) {
    const ramp = {
      ...main,
      offset: main.offset + uniform(random, -4, 4),
      bend: main.bend + uniform(random, 10, 30),
    };
    paintRoad(scene, ramp, {
      width: uniform(random, 1.2, 2),
      color: asphalt(random),
      median: false,
      verge: 0.8,
    });
  }
}

/** A narrow road through something else. */
export function paintLane(scene: Scene): void {
  const { random } = scene;
  const path = course(random, 10, [4]);
  paintRoad(scene, path, {
    width: uniform(random, 0.9, 1.8),
    color: asphalt(random),
    median: false,
    verge: 0.5,
  });
}

export function river(scene: Scene): void {
  const { tile, texture, random, dryness } = scene;
  countryside(scene);
  const narrow = random.next() < 0.2;
  const path = course(random, 16, narrow ? [9, 4, 2] : [13, 5]);
  const half = narrow ? uniform(random, 1.8, 3) : uniform(random, 3.5, 9.5);
  const stream = varied(
    random,
    pick(random, [
      [52, 78, 88],
      [66, 86, 80],
      [80, 94, 84],
      [40, 66, 84],
      [98, 102, 94],
    ]),
    13,
  );
  const bank = (random.next() < 0.65 ? canopy : pick(random, [grass, scrub]))(
    random,
    path.direction,
    dryness,
  );
  const bankWidth = uniform(random, 0.5, 7);
  const sand = random.next() < 0.35 ? uniform(random, 0.4, 0.9) : 0;
  const beach = varied(random, [176, 166, 140], 14);
  for (let i = 0; i < AREA; i++) {
    const x = columnOf(i);
    const y = rowOf(i);
    const rough = 0.9 * (texture.medium[i] as number);
    const d = sideways(path, x, y);
    const distance = (d < 0 ? -d : d) - half * (1 + 0.18 * (texture.coarse[i] as number));
    const green = 1 - smoothStep(bankWidth * 0.5, bankWidth + 1, distance + 2 * rough);
    if (green > 0) paintCover(tile, i, bank, texture, 0.9 * green);
    if (sand > 0)
      blend(
        tile,
        i,
        beach,
        sand * clamp(1 - Math.abs(distance - 0.6 + rough) / 1.4, 0, 1) * (d > 0 ? 1 : 0.35),
      );
    const wet = 1 - smoothStep(-0.6, 0.7, distance);
    if (wet > 0) {
      const lift = 5 * (texture.coarse[i] as number) + 2 * (texture.fine[i] as number);
      blend(tile, i, [stream[0] + lift, stream[1] + lift, stream[2] + lift], wet);
    }
  }
  if (random.next() < 0.2) {
    const bridge = {
      ...path,
      direction: turned(path.direction, 6),
      bend: 0,
      meanders: [],
      offset: uniform(random, -20, 20),
    };
    paintRoad(scene, bridge, {
      width: uniform(random, 1.2, 2.2),
      color: asphalt(random),
      median: false,
      verge: 0.3,
    });
  }
  if (random.next() < 0.3) paintTrees(scene, random.integer(10));
}

export function seaOrLake(scene: Scene): void {
  const { tile, texture, random } = scene;
  const shore = random.next() < 0.3;
  if (shore) countryside(scene);
  const direction = randomDirection(random);
  const cover = water(random, direction);
  const edge = uniform(random, 6, 30);
  const beach = varied(random, [184, 176, 150], 14);
  const sandy = random.next() < 0.6;
  const shallow = varied(random, [70, 110, 112], 12);
  for (let i = 0; i < AREA; i++) {
    const x = columnOf(i);
    const y = rowOf(i);
    const fromShore = shore
      ? (x - 32) * direction[0] +
        (y - 32) * direction[1] +
        edge +
        7 * (texture.coarse[i] as number) +
        (texture.medium[i] as number)
      : 99;
    const wet = smoothStep(-0.5, 0.8, fromShore);
    if (sandy && shore) blend(tile, i, beach, clamp(1 - Math.abs(fromShore + 0.8) / 1.6, 0, 1));
    if (wet <= 0) continue;
    paintCover(tile, i, cover, texture, wet);
    if (shore) blend(tile, i, shallow, 0.45 * wet * (1 - smoothStep(0, 7, fromShore)));
  }
}

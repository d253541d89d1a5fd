import type { Random } from '../random.ts';
import { type Cover, canopy, crop, type Dryness, grass, paintCover, plantation, scrub } from './covers.ts';
import type { Texture } from './noise.ts';
import { cutParcels, type Parcels } from './parcels.ts';
import {
  AREA,
  blend,
  type Direction,
  EXTENT,
  pick,
  type Rgb,
  smoothStep,
  type Tile,
  uniform,
  varied,
} from './tile.ts';

/** What every painter of one tile shares. */
export interface Scene {
  readonly tile: Tile;
  readonly texture: Texture;
  readonly random: Random;
  readonly dryness: Dryness;
}

type CoverOf = (random: Random, direction: Direction, dryness: Dryness) => Cover;

/** Chooses a cover by weight. */
function chooser(weights: readonly (readonly [CoverOf, number])[]): CoverOf {
  const total = weights.reduce((sum, [, weight]) => sum + weight, 0);
  return (random, direction, dryness) => {
    let left = random.next() * total;
    for (const [cover, weight] of weights) {
      left -= weight;
      if (left < 0) return cover(random, direction, dryness);
    }
    return crop(random, direction, dryness);
  };
}

interface FieldOptions {
  readonly cover: CoverOf;
  /** About so many parcels. */
  readonly parcels: number;
  /** 0..1: how lively the lines between parcels are: hedges, ditches, tracks. */
  readonly hedges: number;
}

/** Parcels, each with its own cover, divided by hedges or tracks. */
function paintFields(scene: Scene, options: FieldOptions): Parcels {
  const { tile, texture, random, dryness } = scene;
  const parcels = cutParcels(random, options.parcels, uniform(random, 0.05, 0.3));
  const covers = Array.from({ length: parcels.count }, () =>
    options.cover(random, parcels.direction, dryness),
  );
  const track = random.next() < 0.4;
  const line: Rgb = varied(random, track ? [176, 160, 134] : [58, 76, 46], 14);
  const width = uniform(random, 0.4, 1.3);
  for (let i = 0; i < AREA; i++) {
    const cover = covers[parcels.index[i] as number];
    if (cover) paintCover(tile, i, cover, texture, 1);
    const near = 1 - smoothStep(width * 0.5, width + 0.8, parcels.edge[i] as number);
    if (near > 0) {
      const gaps = track ? 0.8 : smoothStep(-0.5, 0.2, texture.medium[i] as number);
      blend(tile, i, line, near * gaps * options.hedges);
    }
  }
  return parcels;
}

/** Lays a cover where a noise field is above a level: woods, clearings, scrub with soft borders. */
export function paintPatches(scene: Scene, cover: Cover, level: number, softness = 0.15): void {
  const { tile, texture } = scene;
  for (let i = 0; i < AREA; i++) {
    const height = (texture.coarse[i] as number) + 0.25 * (texture.medium[i] as number);
    const alpha = smoothStep(level - softness, level + softness, height);
    if (alpha > 0) paintCover(tile, i, cover, texture, alpha);
  }
}

/** Single crowns: dark spots of one to three pixels with the shadow on one side. */
export function paintTrees(scene: Scene, count: number): void {
  const { tile, random } = scene;
  const crown = varied(random, [54, 74, 42], 10);
  for (let k = 0; k < count; k++) {
    const cx = random.next() * EXTENT;
    const cy = random.next() * EXTENT;
    const radius = uniform(random, 0.6, 1.7);
    for (let y = Math.max(0, Math.floor(cy - 2)); y < Math.min(EXTENT, cy + 3); y++) {
      for (let x = Math.max(0, Math.floor(cx - 2)); x < Math.min(EXTENT, cx + 3); x++) {
        const square = (x - cx) * (x - cx) + (y - cy) * (y - cy);
        const alpha = 1 - smoothStep(radius * 0.5, radius + 0.7, Math.sqrt(square));
        if (alpha > 0) blend(tile, y * EXTENT + x, crown, 0.85 * alpha);
      }
    }
  }
}

export function annualCrops(scene: Scene): void {
  const { random } = scene;
  const cover = chooser([
    [crop, 8],
    [grass, 0.6],
    [plantation, 0.4],
    [scrub, 0.3],
  ]);
  paintFields(scene, { cover, parcels: 3 + random.integer(6), hedges: uniform(random, 0.1, 0.8) });
  if (random.next() < 0.2) paintTrees(scene, random.integer(8));
}

export function permanentCrops(scene: Scene): void {
  const { random, dryness } = scene;
  const cover = chooser([
    [plantation, 7],
    [crop, 1.1],
    [scrub, 0.6],
    [grass, 0.4],
  ]);
  const parcels = paintFields(scene, {
    cover,
    parcels: 3 + random.integer(9),
    hedges: uniform(random, 0.1, 0.8),
  });
  if (random.next() < 0.25)
    paintPatches(scene, canopy(random, parcels.direction, dryness), uniform(random, 0.6, 0.9));
  if (random.next() < 0.4) paintTrees(scene, random.integer(14));
}

export function pastures(scene: Scene): void {
  const { random, dryness } = scene;
  const cover = chooser([
    [grass, 8],
    [scrub, 0.4],
    [crop, 0.6],
  ]);
  const parcels = paintFields(scene, {
    cover,
    parcels: 1 + random.integer(5),
    hedges: uniform(random, 0.2, 1),
  });
  if (random.next() < 0.35)
    paintPatches(scene, canopy(random, parcels.direction, dryness), uniform(random, 0.55, 0.95));
  if (random.next() < 0.6) paintTrees(scene, random.integer(18));
}

export function herbaceous(scene: Scene): void {
  const { random, dryness } = scene;
  const cover = chooser([
    [scrub, 8],
    [grass, 0.4],
  ]);
  const { direction } = paintFields(scene, {
    cover,
    parcels: 1 + random.integer(3),
    hedges: uniform(random, 0, 0.4),
  });
  paintPatches(
    scene,
    scrub(random, direction, dryness),
    uniform(random, -0.2, 0.5),
    uniform(random, 0.1, 0.5),
  );
  if (random.next() < 0.3) paintPatches(scene, canopy(random, direction, dryness), uniform(random, 0.6, 1));
  if (random.next() < 0.35) paintTrees(scene, random.integer(24));
}

export function forest(scene: Scene): void {
  const { random, dryness } = scene;
  const cover = chooser([
    [canopy, 9],
    [scrub, 0.4],
  ]);
  const { direction } = paintFields(scene, {
    cover,
    parcels: 1 + random.integer(3),
    hedges: random.next() < 0.3 ? uniform(random, 0.1, 0.5) : 0,
  });
  paintPatches(
    scene,
    canopy(random, direction, dryness),
    uniform(random, -0.3, 0.6),
    uniform(random, 0.05, 0.4),
  );
  if (random.next() < 0.3) {
    const clearing = pick(random, [grass, scrub, crop]);
    paintPatches(scene, clearing(random, direction, dryness), uniform(random, 0.65, 1));
  }
}

/** The country a road or a river runs through. */
export function countryside(scene: Scene): void {
  const { random } = scene;
  const draw = random.next();
  if (draw < 0.4) annualCrops(scene);
  else if (draw < 0.55) pastures(scene);
  else if (draw < 0.72) herbaceous(scene);
  else if (draw < 0.85) permanentCrops(scene);
  else forest(scene);
}

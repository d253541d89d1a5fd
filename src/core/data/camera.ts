import type { Random } from '../random.ts';
import type { Texture } from './noise.ts';
import { AREA, clamp, EXTENT, pick, randomDirection, type Tile, uniform } from './tile.ts';

/** One pass of a [side, 1, side] blur along rows or columns; the border repeats its last pixel. */
function blurAlong(tile: Tile, out: Tile, step: number, side: number): void {
  const total = 1 + 2 * side;
  for (let y = 0; y < EXTENT; y++) {
    for (let x = 0; x < EXTENT; x++) {
      const p = step === 1 ? x : y;
      const at = 3 * (y * EXTENT + x);
      const before = p > 0 ? at - 3 * step : at;
      const after = p < EXTENT - 1 ? at + 3 * step : at;
      for (let c = 0; c < 3; c++) {
        out[at + c] =
          ((tile[at + c] as number) + side * ((tile[before + c] as number) + (tile[after + c] as number))) /
          total;
      }
    }
  }
}

/**
 * What satellite, air and light make of a tile: blur, contrast, color cast, haze, uneven light, sensor noise.
 * Writes bytes to `out` from `offset` on.
 */
export function photograph(
  tile: Tile,
  scratch: Tile,
  texture: Texture,
  random: Random,
  out: Uint8Array,
  offset: number,
): void {
  const side = uniform(random, 0.12, 0.5);
  blurAlong(tile, scratch, 1, side);
  blurAlong(scratch, tile, EXTENT, side);
  const light = uniform(random, 0.72, 1.16);
  const haze = random.next() < 0.3 ? uniform(random, 0.15, 0.42) : uniform(random, 0.02, 0.18);
  const air = pick(random, [
    [138, 148, 164],
    [150, 152, 156],
    [128, 142, 166],
  ]);
  const noise = uniform(random, 0.8, 5);
  const [c, s] = randomDirection(random);
  const slope = uniform(random, 0, 0.14) / EXTENT;
  const shade = random.next() < 0.15 ? uniform(random, 0.1, 0.25) : 0; // a thin cloud's shadow
  const cast = [uniform(random, 0.9, 1.1), uniform(random, 0.94, 1.06), uniform(random, 0.9, 1.14)];
  for (let i = 0; i < AREA; i++) {
    const x = i % EXTENT;
    const y = (i - x) / EXTENT;
    const here =
      light *
      (1 + slope * ((x - 32) * c + (y - 32) * s)) *
      (1 - shade * clamp((texture.coarse[i] as number) * 2, 0, 1));
    const grain = noise * (random.next() + random.next() - 1);
    for (let k = 0; k < 3; k++) {
      const seen = (tile[3 * i + k] as number) * here * (cast[k] as number);
      const value = seen + ((air[k] as number) - seen) * haze + grain;
      out[offset + 3 * i + k] = clamp(Math.round(value), 0, 255);
    }
  }
}

import type { Random } from '../random.ts';
import type { Texture } from './noise.ts';
import { blurAlong } from './picture.ts';
import { AREA, clamp, EXTENT, pick, type Rgb, randomDirection, type Tile, uniform } from './tile.ts';

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
  blurAlong(tile, scratch, EXTENT, 'row', side);
  blurAlong(scratch, tile, EXTENT, 'column', side);
  const light = uniform(random, 0.86, 1.1);
  const haze = random.next() < 0.2 ? uniform(random, 0.14, 0.32) : uniform(random, 0.02, 0.14);
  const air = pick<Rgb>(random, [
    [138, 148, 164],
    [150, 152, 156],
    [128, 142, 166],
  ]);
  const noise = uniform(random, 1.5, 8);
  const [c, s] = randomDirection(random);
  const slope = uniform(random, 0, 0.14) / EXTENT;
  const shade = random.next() < 0.15 ? uniform(random, 0.1, 0.25) : 0; // a thin cloud's shadow
  const red = uniform(random, 0.93, 1.07) * (1 - haze);
  const green = uniform(random, 0.96, 1.04) * (1 - haze);
  const blue = uniform(random, 0.92, 1.1) * (1 - haze);
  const bytes = new Uint8ClampedArray(out.buffer, out.byteOffset + offset, AREA * 3); // rounds and clamps
  for (let y = 0, i = 0; y < EXTENT; y++) {
    for (let x = 0; x < EXTENT; x++, i++) {
      const cloud = 1 - shade * clamp((texture.coarse[i] as number) * 2, 0, 1);
      const here = light * (1 + slope * ((x - 32) * c + (y - 32) * s)) * cloud;
      const grain = noise * (random.next() - 0.5);
      const at = 3 * i;
      bytes[at] = (tile[at] as number) * here * red + air[0] * haze + grain;
      bytes[at + 1] = (tile[at + 1] as number) * here * green + air[1] * haze + grain;
      bytes[at + 2] = (tile[at + 2] as number) * here * blue + air[2] * haze + grain;
    }
  }
}

import type { Random } from '../random.ts';
import { blend, clamp, type Direction, mix, type Rgb, randomDirection, smoothStep, uniform } from './tile.ts';

/** A square picture while it is painted: extent * extent * 3 values, RGB interleaved, row by row. */
export interface Picture {
  readonly extent: number;
  readonly values: Float32Array;
  readonly scratch: Float32Array;
}

export const createPicture = (extent: number): Picture => ({
  extent,
  values: new Float32Array(extent * extent * 3),
  scratch: new Float32Array(extent * extent * 3),
});

/** One pass of a [side, 1, side] blur along rows or columns; the border repeats its last pixel. */
export function blurAlong(
  tile: Float32Array,
  out: Float32Array,
  extent: number,
  along: 'row' | 'column',
  side: number,
): void {
  const share = 1 / (1 + 2 * side);
  const step = along === 'row' ? 1 : extent;
  for (let y = 0, at = 0; y < extent; y++) {
    for (let x = 0; x < extent; x++, at += 3) {
      const p = step === 1 ? x : y;
      const before = p > 0 ? at - 3 * step : at;
      const after = p < extent - 1 ? at + 3 * step : at;
      for (let c = 0; c < 3; c++) {
        const sides = (tile[before + c] as number) + (tile[after + c] as number);
        out[at + c] = ((tile[at + c] as number) + side * sides) * share;
      }
    }
  }
}

/** Blurs the whole picture in both directions, `passes` times. */
export function blur({ extent, values, scratch }: Picture, side: number, passes: number): void {
  for (let pass = 0; pass < passes; pass++) {
    blurAlong(values, scratch, extent, 'row', side);
    blurAlong(scratch, values, extent, 'column', side);
  }
}

/** One octave of value noise, -1..1 a pixel: random numbers on a lattice of `cells` by `cells`, smoothly between. */
export function noiseField(random: Random, extent: number, cells: number): Float32Array {
  const size = cells + 2;
  const lattice = Float32Array.from({ length: size * size }, () => 2 * random.next() - 1);
  const out = new Float32Array(extent * extent);
  for (let y = 0, i = 0; y < extent; y++) {
    const p = (y / extent) * cells;
    const row = Math.floor(p);
    const v = smoothStep(0, 1, p - row);
    for (let x = 0; x < extent; x++, i++) {
      const q = (x / extent) * cells;
      const column = Math.floor(q);
      const u = smoothStep(0, 1, q - column);
      const at = row * size + column;
      const a = lattice[at] as number;
      const b = lattice[at + size] as number;
      const top = a + ((lattice[at + 1] as number) - a) * u;
      const bottom = b + ((lattice[at + size + 1] as number) - b) * u;
      out[i] = top + (bottom - top) * v;
    }
  }
  return out;
}

/** Fills the picture with a mottled ground between two colors, `cells` blotches along a side. */
export function paintGround(picture: Picture, random: Random, a: Rgb, b: Rgb, cells: number): void {
  const coarse = noiseField(random, picture.extent, cells);
  const fine = noiseField(random, picture.extent, 4 * cells);
  for (let i = 0; i < coarse.length; i++) {
    const t = clamp(0.5 + 0.6 * (coarse[i] as number) + 0.35 * (fine[i] as number), 0, 1);
    blend(picture.values, i, mix(a, b, t), 1);
  }
}

/** A place in a picture: centers and lengths in shares of the extent, [cosine, sine] of the long axis. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly direction: Direction;
}

/**
 * Calls back for each pixel near a place, with its coordinates there: `u` along the direction, `v` across, in shares
 * of the extent. Only pixels within `reach` of the line from the place to (`toU`, `toV`) are sure to be visited.
 */
export function eachPixel(
  { extent }: Picture,
  { x, y, direction }: Place,
  reach: number,
  visit: (i: number, u: number, v: number) => void,
  toU = 0,
  toV = 0,
): void {
  const [c, s] = direction;
  const toX = toU * c - toV * s;
  const toY = toU * s + toV * c;
  const first = (p: number, to: number) => Math.max(0, Math.floor((p + Math.min(0, to) - reach) * extent));
  const last = (p: number, to: number) =>
    Math.min(extent - 1, Math.ceil((p + Math.max(0, to) + reach) * extent));
  const [left, right] = [first(x, toX), last(x, toX)];
  const bottom = last(y, toY);
  for (let row = first(y, toY); row <= bottom; row++) {
    const dy = (row + 0.5) / extent - y;
    for (let column = left; column <= right; column++) {
      const dx = (column + 0.5) / extent - x;
      visit(row * extent + column, dx * c + dy * s, dy * c - dx * s);
    }
  }
}

/** An ellipse pointed at both ends, as a leaf: half axes in shares of the extent. */
export function paintLeaf(
  picture: Picture,
  place: Place,
  length: number,
  width: number,
  color: Rgb,
  alpha: number,
): void {
  const edge = 0.8 / picture.extent;
  eachPixel(picture, place, length, (i, u, v) => {
    const t = u / length;
    if (t <= -1 || t >= 1) return;
    const half = width * (1 - t * t);
    const off = v < 0 ? -v : v;
    if (off > half + edge) return;
    const shade = 0.82 + (0.25 * v) / width + (off < 0.12 * width ? 0.16 : 0);
    const lit: Rgb = [color[0] * shade, color[1] * shade, color[2] * shade];
    blend(picture.values, i, lit, alpha * (1 - smoothStep(half - edge, half + edge, off)));
  });
}

export interface Shot {
  /** Blur kernels [side, 1, side], how often. */
  readonly blur: readonly [side: number, passes: number];
  readonly light: number;
  /** Largest deviation of the factor on each channel. */
  readonly cast: number;
  /** Peak to peak, in bytes. */
  readonly noise: number;
}

/** What lens, light and sensor make of a picture; writes bytes to `out` from `offset` on. */
export function shoot(picture: Picture, random: Random, shot: Shot, out: Uint8Array, offset: number): void {
  const { extent, values } = picture;
  blur(picture, ...shot.blur);
  const factor = () => shot.light * uniform(random, 1 - shot.cast, 1 + shot.cast);
  const [red, green, blue] = [factor(), factor(), factor()];
  const [c, s] = randomDirection(random);
  const slope = uniform(random, 0, 0.5) / extent;
  const bytes = new Uint8ClampedArray(out.buffer, out.byteOffset + offset, extent * extent * 3); // rounds and clamps
  for (let y = 0, at = 0; y < extent; y++) {
    for (let x = 0; x < extent; x++, at += 3) {
      const here = 1 + slope * ((x - extent / 2) * c + (y - extent / 2) * s);
      const grain = shot.noise * (random.next() - 0.5);
      bytes[at] = (values[at] as number) * here * red + grain;
      bytes[at + 1] = (values[at + 1] as number) * here * green + grain;
      bytes[at + 2] = (values[at + 2] as number) * here * blue + grain;
    }
  }
}

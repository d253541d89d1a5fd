import type { Random } from '../random.ts';

/** Land-cover tiles are 64x64 pixels of ten meters each, as EuroSAT's. */
export const EXTENT = 64;
export const AREA = EXTENT * EXTENT;

/** Where pixel `i` lies: bit operations, as each painter asks this 4,096 times a tile. */
export const columnOf = (i: number): number => i & (EXTENT - 1);
export const rowOf = (i: number): number => i >> 6;

/** Red, green, blue; 0..255, fractions allowed while painting. */
export type Rgb = readonly [number, number, number];

/** [cosine, sine] of an angle. */
export type Direction = readonly [number, number];

/** The picture while it is painted: AREA * 3 values, RGB interleaved, row by row. */
export type Tile = Float32Array;

export const createTile = (): Tile => new Float32Array(AREA * 3);

export const clamp = (value: number, low: number, high: number): number =>
  Math.min(Math.max(value, low), high);

export const uniform = (random: Random, low: number, high: number): number =>
  low + (high - low) * random.next();

export const pick = <T>(random: Random, items: readonly [T, ...T[]]): T =>
  items[random.integer(items.length)] ?? items[0];

/**
 * A random direction. Everything here gets by with + - * / and square roots, which every engine rounds alike
 * (sine, exponential and logarithm may differ in the last bit): equal seeds give equal bytes in every browser.
 */
export function randomDirection(random: Random): Direction {
  for (;;) {
    const x = 2 * random.next() - 1;
    const y = 2 * random.next() - 1;
    const square = x * x + y * y;
    if (square > 0.01 && square <= 1) {
      const length = Math.sqrt(square);
      return [x / length, y / length];
    }
  }
}

/** Turns a direction by a small angle, given by its tangent. */
export function turned([c, s]: Direction, tangent: number): Direction {
  const length = Math.sqrt(1 + tangent * tangent);
  return [(c - s * tangent) / length, (s + c * tangent) / length];
}

export const across = ([c, s]: Direction): Direction => [-s, c];

/** A wave of period 1 and range -1..1 made of two parabolas: close to a sine. */
export function wave(t: number): number {
  const f = t - Math.floor(t);
  return f < 0.5 ? 16 * f * (0.5 - f) : -16 * (f - 0.5) * (1 - f);
}

/** 0 below `low`, 1 above `high`, smooth between. */
export function smoothStep(low: number, high: number, value: number): number {
  const t = clamp((value - low) / (high - low), 0, 1);
  return t * t * (3 - 2 * t);
}

export const mix = (a: Rgb, b: Rgb, t: number): Rgb => [
  a[0] + (b[0] - a[0]) * t,
  a[1] + (b[1] - a[1]) * t,
  a[2] + (b[2] - a[2]) * t,
];

/** Shifts a color at random: each channel a little, all channels together by up to `amount`. */
export function varied(random: Random, color: Rgb, amount: number): Rgb {
  const light = uniform(random, -amount, amount);
  const own = () => light + uniform(random, -amount, amount) * 0.35;
  return [color[0] + own(), color[1] + own(), color[2] + own()];
}

/** Lays a color over pixel `i`; `alpha` 0 leaves it, 1 replaces it. */
export function blend(tile: Tile, i: number, color: Rgb, alpha: number): void {
  const at = 3 * i;
  const keep = 1 - alpha;
  tile[at] = (tile[at] as number) * keep + color[0] * alpha;
  tile[at + 1] = (tile[at + 1] as number) * keep + color[1] * alpha;
  tile[at + 2] = (tile[at + 2] as number) * keep + color[2] * alpha;
}

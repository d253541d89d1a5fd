import type { Random } from '../random.ts';
import { AREA, EXTENT } from './tile.ts';

/** One value a pixel, about -1..1. */
export type Field = Float32Array;

/** Adds one octave of value noise: random numbers on a lattice, smoothly interpolated. */
function addOctave(out: Field, cell: number, amplitude: number, random: Random): void {
  const size = Math.ceil(EXTENT / cell) + 2;
  const lattice = Float32Array.from({ length: size * size }, () => 2 * random.next() - 1);
  const shiftX = random.next();
  const shiftY = random.next();
  const column = new Int32Array(EXTENT);
  const weight = new Float32Array(EXTENT);
  for (let x = 0; x < EXTENT; x++) {
    const p = x / cell + shiftX;
    const whole = Math.floor(p);
    const f = p - whole;
    column[x] = whole;
    weight[x] = f * f * (3 - 2 * f);
  }
  for (let y = 0; y < EXTENT; y++) {
    const p = y / cell + shiftY;
    const row = Math.floor(p);
    const f = p - row;
    const wy = f * f * (3 - 2 * f);
    const above = row * size;
    for (let x = 0; x < EXTENT; x++) {
      const at = above + (column[x] as number);
      const wx = weight[x] as number;
      const a = lattice[at] as number;
      const b = lattice[at + size] as number;
      const top = a + ((lattice[at + 1] as number) - a) * wx;
      const bottom = b + ((lattice[at + size + 1] as number) - b) * wx;
      const i = y * EXTENT + x;
      out[i] = (out[i] as number) + amplitude * (top + (bottom - top) * wy);
    }
  }
}

/** Fractal value noise: `cell` pixels between the coarsest random values, each octave twice as fine and half as strong. */
export function fractalNoise(random: Random, cell: number, octaves: number): Field {
  const out = new Float32Array(AREA);
  let amplitude = 1;
  for (let octave = 0; octave < octaves; octave++) {
    addOctave(out, cell / 2 ** octave, amplitude, random);
    amplitude /= 2;
  }
  return out;
}

/** Uncorrelated noise. */
export function whiteNoise(random: Random): Field {
  return Float32Array.from({ length: AREA }, () => 2 * random.next() - 1);
}

/** The textures one tile is made of: hills and soils, bushes, single crowns. */
export interface Texture {
  readonly coarse: Field;
  readonly medium: Field;
  readonly fine: Field;
}

export function createTexture(random: Random): Texture {
  return {
    coarse: fractalNoise(random, 20 + 16 * random.next(), 2),
    medium: fractalNoise(random, 6 + 4 * random.next(), 2),
    fine: fractalNoise(random, 1.8 + 1.2 * random.next(), 1),
  };
}

/** A number in [0, 1) that belongs to a cell of a grid: the same cell always gets the same. */
export function cellNumber(i: number, j: number, salt: number): number {
  let h = Math.imul(i, 0x27d4eb2d) ^ Math.imul(j, 0x165667b1) ^ Math.imul(salt, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 4294967296;
}

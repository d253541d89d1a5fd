import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unwrap } from '../../../result.ts';
import {
  coarseMask,
  columnNorms,
  fineMask,
  randomCoarseMask,
  type WeightMatrix,
  withoutColumns,
} from './masks.ts';

const HEIGHT = 5;
const CHANNELS = 4;
const KERNEL = 3;
const OUTPUTS = 2;
const COLUMNS = KERNEL * KERNEL * CHANNELS;
const OUT = HEIGHT - KERNEL + 1;

const integers = (length: number) =>
  fc.array(fc.integer({ min: -8, max: 8 }), { minLength: length, maxLength: length });

/** The columns that a sliding window writes for an output position: (ky, kx, channel). */
function window(image: readonly number[], y: number, x: number): number[] {
  const columns: number[] = [];
  for (let ky = 0; ky < KERNEL; ky++)
    for (let kx = 0; kx < KERNEL; kx++)
      for (let c = 0; c < CHANNELS; c++) columns.push(image[((y + ky) * HEIGHT + x + kx) * CHANNELS + c]!);
  return columns;
}

const multiply = (columns: readonly number[], { values, outputs }: WeightMatrix) =>
  Array.from({ length: outputs }, (_, o) =>
    columns.reduce((sum, x, i) => sum + x * values[i * outputs + o]!, 0),
  );

/** A convolution by its definition, kernel [ky][kx][channel][output]. */
function convolve(image: readonly number[], kernel: readonly number[], y: number, x: number): number[] {
  const sums = new Array<number>(OUTPUTS).fill(0);
  for (let o = 0; o < OUTPUTS; o++)
    for (let c = 0; c < CHANNELS; c++)
      for (let ky = 0; ky < KERNEL; ky++)
        for (let kx = 0; kx < KERNEL; kx++)
          sums[o]! +=
            image[((y + ky) * HEIGHT + (x + kx)) * CHANNELS + c]! *
            kernel[((ky * KERNEL + kx) * CHANNELS + c) * OUTPUTS + o]!;
  return sums;
}

const masks = (norms: ArrayLike<number>) => [
  unwrap(coarseMask(norms, 2, 9)),
  unwrap(coarseMask(norms, 4, 8)),
  unwrap(fineMask(norms, 4, 2)),
  unwrap(fineMask(norms, 4, 1)),
];

test('a window that does not write pruned columns gives what masked weights give (BO-10) (BO-44) (BO-45) (BO-61)', () => {
  fc.assert(
    fc.property(integers(HEIGHT * HEIGHT * CHANNELS), integers(COLUMNS * OUTPUTS), (image, values) => {
      const matrix = { values, columns: COLUMNS, outputs: OUTPUTS };
      for (const mask of masks(columnNorms(matrix))) {
        const stored = withoutColumns(matrix, mask);
        const masked = values.map((value, i) => (mask[Math.floor(i / OUTPUTS)] === 1 ? value : 0));
        for (let y = 0; y < OUT; y++)
          for (let x = 0; x < OUT; x++) {
            const written = window(image, y, x).filter((_, i) => mask[i] === 1);
            expect(multiply(written, stored)).toEqual(convolve(image, masked, y, x));
          }
      }
    }),
    { numRuns: 30 },
  );
});

describe('the norm of a column', () => {
  test('is the sum of its absolute weights: 6 for 1, -2, 3 (BO-51)', () => {
    expect([...columnNorms({ values: [1, -2, 3, 0, 0.5, -0.5], columns: 2, outputs: 3 })]).toEqual([6, 1]);
  });
});

describe('a coarse mask', () => {
  test('prunes the blocks with the lowest norm first, of equals the first (BO-51)', () => {
    expect([...unwrap(coarseMask([5, 1, 2, 2, 9, 0, 1, 3], 2, 2))]).toEqual([1, 1, 0, 0, 1, 1, 0, 0]);
    expect([...unwrap(coarseMask([5, 1, 2, 2, 9, 0, 1, 3], 2, 1))]).toEqual([1, 1, 0, 0, 1, 1, 1, 1]);
  });

  test('of random blocks has the exact share, the same for the same numbers (BO-80)', () => {
    const counting = () => {
      let state = 7;
      return () => {
        state = (state * 16807) % 2147483647;
        return state / 2147483647;
      };
    };
    for (const pruned of [0, 2, 9, 17]) {
      const mask = unwrap(randomCoarseMask(576, 32, pruned, counting()));
      expect(mask).toEqual(unwrap(randomCoarseMask(576, 32, pruned, counting())));
      const blocks = Array.from({ length: 18 }, (_, i) => new Set(mask.slice(32 * i, 32 * i + 32)));
      expect(blocks.every((block) => block.size === 1)).toBe(true);
      expect(blocks.filter((block) => block.has(0))).toHaveLength(pruned);
    }
  });

  test('keeps a block, and blocks that divide the columns', () => {
    const messages = [coarseMask([1, 2, 3, 4], 2, 2), coarseMask([1, 2, 3], 2, 1)].map((mask) =>
      mask.ok ? '' : mask.error.message,
    );
    expect(messages).toEqual([
      '2 of 2 blocks cannot be pruned; choose 0 to 1.',
      'Blocks of 2 do not divide 3 columns; choose a SIMD that does.',
    ]);
    expect(randomCoarseMask(4, 2, -1, () => 0).ok).toBe(false);
  });
});

describe('a fine mask', () => {
  test('keeps the M largest columns of every block (BO-61)', () => {
    expect([...unwrap(fineMask([1, 9, 2, 8, 7, 3, 6, 4], 4, 2))]).toEqual([0, 1, 0, 1, 1, 0, 1, 0]);
  });

  test('has exactly M columns in every block, none of them below one that fell (BO-61)', () => {
    fc.assert(
      fc.property(integers(32), fc.integer({ min: 1, max: 7 }), (weights, m) => {
        const norms = weights.map(Math.abs);
        const mask = unwrap(fineMask(norms, 8, m));
        for (let from = 0; from < 32; from += 8) {
          const columns = Array.from({ length: 8 }, (_, i) => ({
            norm: norms[from + i]!,
            stays: mask[from + i] === 1,
          }));
          const stay = columns.filter(({ stays }) => stays).map(({ norm }) => norm);
          const fall = columns.filter(({ stays }) => !stays).map(({ norm }) => norm);
          expect(stay).toHaveLength(m);
          expect(Math.min(...stay)).toBeGreaterThanOrEqual(Math.max(...fall));
        }
      }),
    );
  });

  test('keeps at least a column of a block', () => {
    expect(fineMask([1, 2], 2, 0).ok).toBe(false);
    expect(fineMask([1, 2], 2, 1.5).ok).toBe(false);
  });
});

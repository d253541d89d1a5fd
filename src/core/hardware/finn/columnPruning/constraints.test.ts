import { describe, expect, test } from 'vitest';
import {
  brokenFineConstraints,
  fineSparsities,
  ladderSparsity,
  maxParallelism,
  smallestBlock,
} from './constraints.ts';

const broken = (n: number, m: number, channels: number, mw = 9 * channels) =>
  brokenFineConstraints({ n, m, channels, mw });

describe('the constraints of fine pruning', () => {
  test('take 32 of 64 channels, and neither 48 nor all of them (BO-62)', () => {
    expect(broken(64, 32, 64)).toEqual([]);
    expect(broken(64, 48, 64)).toEqual(['48 columns kept do not divide the 64 channels']);
    expect(broken(64, 64, 64)).toEqual(['64 columns kept are not fewer than the 64 of a block']);
  });

  test('hold blocks to the channels and to what can be built (BO-62)', () => {
    expect(broken(128, 64, 64)).toContain('a block of 128 is wider than the 64 channels');
    expect(broken(48, 32, 64)).toContain('a block of 48 does not divide the 64 channels');
    // MW 2304, not CH_IN 256 (C3-02): blocks of 2 cannot be built.
    expect(broken(2, 1, 256)).toEqual(['a block of 2 is not above 2304 / 1024']);
    expect(broken(4, 2, 256)).toEqual([]);
  });

  test('leave the first layer dense: three channels allow two thirds only (BO-62)', () => {
    expect(fineSparsities(3, 3, 27)).toEqual([1 - 1 / 3]);
  });
});

describe('the sparsity ladder', () => {
  test('is 50, 75 and 87.5 % with blocks of at least 2, 4 and 8 (BO-63)', () => {
    expect([1, 2, 3].map(ladderSparsity)).toEqual([0.5, 0.75, 0.875]);
    expect([1, 2, 3].map(smallestBlock)).toEqual([2, 4, 8]);
  });

  test('holds all that is legal at a power of two of channels, and not all at others (BO-63)', () => {
    for (const n of [2, 4, 8, 16, 32, 64])
      expect(fineSparsities(n, 64, 576)).toEqual(
        Array.from({ length: Math.log2(n) }, (_, i) => ladderSparsity(i + 1)),
      );
    // C3-15: 16 of 24 of 48 channels meets all constraints.
    expect(broken(24, 16, 48)).toEqual([]);
    expect(fineSparsities(24, 48, 432)).toContain(1 - 16 / 24);
  });

  test('starts at the smallest block: a smaller one reaches no such share (BO-63)', () => {
    for (const degree of [1, 2, 3]) {
      const n = smallestBlock(degree);
      expect(fineSparsities(n, 64, 576)).toContain(ladderSparsity(degree));
      expect(fineSparsities(n / 2, 64, 576)).not.toContain(ladderSparsity(degree));
    }
  });
});

describe('the largest parallelism', () => {
  test('of conv3 is 8,192 coarse and 4,096, 2,048 and 1,024 fine (BO-64)', () => {
    expect(maxParallelism(64, 128, 0.5, 'coarse')).toBe(8192);
    expect([0.5, 0.75, 0.875].map((s) => maxParallelism(64, 128, s, 'fine'))).toEqual([4096, 2048, 1024]);
  });

  test('is nothing where fine pruning is not possible (BO-62) (BO-64)', () => {
    expect(maxParallelism(3, 64, 0.5, 'fine')).toBe(0);
  });
});

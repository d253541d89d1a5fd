import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { FLOWER_CLASS_NAMES, flowers, paintFlowers } from './flowers.ts';

const hash = (bytes: Uint8Array | Uint16Array) =>
  createHash('sha256').update(bytes).digest('hex').slice(0, 16);

describe('the generated flowers', () => {
  test('are the same for the same seed, byte by byte, on every machine', () => {
    const set = flowers(42, 1);
    expect(hash(set.labels)).toBe('c1a68d5a7059993f');
    expect(hash(set.pixels)).toBe('fb355fa671a88760');
    expect(hash(flowers(42, 2).pixels)).not.toBe(hash(set.pixels));
  });

  test('are fourteen classes, equally often, and say that they are synthetic', () => {
    const set = flowers(31, 5);
    expect(set.classNames).toBe(FLOWER_CLASS_NAMES);
    expect(new Set(set.classNames).size).toBe(14);
    const counts = new Array<number>(14).fill(0);
    for (const label of set.labels) counts[label]!++;
    expect(Math.max(...counts) - Math.min(...counts)).toBe(1);
    expect(set.synthetic).toBe(true);
  });

  test('begin alike whatever their number', () => {
    const short = flowers(15, 7);
    const long = flowers(20, 7);
    expect(hash(long.pixels.slice(0, short.pixels.length))).toBe(hash(short.pixels));
  });

  test('come in any size and show the same scene in each', () => {
    const [small, large] = [flowers(1, 3, 32), flowers(1, 3, 96)];
    expect(small.image).toEqual({ height: 32, width: 32, channels: 3 });
    expect(small.pixels).toHaveLength(32 * 32 * 3);
    expect(large.pixels).toHaveLength(96 * 96 * 3);
    const mean = (bytes: Uint8Array) => bytes.reduce((sum, byte) => sum + byte, 0) / bytes.length;
    expect(Math.abs(mean(small.pixels) - mean(large.pixels))).toBeLessThan(40);
  });

  test('show something in every image', () => {
    const { pixels } = flowers(56, 9);
    for (let n = 0; n < 56; n++) {
      const image = pixels.subarray(n * 12288, (n + 1) * 12288);
      expect(Math.max(...image) - Math.min(...image)).toBeGreaterThan(40);
    }
  });

  test('report how many are done, so that painting can be stopped', () => {
    const painting = paintFlowers(35, 1);
    const done: unknown[] = [];
    for (let step = painting.next(); !step.done; step = painting.next()) done.push(step.value);
    expect(done).toEqual([10, 20, 30]);
  });
});

import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { LAND_COVER_CLASS_NAMES, landCover, paintLandCover } from './landCover.ts';

const hash = (bytes: Uint8Array | Uint16Array) =>
  createHash('sha256').update(bytes).digest('hex').slice(0, 16);

describe('the generated land-cover set', () => {
  test('is the same for the same seed, byte by byte, on every machine', () => {
    const set = landCover(60, 1);
    expect(hash(set.labels)).toBe('f1418f35f413902a');
    expect(hash(set.pixels)).toBe('0d93fb83f0acaa17');
  });

  test('differs with the seed', () => {
    expect(hash(landCover(20, 1).pixels)).not.toBe(hash(landCover(20, 2).pixels));
  });

  test('begins alike whatever its length', () => {
    const short = landCover(25, 7);
    const long = landCover(55, 7);
    expect(hash(long.pixels.slice(0, short.pixels.length))).toBe(hash(short.pixels));
    expect([...long.labels.slice(0, 25)]).toEqual([...short.labels]);
  });

  test('holds every class equally often', () => {
    const counts = new Array<number>(10).fill(0);
    for (const label of landCover(203, 5).labels) counts[label]!++;
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    expect(counts.reduce((a, b) => a + b)).toBe(203);
  });

  test('has the shape of EuroSAT and says that it is synthetic', () => {
    const set = landCover(3, 1);
    expect(set.image).toEqual({ height: 64, width: 64, channels: 3 });
    expect(set.classNames).toBe(LAND_COVER_CLASS_NAMES);
    expect(set.classNames).toHaveLength(10);
    expect(set.pixels).toHaveLength(3 * 64 * 64 * 3);
    expect(set.synthetic).toBe(true);
  });

  test('shows something in every image', () => {
    const { pixels } = landCover(100, 9);
    for (let n = 0; n < 100; n++) {
      const image = pixels.subarray(n * 12288, (n + 1) * 12288);
      expect(Math.max(...image) - Math.min(...image)).toBeGreaterThan(3);
    }
  });

  test('reports how many images are done, so that it can be stopped', () => {
    const painting = paintLandCover(70, 1);
    const done: unknown[] = [];
    for (let step = painting.next(); !step.done; step = painting.next()) done.push(step.value);
    expect(done).toEqual([20, 40, 60]);
  });
});

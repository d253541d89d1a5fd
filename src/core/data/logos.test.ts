import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { logos, paintLogos } from './logos.ts';
import { LOGO_CROP_CLASS_NAMES, logoCrops, paintLogoCrops } from './logosCrops.ts';

const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex').slice(0, 16);

describe('the generated logos', () => {
  test('are 434 images of 1 to 40 logos of one class, split 412 and 22 (SX-41)', () => {
    const set = logos(undefined, 1, 64);
    expect(set.boxes).toHaveLength(434);
    expect(set.pixels).toHaveLength(434 * 64 * 64 * 3);
    expect(set.classNames).toHaveLength(1);
    const counts = set.boxes.map((boxes) => boxes.length);
    expect(Math.min(...counts)).toBe(1);
    expect(Math.max(...counts)).toBe(40);
    expect(set.split.train).toHaveLength(412);
    expect(set.split.validation).toHaveLength(22);
    expect(new Set([...set.split.train, ...set.split.validation]).size).toBe(434);
    expect(set.synthetic).toBe(true);
  });

  test('are the same for the same seed, byte by byte, on every machine', () => {
    const set = logos(8, 1);
    expect(hash(set.pixels)).toBe('3bda2b1ae021f045');
    expect(logos(8, 1)).toEqual(set);
    expect(hash(logos(8, 2).pixels)).not.toBe(hash(set.pixels));
  });

  test('lie in boxes within their image that do not touch and are no specks', () => {
    const { boxes, image } = logos(30, 3);
    for (const inOne of boxes) {
      for (const [i, box] of inOne.entries()) {
        expect(Math.min(box.left, box.top)).toBeGreaterThanOrEqual(0);
        expect(Math.max(box.right, box.bottom)).toBeLessThanOrEqual(image.width);
        expect(Math.min(box.right - box.left, box.bottom - box.top)).toBeGreaterThan(5);
        for (const other of inOne.slice(i + 1)) {
          const apart =
            box.right < other.left ||
            box.left > other.right ||
            box.bottom < other.top ||
            box.top > other.bottom;
          expect(apart).toBe(true);
        }
      }
    }
  });

  test('can be stopped: painting reports every image', () => {
    const painting = paintLogos(3, 1, 32);
    expect([painting.next().value, painting.next().value]).toEqual([1, 2]);
  });
});

describe('crops of the logos', () => {
  test('are two classes, equally often, and the same for the same seed', () => {
    const set = logoCrops(40, 1);
    expect(hash(set.pixels)).toBe('6092f77c0ca3ff91');
    expect(set.classNames).toBe(LOGO_CROP_CLASS_NAMES);
    expect(Array.from(set.labels).filter((label) => label === 1)).toHaveLength(20);
    expect(hash(logoCrops(20, 1).pixels)).toBe(hash(set.pixels.slice(0, set.pixels.length / 2)));
  });

  test('report how many are done', () => {
    const painting = paintLogoCrops(45, 1);
    const done: unknown[] = [];
    for (let step = painting.next(); !step.done; step = painting.next()) done.push(step.value);
    expect(done).toEqual([20, 40]);
  });
});

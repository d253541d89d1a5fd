import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../random.ts';
import { directionOf } from './angle.ts';
import { augmentBatch, augmentBoxes } from './augment.ts';
import {
  AUGMENTATION_KINDS,
  AUGMENTATIONS,
  type AugmentationChoice,
  type AugmentationKind,
  augmentationWith,
  augments,
  NO_AUGMENTATION,
  USUAL_AUGMENTATION,
} from './augmentChoice.ts';
import { transformPixels } from './augmentPixels.ts';
import { drawTransform } from './augmentTransform.ts';
import { landCover } from './landCover.ts';

const IMAGE = { height: 12, width: 10, channels: 3 };
const SIZE = 360;

function noise(count: number, seed = 1): Uint8Array {
  const random = createRandom(seed);
  return Uint8Array.from({ length: count * SIZE }, () => random.integer(256));
}

const only = (kind: AugmentationKind, strength: number): AugmentationChoice => ({
  ...NO_AUGMENTATION,
  [kind]: { on: true, strength },
});

const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex').slice(0, 16);
const everything = augmentationWith(...AUGMENTATION_KINDS);

describe('augmentation', () => {
  test('gives the same bytes for the same seed, on every machine', () => {
    const { pixels, image } = landCover(20, 1);
    expect(hash(augmentBatch(pixels, image, USUAL_AUGMENTATION, createRandom(3)))).toBe('67fdc0bedc4b540a');
    expect(hash(augmentBatch(pixels, image, everything, createRandom(3)))).toBe('7bdfbb71a95a30a3');
  });

  test('differs with the seed and from image to image, and leaves its input as it was', () => {
    const pixels = noise(1);
    const twice = new Uint8Array(2 * SIZE);
    twice.set(pixels);
    twice.set(pixels, SIZE);
    const before = hash(twice);
    const out = augmentBatch(twice, IMAGE, everything, createRandom(1));
    expect(hash(twice)).toBe(before);
    expect(out.subarray(0, SIZE)).not.toEqual(out.subarray(SIZE));
    expect(augmentBatch(twice, IMAGE, everything, createRandom(2))).not.toEqual(out);
  });

  test('switched off it is nothing, not even a copy', () => {
    const pixels = noise(3);
    expect(augments(NO_AUGMENTATION)).toBe(false);
    expect(augmentBatch(pixels, IMAGE, NO_AUGMENTATION, createRandom(1))).toBe(pixels);
    expect(augments(USUAL_AUGMENTATION)).toBe(true);
  });

  test.each(AUGMENTATION_KINDS)(
    '%s changes images when on, and at strength 0 it does not (SX-42)',
    (kind) => {
      const pixels = noise(8);
      const { usual } = AUGMENTATIONS[kind];
      expect(augmentBatch(pixels, IMAGE, only(kind, usual), createRandom(1))).not.toEqual(pixels);
      // `shift` keeps the work from being skipped; it moves by less than half a pixel, that is by none.
      const still = { ...only('shift', 0.01), [kind]: { on: true, strength: 0 } };
      const wanted = kind === 'shift' ? only('rotation', 1e-300) : still;
      expect(augmentBatch(pixels, IMAGE, wanted, createRandom(1))).toEqual(pixels);
    },
  );

  test.each(['horizontalFlip', 'verticalFlip'] as const)('%s twice gives the image back', (kind) => {
    const pixels = noise(4);
    const once = augmentBatch(pixels, IMAGE, only(kind, 1), createRandom(1));
    expect(once).not.toEqual(pixels);
    expect(augmentBatch(once, IMAGE, only(kind, 1), createRandom(2))).toEqual(pixels);
  });

  test('a flip mirrors rows', () => {
    const row = { height: 1, width: 3, channels: 1 };
    const out = augmentBatch(Uint8Array.of(1, 2, 3), row, only('horizontalFlip', 1), createRandom(1));
    expect([...out]).toEqual([3, 2, 1]);
  });

  test('half of the images are flipped at one half', () => {
    const pixels = Uint8Array.from({ length: 2000 }, (_, i) => i % 2);
    const pair = { height: 1, width: 2, channels: 1 };
    const out = augmentBatch(pixels, pair, only('horizontalFlip', 0.5), createRandom(1));
    const flipped = out.filter((byte, i) => i % 2 === 0 && byte === 1).length;
    expect(flipped).toBeGreaterThan(440);
    expect(flipped).toBeLessThan(560);
  });

  test('switching one operation leaves what the others do as it is', () => {
    const flips = drawTransform(IMAGE, only('horizontalFlip', 0.5), createRandom(9));
    const both = { ...only('horizontalFlip', 0.5), brightness: { on: true, strength: 0.3 } };
    expect(drawTransform(IMAGE, both, createRandom(9)).toSource).toEqual(flips.toSource);
  });

  test('a plain color stays that color wherever it is moved over its own border', () => {
    const pixels = new Uint8Array(SIZE).fill(77);
    for (const kind of ['rotation', 'scale', 'shift', 'horizontalFlip'] as const)
      expect(augmentBatch(pixels, IMAGE, only(kind, 0.5), createRandom(4))).toEqual(pixels);
  });

  test('four quarter turns give the image back', () => {
    const square = { height: 9, width: 9, channels: 3 };
    const pixels = noise(1).slice(0, 243);
    let turned = pixels;
    const base = drawTransform(square, NO_AUGMENTATION, createRandom(1));
    for (let i = 0; i < 4; i++) {
      const out = new Uint8Array(243);
      transformPixels(turned, 0, square, { ...base, toSource: [0, 1, 0, -1, 0, 9] }, out, 0);
      if (i < 3) expect(out).not.toEqual(pixels);
      turned = out;
    }
    expect(turned).toEqual(pixels);
  });

  test('gray stays gray under hue and saturation, and a third of a turn moves red towards green', () => {
    const gray = new Uint8Array(SIZE).fill(90);
    for (const kind of ['hue', 'saturation'] as const)
      expect(augmentBatch(gray, IMAGE, only(kind, 1), createRandom(2))).toEqual(gray);
    const red = Uint8Array.of(200, 40, 40);
    const one = { height: 1, width: 1, channels: 3 };
    const base = drawTransform(one, NO_AUGMENTATION, createRandom(1));
    const out = new Uint8Array(3);
    transformPixels(red, 0, one, { ...base, hue: directionOf(120) }, out, 0);
    expect(out[1]).toBeGreaterThan(out[0] as number);
    expect(out[1]).toBeGreaterThan(out[2] as number);
  });

  test('images of one channel and of four are augmented too', () => {
    for (const channels of [1, 4]) {
      const image = { height: 8, width: 8, channels };
      const pixels = noise(1).slice(0, 64 * channels);
      expect(augmentBatch(pixels, image, everything, createRandom(1))).toHaveLength(64 * channels);
    }
  });

  test('wrong strengths are brought into range', () => {
    const { most } = AUGMENTATIONS.expand;
    const wild = augmentBatch(noise(3), IMAGE, only('expand', 1e9), createRandom(1));
    expect(wild).toEqual(augmentBatch(noise(3), IMAGE, only('expand', most), createRandom(1)));
  });
});

describe('boxes of augmented images', () => {
  const image = { height: 40, width: 40, channels: 1 };

  /** A white rectangle on black. */
  function picture(left: number, top: number, right: number, bottom: number): Uint8Array {
    const pixels = new Uint8Array(1600);
    for (let y = top; y < bottom; y++) pixels.fill(255, y * 40 + left, y * 40 + right);
    return pixels;
  }

  test.each(['horizontalFlip', 'verticalFlip', 'scale', 'shift', 'crop', 'expand', 'rotation'] as const)(
    '%s: they stay in the image and around the same pixels (SX-42)',
    (kind) => {
      const random = createRandom(8);
      let kept = 0;
      for (let n = 0; n < 60; n++) {
        const box = { left: 4 + random.integer(14), top: 4 + random.integer(14), label: 2 };
        const whole = { ...box, right: box.left + 12, bottom: box.top + 8 };
        const pixels = picture(whole.left, whole.top, whole.right, whole.bottom);
        const transform = drawTransform(image, only(kind, AUGMENTATIONS[kind].usual), random);
        const out = new Uint8Array(1600);
        transformPixels(pixels, 0, image, transform, out, 0);
        const moved = augmentBoxes([whole], image, transform)[0];
        if (!moved) continue;
        kept++;
        expect(moved.label).toBe(2);
        expect(Math.min(moved.left, moved.top)).toBeGreaterThanOrEqual(0);
        expect(Math.max(moved.right, moved.bottom)).toBeLessThanOrEqual(40);
        const lit = [...out.keys()].filter((i) => (out[i] as number) > 140);
        const [xs, ys] = [lit.map((i) => i % 40), lit.map((i) => Math.floor(i / 40))];
        const slack = kind === 'rotation' ? 4 : 1.01; // the upright box around a turned one is larger
        expect(Math.min(...xs)).toBeGreaterThanOrEqual(moved.left - 1);
        expect(Math.max(...xs) + 1).toBeLessThanOrEqual(moved.right + 1);
        expect(Math.abs(Math.min(...xs) - moved.left)).toBeLessThan(slack);
        expect(Math.abs(Math.max(...xs) + 1 - moved.right)).toBeLessThan(slack);
        expect(Math.abs(Math.min(...ys) - moved.top)).toBeLessThan(slack);
        expect(Math.abs(Math.max(...ys) + 1 - moved.bottom)).toBeLessThan(slack);
      }
      expect(kept).toBeGreaterThan(40);
    },
  );

  test('one whose center leaves the image is dropped, the others keep their order', () => {
    const base = drawTransform(image, NO_AUGMENTATION, createRandom(1));
    const boxes = [
      { left: 0, top: 0, right: 8, bottom: 8, label: 0 },
      { left: 20, top: 4, right: 30, bottom: 14, label: 1 },
    ];
    const left = { ...base, toSource: [1, 0, 6, 0, 1, 0] as const };
    expect(augmentBoxes(boxes, image, left)).toEqual([{ left: 14, top: 4, right: 24, bottom: 14, label: 1 }]);
  });

  test('colors and cutouts do not move them', () => {
    const box = { left: 3, top: 4, right: 9, bottom: 11, label: 0 };
    const calm = augmentationWith('hue', 'saturation', 'contrast', 'brightness', 'cutout');
    expect(augmentBoxes([box], image, drawTransform(image, calm, createRandom(5)))).toEqual([box]);
  });
});

test('directions of angles are those of sine and cosine, and exact at quarter turns', () => {
  for (let degrees = -360; degrees <= 360; degrees += 7.3) {
    const [c, s] = directionOf(degrees);
    expect(c).toBeCloseTo(Math.cos((degrees * Math.PI) / 180), 11);
    expect(s).toBeCloseTo(Math.sin((degrees * Math.PI) / 180), 11);
  }
  expect(directionOf(0)).toEqual([1, 0]);
  expect(directionOf(180)[0]).toBe(-1);
});

import { expect, test } from 'vitest';
import { drawBatch } from '../../core/data/augment.ts';
import { AUGMENTATION_KINDS, augmentationWith, NO_AUGMENTATION } from '../../core/data/augmentChoice.ts';
import { flowers } from '../../core/data/flowers.ts';
import { createRandom } from '../../core/random.ts';
import { ImageSet } from '../../ml/images.ts';
import { alone, augmentedSamples, needsColor, previewImages } from './augmentedSamples.ts';

const set = flowers(28, 1, 16);
const byClass = set.classNames.map((_, label) =>
  [...set.labels].flatMap((other, n) => (other === label ? [set.pixels.slice(n * 768, (n + 1) * 768)] : [])),
);
const samples = { image: set.image, classNames: set.classNames, byClass };

test('a preview shows one image a class', () => {
  const { images } = previewImages(samples, 5, set.image);
  expect(images).toEqual(byClass.slice(0, 5).map((some) => some[0]));
  const fewer = { ...samples, byClass: [[], ...byClass.slice(1, 2)] };
  expect(previewImages(fewer, 5, set.image).images).toHaveLength(1);
});

test('a preview shows what training sees: resized and gray as the network reads it, then augmented (SX-42)', () => {
  const choice = augmentationWith('rotation', 'crop', 'hue', 'contrast', 'cutout');
  for (const [height, width, channels] of [
    [16, 16, 3],
    [14, 10, 3],
    [12, 12, 1],
    [28, 28, 1],
  ] as const) {
    const input = { height, width, channels };
    const preview = previewImages(samples, 4, input);
    const firsts = [0, 1, 2, 3].map((label) => [...set.labels].indexOf(label));
    const random = createRandom(7);
    const seen = new ImageSet(set, 1, 0.5, 'none').batch(Uint32Array.from(firsts), input, (count) =>
      drawBatch(count, input, choice, random),
    );
    const shown = augmentedSamples(preview, choice, 7).flatMap((pixels) => [...pixels]);
    expect(shown).toEqual([...seen.pixels]);
  }
  expect(previewImages(samples, 4, { height: 8, width: 8, channels: 4 }).image).toEqual(set.image);
});

test('what needs colors is said where there are none', () => {
  expect(AUGMENTATION_KINDS.filter((kind) => needsColor(kind, 1))).toEqual(['saturation', 'hue']);
  expect(AUGMENTATION_KINDS.filter((kind) => needsColor(kind, 3))).toEqual([]);
});

test.each(AUGMENTATION_KINDS)('%s has a preview of its own, also while it is off (SX-42)', (kind) => {
  const before = previewImages(samples, 14, set.image);
  const after = augmentedSamples(before, alone(NO_AUGMENTATION, kind), 1);
  expect(after).toHaveLength(14);
  expect(after).not.toEqual(before.images);
  expect(augmentedSamples(before, alone(augmentationWith(kind), kind), 1)).toEqual(after);
});

import { expect, test } from 'vitest';
import { AUGMENTATION_KINDS, augmentationWith, NO_AUGMENTATION } from '../../core/data/augmentChoice.ts';
import { flowers } from '../../core/data/flowers.ts';
import { alone, augmentedSamples, previewImages } from './augmentedSamples.ts';

const set = flowers(28, 1, 16);
const byClass = set.classNames.map((_, label) =>
  [...set.labels].flatMap((other, n) => (other === label ? [set.pixels.slice(n * 768, (n + 1) * 768)] : [])),
);
const samples = { image: set.image, classNames: set.classNames, byClass };

test('a preview shows one image a class', () => {
  expect(previewImages(samples, 5)).toEqual(byClass.slice(0, 5).map((images) => images[0]));
  expect(previewImages({ ...samples, byClass: [[], ...byClass.slice(1, 2)] }, 5)).toHaveLength(1);
});

test.each(AUGMENTATION_KINDS)('%s has a preview of its own, also while it is off (SX-42)', (kind) => {
  const before = previewImages(samples, 14);
  const after = augmentedSamples(before, samples, alone(NO_AUGMENTATION, kind), 1);
  expect(after).toHaveLength(14);
  expect(after).not.toEqual(before);
  expect(augmentedSamples(before, samples, alone(augmentationWith(kind), kind), 1)).toEqual(after);
});

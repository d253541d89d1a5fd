import { augmentBatch } from '../../core/data/augment.ts';
import {
  type AugmentationChoice,
  type AugmentationKind,
  NO_AUGMENTATION,
} from '../../core/data/augmentChoice.ts';
import { createRandom } from '../../core/random.ts';
import type { Samples } from '../../state/dataStore.ts';

/** The first image of the first `count` classes that have one. */
export const previewImages = (samples: Samples, count: number): readonly Uint8Array[] =>
  samples.byClass.flatMap((images) => images.slice(0, 1)).slice(0, count);

/** Each image after the choice, one draw an image. */
export function augmentedSamples(
  images: readonly Uint8Array[],
  { image }: Samples,
  choice: AugmentationChoice,
  seed: number,
): readonly Uint8Array[] {
  const random = createRandom(seed);
  return images.map((pixels) => augmentBatch(pixels, image, choice, random));
}

/** One operation of a choice alone, switched on: what its preview shows. */
export const alone = (choice: AugmentationChoice, kind: AugmentationKind): AugmentationChoice => ({
  ...NO_AUGMENTATION,
  [kind]: { on: true, strength: choice[kind].strength },
});

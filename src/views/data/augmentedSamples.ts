import { adapterFor, canAdapt } from '../../core/data/adapter.ts';
import { augmentBatch } from '../../core/data/augment.ts';
import {
  type AugmentationChoice,
  type AugmentationKind,
  NO_AUGMENTATION,
} from '../../core/data/augmentChoice.ts';
import type { FeatureMap } from '../../core/network/network.ts';
import { createRandom } from '../../core/random.ts';
import type { Samples } from '../../state/dataStore.ts';

/** Images of one size: bytes, NHWC of one each. */
export interface PreviewImages {
  readonly images: readonly Uint8Array[];
  readonly image: FeatureMap;
}

/**
 * The first image of the first `count` classes that have one, as the network reads it: training resizes first, takes the
 * color away where the network reads gray, and augments what that leaves. As it is where the network can't read it.
 */
export function previewImages({ byClass, image }: Samples, count: number, input: FeatureMap): PreviewImages {
  const images = byClass.flatMap((some) => some.slice(0, 1)).slice(0, count);
  if (!canAdapt(image.channels, input.channels)) return { images, image };
  const adapt = adapterFor(image, input);
  const size = input.height * input.width * input.channels;
  const adapted = images.map((pixels) => {
    const bytes = new Uint8Array(size);
    adapt(pixels, 0, bytes, 0);
    return bytes;
  });
  return { images: adapted, image: input };
}

/** Each image after the choice, one draw an image. */
export function augmentedSamples(
  { images, image }: PreviewImages,
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

/** Whether the operation needs colors that images of so many channels do not have. */
export const needsColor = (kind: AugmentationKind, channels: number): boolean =>
  channels !== 3 && (kind === 'saturation' || kind === 'hue');

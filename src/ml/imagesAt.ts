import { FaultError } from '../core/result.ts';
import type { Pictures } from '../workers/protocol.ts';
import { imageBytes } from './chunkCache.ts';
import type { ImageSet } from './images.ts';

/** Nobody looks at more at once, and each image is copied. */
const MOST_BYTES = 2 ** 26;

/** The pixels of chosen images as the set has them, before any resizing. */
export async function imagesAt(set: ImageSet, indices: Uint32Array): Promise<Pictures> {
  const { image, labels, name } = set.images;
  const size = imageBytes({ image });
  if (indices.length * size > MOST_BYTES) {
    throw new FaultError({
      code: 'too-many-images',
      message: `${indices.length} images are more than can be shown at once; ask for at most ${Math.floor(MOST_BYTES / size)}.`,
    });
  }
  const outside = indices.find((index) => index >= labels.length);
  if (outside !== undefined) {
    throw new FaultError({
      code: 'no-such-image',
      message: `${name} has ${labels.length} images and none at ${outside}; measure again.`,
    });
  }
  return { image, pixels: await set.bytes(indices, image) };
}

import { ok } from '../../result.ts';
import type { LabeledImages } from '../labeledImages.ts';
import { type ImageSource, PARTS } from './entries.ts';

/** A set that was read as pixels, as a source that can be combined with others. */
export function imagesSource(images: LabeledImages): ImageSource {
  const { height, width, channels } = images.image;
  const size = height * width * channels;
  return {
    name: images.name,
    synthetic: images.synthetic,
    classNames: images.classNames,
    entries: Array.from(images.labels, (label, n) => {
      const part = images.parts && PARTS[images.parts[n] as number];
      return {
        path: String(n + 1),
        label,
        load: async () => ok(images.pixels.subarray(n * size, (n + 1) * size)),
        raw: images.image,
        ...(part && { part }),
      };
    }),
  };
}

import type { LabeledImages } from '../../core/data/labeledImages.ts';
import type { StoredImages } from '../../core/data/storedImages.ts';

export interface CountedImages extends StoredImages {
  /** Chunks in the order in which they were read. */
  readonly reads: number[];
}

/** A set as the browser keeps it: chunk by chunk, each a moment away. */
export function stored(images: LabeledImages, chunkImages: number): CountedImages {
  const { name, synthetic, image, classNames, pixels, labels, parts } = images;
  const bytes = chunkImages * image.height * image.width * image.channels;
  const reads: number[] = [];
  return {
    name,
    synthetic,
    image,
    classNames,
    labels: Uint16Array.from(labels),
    parts: parts ?? new Uint8Array(labels.length),
    chunkImages,
    reads,
    chunk: async (index) => {
      reads.push(index);
      await new Promise((resolve) => setTimeout(resolve, 1));
      return pixels.slice(index * bytes, (index + 1) * bytes);
    },
  };
}

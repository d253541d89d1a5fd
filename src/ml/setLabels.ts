import type { LabeledImages } from '../core/data/labeledImages.ts';
import { describeMap } from '../core/network/shapes.ts';
import { FaultError } from '../core/result.ts';
import { ChunkCache, imageBytes } from './chunkCache.ts';

/** A set without its pixels. */
export type SetLabels = Pick<
  LabeledImages,
  'name' | 'synthetic' | 'image' | 'classNames' | 'labels' | 'parts'
>;

/** What a set says of its images; throws a fault where bytes, labels and class names do not fit together. */
export function checkContents(images: LabeledImages | ChunkCache): SetLabels {
  const set = images instanceof ChunkCache ? images.stored : images;
  const { name, labels, image, classNames } = set;
  const fault = (code: string, message: string) => new FaultError({ code, message, where: name });
  if (!(images instanceof ChunkCache) && images.pixels.length !== labels.length * imageBytes(set))
    throw fault(
      'image-bytes',
      `${name} has ${images.pixels.length} bytes for ${labels.length} images of ${describeMap(image)}; read it again.`,
    );
  const outside = labels.findIndex((label) => label >= classNames.length);
  if (outside >= 0)
    throw fault(
      'label-range',
      `Image ${outside + 1} of ${name} is of class ${labels[outside]}, and the set names ${classNames.length} classes from 0 on; read it again.`,
    );
  return set;
}

import { fail, ok, type Result } from '../result.ts';
import type { CancelSignal } from './compile/entries.ts';
import { type ChannelStatistics, momentStatistics } from './compile/normalization.ts';
import type { LabeledImages } from './labeledImages.ts';
import { type SplitChoice, splitOf } from './splitOf.ts';
import type { StoredImages } from './storedImages.ts';

/** Images in memory are looked at so many at a time: some milliseconds of 64x64 color images. */
const SLICE = 256;

/** What mean and deviation of any of the images follow from, without their pixels: 48 bytes a color image. */
export interface ImageMoments extends Pick<StoredImages, 'image' | 'classNames' | 'labels' | 'parts'> {
  /** By image and channel: all its bytes together. A whole number, as are the squares. */
  readonly sums: Float64Array;
  readonly squares: Float64Array;
}

/** Mean and deviation of the images that are trained with; of those for validation where there are no others. */
export interface TrainingStatistics extends ChannelStatistics {
  readonly part: 'train' | 'validation';
  readonly imageCount: number;
}

/** Images in memory as if they were stored: their chunks are views, nothing is copied. */
export function asStored(images: LabeledImages): StoredImages {
  const { name, synthetic, image, classNames, pixels } = images;
  const chunkBytes = SLICE * image.height * image.width * image.channels;
  return {
    name,
    synthetic,
    image,
    classNames,
    labels: Uint16Array.from(images.labels),
    parts: images.parts ?? new Uint8Array(images.labels.length),
    chunkImages: SLICE,
    chunk: async (index) => pixels.subarray(index * chunkBytes, (index + 1) * chunkBytes),
  };
}

/** Looks once at all pixels, chunk by chunk; yields how many images are done. A chunk that is gone is a fault, thrown. */
export async function* imageMoments(
  { image, classNames, labels, parts, chunkImages, chunk }: StoredImages,
  signal: CancelSignal,
): AsyncGenerator<{ readonly done: number; readonly total: number }, Result<ImageMoments>> {
  const { channels } = image;
  const size = image.height * image.width * channels;
  const sums = new Float64Array(labels.length * channels);
  const squares = new Float64Array(labels.length * channels);
  for (let first = 0; first < labels.length; first += chunkImages) {
    if (signal.aborted) return fail('canceled', 'Measuring mean and deviation was canceled.');
    const pixels = await chunk(first / chunkImages);
    const count = Math.min(chunkImages, labels.length - first);
    for (let n = 0; n < count; n++) {
      for (let channel = 0; channel < channels; channel++) {
        let sum = 0;
        let square = 0;
        for (let i = n * size + channel; i < (n + 1) * size; i += channels) {
          const byte = pixels[i] as number;
          sum += byte;
          square += byte * byte;
        }
        sums[(first + n) * channels + channel] = sum;
        squares[(first + n) * channels + channel] = square;
      }
    }
    yield { done: first + count, total: labels.length };
  }
  return ok({ image, classNames, labels, parts, sums, squares });
}

/**
 * Mean and deviation, a channel, of exactly the images that a split leaves to train with; of those for validation where
 * it leaves none, as for a model from a file.
 */
export function trainingStatistics(moments: ImageMoments, choice: SplitChoice): TrainingStatistics {
  const { image, classNames, labels, parts, sums, squares } = moments;
  const { channels } = image;
  const { train, validation } = splitOf(labels, parts, classNames.length, choice);
  const part = train.length > 0 ? 'train' : 'validation';
  const indices = part === 'train' ? train : validation;
  const imageCount = indices.length;
  const sum = new Float64Array(channels);
  const square = new Float64Array(channels);
  for (const index of indices) {
    for (let c = 0; c < channels; c++) {
      sum[c] = (sum[c] as number) + (sums[index * channels + c] as number);
      square[c] = (square[c] as number) + (squares[index * channels + c] as number);
    }
  }
  const pixelCount = imageCount * image.height * image.width;
  return { ...momentStatistics(pixelCount, sum, square), part, imageCount };
}

import { planSet } from '../../core/data/compile/combine.ts';
import { compileImages } from '../../core/data/compile/compileImages.ts';
import type { CancelSignal, ImageDecoder, ImageSource } from '../../core/data/compile/entries.ts';
import { labeledImages, MemorySink, type Skipped } from '../../core/data/compile/sink.ts';
import type { LabeledImages } from '../../core/data/labeledImages.ts';
import { ok, type Result } from '../../core/result.ts';
import type { ByteSource } from './byteSource.ts';
import { openImageSet } from './openImageSet.ts';
import { guardedDecoder } from './pictureHeader.ts';

/** An image set that a user chose, whole in memory. */
export interface OpenedImages {
  readonly format: 'arrays' | 'pictures';
  readonly images: LabeledImages;
  /** Pictures that could not be decoded. */
  readonly skipped: Skipped;
}

const NONE_SKIPPED: Skipped = { count: 0, named: [] };

/** Pictures are made this large, as land cover is; where that were more than the budget, half as large. */
const EXTENT = 64;
const SMALL_EXTENT = 32;
const BUDGET = 128 * 2 ** 20;

export function extentFor(imageCount: number): number {
  return imageCount * EXTENT * EXTENT * 3 <= BUDGET ? EXTENT : SMALL_EXTENT;
}

async function* compiled(
  source: ImageSource,
  decoder: ImageDecoder,
  signal: CancelSignal,
): AsyncGenerator<{ done: number; total: number }, Result<OpenedImages>> {
  // The training splits by the design's seed: here all images stay together.
  const plan = planSet([source], {
    name: source.name,
    shares: { validation: 0, test: 0 },
    seed: 1,
  });
  if (!plan.ok) return plan;
  const extent = extentFor(source.entries.length);
  const sink = new MemorySink();
  const image = { height: extent, width: extent, channels: 3 };
  const set = yield* compileImages(plan.value, guardedDecoder(decoder), { image, fit: 'crop' }, sink, signal);
  if (!set.ok) return set;
  const images = labeledImages(set.value, sink.chunks);
  return images.ok ? ok({ format: 'pictures', images: images.value, skipped: set.value.skipped }) : images;
}

/**
 * Opens what a user chose or dropped (`openImageSet`); pictures are decoded, cropped to squares and kept in memory. Yields
 * how many are done.
 */
export async function* openInMemory(
  files: readonly ByteSource[],
  decoder: ImageDecoder,
  signal: CancelSignal,
): AsyncGenerator<{ done: number; total: number }, Result<OpenedImages>> {
  const opened = await openImageSet(files);
  if (!opened.ok) return opened;
  if (opened.value.kind === 'pictures') return yield* compiled(opened.value.source, decoder, signal);
  return ok({ format: 'arrays', images: opened.value.images, skipped: NONE_SKIPPED });
}

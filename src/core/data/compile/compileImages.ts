import type { FeatureMap } from '../../network/network.ts';
import { fail, ok, type Result } from '../../result.ts';
import { shortSentence } from '../../sentence.ts';
import type { SetItem, SetPlan } from './combine.ts';
import { type CancelSignal, type ImageDecoder, PARTS, type RgbaImage } from './entries.ts';
import { ByteCounts, type NormalizationDescription, standardizedBy } from './normalization.ts';
import { type Fit, fitImage, rgbaOf } from './resize.ts';
import type { ChunkSink, CompiledChunk, CompiledSet, SetHeader } from './sink.ts';

export interface CompileOptions {
  readonly image: FeatureMap;
  readonly fit: Fit;
  readonly normalization?: 'none' | 'unit' | 'signed' | 'standardized';
  /** Images of a chunk; 1,024 where nothing is said. */
  readonly chunkImages?: number;
  /** Images that are loaded and decoded at the same time; 4 where nothing is said. */
  readonly lookahead?: number;
}

export interface CompileProgress {
  readonly done: number;
  readonly total: number;
  readonly skipped: number;
}

const CHUNK_IMAGES = 1024;
const LOOKAHEAD = 4;
/** A chunk is at most as large as this, whatever is asked. */
const CHUNK_BYTES = 2 ** 27;
/** The largest side of a compiled image; networks for these devices take 224 to 640. */
const LARGEST_SIDE = 1024;
/** A decoded picture takes four bytes a pixel, and several are in memory at a time. */
const MOST_PIXELS = 40_000_000;
const NAMED_SKIPS = 20;
/** How many images are done between two reports. */
const SLICE = 16;

const canceled = () =>
  fail('canceled', 'The set was not compiled because it was canceled; nothing is left of it.');

/** Loads and decodes one item; whatever goes wrong becomes a reason to skip it. */
async function decoded(item: SetItem, decoder: ImageDecoder): Promise<Result<RgbaImage>> {
  const { entry } = item;
  try {
    const bytes = await entry.load();
    if (!bytes.ok) return bytes;
    if (entry.raw) {
      const { height, width, channels } = entry.raw;
      return bytes.value.length === height * width * channels
        ? ok(rgbaOf(bytes.value, entry.raw))
        : fail('image-bytes', `${entry.path} has ${bytes.value.length} bytes, not those of one image.`);
    }
    const picture = await decoder(bytes.value, entry.path);
    if (!picture.ok) return picture;
    const { width, height, data } = picture.value;
    const isSound =
      Number.isInteger(width) &&
      Number.isInteger(height) &&
      width > 0 &&
      height > 0 &&
      width * height <= MOST_PIXELS &&
      data.length === width * height * 4;
    return isSound
      ? picture
      : fail(
          'image-extent',
          `${entry.path} is a picture of ${width}x${height} pixels; from 1 to ${MOST_PIXELS.toLocaleString('en-US')} can be read.`,
        );
  } catch {
    return fail('image-broken', `${entry.path} can't be read; it may be damaged.`);
  }
}

/** One item as an image of the set. The decoded picture, which may be a thousand times larger, is let go at once. */
async function compiled(
  item: SetItem,
  decoder: ImageDecoder,
  { image, fit }: CompileOptions,
): Promise<Result<Uint8Array>> {
  const picture = await decoded(item, decoder);
  if (!picture.ok) return picture;
  const pixels = new Uint8Array(image.height * image.width * image.channels);
  fitImage(picture.value, image, fit, pixels, 0);
  return ok(pixels);
}

function checkOptions({ image }: CompileOptions, plan: SetPlan): Result<void> {
  const { height, width, channels } = image;
  const isSide = (side: number) => Number.isInteger(side) && side >= 1 && side <= LARGEST_SIDE;
  if (!isSide(height) || !isSide(width) || (channels !== 1 && channels !== 3)) {
    return fail(
      'image-extent',
      `Images of ${height}x${width}x${channels} can't be compiled; choose sides from 1 to ${LARGEST_SIDE} and 1 or 3 channels.`,
    );
  }
  return plan.items.length > 0
    ? ok(undefined)
    : fail('no-images', `${plan.name} holds no images; add a folder, an archive or a set.`);
}

/** Images in the items' order, of which only a few are made ahead. */
async function* images(items: readonly SetItem[], decoder: ImageDecoder, options: CompileOptions) {
  const lookahead = Math.max(1, options.lookahead ?? LOOKAHEAD);
  const ahead: Promise<Result<Uint8Array>>[] = [];
  for (let n = 0; n < items.length; n++) {
    while (ahead.length < lookahead && n + ahead.length < items.length) {
      ahead.push(compiled(items[n + ahead.length] as SetItem, decoder, options));
    }
    const made = await (ahead.shift() as Promise<Result<Uint8Array>>);
    yield { item: items[n] as SetItem, made };
  }
}

/** The chunk that is being filled. */
class Filling {
  readonly pixels: Uint8Array;
  readonly labels: Uint16Array;
  readonly parts: Uint8Array;
  readonly paths: string[] = [];
  readonly #size: number;

  constructor(imageCount: number, size: number) {
    this.#size = size;
    this.pixels = new Uint8Array(imageCount * size);
    this.labels = new Uint16Array(imageCount);
    this.parts = new Uint8Array(imageCount);
  }

  add({ label, part, source, entry }: SetItem, image: Uint8Array): void {
    const n = this.paths.length;
    this.pixels.set(image, n * this.#size);
    this.labels[n] = label;
    this.parts[n] = part;
    this.paths.push(`${source}/${entry.path}`);
  }

  /** The chunk, cut to what it holds. */
  chunk(index: number): CompiledChunk {
    const n = this.paths.length;
    const isFull = n === this.labels.length;
    return {
      index,
      pixels: isFull ? this.pixels : this.pixels.slice(0, n * this.#size),
      labels: isFull ? this.labels : this.labels.slice(0, n),
      parts: isFull ? this.parts : this.parts.slice(0, n),
      paths: this.paths,
    };
  }
}

/**
 * Compiles a planned set: decodes its images a few at a time, makes them one size, and hands them on in chunks; a set
 * may so be larger than memory. Yields how far it is. What can't be decoded is skipped, counted and (the first 20)
 * named. When it is canceled, is left early or fails, the sink's `abort` is called and nothing remains.
 */
export async function* compileImages(
  plan: SetPlan,
  decoder: ImageDecoder,
  options: CompileOptions,
  sink: ChunkSink,
  signal: CancelSignal,
): AsyncGenerator<CompileProgress, Result<CompiledSet>> {
  const checked = checkOptions(options, plan);
  if (!checked.ok) return checked;
  const { image, fit } = options;
  const size = image.height * image.width * image.channels;
  const asked = Math.max(1, Math.floor(options.chunkImages ?? CHUNK_IMAGES));
  const chunkImages = Math.min(asked, Math.max(1, Math.floor(CHUNK_BYTES / size)));
  const header: SetHeader = {
    name: plan.name,
    synthetic: plan.synthetic,
    image,
    fit,
    classNames: plan.classNames,
    chunkImages,
    sourceNames: [...new Set(plan.items.map(({ source }) => source))],
  };
  const total = plan.items.length;
  const counts = new ByteCounts(image.channels);
  const countByPart = PARTS.map(() => plan.classNames.map(() => 0));
  const named: { path: string; reason: string }[] = [];
  let skipped = 0;
  let imageCount = 0;
  let chunkCount = 0;
  let done = 0;
  let isWhole = false;
  try {
    const begun = await sink.begin(header);
    if (!begun.ok) return begun;
    let filling = new Filling(Math.min(chunkImages, total), size);
    for await (const { item, made } of images(plan.items, decoder, options)) {
      if (signal.aborted) return canceled();
      done++;
      if (made.ok) {
        filling.add(item, made.value);
        const partCounts = countByPart[item.part] as number[];
        partCounts[item.label] = (partCounts[item.label] ?? 0) + 1;
        if (PARTS[item.part] === 'train') counts.add(made.value);
        imageCount++;
      } else {
        skipped++;
        if (named.length < NAMED_SKIPS) {
          named.push({ path: item.entry.path, reason: shortSentence(made.error.message) });
        }
      }
      if (filling.paths.length === chunkImages) {
        const written = await sink.write(filling.chunk(chunkCount++));
        if (!written.ok) return written;
        filling = new Filling(Math.min(chunkImages, total - done), size);
      }
      if (done % SLICE === 0) yield { done, total, skipped };
    }
    if (imageCount === 0) {
      return fail(
        'no-images',
        shortSentence(
          `None of the ${total.toLocaleString('en-US')} images of ${plan.name} can be read; the first: ${named[0]?.reason}`,
        ),
      );
    }
    if (filling.paths.length > 0) {
      const written = await sink.write(filling.chunk(chunkCount++));
      if (!written.ok) return written;
    }
    if (signal.aborted) return canceled();
    const statistics = counts.statistics();
    const kind = options.normalization ?? 'signed';
    const normalization: NormalizationDescription =
      kind === 'standardized' ? standardizedBy(statistics, plan.name) : { kind };
    const set: CompiledSet = {
      header,
      imageCount,
      chunkCount,
      countByPart,
      statistics,
      normalization,
      skipped: { count: skipped, named },
    };
    const ended = await sink.end(set);
    if (!ended.ok) return ended;
    isWhole = true;
    yield { done, total, skipped };
    return ok(set);
  } finally {
    if (!isWhole) await sink.abort();
  }
}

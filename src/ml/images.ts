import { adapterFor, canAdapt } from '../core/data/adapter.ts';
import type { LabeledImages, Labels } from '../core/data/labeledImages.ts';
import { checkStandardization, type NormalizationChoice } from '../core/data/normalizationChoice.ts';
import { type Split, splitOf } from '../core/data/splitOf.ts';
import type { StoredImages } from '../core/data/storedImages.ts';
import type { DataChoice, Normalization } from '../core/exploration/design.ts';
import type { FeatureMap } from '../core/network/network.ts';
import { describeMap } from '../core/network/shapes.ts';
import { FaultError, unwrap } from '../core/result.ts';
import { ChunkCache, imageBytes, KEPT_BYTES, readChunk } from './chunkCache.ts';
import { Normalizer } from './normalizer.ts';
import { checkContents, type SetLabels } from './setLabels.ts';

/** Images ready for the backend. */
export interface Batch {
  /** NHWC, bytes normalized. */
  readonly pixels: Float32Array;
  readonly shape: [number, number, number, number];
  readonly labels: Labels;
}

/** Arrays of a batch that is done with, for another one of the same size. */
export interface BatchBuffers {
  bytes: Uint8Array;
  values: Float32Array;
}

export const noBuffers = (): BatchBuffers => ({ bytes: new Uint8Array(), values: new Float32Array() });

/** What is done to the images of a batch on their way to a network: bytes, NHWC, in the size of its input. */
export type BatchChange = (bytes: Uint8Array, input: FeatureMap) => Uint8Array;

/** Draws what is done to so many images; called again for the same images in another size it does the same to them. */
export type Augment = (count: number) => BatchChange;

type PartsChoice = Partial<Pick<DataChoice, 'testShare' | 'keepsParts'>>;

/** Labeled images with their split, in whatever size a network asks for: in memory, or read chunk by chunk. */
export class ImageSet {
  readonly images: SetLabels;
  readonly split: Split;
  readonly splitSeed: number;
  /** Null for a set in memory. */
  readonly chunks: ChunkCache | null;
  readonly #source: LabeledImages | ChunkCache;
  readonly #choice: NormalizationChoice;
  readonly #normalizer: Normalizer;
  /** Resized sets by size: a student's and a teacher's are asked for in turn. */
  readonly #resizedBySize = new Map<string, Uint8Array>();

  /** Throws a fault for bytes and labels that do not fit together, and for a split that leaves a part empty. */
  constructor(
    images: LabeledImages | ChunkCache,
    splitSeed: number,
    validationShare: number,
    normalization: Normalization | NormalizationChoice = 'signed',
    { testShare = 0, keepsParts = false }: PartsChoice = {},
  ) {
    this.#choice =
      typeof normalization === 'string' ? { normalization, standardization: null } : normalization;
    unwrap(checkStandardization(this.#choice, null));
    this.#normalizer = new Normalizer(this.#choice);
    this.#source = images;
    this.chunks = images instanceof ChunkCache ? images : null;
    this.images = checkContents(images);
    const { labels, parts, classNames } = this.images;
    const choice = { splitSeed, validationShare, testShare, keepsParts };
    this.splitSeed = splitSeed;
    this.split = splitOf(labels, parts ?? null, classNames.length, choice);
    const { train, validation, test } = this.split;
    if ((train.length === 0 && validationShare < 1) || validation.length === 0) {
      const tested = test.length > 0 ? `, ${test.length} to test` : '';
      throw new FaultError({
        code: 'empty-split',
        message: `${labels.length} images leave ${train.length} to train${tested} and ${validation.length} to validate with; use more images or another validation share.`,
      });
    }
  }

  /** A set in memory; a kept one is read whole up to `limit` bytes, and chunk by chunk beyond. */
  static async open(
    images: LabeledImages | StoredImages,
    choice: Omit<DataChoice, 'source'>,
    { limit = KEPT_BYTES, signal }: { readonly limit?: number; readonly signal?: AbortSignal } = {},
  ): Promise<ImageSet> {
    const { splitSeed, validationShare } = choice;
    const of = (set: LabeledImages | ChunkCache) =>
      new ImageSet(set, splitSeed, validationShare, choice, choice);
    if ('pixels' in images) return of(images);
    const size = imageBytes(images);
    const { name, synthetic, image, classNames, labels, parts, chunkImages } = images;
    if (labels.length * size > limit) return of(new ChunkCache(images, limit));
    const pixels = new Uint8Array(labels.length * size);
    for (let first = 0; first < labels.length; first += chunkImages) {
      pixels.set(await readChunk(images, first / chunkImages), first * size);
      signal?.throwIfAborted();
    }
    return of({ name, synthetic, image, classNames, labels, parts, pixels });
  }

  /** The same images and validation, of which only these are trained with: a transfer set. */
  trainingWith(train: Uint32Array): ImageSet {
    const smaller = new ImageSet(this.#source, 0, 1, this.#choice);
    return Object.assign(smaller, { split: { ...this.split, train }, splitSeed: this.splitSeed });
  }

  /** The same images and split, normalized in another way. */
  normalizedAs(choice: NormalizationChoice): ImageSet {
    const other = new ImageSet(this.#source, 0, 1, choice);
    return Object.assign(other, { split: this.split, splitSeed: this.splitSeed });
  }

  /** How its bytes reach a network. */
  get normalization(): NormalizationChoice {
    return this.#choice;
  }

  labelsAt(indices: Uint32Array): Labels {
    const { labels } = this.images;
    const chosen =
      labels instanceof Uint8Array ? new Uint8Array(indices.length) : new Uint16Array(indices.length);
    indices.forEach((index, position) => {
      chosen[position] = labels[index] as number;
    });
    return chosen;
  }

  /** Throws where the images can't be what the network reads, or have more classes than it tells apart. */
  check(input: FeatureMap, classCount: number): void {
    const { image, classNames, name } = this.images;
    if (!canAdapt(image.channels, input.channels)) {
      throw new FaultError({
        code: 'image-channels',
        message: `The network reads ${input.channels} channels and the images of ${name} have ${image.channels}; set the network's input to ${image.channels}.`,
      });
    }
    if (classNames.length > classCount) {
      throw new FaultError({
        code: 'class-count',
        message: `The network tells ${classCount} classes apart and ${name} has ${classNames.length}; give its last layer ${classNames.length} units.`,
      });
    }
    unwrap(checkStandardization(this.#choice, input.channels));
  }

  /** All images as bytes in the wanted size, which is kept as long as there is room. */
  #resized(whole: LabeledImages, input: FeatureMap): Uint8Array | null {
    const { image, pixels, labels } = whole;
    const key = describeMap(input);
    if (key === describeMap(image)) return pixels;
    const kept = this.#resizedBySize.get(key);
    if (kept) return kept;
    const size = imageBytes({ image: input });
    const others = [...this.#resizedBySize.values()];
    const bytes = others.reduce((sum, { length }) => sum + length, size * labels.length);
    if (bytes > KEPT_BYTES) return null;
    const adapt = adapterFor(image, input);
    const resized = new Uint8Array(size * labels.length);
    for (let i = 0; i < labels.length; i++) adapt(pixels, i * imageBytes(whole), resized, i * size);
    this.#resizedBySize.set(key, resized);
    return resized;
  }

  #fromMemory(whole: LabeledImages, indices: Uint32Array, input: FeatureMap, into: Uint8Array): void {
    const size = imageBytes({ image: input });
    const ready = this.#resized(whole, input);
    const adapt = ready ? null : adapterFor(whole.image, input);
    indices.forEach((index, position) => {
      if (ready) into.set(ready.subarray(index * size, (index + 1) * size), position * size);
      else adapt?.(whole.pixels, index * imageBytes(whole), into, position * size);
    });
  }

  /** Chunk by chunk: chosen images may lie in more chunks than memory holds. */
  async #fromChunks(
    chunks: ChunkCache,
    indices: Uint32Array,
    input: FeatureMap,
    into: Uint8Array,
  ): Promise<void> {
    const { image, chunkImages } = chunks.stored;
    const positions = new Map<number, number[]>();
    indices.forEach((index, position) => {
      const chunk = Math.floor(index / chunkImages);
      const others = positions.get(chunk);
      if (others) others.push(position);
      else positions.set(chunk, [position]);
    });
    const adapt = adapterFor(image, input);
    const size = imageBytes({ image: input });
    for (const [chunk, chosen] of positions) {
      const pixels = chunks.kept(chunk) ?? (await chunks.read(chunk));
      for (const position of chosen) {
        const place = (indices[position] as number) - chunk * chunkImages;
        adapt(pixels, place * imageBytes({ image }), into, position * size);
      }
    }
  }

  /** Fills `into` with the chosen images: at once where the set is in memory, else when the promise resolves. */
  #fill(indices: Uint32Array, input: FeatureMap, into: Uint8Array): Promise<void> | null {
    const source = this.#source;
    if (source instanceof ChunkCache) return this.#fromChunks(source, indices, input, into);
    this.#fromMemory(source, indices, input, into);
    return null;
  }

  /** The chosen images as bytes in the size of the network's input; into `buffers` where they are given. */
  async bytes(indices: Uint32Array, input: FeatureMap, buffers?: BatchBuffers): Promise<Uint8Array> {
    const into = bytesFor(indices.length * imageBytes({ image: input }), buffers);
    const waiting = this.#fill(indices, input, into);
    if (waiting) await waiting;
    return into;
  }

  /** Bytes of the chosen images, whatever was done to them, as the backend takes them. */
  normalized(bytes: Uint8Array, indices: Uint32Array, input: FeatureMap, buffers?: BatchBuffers): Batch {
    if (buffers && buffers.values.length !== bytes.length) buffers.values = new Float32Array(bytes.length);
    const values = buffers?.values ?? new Float32Array(bytes.length);
    this.#normalizer.write(bytes, input.channels, values);
    return {
      pixels: values,
      shape: [indices.length, input.height, input.width, input.channels],
      labels: this.labelsAt(indices),
    };
  }

  /** The chosen images, resized to the network's input, augmented and normalized. Of a set in memory at once, before it returns. */
  async prepare(
    indices: Uint32Array,
    input: FeatureMap,
    augment: Augment | null = null,
    buffers?: BatchBuffers,
  ): Promise<Batch> {
    const into = bytesFor(indices.length * imageBytes({ image: input }), buffers);
    const waiting = this.#fill(indices, input, into);
    if (waiting) await waiting; // without one the work is done before this returns
    const bytes = augment ? augment(indices.length)(into, input) : into;
    return this.normalized(bytes, indices, input, buffers);
  }

  /** As {@link prepare}, at once: for sets in memory only. */
  batch(indices: Uint32Array, input: FeatureMap, augment: Augment | null = null): Batch {
    if (this.chunks)
      throw new Error(`${this.images.name} is not in memory: its batches have to be waited for.`);
    const bytes = bytesFor(indices.length * imageBytes({ image: input }));
    void this.#fill(indices, input, bytes);
    return this.normalized(augment ? augment(indices.length)(bytes, input) : bytes, indices, input);
  }
}

function bytesFor(length: number, buffers?: BatchBuffers): Uint8Array {
  if (!buffers) return new Uint8Array(length);
  if (buffers.bytes.length !== length) buffers.bytes = new Uint8Array(length);
  return buffers.bytes;
}

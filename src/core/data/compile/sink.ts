import type { FeatureMap } from '../../network/network.ts';
import { fail, ok, type Result } from '../../result.ts';
import type { LabeledImages } from '../labeledImages.ts';
import type { ChannelStatistics, NormalizationDescription } from './normalization.ts';
import type { Fit } from './resize.ts';

/** What is known of a compiled set before its first image. */
export interface SetHeader {
  readonly name: string;
  /** True where any of its images is generated. */
  readonly synthetic: boolean;
  readonly image: FeatureMap;
  readonly fit: Fit;
  readonly classNames: readonly string[];
  /** Images of all chunks but the last. */
  readonly chunkImages: number;
  /** Names of the sources that its paths begin with; older containers do not tell them. */
  readonly sourceNames?: readonly string[];
}

/** Some images of a compiled set. */
export interface CompiledChunk {
  readonly index: number;
  /** imageCount * height * width * channels, NHWC, 0..255 */
  readonly pixels: Uint8Array;
  readonly labels: Uint16Array;
  /** Each image's index in PARTS. */
  readonly parts: Uint8Array;
  /** Where each image came from: source, then path. */
  readonly paths: readonly string[];
}

/** What is known after the last image. */
export interface CompiledSet {
  readonly header: SetHeader;
  readonly imageCount: number;
  readonly chunkCount: number;
  /** Images of each class in each part, as PARTS orders them. */
  readonly countByPart: readonly (readonly number[])[];
  /** Over the training part only: what is held back must not be seen. */
  readonly statistics: ChannelStatistics;
  readonly normalization: NormalizationDescription;
  readonly skipped: Skipped;
}

/** Images that could not be decoded. */
export interface Skipped {
  readonly count: number;
  /** The first ones, with the reason. */
  readonly named: readonly { readonly path: string; readonly reason: string }[];
}

/**
 * Where a compiled set goes: memory, a file, IndexedDB. `begin` comes once, then all chunks in order, then `end`; or
 * `abort` at any time after `begin`, after which nothing of the set may be left. A chunk's arrays are the sink's: it
 * may keep or transfer them.
 */
export interface ChunkSink {
  begin(header: SetHeader): Promise<Result<void>>;
  write(chunk: CompiledChunk): Promise<Result<void>>;
  end(set: CompiledSet): Promise<Result<void>>;
  abort(): Promise<void>;
}

/** A set in memory, for what fits. */
export class MemorySink implements ChunkSink {
  chunks: CompiledChunk[] = [];
  set: CompiledSet | null = null;

  async begin(): Promise<Result<void>> {
    this.chunks = [];
    this.set = null;
    return ok(undefined);
  }

  async write(chunk: CompiledChunk): Promise<Result<void>> {
    this.chunks.push(chunk);
    return ok(undefined);
  }

  async end(set: CompiledSet): Promise<Result<void>> {
    this.set = set;
    return ok(undefined);
  }

  async abort(): Promise<void> {
    this.chunks = [];
    this.set = null;
  }
}

/** Classes whose labels take a byte each. */
const BYTE_CLASSES = 256;
const LARGEST = 2 ** 30;

/** The images of one part, or of all, as one set in memory, as training takes them. */
export function labeledImages(
  set: CompiledSet,
  chunks: readonly CompiledChunk[],
  part?: number,
): Result<LabeledImages> {
  const { name, synthetic, image, classNames } = set.header;
  const size = image.height * image.width * image.channels;
  const isIn = (chunk: CompiledChunk, i: number) => part === undefined || chunk.parts[i] === part;
  let count = 0;
  for (const chunk of chunks) for (let i = 0; i < chunk.labels.length; i++) if (isIn(chunk, i)) count++;
  if (count * size > LARGEST) {
    return fail(
      'too-large',
      `${name} has ${count.toLocaleString('en-US')} images of ${(count * size).toLocaleString('en-US')} bytes together, more than the ${LARGEST.toLocaleString('en-US')} that are kept in memory; make the images smaller or leave some out.`,
      name,
    );
  }
  const pixels = new Uint8Array(count * size);
  const labels = classNames.length > BYTE_CLASSES ? new Uint16Array(count) : new Uint8Array(count);
  const parts = new Uint8Array(count);
  let n = 0;
  for (const chunk of chunks) {
    for (let i = 0; i < chunk.labels.length; i++) {
      if (!isIn(chunk, i)) continue;
      pixels.set(chunk.pixels.subarray(i * size, (i + 1) * size), n * size);
      parts[n] = chunk.parts[i] as number;
      labels[n++] = chunk.labels[i] as number;
    }
  }
  const images = { name, synthetic, image, classNames, pixels, labels };
  return ok(part === undefined && parts.some((own) => own > 0) ? { ...images, parts } : images);
}

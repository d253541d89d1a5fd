import { ok, type Result } from '../../result.ts';
import type { ChunkSink, CompiledChunk, CompiledSet, SetHeader } from './sink.ts';

/** Pixels of a kept chunk: small enough that a trainer which wants a few images of it reads little else. */
const CHUNK_BYTES = 1.5 * 2 ** 20;

/** Images of a kept chunk, which depends on their size only: equal sets are cut alike. */
export const keptChunkImages = ({ height, width, channels }: SetHeader['image']): number =>
  Math.max(1, Math.floor(CHUNK_BYTES / (height * width * channels)));

/** Hands chunks of any size on in chunks of {@link keptChunkImages}: containers may be cut otherwise. */
export class RechunkingSink implements ChunkSink {
  readonly #inner: ChunkSink;
  #header: SetHeader | null = null;
  #held: CompiledChunk[] = [];
  #heldImages = 0;
  #written = 0;

  constructor(inner: ChunkSink) {
    this.#inner = inner;
  }

  begin(header: SetHeader): Promise<Result<void>> {
    this.#header = { ...header, chunkImages: keptChunkImages(header.image) };
    this.#held = [];
    this.#heldImages = 0;
    this.#written = 0;
    return this.#inner.begin(this.#header);
  }

  async write(chunk: CompiledChunk): Promise<Result<void>> {
    const { chunkImages } = this.#header as SetHeader;
    this.#held.push(chunk);
    this.#heldImages += chunk.labels.length;
    while (this.#heldImages >= chunkImages) {
      const written = await this.#hand(chunkImages);
      if (!written.ok) return written;
    }
    return ok(undefined);
  }

  async end(set: CompiledSet): Promise<Result<void>> {
    if (this.#heldImages > 0) {
      const written = await this.#hand(this.#heldImages);
      if (!written.ok) return written;
    }
    return this.#inner.end({ ...set, header: this.#header as SetHeader, chunkCount: this.#written });
  }

  async abort(): Promise<void> {
    this.#held = [];
    this.#heldImages = 0;
    await this.#inner.abort();
  }

  /** Hands the first `count` held images on. */
  #hand(count: number): Promise<Result<void>> {
    const [first] = this.#held;
    const index = this.#written++;
    this.#heldImages -= count;
    if (first && first.labels.length === count) {
      this.#held.shift();
      return this.#inner.write({ ...first, index });
    }
    const { height, width, channels } = (this.#header as SetHeader).image;
    const size = height * width * channels;
    const pixels = new Uint8Array(count * size);
    const labels = new Uint16Array(count);
    const parts = new Uint8Array(count);
    const paths: string[] = [];
    for (let n = 0; n < count; ) {
      const from = this.#held[0] as CompiledChunk;
      const taken = Math.min(count - n, from.labels.length);
      pixels.set(from.pixels.subarray(0, taken * size), n * size);
      labels.set(from.labels.subarray(0, taken), n);
      parts.set(from.parts.subarray(0, taken), n);
      for (let i = 0; i < taken; i++) paths.push(from.paths[i] as string);
      n += taken;
      if (taken === from.labels.length) this.#held.shift();
      else {
        this.#held[0] = {
          index: from.index,
          pixels: from.pixels.subarray(taken * size),
          labels: from.labels.subarray(taken),
          parts: from.parts.subarray(taken),
          paths: from.paths.slice(taken),
        };
      }
    }
    return this.#inner.write({ index, pixels, labels, parts, paths });
  }
}

import type { StoredImages } from '../core/data/storedImages.ts';
import { FaultError } from '../core/result.ts';

/** What is read ahead at once may fill half of it: the other half is what is trained with meanwhile. */
export const KEPT_BYTES = 256 * 2 ** 20;

/** Bytes of one image of a set. */
export const imageBytes = ({ image }: Pick<StoredImages, 'image'>): number =>
  image.height * image.width * image.channels;

/** The pixels of one chunk, or a fault where they are not what the set says. */
export async function readChunk(stored: StoredImages, index: number): Promise<Uint8Array> {
  const pixels = await stored.chunk(index);
  const images = Math.min(stored.chunkImages, stored.labels.length - index * stored.chunkImages);
  if (pixels.length === images * imageBytes(stored)) return pixels;
  throw new FaultError({
    code: 'image-bytes',
    message: `Part ${index + 1} of ${stored.name} has ${pixels.length} bytes for ${images} images; compile the set again.`,
    where: stored.name,
  });
}

/** Chunks of a set that is larger than memory may be: those in use, and those that are read ahead of it. */
export class ChunkCache {
  readonly stored: StoredImages;
  readonly #limit: number;
  /** The least recently used first. */
  readonly #kept = new Map<number, Uint8Array>();
  readonly #coming = new Map<number, Promise<Uint8Array>>();
  #wanted: ReadonlySet<number> = new Set();
  #isReadingAhead = false;

  constructor(stored: StoredImages, limit = KEPT_BYTES) {
    this.stored = stored;
    this.#limit = limit;
  }

  /** Chunks whose images are shuffled together: half of what is kept, for the next ones are read meanwhile. */
  get windowChunks(): number {
    const bytes = this.stored.chunkImages * imageBytes(this.stored);
    return Math.max(1, Math.floor(this.#limit / 2 / bytes));
  }

  get keptBytes(): number {
    let bytes = 0;
    for (const { length } of this.#kept.values()) bytes += length;
    return bytes;
  }

  /** A chunk that is there, or null. */
  kept(index: number): Uint8Array | null {
    const pixels = this.#kept.get(index);
    if (!pixels) return null;
    this.#kept.delete(index);
    this.#kept.set(index, pixels);
    return pixels;
  }

  /** A chunk, read where it is not there; never twice at once. */
  read(index: number): Promise<Uint8Array> {
    const coming = this.#coming.get(index);
    if (coming) return coming;
    const reading = readChunk(this.stored, index)
      .then((pixels) => {
        this.#kept.set(index, pixels);
        this.#drop();
        return pixels;
      })
      .finally(() => this.#coming.delete(index));
    this.#coming.set(index, reading);
    return reading;
  }

  /** The chunks of the images to come, in their order: they are read one after the other, and kept until others are wanted. */
  want(chunks: readonly number[]): void {
    if (chunks.length === this.#wanted.size && chunks.every((chunk) => this.#wanted.has(chunk))) return;
    this.#wanted = new Set(chunks);
    void this.#readAhead();
  }

  async #readAhead(): Promise<void> {
    if (this.#isReadingAhead) return;
    this.#isReadingAhead = true;
    try {
      for (;;) {
        const next = [...this.#wanted].find((chunk) => !this.#kept.has(chunk));
        if (next === undefined) return;
        await this.read(next);
      }
    } catch {
      // whoever needs the chunk asks again and is told
    } finally {
      this.#isReadingAhead = false;
    }
  }

  /** Keeps within the limit, but for what is wanted and what came last. */
  #drop(): void {
    let bytes = this.keptBytes;
    const last = [...this.#kept.keys()].at(-1);
    for (const [index, { length }] of this.#kept) {
      if (bytes <= this.#limit) return;
      if (this.#wanted.has(index) || index === last) continue;
      this.#kept.delete(index);
      bytes -= length;
    }
  }
}

import { type Digest, hexOf } from './digest.ts';
import type { CompiledChunk, SetHeader } from './sink.ts';

const SAMPLES_PER_CLASS = 12;
const SAMPLED_CLASSES = 100;
/** Large images have fewer samples: all are sent to the page whenever it lists its sets. */
const SAMPLE_BYTES = 8 * 2 ** 20;

/** What is kept of a set beside its pixels. */
export interface Gathered {
  /** SHA-256 over the SHA-256 of the header without its name, and over those of each chunk, in hex. */
  readonly fingerprint: string;
  readonly labels: Uint16Array;
  readonly parts: Uint8Array;
  /** Up to 12 images of each of the first 100 classes, of all together at most 8 MB. */
  readonly samples: readonly (readonly Uint8Array[])[];
  /** Bytes of pixels, labels, parts, paths and samples. */
  readonly bytes: number;
}

const joined = (...pieces: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
};

/** Two bytes each, the low one first, on every machine. */
const labelBytes = (labels: Uint16Array): Uint8Array => {
  const bytes = new Uint8Array(2 * labels.length);
  labels.forEach((label, i) => {
    bytes[2 * i] = label & 255;
    bytes[2 * i + 1] = label >> 8;
  });
  return bytes;
};

/** Two bytes a code unit: core has no TextEncoder. */
const textBytes = (text: string): Uint8Array =>
  labelBytes(Uint16Array.from({ length: text.length }, (_, i) => text.charCodeAt(i)));

/** Gathers what is known of a set from its chunks on their way to where they are kept. */
export class Gathering {
  readonly #digest: Digest;
  readonly #header: SetHeader;
  readonly #size: number;
  readonly #digests: Uint8Array[] = [];
  readonly #labels: Uint16Array[] = [];
  readonly #parts: Uint8Array[] = [];
  readonly #samples: Uint8Array[][];
  readonly #perClass: number;
  #sampled = 0;
  #bytes = 0;

  constructor(header: SetHeader, digest: Digest) {
    this.#header = header;
    this.#digest = digest;
    const { height, width, channels } = header.image;
    this.#size = height * width * channels;
    this.#samples = header.classNames.slice(0, SAMPLED_CLASSES).map(() => []);
    const fitting = Math.floor(SAMPLE_BYTES / (this.#size * this.#samples.length));
    this.#perClass = Math.max(1, Math.min(SAMPLES_PER_CLASS, fitting));
  }

  /** Looks at the next chunk; its arrays are free again when this has ended. */
  async add({ pixels, labels, parts, paths }: CompiledChunk): Promise<void> {
    this.#labels.push(labels.slice());
    this.#parts.push(parts.slice());
    this.#bytes += pixels.length + 3 * labels.length;
    for (const path of paths) this.#bytes += path.length;
    labels.forEach((label, i) => {
      const sheet = this.#samples[label];
      if (!sheet || sheet.length >= this.#perClass || this.#sampled + this.#size > SAMPLE_BYTES) return;
      sheet.push(pixels.slice(i * this.#size, (i + 1) * this.#size));
      this.#sampled += this.#size;
    });
    this.#digests.push(await this.#digest(joined(pixels, labelBytes(labels), parts)));
  }

  async end(): Promise<Gathered> {
    const { synthetic, image, fit, classNames, chunkImages } = this.#header;
    const { height, width, channels } = image;
    const header = JSON.stringify([1, synthetic, height, width, channels, fit, classNames, chunkImages]);
    const digests = [await this.#digest(textBytes(header)), ...this.#digests];
    const count = this.#labels.reduce((sum, { length }) => sum + length, 0);
    const labels = new Uint16Array(count);
    let n = 0;
    for (const some of this.#labels) {
      labels.set(some, n);
      n += some.length;
    }
    return {
      fingerprint: hexOf(await this.#digest(joined(...digests))),
      labels,
      parts: joined(...this.#parts),
      samples: this.#samples,
      bytes: this.#bytes + this.#sampled,
    };
  }
}

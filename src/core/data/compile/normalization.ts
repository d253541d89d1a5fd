import { assertNever } from '../../result.ts';

/** Mean and standard deviation of each channel, in bytes (0..255), over all pixels of all images. */
export interface ChannelStatistics {
  readonly pixelCount: number;
  readonly mean: readonly number[];
  /** Of the whole population: divided by the number of pixels. */
  readonly deviation: readonly number[];
}

/** How bytes become what a network reads. It travels with a compiled set and with the network trained on it. */
export type NormalizationDescription =
  | { readonly kind: 'none' }
  | { readonly kind: 'unit' }
  | { readonly kind: 'signed' }
  | {
      /** (byte - mean) / deviation, a channel; both in bytes. */
      readonly kind: 'standardized';
      readonly mean: readonly number[];
      readonly deviation: readonly number[];
      /** Whose statistics they are. */
      readonly of: string;
    };

/**
 * Counts how often each byte occurs in each channel. Mean and deviation follow from the counts in whole numbers, so
 * that neither the order of the images nor their number costs a digit.
 */
export class ByteCounts {
  readonly channels: number;
  readonly #counts: Float64Array;

  constructor(channels: number) {
    this.channels = channels;
    this.#counts = new Float64Array(256 * channels);
  }

  /** Adds whole images, NHWC. */
  add(pixels: Uint8Array): void {
    const { channels } = this;
    const counts = this.#counts;
    for (let i = 0, c = 0; i < pixels.length; i++) {
      const at = c * 256 + (pixels[i] as number);
      counts[at] = (counts[at] as number) + 1;
      if (++c === channels) c = 0;
    }
  }

  /** How often each byte occurs in a channel. */
  histogram(channel: number): Float64Array {
    return this.#counts.slice(channel * 256, (channel + 1) * 256);
  }

  /** The exact statistics, rounded once; all 0 where nothing was added. */
  statistics(): ChannelStatistics {
    const sums = new Float64Array(this.channels);
    const squares = new Float64Array(this.channels);
    let pixelCount = 0;
    for (let channel = 0; channel < this.channels; channel++) {
      pixelCount = 0;
      this.histogram(channel).forEach((times, byte) => {
        pixelCount += times;
        sums[channel] = (sums[channel] as number) + times * byte;
        squares[channel] = (squares[channel] as number) + times * byte * byte;
      });
    }
    return momentStatistics(pixelCount, sums, squares);
  }
}

/**
 * Statistics from the sum of all bytes and of their squares, a channel: whole numbers, exact below 2^53, which is as much
 * as 138 billion white pixels. Rounded once; all 0 where there are no pixels.
 */
export function momentStatistics(
  pixelCount: number,
  sums: Float64Array,
  squares: Float64Array,
): ChannelStatistics {
  const count = BigInt(pixelCount);
  return {
    pixelCount,
    mean: Array.from(sums, (sum) => (pixelCount === 0 ? 0 : sum / pixelCount)),
    deviation: Array.from(squares, (square, channel) => {
      const sum = BigInt(sums[channel] as number);
      // count² times the variance is a whole number
      return pixelCount === 0 ? 0 : Math.sqrt(Number(count * BigInt(square) - sum * sum)) / pixelCount;
    }),
  };
}

/** The standardization by a set's own statistics; a channel of one value only is shifted and not divided. */
export const standardizedBy = (
  { mean, deviation }: ChannelStatistics,
  of: string,
): NormalizationDescription => ({
  kind: 'standardized',
  mean,
  deviation: deviation.map((value) => (value > 0 ? value : 1)),
  of,
});

/** value = byte * scale + offset, for one channel. */
export function byteTransform(
  description: NormalizationDescription,
  channel: number,
): { readonly scale: number; readonly offset: number } {
  switch (description.kind) {
    case 'none':
      return { scale: 1, offset: 0 };
    case 'unit':
      return { scale: 1 / 255, offset: 0 };
    case 'signed':
      return { scale: 2 / 255, offset: -1 };
    case 'standardized': {
      const scale = 1 / (description.deviation[channel] ?? 1);
      return { scale, offset: -(description.mean[channel] ?? 0) * scale };
    }
    default:
      return assertNever(description);
  }
}

const rounded = (values: readonly number[]) => values.map((value) => value.toFixed(1)).join(', ');

/** The description as a line for people. */
export function normalizationText(description: NormalizationDescription): string {
  switch (description.kind) {
    case 'none':
      return 'bytes as they are, 0 to 255';
    case 'unit':
      return 'byte / 255, from 0 to 1';
    case 'signed':
      return 'byte / 127.5 - 1, from -1 to 1';
    case 'standardized':
      return `(byte - mean) / deviation of ${description.of}; mean ${rounded(description.mean)}, deviation ${rounded(description.deviation)}`;
    default:
      return assertNever(description);
  }
}

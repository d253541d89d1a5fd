import { channelTransforms, type NormalizationChoice } from '../core/data/normalizationChoice.ts';
import type { Normalization } from '../core/exploration/design.ts';

const table = (value: (byte: number) => number): Float32Array =>
  Float32Array.from({ length: 256 }, (_, byte) => value(byte));

/** A byte as the network sees it; `signed` is -1 for black and 1 for white. */
export const NORMALIZED: Readonly<Record<Exclude<Normalization, 'standardized'>, Float32Array>> = {
  none: table((byte) => byte),
  unit: table((byte) => byte / 255),
  signed: table((byte) => (byte / 255 - 0.5) * 2),
};

/** Makes numbers of bytes, by a table a channel: a byte has 256 values and a batch has millions. */
export class Normalizer {
  readonly #choice: NormalizationChoice;
  /** By the channels that the network reads. */
  readonly #tables = new Map<number, readonly Float32Array[]>();

  constructor(choice: NormalizationChoice) {
    this.#choice = choice;
  }

  /**
   * One table for all channels, or one for each. A standardization has one number a channel, or one for all; where a
   * network reads color images as gray it is shown the mean of the channels' numbers.
   */
  #tablesFor(channels: number): readonly Float32Array[] {
    const kept = this.#tables.get(channels);
    if (kept) return kept;
    const { normalization } = this.#choice;
    const tables =
      normalization === 'standardized'
        ? channelTransforms(this.#choice, channels).map(({ scale, offset }) =>
            table((byte) => byte * scale + offset),
          )
        : [NORMALIZED[normalization]];
    this.#tables.set(channels, tables);
    return tables;
  }

  /** Writes what a network that reads so many channels sees of `bytes` (NHWC) to `values`, which are as many. */
  write(bytes: Uint8Array, channels: number, values: Float32Array): void {
    const [first, ...others] = this.#tablesFor(channels);
    if (!first) return;
    if (others.length === 0) {
      for (let i = 0; i < bytes.length; i++) values[i] = first[bytes[i] as number] as number;
      return;
    }
    [first, ...others].forEach((own, channel) => {
      for (let i = channel; i < bytes.length; i += channels) values[i] = own[bytes[i] as number] as number;
    });
  }
}

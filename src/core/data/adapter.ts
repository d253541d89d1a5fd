import type { FeatureMap } from '../network/network.ts';

/** One axis' recipe: each output position is a weighted sum of input positions. */
interface Taps {
  readonly count: number;
  readonly index: Int32Array;
  readonly weight: Float32Array;
}

/**
 * Shrinking by a whole number averages the area; everything else is bilinear with pixel centers aligned
 * (half-pixel centers, as in current TensorFlow).
 */
function taps(input: number, output: number): Taps {
  if (input % output === 0) {
    const count = input / output;
    return {
      count,
      index: Int32Array.from({ length: input }, (_, i) => i),
      weight: new Float32Array(input).fill(1 / count),
    };
  }
  const index = new Int32Array(2 * output);
  const weight = new Float32Array(2 * output);
  for (let o = 0; o < output; o++) {
    const center = Math.min(input - 1, Math.max(0, ((o + 0.5) * input) / output - 0.5));
    const low = Math.floor(center);
    index.set([low, Math.min(input - 1, low + 1)], 2 * o);
    weight.set([1 - (center - low), center - low], 2 * o);
  }
  return { count: 2, index, weight };
}

/** ITU-R BT.601 luma, as in TensorFlow's and Pillow's conversion to gray. */
const LUMA = [0.299, 0.587, 0.114] as const;

/** Channels that can be made of others: the same, gray from RGB, anything from gray. */
export const canAdapt = (from: number, to: number): boolean =>
  from === to || from === 1 || (from === 3 && to === 1);

/** Writes one image in the wanted size and channels. `offset`s count bytes. */
export type Adapter = (source: Uint8Array, from: number, target: Uint8Array, to: number) => void;

export function adapterFor(image: FeatureMap, wanted: FeatureMap): Adapter {
  const pixelCount = wanted.height * wanted.width;
  const same = image.height === wanted.height && image.width === wanted.width;
  if (same && image.channels === wanted.channels) {
    const size = pixelCount * image.channels;
    return (source, from, target, to) => target.set(source.subarray(from, from + size), to);
  }
  const rows = taps(image.height, wanted.height);
  const columns = taps(image.width, wanted.width);
  const { channels } = image;
  const pixel = new Float64Array(channels);
  const write = (target: Uint8Array, at: number) => {
    const luma = channels === 3 && wanted.channels === 1;
    for (let c = 0; c < wanted.channels; c++) {
      const value = luma
        ? LUMA[0] * (pixel[0] as number) + LUMA[1] * (pixel[1] as number) + LUMA[2] * (pixel[2] as number)
        : (pixel[channels === 1 ? 0 : c] as number);
      target[at + c] = Math.round(value);
    }
  };
  return (source, from, target, to) => {
    for (let y = 0; y < wanted.height; y++) {
      for (let x = 0; x < wanted.width; x++) {
        pixel.fill(0);
        for (let i = y * rows.count; i < (y + 1) * rows.count; i++) {
          const row = from + (rows.index[i] as number) * image.width * channels;
          for (let j = x * columns.count; j < (x + 1) * columns.count; j++) {
            const weight = (rows.weight[i] as number) * (columns.weight[j] as number);
            const at = row + (columns.index[j] as number) * channels;
            for (let c = 0; c < channels; c++)
              pixel[c] = (pixel[c] as number) + weight * (source[at + c] as number);
          }
        }
        write(target, to + (y * wanted.width + x) * wanted.channels);
      }
    }
  };
}

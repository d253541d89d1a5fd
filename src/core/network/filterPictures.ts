import { fail, ok, type Result } from '../result.ts';
import type { Conv2dLayer, DepthwiseConv2dLayer, Network, WeightTensor } from './network.ts';

/** A kernel as a picture. */
export interface FilterPicture {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue, alpha of each pixel, row by row. */
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
  readonly filter: number;
  /** The input channel drawn in gray; null where the picture holds all three as red, green and blue. */
  readonly inputChannel: number | null;
  readonly largestMagnitude: number;
}

/** Whether pictures can be compared with each other, or each uses all shades. */
export type PictureScale = 'layer' | 'filter';

export interface FilterPictures {
  readonly color: 'rgb' | 'gray';
  readonly pictures: readonly FilterPicture[];
  /** How many there would be without the limit. */
  readonly totalCount: number;
}

/** What a number that is not finite looks like: nothing, the page shows through. */
const TRANSPARENT = 0;
const OPAQUE = 255;
const MIDDLE = 127.5;

/** The first layer with kernels that look at an image. */
export const firstConvolution = (network: Network): Conv2dLayer | DepthwiseConv2dLayer | null =>
  network.layers.find(
    (layer): layer is Conv2dLayer | DepthwiseConv2dLayer =>
      layer.kind === 'conv2d' || layer.kind === 'depthwiseConv2d',
  ) ?? null;

/** The largest finite magnitude; 0 where there is none. */
function largestIn(values: Float32Array): number {
  let largest = 0;
  for (const value of values) {
    const magnitude = Math.abs(value);
    if (magnitude > largest && magnitude < Number.POSITIVE_INFINITY) largest = magnitude;
  }
  return largest;
}

/**
 * Kernels [kh, kw, in, out] as pictures: one a filter in red, green and blue where it reads three channels, else one
 * a filter and input channel in gray, filter after filter. Zero is middle gray, the largest magnitude of the layer
 * (or of each filter) black or white, so that the sign can be seen. At most `limit` pictures.
 */
export function filterPictures(
  { shape, values }: WeightTensor,
  scale: PictureScale,
  limit: number,
): Result<FilterPictures> {
  const [height = 0, width = 0, inputs = 0, filters = 0] = shape;
  if (shape.length !== 4 || values.length !== height * width * inputs * filters || values.length === 0)
    return fail(
      'kernel-shape',
      `Kernels of shape [${shape.join(', ')}] with ${values.length} values can't be drawn; pictures need [height, width, inputs, filters].`,
    );
  const color = inputs === 3;
  const perFilter = color ? 1 : inputs;
  const totalCount = filters * perFilter;
  const pixelCount = height * width;
  const at = (pixel: number, input: number, filter: number): number =>
    values[(pixel * inputs + input) * filters + filter] ?? Number.NaN;

  const largestOf = (filter: number, from: number, to: number): number => {
    let largest = 0;
    for (let pixel = 0; pixel < pixelCount; pixel++)
      for (let input = from; input < to; input++) {
        const magnitude = Math.abs(at(pixel, input, filter));
        if (magnitude > largest && magnitude < Number.POSITIVE_INFINITY) largest = magnitude;
      }
    return largest;
  };
  // Only the filters that are drawn are looked at one by one: a layer can have millions.
  const ofLayer = scale === 'layer' ? largestIn(values) : 0;

  const pictures: FilterPicture[] = [];
  for (let index = 0; index < Math.min(limit, totalCount); index++) {
    const filter = Math.floor(index / perFilter);
    const inputChannel = color ? null : index % perFilter;
    const ofFilter = largestOf(filter, 0, inputs);
    const largest = scale === 'layer' ? ofLayer : ofFilter;
    const pixels = new Uint8ClampedArray(4 * pixelCount);
    for (let pixel = 0; pixel < pixelCount; pixel++) {
      const parts = [0, 1, 2].map((part) => at(pixel, inputChannel ?? part, filter));
      const seen = parts.every(Number.isFinite);
      // Zeros alone are gray: they have no largest magnitude to divide by.
      parts.forEach((value, part) => {
        pixels[4 * pixel + part] = seen ? MIDDLE + (largest > 0 ? (MIDDLE * value) / largest : 0) : 0;
      });
      pixels[4 * pixel + 3] = seen ? OPAQUE : TRANSPARENT;
    }
    const own = inputChannel === null ? ofFilter : largestOf(filter, inputChannel, inputChannel + 1);
    pictures.push({ width, height, pixels, filter, inputChannel, largestMagnitude: own });
  }
  return ok({ color: color ? 'rgb' : 'gray', pictures, totalCount });
}

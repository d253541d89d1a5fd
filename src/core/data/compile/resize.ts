import type { FeatureMap } from '../../network/network.ts';
import { assertNever } from '../../result.ts';
import type { RgbaImage } from './entries.ts';

/**
 * How a picture of other proportions becomes one of the set's: `crop` takes the largest part around its center,
 * `stretch` distorts it, `pad` leaves black bars.
 */
export const FITS = ['crop', 'stretch', 'pad'] as const;
export type Fit = (typeof FITS)[number];

/** A run of source pixels for each target pixel, with weights that sum to 1. */
interface Taps {
  readonly first: Int32Array;
  readonly count: Int32Array;
  readonly weights: Float64Array;
  readonly widest: number;
}

/**
 * Bilinear weights of `target` pixels over the source's pixels from `from` to `from + length`. Pixel centers lie at
 * halves; where the picture gets smaller the triangle is as wide as a target pixel, so that no source pixel is left
 * out (as Pillow's BILINEAR; without that thin lines vanish or shimmer).
 */
function taps(size: number, from: number, length: number, target: number): Taps {
  const scale = length / target;
  const radius = Math.max(1, scale);
  const widest = Math.min(size, Math.ceil(2 * radius) + 2);
  const first = new Int32Array(target);
  const count = new Int32Array(target);
  const weights = new Float64Array(target * widest);
  for (let t = 0; t < target; t++) {
    const center = from + (t + 0.5) * scale;
    const low = Math.max(0, Math.ceil(center - radius - 0.5));
    const high = Math.min(size - 1, Math.floor(center + radius - 0.5));
    let sum = 0;
    for (let s = low; s <= high; s++) {
      const weight = Math.max(0, 1 - Math.abs(s + 0.5 - center) / radius);
      weights[t * widest + s - low] = weight;
      sum += weight;
    }
    first[t] = low;
    count[t] = high - low + 1;
    for (let i = t * widest; i <= t * widest + high - low; i++) weights[i] = (weights[i] as number) / sum;
  }
  return { first, count, weights, widest };
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const whole = ({ width, height }: { readonly width: number; readonly height: number }): Box => ({
  x: 0,
  y: 0,
  width,
  height,
});

/** The largest box of the target's proportions around the center of the picture. */
function cropped(picture: RgbaImage, target: FeatureMap): Box {
  const scale = Math.min(picture.width / target.width, picture.height / target.height);
  const width = target.width * scale;
  const height = target.height * scale;
  return { x: (picture.width - width) / 2, y: (picture.height - height) / 2, width, height };
}

/** The box of the target that the whole picture fills, in whole pixels. */
function padded(picture: RgbaImage, target: FeatureMap): Box {
  const scale = Math.min(target.width / picture.width, target.height / picture.height);
  const width = Math.min(target.width, Math.max(1, Math.round(picture.width * scale)));
  const height = Math.min(target.height, Math.max(1, Math.round(picture.height * scale)));
  return {
    x: Math.floor((target.width - width) / 2),
    y: Math.floor((target.height - height) / 2),
    width,
    height,
  };
}

/** The RGB of a pixel laid on black: what is fully transparent has no color that decoders agree on. */
const OPAQUE = 255;
const OPAQUE_SHARE = 1 / OPAQUE;

/**
 * A picture as one image of a set (NHWC bytes, written to `pixels` at `to`): resized bilinearly with antialiasing,
 * first across and then down; gray is ITU-R BT.601's luma.
 */
export function fitImage(
  picture: RgbaImage,
  target: FeatureMap,
  fit: Fit,
  pixels: Uint8Array,
  to: number,
): void {
  const { width, height, channels } = target;
  let from = whole(picture);
  let into = whole(target);
  switch (fit) {
    case 'crop':
      from = cropped(picture, target);
      break;
    case 'pad':
      into = padded(picture, target);
      pixels.fill(0, to, to + width * height * channels);
      break;
    case 'stretch':
      break;
    default:
      assertNever(fit);
  }
  const isSame = fit !== 'pad' && width === picture.width && height === picture.height;
  if (isSame) {
    copy(picture.data, channels, pixels, to);
    return;
  }
  const across = taps(picture.width, from.x, from.width, into.width);
  const down = taps(picture.height, from.y, from.height, into.height);
  // only those rows are resized that some target row reads
  const top = down.first[0] as number;
  const last = into.height - 1;
  const rows = (down.first[last] as number) + (down.count[last] as number) - top;
  const narrow = new Float32Array(rows * into.width * 3);
  for (let row = 0, out = 0; row < rows; row++) {
    out = narrowRow(picture.data, (top + row) * picture.width, across, narrow, out);
  }
  for (let y = 0; y < into.height; y++) {
    const first = (down.first[y] as number) - top;
    const count = down.count[y] as number;
    const start = to + ((into.y + y) * width + into.x) * channels;
    for (let x = 0, out = start; x < into.width; x++, out += channels) {
      let red = 0;
      let green = 0;
      let blue = 0;
      let at = (first * into.width + x) * 3;
      for (let w = y * down.widest; w < y * down.widest + count; w++, at += into.width * 3) {
        const weight = down.weights[w] as number;
        red += weight * (narrow[at] as number);
        green += weight * (narrow[at + 1] as number);
        blue += weight * (narrow[at + 2] as number);
      }
      put(pixels, out, channels, red, green, blue);
    }
  }
}

/** One row of the picture, from pixel `start` on, at the target's width. */
function narrowRow(
  data: RgbaImage['data'],
  start: number,
  { first, count, weights, widest }: Taps,
  narrow: Float32Array,
  to: number,
): number {
  let out = to;
  for (let x = 0; x < first.length; x++, out += 3) {
    let red = 0;
    let green = 0;
    let blue = 0;
    let at = (start + (first[x] as number)) * 4;
    const end = x * widest + (count[x] as number);
    for (let w = x * widest; w < end; w++, at += 4) {
      const weight = (weights[w] as number) * (data[at + 3] as number) * OPAQUE_SHARE;
      red += weight * (data[at] as number);
      green += weight * (data[at + 1] as number);
      blue += weight * (data[at + 2] as number);
    }
    narrow[out] = red;
    narrow[out + 1] = green;
    narrow[out + 2] = blue;
  }
  return out;
}

function copy(data: RgbaImage['data'], channels: number, pixels: Uint8Array, to: number): void {
  for (let at = 0, out = to; at < data.length; at += 4, out += channels) {
    const share = (data[at + 3] as number) * OPAQUE_SHARE;
    const red = (data[at] as number) * share;
    put(pixels, out, channels, red, (data[at + 1] as number) * share, (data[at + 2] as number) * share);
  }
}

/** Writes a color, rounded to bytes, or its luma. */
function put(
  pixels: Uint8Array,
  at: number,
  channels: number,
  red: number,
  green: number,
  blue: number,
): void {
  // what is written is from 0 to 255, so that adding a half and cutting off rounds
  if (channels === 1) pixels[at] = 0.299 * red + 0.587 * green + 0.114 * blue + 0.5;
  else {
    pixels[at] = red + 0.5;
    pixels[at + 1] = green + 0.5;
    pixels[at + 2] = blue + 0.5;
  }
}

/** One image of pixels (NHWC, one or three channels) as a decoder would give it. */
export function rgbaOf(pixels: Uint8Array, { width, height, channels }: FeatureMap): RgbaImage {
  const data = new Uint8Array(width * height * 4);
  const third = channels === 1 ? 0 : 1;
  for (let p = 0; p < width * height; p++) {
    const at = p * channels;
    data[p * 4] = pixels[at] as number;
    data[p * 4 + 1] = pixels[at + third] as number;
    data[p * 4 + 2] = pixels[at + 2 * third] as number;
    data[p * 4 + 3] = OPAQUE;
  }
  return { width, height, data };
}

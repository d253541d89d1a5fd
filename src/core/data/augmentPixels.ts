import type { FeatureMap } from '../network/network.ts';
import type { Affine, Transform, Window } from './augmentTransform.ts';
import { clamp } from './tile.ts';

/** What fills the void: middle gray, which normalization brings next to zero. */
export const GRAY = 128;

const isWhole = ([a, b, c, d, e, f]: Affine): boolean =>
  (a === 1 || a === -1) && b === 0 && d === 0 && (e === 1 || e === -1) && c % 1 === 0 && f % 1 === 0;

/** Flips and moves by whole pixels: every byte is copied as it is. */
function move(
  source: Uint8Array,
  from: number,
  { width, height, channels }: FeatureMap,
  { toSource, outside }: Transform,
  out: Uint8Array,
  to: number,
): void {
  const [a, , c, , e, f] = toSource;
  const gray = outside === 'gray';
  const row = width * channels;
  for (let y = 0; y < height; y++) {
    let sourceY = e > 0 ? y + f : f - 1 - y;
    const start = to + y * row;
    if (sourceY < 0 || sourceY >= height) {
      if (gray) {
        out.fill(GRAY, start, start + row);
        continue;
      }
      sourceY = sourceY < 0 ? 0 : height - 1;
    }
    const line = from + sourceY * row;
    let at = start;
    for (let x = 0; x < width; x++, at += channels) {
      let sourceX = a > 0 ? x + c : c - 1 - x;
      if (sourceX < 0 || sourceX >= width) {
        if (gray) {
          for (let k = 0; k < channels; k++) out[at + k] = GRAY;
          continue;
        }
        sourceX = sourceX < 0 ? 0 : width - 1;
      }
      const pixel = line + sourceX * channels;
      for (let k = 0; k < channels; k++) out[at + k] = source[pixel + k] as number;
    }
  }
}

/** Any affine map, bilinear between the centers of pixels. */
function warp(
  source: Uint8Array,
  from: number,
  { width, height, channels }: FeatureMap,
  { toSource, outside }: Transform,
  out: Uint8Array,
  to: number,
): void {
  const [a, b, c, d, e, f] = toSource;
  const gray = outside === 'gray';
  const row = width * channels;
  let at = to;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += channels) {
      let sx = a * (x + 0.5) + b * (y + 0.5) + c;
      let sy = d * (x + 0.5) + e * (y + 0.5) + f;
      if (gray && (sx < 0 || sx > width || sy < 0 || sy > height)) {
        for (let k = 0; k < channels; k++) out[at + k] = GRAY;
        continue;
      }
      sx = clamp(sx - 0.5, 0, width - 1);
      sy = clamp(sy - 0.5, 0, height - 1);
      const column = sx | 0;
      const line = sy | 0;
      const u = sx - column;
      const v = sy - line;
      const right = column < width - 1 ? channels : 0;
      const below = line < height - 1 ? row : 0;
      const p = from + line * row + column * channels;
      for (let k = 0; k < channels; k++) {
        const q = p + k;
        const top = (source[q] as number) * (1 - u) + (source[q + right] as number) * u;
        const bottom = (source[q + below] as number) * (1 - u) + (source[q + below + right] as number) * u;
        out[at + k] = (top * (1 - v) + bottom * v + 0.5) | 0;
      }
    }
  }
}

/** Weights of red, green and blue in the luma, and what a quarter turn of the hue adds (W3C Filter Effects, hueRotate). */
const LUMA = [0.213, 0.715, 0.072] as const;
const TURN = [-0.213, -0.715, 0.928, 0.143, 0.14, -0.283, -0.787, 0.715, 0.072] as const;

/** Saturation, hue, contrast and brightness in one pass. */
function recolor(out: Uint8Array, to: number, length: number, channels: number, t: Transform): void {
  const { contrast, brightness, saturation } = t;
  const [cosine, sine] = t.hue;
  const bytes = new Uint8ClampedArray(out.buffer, out.byteOffset + to, length); // rounds and clamps
  const offset = 127.5 * (1 - contrast) + brightness;
  if (channels !== 3 || (saturation === 1 && cosine === 1)) {
    if (contrast === 1 && brightness === 0) return;
    const table = new Uint8ClampedArray(256);
    for (let byte = 0; byte < 256; byte++) table[byte] = byte * contrast + offset;
    for (let i = 0; i < length; i++) bytes[i] = table[bytes[i] as number] as number;
    return;
  }
  const m = TURN.map((turn, i) => {
    const luma = LUMA[i % 3] as number;
    const own = i % 4 === 0 ? 1 : 0;
    return contrast * (luma + saturation * (cosine * (own - luma) + sine * turn));
  }) as [number, number, number, number, number, number, number, number, number];
  const [m0, m1, m2, m3, m4, m5, m6, m7, m8] = m;
  for (let i = 0; i < length; i += 3) {
    const red = bytes[i] as number;
    const green = bytes[i + 1] as number;
    const blue = bytes[i + 2] as number;
    bytes[i] = m0 * red + m1 * green + m2 * blue + offset;
    bytes[i + 1] = m3 * red + m4 * green + m5 * blue + offset;
    bytes[i + 2] = m6 * red + m7 * green + m8 * blue + offset;
  }
}

function hide(out: Uint8Array, to: number, { width, height, channels }: FeatureMap, hidden: Window): void {
  const left = clamp(hidden.left, 0, width);
  const right = clamp(hidden.left + hidden.width, 0, width);
  const bottom = Math.min(hidden.top + hidden.height, height);
  for (let y = Math.max(hidden.top, 0); y < bottom; y++)
    out.fill(GRAY, to + (y * width + left) * channels, to + (y * width + right) * channels);
}

/** Applies a transform to the image at `from` and writes the result, of the same size, at `to`. */
export function transformPixels(
  source: Uint8Array,
  from: number,
  image: FeatureMap,
  transform: Transform,
  out: Uint8Array,
  to: number,
): void {
  (isWhole(transform.toSource) ? move : warp)(source, from, image, transform, out, to);
  recolor(out, to, image.height * image.width * image.channels, image.channels, transform);
  if (transform.cutout) hide(out, to, image, transform.cutout);
}

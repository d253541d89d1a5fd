import type { FeatureMap } from '../network/network.ts';
import type { Random } from '../random.ts';
import { directionOf } from './angle.ts';
import { AUGMENTATIONS, type AugmentationChoice, type AugmentationKind } from './augmentChoice.ts';
import { clamp } from './tile.ts';

/** [a, b, c, d, e, f]: the point (x, y) goes to (a x + b y + c, d x + e y + f). Pixel i spans i to i + 1. */
export type Affine = readonly [number, number, number, number, number, number];

export const UNCHANGED: Affine = [1, 0, 0, 0, 1, 0];

/** First `inner`, then `outer`. */
export function composed(outer: Affine, inner: Affine): Affine {
  const [a, b, c, d, e, f] = outer;
  const [g, h, i, j, k, l] = inner;
  return [a * g + b * j, a * h + b * k, a * i + b * l + c, d * g + e * j, d * h + e * k, d * i + e * l + f];
}

/** Whole pixels; it may reach beyond the image. */
export interface Window {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** What happens to one image: drawn once, applied to its pixels and to its boxes. */
export interface Transform {
  /** Where the color of a point of the result comes from, in the original. */
  readonly toSource: Affine;
  /** What lies outside the original: its border repeated, or gray. */
  readonly outside: 'border' | 'gray';
  /** Factor on the differences from the luma (1 changes nothing), turned by an angle: [cosine, sine]. */
  readonly saturation: number;
  readonly hue: readonly [number, number];
  /** Factor on the differences from middle gray. */
  readonly contrast: number;
  /** Added to bytes. */
  readonly brightness: number;
  readonly cutout: Window | null;
}

/**
 * Draws what happens to one image of this size. It takes the same number of random numbers whatever is switched on:
 * switching one operation leaves what the others do as it is.
 */
export function drawTransform(image: FeatureMap, choice: AugmentationChoice, random: Random): Transform {
  const { width, height } = image;
  const strength = (kind: AugmentationKind) =>
    choice[kind].on ? clamp(choice[kind].strength, 0, AUGMENTATIONS[kind].most) : 0;
  const signed = () => 2 * random.next() - 1;
  const within = (most: number) => Math.round(signed() * most) + 0; // no -0

  const mirrored = random.next() < strength('horizontalFlip');
  const upsideDown = random.next() < strength('verticalFlip');
  const [cosine, sine] = directionOf(signed() * strength('rotation'));
  const change = signed() * strength('scale');
  const scale = change < 0 ? 1 / (1 - change) : 1 + change;
  const shiftX = within(strength('shift') * width);
  const shiftY = within(strength('shift') * height);
  const cropX = within(strength('crop') * width);
  const cropY = within(strength('crop') * height);
  const expands = random.next() < 0.5;
  const more = random.next() * strength('expand');
  const grown = expands ? more : 0;
  const originX = random.next() * grown * width;
  const originY = random.next() * grown * height;

  // From the result back to the original: the last operation first.
  let toSource: Affine = [1 + grown, 0, -originX - cropX - shiftX, 0, 1 + grown, -originY - cropY - shiftY];
  if (scale !== 1 || sine !== 0 || cosine !== 1) {
    const a = cosine / scale;
    const b = sine / scale;
    const [x, y] = [width / 2, height / 2];
    toSource = composed([a, b, x - a * x - b * y, -b, a, y + b * x - a * y], toSource);
  }
  if (mirrored) toSource = composed([-1, 0, width, 0, 1, 0], toSource);
  if (upsideDown) toSource = composed([1, 0, 0, 0, -1, height], toSource);

  const saturation = 1 + signed() * strength('saturation');
  const hue = directionOf(signed() * strength('hue'));
  const contrast = 1 + signed() * strength('contrast');
  const brightness = signed() * strength('brightness') * 255;
  const side = Math.round(strength('cutout') * Math.min(width, height));
  const left = Math.floor(random.next() * width - side / 2);
  const top = Math.floor(random.next() * height - side / 2);
  return {
    toSource,
    outside: cropX !== 0 || cropY !== 0 || grown > 0 ? 'gray' : 'border',
    saturation,
    hue,
    contrast,
    brightness,
    cutout: side > 0 ? { left, top, width: side, height: side } : null,
  };
}

/** The same transform of the same image in another size: the same parts of it end up in the same places. */
export function scaledTransform(transform: Transform, from: FeatureMap, to: FeatureMap): Transform {
  const [x, y] = [to.width / from.width, to.height / from.height];
  if (x === 1 && y === 1) return transform;
  const [a, b, c, d, e, f] = transform.toSource;
  const { cutout } = transform;
  const span = (start: number, length: number, by: number) => {
    const first = Math.round(start * by);
    return [first, Math.round((start + length) * by) - first] as const;
  };
  const scaledWindow = (window: Window): Window => {
    const [left, width] = span(window.left, window.width, x);
    const [top, height] = span(window.top, window.height, y);
    return { left, top, width, height };
  };
  return {
    ...transform,
    toSource: [a, (b * x) / y, c * x, (d * y) / x, e, f * y],
    cutout: cutout && scaledWindow(cutout),
  };
}

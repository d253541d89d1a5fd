import { createRandom, type Random } from '../random.ts';
import type { LabeledBox } from './labeledBox.ts';
import type { LabeledImages } from './labeledImages.ts';
import { LOGO_EXTENT, photographLogos } from './logos.ts';
import type { LogoScene } from './logosPainter.ts';
import { createPicture } from './picture.ts';
import { clamp, uniform } from './tile.ts';

export const LOGO_CROP_CLASS_NAMES: readonly string[] = ['Logo', 'No logo'];

/** Side of a crop. */
export const LOGO_CROP_EXTENT = 32;

/** Crops taken from one image; even, so that both classes come equally often. */
const CROPS_A_SCENE = 10;

/** Most tries to find a window without a logo. */
const TRIES = 40;

/** How many crops are taken between two looks at whoever wants to cancel. */
const SLICE = 20;

interface Window {
  readonly left: number;
  readonly top: number;
  readonly side: number;
}

/** A square around a box, a little off its center and somewhat larger, within the image. */
function windowAround(random: Random, box: LabeledBox): Window {
  const longest = Math.max(box.right - box.left, box.bottom - box.top);
  const side = Math.min(longest * uniform(random, 1.05, 1.9), LOGO_EXTENT);
  const place = (low: number, high: number) =>
    clamp((low + high - side) / 2 + uniform(random, -0.14, 0.14) * side, 0, LOGO_EXTENT - side);
  return { left: place(box.left, box.right), top: place(box.top, box.bottom), side };
}

const overlaps = ({ left, top, side }: Window, box: LabeledBox): boolean =>
  left < box.right && left + side > box.left && top < box.bottom && top + side > box.top;

/** A window without any part of a logo: often around something that looks like one. Null where none was found. */
function windowWithout(random: Random, { logos, others }: LogoScene): Window | null {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const other = random.next() < 0.7 ? others[random.integer(others.length)] : undefined;
    const side = uniform(random, 10, 40);
    const place = () => uniform(random, 0, LOGO_EXTENT - side);
    const window = other ? windowAround(random, other) : { left: place(), top: place(), side };
    if (!logos.some((logo) => overlaps(window, logo))) return window;
  }
  return null;
}

/** The window brought to LOGO_CROP_EXTENT: each pixel is the mean of 3x3 points, bilinear between pixels. */
function cut(source: Uint8Array, { left, top, side }: Window, out: Uint8Array, offset: number): void {
  const step = side / (3 * LOGO_CROP_EXTENT);
  const sums = [0, 0, 0];
  let at = offset;
  for (let y = 0; y < LOGO_CROP_EXTENT; y++) {
    for (let x = 0; x < LOGO_CROP_EXTENT; x++, at += 3) {
      sums.fill(0);
      for (let k = 0; k < 9; k++) {
        const sx = clamp(left + (3 * x + (k % 3) + 0.5) * step - 0.5, 0, LOGO_EXTENT - 1.001);
        const sy = clamp(top + (3 * y + Math.floor(k / 3) + 0.5) * step - 0.5, 0, LOGO_EXTENT - 1.001);
        const [column, row] = [Math.floor(sx), Math.floor(sy)];
        const [u, v] = [sx - column, sy - row];
        const p = 3 * (row * LOGO_EXTENT + column);
        const below = p + 3 * LOGO_EXTENT;
        for (let c = 0; c < 3; c++) {
          const upper = (source[p + c] as number) * (1 - u) + (source[p + c + 3] as number) * u;
          const lower = (source[below + c] as number) * (1 - u) + (source[below + c + 3] as number) * u;
          sums[c] = (sums[c] as number) + upper * (1 - v) + lower * v;
        }
      }
      for (let c = 0; c < 3; c++) out[at + c] = Math.round((sums[c] as number) / 9);
    }
  }
}

/**
 * The logo set as a task of classes: crops with a logo and crops without, in turn, from scenes of 4 to 9 logos. Yields
 * the number of crops done; a longer set begins with the shorter one of its seed.
 */
export function* paintLogoCrops(imageCount: number, seed: number): Generator<number, LabeledImages> {
  const random = createRandom(seed);
  const size = LOGO_CROP_EXTENT * LOGO_CROP_EXTENT * 3;
  const pixels = new Uint8Array(imageCount * size);
  const labels = new Uint8Array(imageCount);
  const picture = createPicture(LOGO_EXTENT);
  const photograph = new Uint8Array(LOGO_EXTENT * LOGO_EXTENT * 3);
  let scene: LogoScene = { logos: [], others: [] };
  for (let n = 0; n < imageCount; n++) {
    if (n % CROPS_A_SCENE === 0)
      scene = photographLogos(picture, random, 4 + random.integer(6), photograph, 0);
    let window = n % 2 === 1 ? windowWithout(random, scene) : null;
    while (n % 2 === 1 && !window) {
      scene = photographLogos(picture, random, 1, photograph, 0);
      window = windowWithout(random, scene);
    }
    const logo = scene.logos[random.integer(scene.logos.length)];
    window ??= logo ? windowAround(random, logo) : { left: 0, top: 0, side: LOGO_EXTENT };
    cut(photograph, window, pixels, n * size);
    labels[n] = n % 2;
    if ((n + 1) % SLICE === 0) yield n + 1;
  }
  return {
    name: 'Synthetic logos, cut out',
    synthetic: true,
    image: { height: LOGO_CROP_EXTENT, width: LOGO_CROP_EXTENT, channels: 3 },
    classNames: LOGO_CROP_CLASS_NAMES,
    pixels,
    labels,
  };
}

/** The whole set at once. */
export function logoCrops(imageCount: number, seed: number): LabeledImages {
  const painting = paintLogoCrops(imageCount, seed);
  for (;;) {
    const step = painting.next();
    if (step.done) return step.value;
  }
}

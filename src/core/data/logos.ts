import type { FeatureMap } from '../network/network.ts';
import { createRandom, permutation, type Random } from '../random.ts';
import type { LabeledBox } from './labeledBox.ts';
import { type LogoScene, paintLogoScene } from './logosPainter.ts';
import { createPicture, type Picture, shoot } from './picture.ts';
import { uniform } from './tile.ts';

/** The numbers of the logo set of source 000 (section 7): images, most logos in one, images to train with. */
export const LOGO_IMAGE_COUNT = 434;
export const MOST_LOGOS = 40;
export const LOGO_TRAIN_COUNT = 412;

/** Side of a logo image where nobody asks for another. */
export const LOGO_EXTENT = 128;

/** Images with boxes around what is to be found in them. */
export interface BoxedImages {
  readonly name: string;
  /** True for generated images: the screen says so. */
  readonly synthetic: boolean;
  readonly image: FeatureMap;
  readonly classNames: readonly string[];
  /** imageCount * height * width * channels, 0..255 */
  readonly pixels: Uint8Array;
  /** By image. */
  readonly boxes: readonly (readonly LabeledBox[])[];
  /** Indices of images, ascending; every image is in one of them. */
  readonly split: { readonly train: Uint32Array; readonly validation: Uint32Array };
}

/** Paints one image of up to `count` logos into `out`, from `offset` on. */
export function photographLogos(
  picture: Picture,
  random: Random,
  count: number,
  out: Uint8Array,
  offset: number,
): LogoScene {
  const scene = paintLogoScene(picture, random, count);
  const shot = {
    blur: [uniform(random, 0.05, 0.5), 1] as const,
    light: uniform(random, 0.65, 1.2),
    cast: 0.12,
    noise: uniform(random, 4, 36),
  };
  shoot(picture, random, shot, out, offset);
  return scene;
}

/**
 * Paints images of 1 to 40 logos each, in slices: yields the number of images done. Few logos are more frequent than
 * many; the first two images hold 1 and 40, so that the whole range is there in any set of two.
 */
export function* paintLogos(
  imageCount: number,
  seed: number,
  extent: number = LOGO_EXTENT,
): Generator<number, BoxedImages> {
  const random = createRandom(seed);
  const size = extent * extent * 3;
  const pixels = new Uint8Array(imageCount * size);
  const picture = createPicture(extent);
  const boxes: (readonly LabeledBox[])[] = [];
  for (let n = 0; n < imageCount; n++) {
    const drawn = random.next();
    const count = n === 0 ? 1 : n === 1 ? MOST_LOGOS : 1 + Math.floor(MOST_LOGOS * drawn * drawn * drawn);
    boxes.push(photographLogos(picture, random, count, pixels, n * size).logos);
    yield n + 1;
  }
  const order = permutation(imageCount, random);
  const trainCount = Math.round((imageCount * LOGO_TRAIN_COUNT) / LOGO_IMAGE_COUNT);
  return {
    name: 'Synthetic logos',
    synthetic: true,
    image: { height: extent, width: extent, channels: 3 },
    classNames: ['Logo'],
    pixels,
    boxes,
    split: { train: order.slice(0, trainCount).sort(), validation: order.slice(trainCount).sort() },
  };
}

/** The whole set at once. */
export function logos(imageCount: number = LOGO_IMAGE_COUNT, seed = 1, extent?: number): BoxedImages {
  const painting = paintLogos(imageCount, seed, extent);
  for (;;) {
    const step = painting.next();
    if (step.done) return step.value;
  }
}

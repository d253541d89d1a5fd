import type { FeatureMap } from '../network/network.ts';
import type { Random } from '../random.ts';
import { type AugmentationChoice, augments } from './augmentChoice.ts';
import { transformPixels } from './augmentPixels.ts';
import { type Affine, drawTransform, scaledTransform, type Transform } from './augmentTransform.ts';
import type { LabeledBox } from './labeledBox.ts';
import { clamp } from './tile.ts';

/** One transform an image (bytes, NHWC): new bytes of the same length. */
function transformBatch(pixels: Uint8Array, image: FeatureMap, transforms: readonly Transform[]): Uint8Array {
  const size = image.height * image.width * image.channels;
  const out = new Uint8Array(pixels.length);
  transforms.forEach((transform, place) => {
    transformPixels(pixels, place * size, image, transform, out, place * size);
  });
  return out;
}

/**
 * Draws what happens to each of some images, and gives what does it to their bytes: in this size, or to the same images in
 * another one. Equal states of `random` give equal bytes, on every machine.
 */
export function drawBatch(count: number, image: FeatureMap, choice: AugmentationChoice, random: Random) {
  const transforms = Array.from({ length: count }, () => drawTransform(image, choice, random));
  return (pixels: Uint8Array, size: FeatureMap): Uint8Array =>
    transformBatch(
      pixels,
      size,
      transforms.map((transform) => scaledTransform(transform, image, size)),
    );
}

/**
 * Augments a batch of images (bytes, NHWC), each one differently. Gives new bytes of the same length, or `pixels`
 * itself where the choice changes nothing.
 */
export function augmentBatch(
  pixels: Uint8Array,
  image: FeatureMap,
  choice: AugmentationChoice,
  random: Random,
): Uint8Array {
  if (!augments(choice)) return pixels;
  const count = Math.floor(pixels.length / (image.height * image.width * image.channels));
  return drawBatch(count, image, choice, random)(pixels, image);
}

/** From the original to the result. */
function inverse([a, b, c, d, e, f]: Affine): Affine {
  const determinant = a * e - b * d;
  return [
    e / determinant,
    -b / determinant,
    (b * f - c * e) / determinant,
    -d / determinant,
    a / determinant,
    (c * d - a * f) / determinant,
  ];
}

/**
 * Boxes after a transform, clipped to the image. A box whose center leaves the image is dropped (as in SSD's random
 * crops, Liu et al. 2016). A turned box becomes the upright box around it.
 */
export function augmentBoxes(
  boxes: readonly LabeledBox[],
  image: FeatureMap,
  transform: Transform,
): LabeledBox[] {
  const [a, b, c, d, e, f] = inverse(transform.toSource);
  return boxes.flatMap((box) => {
    const points = [
      [box.left, box.top],
      [box.right, box.top],
      [box.left, box.bottom],
      [box.right, box.bottom],
    ] as const;
    const xs = points.map(([x, y]) => a * x + b * y + c);
    const ys = points.map(([x, y]) => d * x + e * y + f);
    const [left, right] = [Math.min(...xs), Math.max(...xs)];
    const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
    const [x, y] = [(left + right) / 2, (top + bottom) / 2];
    if (x < 0 || x >= image.width || y < 0 || y >= image.height) return [];
    return [
      {
        left: clamp(left, 0, image.width),
        top: clamp(top, 0, image.height),
        right: clamp(right, 0, image.width),
        bottom: clamp(bottom, 0, image.height),
        label: box.label,
      },
    ];
  });
}

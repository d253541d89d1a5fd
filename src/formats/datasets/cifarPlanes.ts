/** Width and height of CIFAR's images. */
export const CIFAR_EXTENT = 32;
const PLANE = CIFAR_EXTENT * CIFAR_EXTENT;
/** The bytes of one image: its red, green and blue planes (Krizhevsky, "The CIFAR-10 dataset"). */
export const CIFAR_IMAGE = 3 * PLANE;

/** Writes one image of three planes, which begins at `from`, with interleaved colors (NHWC) to `pixels`. */
export function interleave(planes: Uint8Array, from: number, pixels: Uint8Array, to: number): void {
  let out = to;
  for (let p = from; p < from + PLANE; p++, out += 3) {
    pixels[out] = planes[p] as number;
    pixels[out + 1] = planes[p + PLANE] as number;
    pixels[out + 2] = planes[p + 2 * PLANE] as number;
  }
}

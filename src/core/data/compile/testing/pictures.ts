import { fail, ok } from '../../../result.ts';
import type { ImageDecoder, ImageEntry, ImageSource, Part } from '../entries.ts';

/** A picture for tests: width, height, then its pixels, four bytes each; one that begins with 0 is damaged. */
export function picture(width: number, height: number, color: (x: number, y: number) => readonly number[]) {
  const bytes = new Uint8Array(2 + width * height * 4);
  bytes.set([width, height]);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) bytes.set([...color(x, y), 255].slice(0, 4), 2 + (y * width + x) * 4);
  return bytes;
}

export const decodePicture: ImageDecoder = async (bytes, name) => {
  const [width = 0, height = 0] = bytes;
  if (width === 0) return fail('image-broken', `${name} can't be decoded; it may be damaged.`);
  return ok({ width, height, data: bytes.subarray(2, 2 + width * height * 4) });
};

export const entry = (path: string, label: number, bytes: Uint8Array, part?: Part): ImageEntry => ({
  path,
  label,
  load: async () => ok(bytes),
  ...(part && { part }),
});

/** A source with so many images of each class, each of one gray that is its number. */
export function graySource(name: string, counts: Readonly<Record<string, number>>): ImageSource {
  const classNames = Object.keys(counts);
  const entries = classNames.flatMap((className, label) =>
    Array.from({ length: counts[className] as number }, (_, i) =>
      entry(
        `${className}/${i}.png`,
        label,
        picture(2, 2, () => [i % 256, i % 256, i % 256]),
      ),
    ),
  );
  return { name, classNames, entries };
}

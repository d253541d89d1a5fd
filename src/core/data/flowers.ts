import { createRandom, permutation } from '../random.ts';
import { paintScene } from './flowersPainter.ts';
import { SPECIES } from './flowersSpecies.ts';
import type { LabeledImages } from './labeledImages.ts';
import { createPicture, shoot } from './picture.ts';
import { uniform } from './tile.ts';

export const FLOWER_CLASS_NAMES: readonly string[] = SPECIES.map(({ name }) => name);

/** Side of a flower image where nobody asks for another. */
export const FLOWER_EXTENT = 64;

/** How many images are painted between two looks at whoever wants to cancel. */
const SLICE = 10;

/**
 * Paints a set of flowers in slices: yields the number of images done. Each run of fourteen images holds every class
 * once, in random order; a longer set begins with the shorter one of its seed.
 */
export function* paintFlowers(
  imageCount: number,
  seed: number,
  extent: number = FLOWER_EXTENT,
): Generator<number, LabeledImages> {
  const random = createRandom(seed);
  const size = extent * extent * 3;
  const pixels = new Uint8Array(imageCount * size);
  const labels = new Uint8Array(imageCount);
  const picture = createPicture(extent);
  let order = permutation(SPECIES.length, random);
  for (let n = 0; n < imageCount; n++) {
    const place = n % SPECIES.length;
    if (place === 0 && n > 0) order = permutation(SPECIES.length, random);
    const label = order[place] ?? 0;
    const species = SPECIES[label];
    if (species) paintScene(picture, random, species);
    const shot = {
      blur: [uniform(random, 0.1, 0.5), random.next() < 0.15 ? 2 : 1] as const,
      light: uniform(random, 0.72, 1.15),
      cast: 0.08,
      noise: uniform(random, 4, 22),
    };
    shoot(picture, random, shot, pixels, n * size);
    labels[n] = label;
    if ((n + 1) % SLICE === 0) yield n + 1;
  }
  return {
    name: 'Synthetic flowers',
    synthetic: true,
    image: { height: extent, width: extent, channels: 3 },
    classNames: FLOWER_CLASS_NAMES,
    pixels,
    labels,
  };
}

/** The whole set at once. */
export function flowers(imageCount: number, seed: number, extent?: number): LabeledImages {
  const painting = paintFlowers(imageCount, seed, extent);
  for (;;) {
    const step = painting.next();
    if (step.done) return step.value;
  }
}

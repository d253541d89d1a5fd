import { createRandom, permutation } from '../random.ts';
import { industrial, residential } from './buildings.ts';
import { photograph } from './camera.ts';
import { annualCrops, forest, herbaceous, pastures, permanentCrops, type Scene } from './ground.ts';
import type { LabeledImages } from './labeledImages.ts';
import { createTexture } from './noise.ts';
import { highway, paintLane, river, seaOrLake } from './paths.ts';
import { AREA, createTile, EXTENT } from './tile.ts';

/** EuroSAT's ten classes in its order (Helber et al. 2019), each with its painter. */
const CLASSES = [
  { name: 'Annual crop', paint: annualCrops, lanes: 0.07 },
  { name: 'Forest', paint: forest, lanes: 0.08 },
  { name: 'Herbaceous vegetation', paint: herbaceous, lanes: 0.07 },
  { name: 'Highway', paint: highway, lanes: 0 },
  { name: 'Industrial', paint: industrial, lanes: 0.06 },
  { name: 'Pasture', paint: pastures, lanes: 0.06 },
  { name: 'Permanent crop', paint: permanentCrops, lanes: 0.07 },
  { name: 'Residential', paint: residential, lanes: 0.15 },
  { name: 'River', paint: river, lanes: 0.08 },
  { name: 'Sea or lake', paint: seaOrLake, lanes: 0 },
] as const;

export const LAND_COVER_CLASS_NAMES: readonly string[] = CLASSES.map(({ name }) => name);

/** How many images are painted between two looks at whoever wants to cancel: about 10 ms. */
const SLICE = 20;

/**
 * Paints a land-cover set in the manner of EuroSAT, in slices: yields the number of images done. Each run of
 * ten images holds every class once, in random order; a longer set begins with the shorter one of its seed.
 */
export function* paintLandCover(imageCount: number, seed: number): Generator<number, LabeledImages> {
  const random = createRandom(seed);
  const pixels = new Uint8Array(imageCount * AREA * 3);
  const labels = new Uint8Array(imageCount);
  const tile = createTile();
  const scratch = createTile();
  let order = permutation(CLASSES.length, random);
  for (let n = 0; n < imageCount; n++) {
    const place = n % CLASSES.length;
    if (place === 0 && n > 0) order = permutation(CLASSES.length, random);
    const label = order[place] ?? 0;
    const kind = CLASSES[label] ?? CLASSES[0];
    const scene: Scene = { tile, texture: createTexture(random), random, dryness: random.next() };
    kind.paint(scene);
    if (random.next() < kind.lanes) paintLane(scene);
    photograph(tile, scratch, scene.texture, random, pixels, n * AREA * 3);
    labels[n] = label;
    if ((n + 1) % SLICE === 0) yield n + 1;
  }
  return {
    name: 'Synthetic land cover',
    synthetic: true,
    image: { height: EXTENT, width: EXTENT, channels: 3 },
    classNames: LAND_COVER_CLASS_NAMES,
    pixels,
    labels,
  };
}

/** The whole set at once. */
export function landCover(imageCount: number, seed: number): LabeledImages {
  const painting = paintLandCover(imageCount, seed);
  for (;;) {
    const step = painting.next();
    if (step.done) return step.value;
  }
}

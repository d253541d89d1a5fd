import { paintFlowers } from './flowers.ts';
import type { GeneratedKind } from './generatedSets.ts';
import type { LabeledImages } from './labeledImages.ts';
import { paintLandCover } from './landCover.ts';
import { paintLogoCrops } from './logosCrops.ts';

type Painter = (imageCount: number, seed: number) => Generator<number, LabeledImages>;

/** The painter of every generated set: each yields the number of images done. */
export const PAINTERS: Readonly<Record<GeneratedKind, Painter>> = {
  'land-cover': paintLandCover,
  flowers: paintFlowers,
  logos: paintLogoCrops,
};

import type { DataSource } from '../exploration/design.ts';

/** A source that is drawn from a seed. */
export type GeneratedSource = Exclude<DataSource, { readonly kind: 'file' }>;
export type GeneratedKind = GeneratedSource['kind'];

/** What the screen says about a generated set; its painter is in `paintSet.ts`. */
export interface GeneratedSet {
  readonly kind: GeneratedKind;
  readonly name: string;
  readonly description: string;
}

export const GENERATED_SETS: readonly GeneratedSet[] = [
  {
    kind: 'land-cover',
    name: 'Land cover, synthetic',
    description: '10 classes, 64x64 RGB, drawn from a seed in the manner of EuroSAT',
  },
  {
    kind: 'flowers',
    name: 'Flowers, synthetic',
    description: '14 classes, 64x64 RGB, drawn from a seed: petals, light and background differ',
  },
  {
    kind: 'logos',
    name: 'Logos, synthetic',
    description: '2 classes, 32x32 RGB: cut with and without a logo from scenes drawn from a seed',
  },
];

/** The most images one generated set may have: 20,000 of 64x64 RGB take 246 MB. */
export const LARGEST_GENERATED_COUNT = 20_000;

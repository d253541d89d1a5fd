import type { Rgb } from './tile.ts';

/** Petals of one ring, all alike. Lengths in shares of the flower's radius. */
export interface Ring {
  /** Fewest and most petals. */
  readonly count: readonly [number, number];
  readonly length: number;
  /** Half width. */
  readonly width: number;
  /** 0: widest in the middle, round; 1: widest near the base, pointed. */
  readonly tip: number;
  /** How deep the tip is cut in, 0..1. */
  readonly notch: number;
  /** The sector in degrees that the petals fill, around the flower's direction. */
  readonly fan: number;
}

export interface Species {
  readonly name: string;
  readonly rings: readonly Ring[];
  readonly colors: readonly [Rgb, ...Rgb[]];
  /** Color at the base of the petals, where it differs. */
  readonly base: Rgb | null;
  readonly center: { readonly radius: number; readonly color: Rgb } | null;
  /** Seen from above, from the side, hanging along a stem, or a plume of tiny flowers. */
  readonly habit: 'open' | 'side' | 'bells' | 'plume';
}

const YELLOW: Rgb = [242, 206, 40];
const ORANGE: Rgb = [240, 146, 34];
const WHITE: Rgb = [240, 238, 232];
const PINK: Rgb = [226, 120, 160];
const RED: Rgb = [198, 38, 48];
const PURPLE: Rgb = [128, 78, 176];
const BLUE: Rgb = [92, 98, 198];
const BROWN: Rgb = [74, 46, 28];

const ring = (
  count: readonly [number, number],
  length: number,
  width: number,
  tip = 0,
  notch = 0,
  fan = 360,
): Ring => ({ count, length, width, tip, notch, fan });

/** Fourteen flowers. Several share their color, others their shape: neither alone tells them apart. */
export const SPECIES: readonly Species[] = [
  {
    name: 'Astilbe',
    rings: [ring([5, 6], 1, 0.4)],
    colors: [PINK, [204, 150, 200]],
    base: null,
    center: null,
    habit: 'plume',
  },
  {
    name: 'Bellflower',
    rings: [ring([3, 4], 1, 0.42, 0.5, 0, 70)],
    colors: [BLUE, [128, 132, 220]],
    base: null,
    center: null,
    habit: 'bells',
  },
  {
    name: 'Black-eyed Susan',
    rings: [ring([11, 15], 1, 0.17, 0.35)],
    colors: [YELLOW, [246, 180, 34]],
    base: [214, 130, 20],
    center: { radius: 0.27, color: BROWN },
    habit: 'open',
  },
  {
    name: 'Calendula',
    rings: [ring([20, 26], 1, 0.13, 0.1, 0.1), ring([15, 20], 0.72, 0.12, 0.1, 0.1)],
    colors: [ORANGE, [246, 160, 40]],
    base: null,
    center: { radius: 0.2, color: [150, 82, 26] },
    habit: 'open',
  },
  {
    name: 'California poppy',
    rings: [ring([4, 4], 1, 0.66, -0.4, 0.06)],
    colors: [ORANGE, [250, 128, 30]],
    base: [226, 100, 20],
    center: { radius: 0.11, color: [226, 170, 50] },
    habit: 'open',
  },
  {
    name: 'Carnation',
    rings: [
      ring([8, 10], 1, 0.34, -0.3, 0.3),
      ring([7, 9], 0.74, 0.3, -0.3, 0.3),
      ring([5, 7], 0.45, 0.24, -0.3, 0.3),
    ],
    colors: [PINK, [240, 176, 190], RED],
    base: null,
    center: null,
    habit: 'open',
  },
  {
    name: 'Common daisy',
    rings: [ring([20, 28], 1, 0.095, 0.05)],
    colors: [WHITE, [236, 224, 232]],
    base: null,
    center: { radius: 0.3, color: YELLOW },
    habit: 'open',
  },
  {
    name: 'Coreopsis',
    rings: [ring([8, 9], 1, 0.3, -0.4, 0.25)],
    colors: [[248, 220, 70], YELLOW],
    base: [190, 90, 30],
    center: { radius: 0.24, color: [206, 150, 30] },
    habit: 'open',
  },
  {
    name: 'Dandelion',
    rings: [
      ring([34, 40], 1, 0.055, 0, 0.1),
      ring([26, 32], 0.75, 0.055, 0, 0.1),
      ring([16, 20], 0.45, 0.055, 0, 0.1),
    ],
    colors: [YELLOW, [236, 196, 30]],
    base: null,
    center: null,
    habit: 'open',
  },
  {
    name: 'Iris',
    rings: [ring([3, 3], 1, 0.34, -0.2, 0, 360), ring([3, 3], 0.72, 0.24, 0, 0, 80)],
    colors: [PURPLE, [150, 110, 200]],
    base: [240, 220, 120],
    center: null,
    habit: 'side',
  },
  {
    name: 'Rose',
    rings: [
      ring([5, 6], 1, 0.62, -0.4),
      ring([5, 6], 0.76, 0.5, -0.4),
      ring([4, 5], 0.52, 0.38, -0.4),
      ring([3, 3], 0.3, 0.24, -0.4),
    ],
    colors: [RED, [246, 206, 150]],
    base: null,
    center: null,
    habit: 'open',
  },
  {
    name: 'Sunflower',
    rings: [ring([22, 30], 1, 0.13, 0.6), ring([18, 24], 0.9, 0.12, 0.6)],
    colors: [YELLOW, [248, 190, 30]],
    base: null,
    center: { radius: 0.46, color: [92, 60, 30] },
    habit: 'open',
  },
  {
    name: 'Tulip',
    rings: [ring([3, 3], 1, 0.36, 0.2, 0, 66)],
    colors: [RED, YELLOW, PURPLE],
    base: null,
    center: null,
    habit: 'side',
  },
  {
    name: 'Water lily',
    rings: [ring([11, 14], 1, 0.2, 0.6), ring([9, 11], 0.72, 0.18, 0.6)],
    colors: [WHITE, [240, 190, 212]],
    base: null,
    center: { radius: 0.2, color: YELLOW },
    habit: 'open',
  },
];

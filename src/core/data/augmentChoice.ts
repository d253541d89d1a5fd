/** The operations, in the order in which they are applied. */
export const AUGMENTATION_KINDS = [
  'horizontalFlip',
  'verticalFlip',
  'rotation',
  'scale',
  'shift',
  'crop',
  'expand',
  'saturation',
  'hue',
  'contrast',
  'brightness',
  'cutout',
] as const;

export type AugmentationKind = (typeof AUGMENTATION_KINDS)[number];

export interface Augmentation {
  readonly on: boolean;
  /** What it means, and its range: {@link AUGMENTATIONS}. 0 changes nothing. */
  readonly strength: number;
}

/** What is done to training images, at random and anew in every epoch. Plain JSON. */
export type AugmentationChoice = Readonly<Record<AugmentationKind, Augmentation>>;

/** What an operation does, in words for the screen, and what its strength says. */
export interface AugmentationInfo {
  readonly name: string;
  readonly explanation: string;
  readonly unit: 'share' | 'degrees' | 'factor';
  /** Strengths go from 0 to this. */
  readonly most: number;
  /** A strength to begin with when it is switched on. */
  readonly usual: number;
}

export const AUGMENTATIONS: Readonly<Record<AugmentationKind, AugmentationInfo>> = {
  horizontalFlip: {
    name: 'Flip left and right',
    explanation: 'This share of the images is mirrored.',
    unit: 'share',
    most: 1,
    usual: 0.5,
  },
  verticalFlip: {
    name: 'Flip top and bottom',
    explanation: 'This share of the images is turned upside down.',
    unit: 'share',
    most: 1,
    usual: 0.5,
  },
  rotation: {
    name: 'Rotate',
    explanation: 'Turned about the center by up to this angle, either way.',
    unit: 'degrees',
    most: 180,
    usual: 15,
  },
  scale: {
    name: 'Scale',
    explanation: 'Enlarged or made smaller by up to this share.',
    unit: 'share',
    most: 1,
    usual: 0.2,
  },
  shift: {
    name: 'Shift',
    explanation: 'Moved by whole pixels, up to this share of the side; the border is repeated.',
    unit: 'share',
    most: 0.5,
    usual: 0.1,
  },
  crop: {
    name: 'Random crop',
    explanation: 'Framed in gray by this share of the side, then a window of the old size is cut out.',
    unit: 'share',
    most: 0.5,
    usual: 0.125,
  },
  expand: {
    name: 'Box expand',
    explanation: 'Half of the images shrink into a gray canvas, larger by up to this factor on top.',
    unit: 'factor',
    most: 3,
    usual: 1,
  },
  saturation: {
    name: 'Saturation',
    explanation: 'Colors become paler or stronger by up to this share.',
    unit: 'share',
    most: 1,
    usual: 0.2,
  },
  hue: {
    name: 'Hue',
    explanation: 'Colors turn around the color wheel by up to this angle.',
    unit: 'degrees',
    most: 180,
    usual: 12,
  },
  contrast: {
    name: 'Contrast',
    explanation: 'Differences from middle gray grow or shrink by up to this share.',
    unit: 'share',
    most: 1,
    usual: 0.2,
  },
  brightness: {
    name: 'Brightness',
    explanation: 'Lighter or darker by up to this share of the full range.',
    unit: 'share',
    most: 1,
    usual: 0.15,
  },
  cutout: {
    name: 'Cutout',
    explanation: 'A gray square with this share of the side hides a part.',
    unit: 'share',
    most: 1,
    usual: 0.25,
  },
};

/** All operations at their usual strength, with those named switched on. */
export function augmentationWith(...on: readonly AugmentationKind[]): AugmentationChoice {
  return Object.fromEntries(
    AUGMENTATION_KINDS.map((kind) => [kind, { on: on.includes(kind), strength: AUGMENTATIONS[kind].usual }]),
  ) as Record<AugmentationKind, Augmentation>;
}

export const NO_AUGMENTATION: AugmentationChoice = augmentationWith();

/** Flips, padded crops (He et al. 2016, section 4.2) and mild photometric distortion. */
export const USUAL_AUGMENTATION: AugmentationChoice = augmentationWith(
  'horizontalFlip',
  'crop',
  'saturation',
  'contrast',
  'brightness',
);

/** True where the choice changes any image. */
export const augments = (choice: AugmentationChoice): boolean =>
  AUGMENTATION_KINDS.some((kind) => choice[kind].on && choice[kind].strength > 0);

import { USUAL_AUGMENTATION } from '../data/augmentChoice.ts';
import { DEFAULT_RECIPE_OPTIONS } from '../exploration/defaultDesign.ts';
import type { Recipe } from '../exploration/design.ts';
import { SOURCE_DISTILLATION } from './distillation.ts';
import type { Phase } from './phases.ts';

/** A recipe with a name and where it comes from. */
export interface NamedRecipe {
  readonly id: string;
  readonly name: string;
  /** The document and section, and what it leaves open. */
  readonly source: string;
  readonly recipe: Recipe;
}

const BASE = { ...DEFAULT_RECIPE_OPTIONS, momentum: 0.9, batchSize: 32, seed: 1 };

/** Source 000, section 7. Optimizer and batch size are not given there. */
const withinRange = (low: number, high: number, epochs: number, stepsPerEpoch: number): Recipe => ({
  ...BASE,
  optimizer: 'sgd',
  learningRate: high,
  epochs,
  stepsPerEpoch,
  schedule: { kind: 'range', low, high, shape: 'triangular', cycles: 1 },
});

const OPEN = 'optimizer and batch size are ours';

export const NAMED_RECIPES: readonly NamedRecipe[] = [
  {
    id: 'quick',
    name: 'Quick look',
    source: "Sweetspot's default: 8 epochs with Adam.",
    recipe: { ...BASE, optimizer: 'adam', learningRate: 0.002, epochs: 8 },
  },
  {
    id: 'steady',
    name: 'Steady: AdamW, warm-up, cosine',
    source:
      "Sweetspot's own: AdamW with decoupled decay, one warm-up epoch, cosine to 1 %, gradients clipped.",
    recipe: {
      ...BASE,
      optimizer: 'adamw',
      learningRate: 0.002,
      epochs: 20,
      weightDecay: 0.01,
      clipNorm: 1,
      labelSmoothing: 0.1,
      schedule: { kind: 'cosine', endShare: 0.01 },
      warmUpEpochs: 1,
    },
  },
  {
    id: 'one-cycle',
    name: 'One cycle: SGD',
    source:
      "Smith 2018 with the shares of fastai 1 and PyTorch's OneCycleLR: up over 30 % of the steps, then down; the momentum stays.",
    recipe: {
      ...BASE,
      optimizer: 'sgd',
      learningRate: 0.05,
      epochs: 12,
      weightDecay: 0.0005,
      nesterov: true,
      schedule: { kind: 'one-cycle', riseShare: 0.3, startShare: 0.04, endShare: 4e-6 },
    },
  },
  {
    id: 'photographs',
    name: 'Small photographs: augmented',
    source:
      "Sweetspot's own, for a few thousand color images: AdamW in one cycle, flipped, cropped and recolored at random. Numbers: docs/training.md.",
    recipe: {
      ...BASE,
      optimizer: 'adamw',
      learningRate: 0.005,
      epochs: 60,
      weightDecay: 0.01,
      schedule: { kind: 'one-cycle', riseShare: 0.2, startShare: 0.1, endShare: 0.001 },
      augmentation: USUAL_AUGMENTATION,
    },
  },
  {
    id: 'digits',
    name: 'Digits and drawings',
    source: "Sweetspot's own, for gray images like MNIST's: Adam in one cycle. Numbers: docs/training.md.",
    recipe: {
      ...BASE,
      optimizer: 'adam',
      learningRate: 0.004,
      epochs: 10,
      schedule: { kind: 'one-cycle', riseShare: 0.3, startShare: 0.1, endShare: 0.001 },
    },
  },
  {
    id: 'vehicle-transfer',
    name: 'Transfer learning: Adam, stop early',
    source:
      'Source 002, section 5.2.3: Adam 1e-4, at most 100 epochs, stop after 15 without improvement, rate x0.1 after 5, best weights only; batch size 32 is ours.',
    recipe: {
      ...BASE,
      optimizer: 'adam',
      learningRate: 1e-4,
      epochs: 100,
      reduceOnPlateau: { factor: 0.1, patience: 5 },
      earlyStopping: { patience: 15, restoreBest: true },
      checkpoint: 'best-only',
    },
  },
  {
    id: 'distillation',
    name: 'Distillation: Adam, 15 epochs',
    source:
      'Source 002, section 5.2.4: Adam 0.001, 15 epochs, T = 2, 0.25 soft and 0.75 hard where there are teachers; batch size 32 is ours.',
    recipe: {
      ...BASE,
      optimizer: 'adam',
      learningRate: SOURCE_DISTILLATION.learningRate,
      epochs: SOURCE_DISTILLATION.epochs,
      distillation: {
        ...BASE.distillation,
        temperature: SOURCE_DISTILLATION.temperature,
        softWeight: SOURCE_DISTILLATION.softWeight,
        hardWeight: SOURCE_DISTILLATION.hardWeight,
      },
    },
  },
  {
    id: 'detector-initial',
    name: 'Pruned detector 1: initial training',
    source: `Source 000, section 7: 10 epochs of 1000 iterations, rate from 0.001 to 0.02; ${OPEN}.`,
    recipe: withinRange(0.001, 0.02, 10, 1000),
  },
  {
    id: 'detector-fine-tune',
    name: 'Pruned detector 2: fine-tuning a round',
    source: `Source 000, section 7: 20 epochs of 200 iterations, rate from 0.003 to 0.01; ${OPEN}.`,
    recipe: withinRange(0.003, 0.01, 20, 200),
  },
  {
    id: 'detector-final',
    name: 'Pruned detector 3: final fine-tuning',
    source: `Source 000, section 7: 20 epochs of 1000 iterations, rate from 0.003 to 0.01; ${OPEN}.`,
    recipe: withinRange(0.003, 0.01, 20, 1000),
  },
];

export function namedRecipe(id: string): NamedRecipe {
  const found = NAMED_RECIPES.find((named) => named.id === id);
  if (!found) throw new Error(`There is no recipe ${id}`);
  return found;
}

/** What is chosen elsewhere, and no named recipe decides: which layers, images and teachers, and the seed. */
const chosenElsewhere = ({ seed, freeze, balance, distillation }: Recipe) => ({
  seed,
  freeze,
  balance,
  distillation,
});

/** A recipe as a named one is, with what is chosen elsewhere as it was. */
export const withNamed = (recipe: Recipe, named: NamedRecipe): Recipe => ({
  ...named.recipe,
  ...chosenElsewhere(recipe),
});

/** The named recipe that a recipe is, whatever is chosen elsewhere; null for one of the user's own. */
export function nameOf(recipe: Recipe): NamedRecipe | null {
  const text = (one: Recipe) => JSON.stringify(Object.entries({ ...one, ...chosenElsewhere(recipe) }).sort());
  return NAMED_RECIPES.find((named) => text(named.recipe) === text(recipe)) ?? null;
}

/** Source 000, section 7: initial training, six rounds of pruning and fine-tuning, final fine-tuning. */
export const DETECTOR_PHASES: readonly Phase[] = [
  { name: 'Initial training', recipe: namedRecipe('detector-initial').recipe, rounds: 1 },
  { name: 'Prune and fine-tune', recipe: namedRecipe('detector-fine-tune').recipe, rounds: 6 },
  { name: 'Final fine-tuning', recipe: namedRecipe('detector-final').recipe, rounds: 1 },
];

import type { Recipe } from '../exploration/design.ts';

/** A recipe that is run one or several times, one after the other. */
export interface Phase {
  readonly name: string;
  readonly recipe: Recipe;
  /** 1 for a plain training; iterative pruning fine-tunes once a round. */
  readonly rounds: number;
}

export interface PlannedPhase {
  readonly name: string;
  readonly rounds: number;
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  /** Optimizer steps of all rounds, where nothing stops them early. */
  readonly iterations: number;
}

export interface Plan {
  readonly phases: readonly PlannedPhase[];
  readonly iterations: number;
}

/**
 * Batches an epoch: as many as the recipe says, else as many whole ones as the images give. At least one, also where
 * there are fewer images than a batch holds.
 */
export function stepsPerEpochOf(
  { batchSize, stepsPerEpoch }: Pick<Recipe, 'batchSize' | 'stepsPerEpoch'>,
  imageCount: number,
): number {
  return stepsPerEpoch ?? Math.max(1, Math.floor(imageCount / batchSize));
}

/** Counts the iterations of phases that run one after the other over `imageCount` training images. */
export function planOf(phases: readonly Phase[], imageCount: number): Plan {
  const planned = phases.map(({ name, recipe, rounds }): PlannedPhase => {
    const stepsPerEpoch = stepsPerEpochOf(recipe, imageCount);
    const iterations = rounds * recipe.epochs * stepsPerEpoch;
    return { name, rounds, epochs: recipe.epochs, stepsPerEpoch, iterations };
  });
  return { phases: planned, iterations: planned.reduce((sum, { iterations }) => sum + iterations, 0) };
}

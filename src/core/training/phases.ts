import type { Design, Recipe } from '../exploration/design.ts';

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

/** The phase that a network with weights leaves out. */
export const FIRST_PHASE = 'First training';

/** Whether a phase is not run because the network has weights already. */
export const leftOut = (name: string, isTrained: boolean): boolean => isTrained && name === FIRST_PHASE;

/**
 * Counts the iterations of phases that run one after the other over `imageCount` training images; the sum is of those
 * that a network with weights, or without, goes through.
 */
export function planOf(phases: readonly Phase[], imageCount: number, isTrained = false): Plan {
  const planned = phases.map(({ name, recipe, rounds }): PlannedPhase => {
    const stepsPerEpoch = stepsPerEpochOf(recipe, imageCount);
    const iterations = rounds * recipe.epochs * stepsPerEpoch;
    return { name, rounds, epochs: recipe.epochs, stepsPerEpoch, iterations };
  });
  const run = planned.filter(({ name }) => !leftOut(name, isTrained));
  return { phases: planned, iterations: run.reduce((sum, { iterations }) => sum + iterations, 0) };
}

/** One training of several that follow each other; `round` counts from 1. */
export interface PhaseStep {
  readonly name: string;
  readonly round: number;
  readonly rounds: number;
  readonly recipe: Recipe;
  /** Share of the prunable channels that falls before it; 0 for none. */
  readonly prunes: number;
}

/** The phases of a design, without rounds and epochs of 0. */
export function phasesOf({
  recipe,
  fineTune,
  phases,
}: Pick<Design, 'recipe' | 'fineTune' | 'phases'>): Phase[] {
  const { pruneRounds, finalEpochs } = phases;
  const all: Phase[] = [
    { name: FIRST_PHASE, recipe, rounds: 1 },
    { name: 'Prune and fine-tune', recipe: fineTune, rounds: pruneRounds },
    { name: 'Final fine-tuning', recipe: { ...fineTune, epochs: finalEpochs }, rounds: 1 },
  ];
  return all.filter((phase) => phase.rounds > 0 && phase.recipe.epochs > 0);
}

/**
 * The trainings of a design's phases in their order. A network that has weights begins with the pruning. Each round
 * shuffles by a seed of its own.
 */
export function phaseSteps(
  design: Pick<Design, 'recipe' | 'fineTune' | 'phases'>,
  isTrained: boolean,
): readonly PhaseStep[] {
  const phases = phasesOf(design).filter(({ name }) => !leftOut(name, isTrained));
  return phases.flatMap(({ name, recipe, rounds }) =>
    Array.from({ length: rounds }, (_, i) => ({
      name,
      round: i + 1,
      rounds,
      recipe: rounds > 1 ? { ...recipe, seed: recipe.seed + i } : recipe,
      prunes: name === 'Prune and fine-tune' ? design.phases.channelShare : 0,
    })),
  );
}

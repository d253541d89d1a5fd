import { expect, test } from 'vitest';
import { defaultDesign } from '../exploration/defaultDesign.ts';
import { balancedClassWeights } from './classWeights.ts';
import { phaseSteps, phasesOf, planOf, stepsPerEpochOf } from './phases.ts';
import { recipeFault } from './recipeFault.ts';
import { DETECTOR_PHASES, NAMED_RECIPES, namedRecipe, nameOf, withNamed } from './recipes.ts';

const iterations = (name: string) =>
  planOf(DETECTOR_PHASES, 5000).phases.find((phase) => phase.name === name)?.iterations;

test('the initial training has 10,000 iterations (SX-43)', () => {
  expect(iterations('Initial training')).toBe(10_000);
});

test('six rounds of fine-tuning have 24,000 iterations (SX-47)', () => {
  expect(planOf(DETECTOR_PHASES, 5000).phases[1]).toMatchObject({
    rounds: 6,
    epochs: 20,
    stepsPerEpoch: 200,
    iterations: 24_000,
  });
});

test('the final fine-tuning has 20,000 iterations, all phases 54,000 (SX-48)', () => {
  expect(iterations('Final fine-tuning')).toBe(20_000);
  expect(planOf(DETECTOR_PHASES, 5000).iterations).toBe(54_000);
});

test('the sum leaves out the first training of a network that has weights, as the run does', () => {
  const design = defaultDesign();
  const phases = phasesOf(design);
  const all = planOf(phases, 1600);
  const rest = planOf(phases, 1600, true);
  expect(rest.phases).toEqual(all.phases);
  expect(all.iterations - rest.iterations).toBe(all.phases[0]?.iterations);
  const trained = phaseSteps(design, true).reduce((sum, { recipe }) => sum + recipe.epochs * 50, 0);
  expect(rest.iterations).toBe(trained);
});

test('without a number of its own an epoch has the whole batches of the images, at least one', () => {
  expect(stepsPerEpochOf({ batchSize: 32, stepsPerEpoch: null }, 1600)).toBe(50);
  expect(stepsPerEpochOf({ batchSize: 32, stepsPerEpoch: null }, 1631)).toBe(50);
  expect(stepsPerEpochOf({ batchSize: 32, stepsPerEpoch: null }, 5)).toBe(1);
  expect(stepsPerEpochOf({ batchSize: 32, stepsPerEpoch: 7 }, 5)).toBe(7);
});

test('named recipes can be trained with, and are recognized whatever their seed', () => {
  for (const named of NAMED_RECIPES) {
    expect(recipeFault(named.recipe)).toBeNull();
    expect(nameOf({ ...named.recipe, seed: 77 })).toBe(named);
    expect(nameOf({ ...named.recipe, epochs: 3 })).toBeNull();
  }
});

test('a named recipe leaves what is chosen elsewhere: frozen layers, balance, teachers, seed', () => {
  const own = { freeze: 'body', balance: 'oversample', seed: 9 } as const;
  const distillation = { ...namedRecipe('quick').recipe.distillation, temperature: 5 };
  const before = { ...namedRecipe('quick').recipe, ...own, distillation };
  const named = namedRecipe('vehicle-transfer');
  const after = withNamed(before, named);
  expect(after).toEqual({ ...named.recipe, ...own, distillation });
  expect(nameOf(after)).toBe(named);
});

test.each([
  [{ learningRate: 0 }, /learning rate 0/],
  [{ weightDecay: -1 }, /weight decay -1/],
  [{ clipNorm: 0 }, /norm of 0/],
  [{ labelSmoothing: 1 }, /label smoothing 1/],
  [{ warmUpEpochs: Number.NaN }, /warm-up of NaN/],
  [{ stepsPerEpoch: 0.5 }, /0.5 batches/],
  [{ schedule: { kind: 'range', low: 2, high: 1, shape: 'cosine', cycles: 1 } }, /from 2 to 1/],
  [{ earlyStopping: { patience: 0, restoreBest: true } }, /Early stopping waits for 0/],
] as const)('a recipe with %j gets one sentence', (change, sentence) => {
  const fault = recipeFault({ ...namedRecipe('quick').recipe, ...change });
  expect(fault?.message).toMatch(sentence);
  expect(fault?.message).toMatch(/\.$/);
});

test('balanced weights make classes count the same, with a mean of 1 over the images', () => {
  // scikit-learn: compute_class_weight('balanced') of 6, 3 and 1 images: 10 / (3 * n)
  const weights = balancedClassWeights([6, 3, 1, 0]);
  [10 / 18, 10 / 9, 10 / 3, 1].forEach((weight, i) => {
    expect(weights[i]).toBeCloseTo(weight, 12);
  });
});

test('a design is trained, pruned and fine-tuned in rounds, and fine-tuned at last (SX-47)', () => {
  const design = { ...defaultDesign(), phases: { pruneRounds: 2, channelShare: 0.1, finalEpochs: 4 } };
  const steps = phaseSteps(design, false);
  expect(steps.map(({ name, round }) => `${name} ${round}`)).toEqual([
    'First training 1',
    'Prune and fine-tune 1',
    'Prune and fine-tune 2',
    'Final fine-tuning 1',
  ]);
  expect(steps.map(({ prunes }) => prunes)).toEqual([0, 0.1, 0.1, 0]);
  expect(steps.map(({ recipe }) => recipe.epochs)).toEqual([8, 3, 3, 4]);
  expect(new Set(steps.slice(1, 3).map(({ recipe }) => recipe.seed)).size).toBe(2);
  expect(phaseSteps(design, true)).toEqual(steps.slice(1));
  expect(planOf(phasesOf(design), 320).iterations).toBe(80 + 2 * 30 + 40);
});

test('phases of no rounds and no epochs are left out', () => {
  const design = { ...defaultDesign(), phases: { pruneRounds: 0, channelShare: 0.1, finalEpochs: 0 } };
  expect(phaseSteps(design, false).map(({ name }) => name)).toEqual(['First training']);
  expect(phaseSteps(design, true)).toEqual([]);
});

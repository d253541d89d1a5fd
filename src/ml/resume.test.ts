import { beforeAll, describe, expect, test } from 'vitest';
import { USUAL_AUGMENTATION } from '../core/data/augmentChoice.ts';
import { DEFAULT_DATA_OPTIONS, DEFAULT_RECIPE_OPTIONS } from '../core/exploration/defaultDesign.ts';
import type { Recipe } from '../core/exploration/design.ts';
import { NetworkBuilder } from '../core/network/builder.ts';
import { resizeInput } from '../core/network/edit.ts';
import { unwrap } from '../core/result.ts';
import type { TrainEpoch, TrainResult, TrainStep } from '../workers/protocol.ts';
import { ImageSet } from './images.ts';
import { initializeWeights } from './initialize.ts';
import { useWasmInNode } from './nodeWasm.ts';
import { stored } from './testing/stored.ts';
import { stripes } from './testing/stripes.ts';
import { train } from './train.ts';
import { TrainControl } from './trainControl.ts';
import type { Training } from './training.ts';
import { decayMask, sessionFor } from './trainSession.ts';

beforeAll(useWasmInNode);

const RECIPE: Recipe = {
  ...DEFAULT_RECIPE_OPTIONS,
  optimizer: 'adam',
  learningRate: 0.01,
  momentum: 0.9,
  batchSize: 16,
  epochs: 6,
  seed: 5,
};

const b = new NetworkBuilder('small', { height: 12, width: 12, channels: 1 });
b.convBlock(4, 3);
b.maxPool(2);
b.dropout(0.3);
b.globalAveragePool();
b.dense(2);
b.softmax();
const network = b.build();
const images = new ImageSet(stripes(120), 1, 0.2);

interface Ran {
  readonly steps: readonly TrainStep[];
  readonly epochs: readonly TrainEpoch[];
  readonly result: TrainResult;
}

type Lesson = Pick<Training, 'images' | 'teachers'>;

/** Trains; from a checkpoint, as another worker would after a reload; steps are all reported. */
async function run(
  recipe: Partial<Recipe>,
  from?: TrainEpoch,
  stopAfter = 1000,
  lesson: Lesson = { images },
): Promise<Ran> {
  const steps: TrainStep[] = [];
  const epochs: TrainEpoch[] = [];
  const control = new TrainControl();
  const reloaded = from && structuredClone(from);
  const training = train({
    network,
    weights: reloaded?.weights ?? initializeWeights(network, 2),
    recipe: { ...RECIPE, ...recipe },
    ...lesson,
    backend: 'wasm',
    control,
    from: reloaded?.checkpoint ?? null,
  });
  for (;;) {
    const { done, value } = await training.next();
    if (done) return { steps, epochs, result: value };
    if (value.kind === 'step') steps.push(value);
    if (value.kind === 'epoch') epochs.push(value);
    if (value.kind === 'epoch' && value.epoch === stopAfter) control.hear('stop');
  }
}

const losses = ({ epochs }: Ran) =>
  epochs.map(({ epoch, trainLoss, validationLoss, learningRate }) => [
    epoch,
    trainLoss,
    validationLoss,
    learningRate,
  ]);

/** Weights and numbers of a result; its seconds differ. */
const outcome = ({ result: { seconds: _, ...rest } }: Ran) => rest;

describe('six epochs are three, a reload and three, to the last bit (SX-30)', () => {
  test.each<[string, Partial<Recipe>]>([
    ['Adam', {}],
    ['augmented images', { augmentation: USUAL_AUGMENTATION }],
    [
      'AdamW, cosine, warm-up, clipping, smoothing, balanced',
      {
        optimizer: 'adamw',
        weightDecay: 0.05,
        clipNorm: 0.5,
        labelSmoothing: 0.1,
        classWeights: 'balanced',
        schedule: { kind: 'cosine', endShare: 0.01 },
        warmUpEpochs: 1.5,
      },
    ],
    [
      "Nesterov's SGD in a range, more batches than images",
      {
        optimizer: 'sgd',
        nesterov: true,
        stepsPerEpoch: 9,
        schedule: { kind: 'range', low: 0.001, high: 0.05, shape: 'triangular', cycles: 2 },
      },
    ],
    [
      'RMSprop with plateau and best weights',
      {
        optimizer: 'rmsprop',
        learningRate: 0.05,
        reduceOnPlateau: { factor: 0.1, patience: 1 },
        earlyStopping: { patience: 5, restoreBest: true },
      },
    ],
  ])('%s', async (_, recipe) => {
    const whole = await run(recipe);
    const first = await run(recipe, undefined, 3);
    expect(first.result).toMatchObject({ stopped: 'by the user', epochs: 3 });
    const second = await run(recipe, first.epochs[2]);
    expect([...losses(first), ...losses(second)]).toEqual(losses(whole));
    expect(outcome(second)).toEqual(outcome(whole));
  });

  const lopsided = () => {
    const set = stripes(120);
    return { ...set, labels: set.labels.map((label, i) => (i % 6 === 0 ? label : 1)) };
  };
  const pupils = unwrap(resizeInput(network, { height: 16, width: 16, channels: 1 }));
  const teachers = [network, pupils].map((one, i) => ({
    network: one,
    weights: initializeWeights(one, 8 + i),
  }));

  test.each<[string, Partial<Recipe>, () => Promise<Lesson> | Lesson]>([
    ['undersampled images', { balance: 'undersample' }, () => ({ images: new ImageSet(lopsided(), 1, 0.2) })],
    ['oversampled images', { balance: 'oversample' }, () => ({ images: new ImageSet(lopsided(), 1, 0.2) })],
    [
      'images that are read in chunks, balanced and augmented',
      { balance: 'oversample', augmentation: USUAL_AUGMENTATION },
      async () => {
        const choice = { ...DEFAULT_DATA_OPTIONS, splitSeed: 1, validationShare: 0.2 };
        return { images: await ImageSet.open(stored(lopsided(), 10), choice, { limit: 40 * 144 }) };
      },
    ],
    [
      'two teachers, augmented images and frozen layers',
      { augmentation: USUAL_AUGMENTATION, freeze: 'body' },
      () => ({ images, teachers }),
    ],
  ])('%s', async (_, recipe, lesson) => {
    const whole = await run(recipe, undefined, 1000, await lesson());
    const first = await run(recipe, undefined, 3, await lesson());
    const second = await run(recipe, first.epochs[2], 1000, await lesson());
    expect([...losses(first), ...losses(second)]).toEqual(losses(whole));
    expect(outcome(second)).toEqual(outcome(whole));
    const plain = await run({ ...recipe, balance: 'as is' }, undefined, 1000, {
      images: (await lesson()).images,
    });
    expect(losses(whole)).not.toEqual(losses(plain));
  });
});

test('ten epochs leave ten checkpoints, and from the sixth come epochs 7 to 10 with the same loss (SX-30)', async () => {
  const whole = await run({ epochs: 10 });
  expect(whole.epochs.map(({ checkpoint }) => checkpoint.epoch)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  const rest = await run({ epochs: 10 }, whole.epochs[5]);
  expect(rest.epochs.map(({ epoch }) => epoch)).toEqual([7, 8, 9, 10]);
  expect(losses(rest)).toEqual(losses(whole).slice(6));
  expect(rest.result.steps).toBe(whole.result.steps);
});

test('a checkpoint without the optimizer or the random streams would go on differently', async () => {
  const whole = await run({});
  const third = whole.epochs[2]!;
  const checkpoint = third.checkpoint;
  for (const change of [
    { optimizer: { steps: 0, vectors: {} } },
    { shuffling: [1, 2, 3, 4] as const },
    { dropout: [1, 2, 3, 4] as const },
  ]) {
    const other = await run({}, { ...third, checkpoint: { ...checkpoint, ...change } });
    expect(losses(other)).not.toEqual(losses(whole).slice(3));
  }
});

test('early stopping ends the run and brings back the best weights; only better epochs are saved (VT-34) (VT-36)', async () => {
  // a rate at which the loss soon stops improving
  const stopping = { epochs: 40, learningRate: 0.2, earlyStopping: { patience: 3, restoreBest: true } };
  const ran = await run({ ...stopping, checkpoint: 'best-only' });
  const validation = ran.epochs.map(({ validationLoss }) => validationLoss);
  const best = validation.indexOf(Math.min(...validation)) + 1;
  expect(ran.result).toMatchObject({ stopped: 'early', epochs: best + 3, restoredEpoch: best });
  expect(ran.result.weights).toEqual(ran.epochs[best - 1]?.weights);
  expect(ran.result.validation.loss).toBe(Math.min(...validation));
  const saved = ran.epochs.filter(({ saves }) => saves).map(({ epoch }) => epoch);
  const improved = validation.flatMap((loss, i) =>
    validation.slice(0, i).every((earlier) => loss < earlier) ? [i + 1] : [],
  );
  expect(saved).toEqual(improved);
});

test('the checkpoint of a last epoch goes on to the same end without another one (SX-30) (VT-34)', async () => {
  for (const recipe of [
    { epochs: 3 },
    { epochs: 40, learningRate: 0.2, earlyStopping: { patience: 2, restoreBest: true } },
  ]) {
    const whole = await run(recipe);
    const rest = await run(recipe, whole.epochs.at(-1));
    expect(rest.epochs).toEqual([]);
    expect(outcome(rest)).toEqual(outcome(whole));
  }
});

test('the plateau lowers the rate that the steps are taken with (SX-29) (VT-35)', async () => {
  const recipe: Partial<Recipe> = {
    epochs: 20,
    learningRate: 1,
    reduceOnPlateau: { factor: 0.1, patience: 1 },
  };
  const { epochs } = await run(recipe);
  const reductions = epochs.map(({ reduced }) => reduced);
  expect(reductions).toContain(true);
  let lowered = 0;
  for (const { learningRate, reduced } of epochs) {
    expect(learningRate).toBeCloseTo(0.1 ** lowered, 12);
    if (reduced) lowered++;
  }
  const without = await run({ ...recipe, reduceOnPlateau: null });
  expect(new Set(without.epochs.map(({ learningRate }) => learningRate))).toEqual(new Set([1]));
});

test('an epoch has as many batches as the recipe says', async () => {
  expect((await run({ epochs: 2, stepsPerEpoch: 2 })).result.steps).toBe(4);
  expect((await run({ epochs: 2, stepsPerEpoch: 15 })).result.steps).toBe(30);
});

test('kernels decay, biases and batch norms do not', () => {
  const session = sessionFor({ network, weights: initializeWeights(network, 2), recipe: RECIPE, images });
  const mask = decayMask(session.layout);
  let at = 0;
  const decaying = session.layout.trained.filter(({ size }) => {
    const share = mask.subarray(at, at + size).reduce((sum, value) => sum + value, 0) / size;
    at += size;
    expect([0, 1]).toContain(share);
    return share === 1;
  });
  expect(decaying.map(({ key }) => key)).toEqual(['conv1/kernel', 'fc1/kernel']);
  expect(session.layout.trained.length).toBeGreaterThan(2);
  session.dispose();
});

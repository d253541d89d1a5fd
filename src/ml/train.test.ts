import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { plainChoice } from '../core/data/normalizationChoice.ts';
import { DEFAULT_RECIPE_OPTIONS } from '../core/exploration/defaultDesign.ts';
import type { Recipe } from '../core/exploration/design.ts';
import { NetworkBuilder } from '../core/network/builder.ts';
import type { Network } from '../core/network/network.ts';
import { unwrap } from '../core/result.ts';
import type { Viewpoint } from '../core/training/classOrder.ts';
import { transferSet } from '../core/training/distillation.ts';
import type { TrainCheck, TrainEpoch, TrainNotice, TrainResult, TrainStep } from '../workers/protocol.ts';
import { measureTraining } from './benchmark.ts';
import { evaluate, predict } from './evaluate.ts';
import { ImageSet } from './images.ts';
import { initializeWeights } from './initialize.ts';
import { useWasmInNode } from './nodeWasm.ts';
import { stripes } from './testing/stripes.ts';
import { train } from './train.ts';
import { TrainControl } from './trainControl.ts';
import type { Training } from './training.ts';

beforeAll(useWasmInNode);

const RECIPE: Recipe = {
  ...DEFAULT_RECIPE_OPTIONS,
  optimizer: 'adam',
  learningRate: 0.01,
  momentum: 0.9,
  batchSize: 16,
  epochs: 3,
  seed: 5,
};

function small(dropout = 0): Network {
  const b = new NetworkBuilder('small', { height: 12, width: 12, channels: 1 });
  b.convBlock(6, 3);
  b.maxPool(2);
  b.convBlock(8, 3);
  if (dropout > 0) b.dropout(dropout);
  b.globalAveragePool();
  b.dense(2);
  b.softmax();
  return b.build();
}

const images = () => new ImageSet(stripes(200), 1, 0.2);

type Event = TrainStep | TrainCheck | TrainEpoch | TrainNotice;

async function finish(
  changes: Partial<Omit<Training, 'recipe'>> & { recipe?: Partial<Recipe> } = {},
  onEvent: (event: Event) => void = () => {},
): Promise<{ events: Event[]; result: TrainResult }> {
  const network = changes.network ?? small();
  const events: Event[] = [];
  const training = train({
    network,
    weights: initializeWeights(network, 2),
    images: images(),
    backend: 'wasm',
    control: new TrainControl(),
    ...changes,
    recipe: { ...RECIPE, ...changes.recipe },
  });
  for (;;) {
    const { done, value } = await training.next();
    if (done) return { events, result: value };
    events.push(value);
    onEvent(value);
  }
}

const lossesOf = (events: readonly Event[]) =>
  events.flatMap((event) => (event.kind === 'epoch' ? [event.trainLoss, event.validationLoss] : []));

test('a small network learns two classes', async () => {
  const { events, result } = await finish();
  expect(result.validation.correct / result.validation.total).toBeGreaterThan(0.95);
  expect(result).toMatchObject({ epochs: 3, steps: 30, stopped: null, backend: 'wasm' });
  const epochs = events.filter((event) => event.kind === 'epoch');
  expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
  expect(epochs.at(-1)?.weights).toEqual(result.weights);
  const steps = events.filter((event) => event.kind === 'step');
  expect(steps[0]).toMatchObject({ epoch: 1, step: 1, stepsPerEpoch: 10 });
  expect(steps.at(-1)).toMatchObject({ epoch: 3, step: 10 });
});

test('teachers make their part of the loss of each step, as the recipe says (VT-18) (VT-20)', async () => {
  const teachers = [{ network: small(), weights: initializeWeights(small(), 9) }];
  const { distillation } = DEFAULT_RECIPE_OPTIONS;
  const steps = async (changes: Parameters<typeof finish>[0]) =>
    (await finish(changes)).events.filter((event) => event.kind === 'step');
  const taught = await steps({ teachers, recipe: { distillation, epochs: 1 } });
  for (const { loss, softLoss, hardLoss } of taught) expect(softLoss! + hardLoss!).toBeCloseTo(loss, 12);
  const alone = await steps({ recipe: { distillation, epochs: 1 } });
  expect(alone[0]).not.toHaveProperty('softLoss');
  // before any step was taken labels weigh 0.75 of what they weigh alone
  expect(taught[0]!.hardLoss).toBeCloseTo(0.75 * alone[0]!.loss, 12);
});

test('a teacher of other pixels and another order of the classes teaches what it knows (VT-18)', async () => {
  const set = stripes(200);
  const swapped = { ...set, labels: set.labels.map((label) => 1 - label) };
  const elsewhere = await finish({ images: new ImageSet(swapped, 1, 0.2, 'none') });
  const { correct, total } = elsewhere.result.validation;
  expect(correct / total).toBeGreaterThan(0.95);
  const distillation = { ...DEFAULT_RECIPE_OPTIONS.distillation, softWeight: 1, hardWeight: 0 };
  const learned = async (viewpoint: Partial<Viewpoint>) => {
    const teachers = [{ network: small(), weights: elsewhere.result.weights, ...viewpoint }];
    const { validation } = (await finish({ teachers, recipe: { distillation } })).result;
    return validation.correct / validation.total;
  };
  const normalization = plainChoice('none');
  expect(await learned({ normalization, classOrder: [1, 0] })).toBeGreaterThan(0.95);
  expect(await learned({ normalization })).toBeLessThan(0.05);
  // shown the student's pixels it says next to nothing
  expect(await learned({ classOrder: [1, 0] })).toBeLessThan(0.9);
});

test('a transfer set is all that is trained with, whatever the seed, and validation stays (VT-54)', async () => {
  const distillation = { ...DEFAULT_RECIPE_OPTIONS.distillation, transferShare: 0.25 };
  const all = images();
  const few = unwrap(transferSet(all.images.labels, all.split.train, 0.25, 1));
  expect(few).toHaveLength(40);
  for (const seed of [5, 6]) {
    const { events, result } = await finish({ recipe: { distillation, seed, epochs: 2 } });
    const given = await finish({ images: all.trainingWith(few), recipe: { seed, epochs: 2 } });
    expect(result).toMatchObject({ steps: 4, validation: { total: 40 } });
    expect(lossesOf(events)).toEqual(lossesOf(given.events));
  }
});

test('SGD with momentum learns too', async () => {
  const { result } = await finish({ recipe: { optimizer: 'sgd', learningRate: 0.05, epochs: 4 } });
  expect(result.validation.correct / result.validation.total).toBeGreaterThan(0.9);
});

test('equal seeds give equal losses and weights, another seed gives others', async () => {
  const [a, b, c] = [
    await finish({ network: small(0.3) }),
    await finish({ network: small(0.3) }),
    await finish({ network: small(0.3), recipe: { seed: 6 } }),
  ];
  expect(lossesOf(a.events)).toEqual(lossesOf(b.events));
  expect(a.result.weights).toEqual(b.result.weights);
  expect(lossesOf(a.events)).not.toEqual(lossesOf(c.events));
});

test('no tensor is left behind, and none piles up from step to step', async () => {
  const before = tf.memory().numTensors;
  const counts = new Set<number>();
  const control = new TrainControl(true); // paused: every single step is reported
  for (let i = 0; i < 12; i++) control.hear('step');
  await finish({ network: small(0.3), control }, (event) => {
    if (event.kind !== 'step') return;
    if (event.epoch === 1 && event.step > 1) counts.add(tf.memory().numTensors);
    if (event.epoch === 2 && event.step === 2) control.hear('stop');
  });
  expect(counts.size).toBe(1);
  expect(tf.memory().numTensors).toBe(before);
  await finish({ recipe: { optimizer: 'sgd', learningRate: 0.05, epochs: 1 } });
  expect(tf.memory().numTensors).toBe(before);
});

test('a loss that is no number stops training and keeps the last good weights', async () => {
  const b = new NetworkBuilder('no norm', { height: 12, width: 12, channels: 1 });
  b.conv(8, 3, { bias: true });
  b.relu();
  b.conv(8, 3, { bias: true });
  b.relu();
  b.flatten();
  b.dense(2);
  const bare = b.build();
  const { result } = await finish({
    network: bare,
    recipe: { optimizer: 'sgd', learningRate: 1e18, epochs: 2 },
  });
  expect(result.stopped).toMatchObject({ code: 'loss-not-a-number', where: 'recipe.learningRate' });
  expect(result.stopped).toMatchObject({
    message: expect.stringMatching(
      /^The loss is no longer a number at step \d+ of epoch 1: the learning rate 1000000000000000000 is too high; the weights it started with are kept\. Lower the learning rate and start again\.$/,
    ),
  });
  expect(result.weights).toEqual(initializeWeights(bare, 2));
  expect(Number.isFinite(result.validation.loss)).toBe(true);
});

test('a stop ends with the weights of that moment, a pause waits, a single step is one batch', async () => {
  const control = new TrainControl(true);
  const seen: string[] = [];
  const running = finish({ control }, (event) => seen.push(event.kind));
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(seen).toEqual([]);
  control.hear('step');
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(seen).toEqual(['step']);
  control.hear('stop');
  const { result } = await running;
  expect(result).toMatchObject({ stopped: 'by the user', steps: 1, epochs: 0 });
  expect(result.weights).not.toEqual(initializeWeights(small(), 2));
});

test('a cancel throws, whether training runs or is paused, and frees everything', async () => {
  const before = tf.memory().numTensors;
  for (const paused of [false, true]) {
    const abort = new AbortController();
    const control = new TrainControl(paused, abort.signal);
    setTimeout(() => abort.abort(), 20);
    await expect(finish({ control, signal: abort.signal, recipe: { epochs: 1000 } })).rejects.toThrow(
      /abort/i,
    );
  }
  expect(tf.memory().numTensors).toBe(before);
});

test('a recipe, images or weights that do not fit are refused with a reason', async () => {
  await expect(finish({ recipe: { learningRate: 0 } })).rejects.toThrow(/learning rate 0/);
  await expect(finish({ recipe: { batchSize: 0 } })).rejects.toThrow(/batch size 0/);
  await expect(finish({ weights: {} })).rejects.toThrow(/conv1\/kernel should be 3x3x1x6 and is missing/);
  const b = new NetworkBuilder('one class', { height: 12, width: 12, channels: 1 });
  b.globalAveragePool();
  b.dense(1);
  await expect(finish({ network: b.build() })).rejects.toThrow(/tells 1 classes apart/);
});

test('evaluate agrees with the result of the training', async () => {
  const { result } = await finish();
  const progress: number[] = [];
  const again = await evaluate(small(), result.weights, images(), {
    progress: ({ done }) => progress.push(done),
  });
  expect(again).toEqual(result.validation);
  expect(progress.at(-1)).toBe(40);
});

test('the speed of training can be measured', async () => {
  const speed = await measureTraining('wasm', 32, Number(process.env.SPEED_STEPS ?? 3));
  if (process.env.SPEED_STEPS) {
    console.log('32x32', speed);
    console.log('64x64', await measureTraining('wasm', 64, Number(process.env.SPEED_STEPS)));
  }
  expect(speed.imagesPerSecond).toBeGreaterThan(0);
});

test('validation images are looked at every so many steps where asked for, and no step changes by it (VT-05)', async () => {
  const plain = await finish({ network: small(0.3) });
  const { events, result } = await finish({ network: small(0.3), validateEvery: 4 });
  const checks = events.filter((event) => event.kind === 'check');
  // 10 steps an epoch, 3 epochs
  expect(checks.map(({ epoch, step }) => [epoch, step])).toEqual([
    [1, 4],
    [1, 8],
    [2, 2],
    [2, 6],
    [2, 10],
    [3, 4],
    [3, 8],
  ]);
  expect(lossesOf(events)).toEqual(lossesOf(plain.events));
  expect(result.weights).toEqual(plain.result.weights);
  const epoch = events.find((event) => event.kind === 'epoch' && event.epoch === 2) as TrainEpoch;
  const last = checks[4]!;
  expect([last.validationLoss, last.validationAccuracy]).toEqual([
    epoch.validationLoss,
    epoch.validationAccuracy,
  ]);
  expect(plain.events.some((event) => event.kind === 'check')).toBe(false);
});

test('mAP is measured after each epoch where the recipe asks for it, and nothing else changes (SX-29) (SX-31)', async () => {
  const epochsOf = (events: readonly Event[]) => events.filter((event) => event.kind === 'epoch');
  const plain = await finish();
  const ranked = await finish({ recipe: { measuresMap: true } });
  expect(epochsOf(plain.events).some((epoch) => 'validationMap' in epoch)).toBe(false);
  const maps = epochsOf(ranked.events).map(({ validationMap = Number.NaN }) => validationMap);
  expect(maps).toHaveLength(3);
  expect(maps.every((map) => map > 0 && map <= 1)).toBe(true);
  expect(lossesOf(ranked.events)).toEqual(lossesOf(plain.events));
  expect(ranked.result.weights).toEqual(plain.result.weights);
  const { report } = await predict(small(), ranked.result.weights, images());
  expect(maps.at(-1)).toBeCloseTo(report.meanAveragePrecision!, 12);
});

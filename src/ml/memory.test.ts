import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { USUAL_AUGMENTATION } from '../core/data/augmentChoice.ts';
import { DEFAULT_DATA_OPTIONS, DEFAULT_RECIPE_OPTIONS } from '../core/exploration/defaultDesign.ts';
import type { Recipe } from '../core/exploration/design.ts';
import { NetworkBuilder } from '../core/network/builder.ts';
import { resizeInput } from '../core/network/edit.ts';
import { unwrap } from '../core/result.ts';
import { ImageSet } from './images.ts';
import { initializeWeights } from './initialize.ts';
import { useWasmInNode } from './nodeWasm.ts';
import { stored } from './testing/stored.ts';
import { stripes } from './testing/stripes.ts';
import { train } from './train.ts';
import { TrainControl } from './trainControl.ts';
import type { Training } from './training.ts';

beforeAll(useWasmInNode);

const b = new NetworkBuilder('small', { height: 8, width: 8, channels: 1 });
b.convBlock(4, 3);
b.maxPool(2);
b.dropout(0.2);
b.convBlock(4, 3);
b.globalAveragePool();
b.dense(2);
const network = b.build();
const larger = unwrap(resizeInput(network, { height: 12, width: 12, channels: 1 }));
const teachers = [network, larger].map((one, i) => ({ network: one, weights: initializeWeights(one, i) }));

const RECIPE: Recipe = {
  ...DEFAULT_RECIPE_OPTIONS,
  optimizer: 'adam',
  learningRate: 0.001,
  momentum: 0.9,
  batchSize: 4,
  epochs: 4,
  stepsPerEpoch: 50,
  seed: 5,
  augmentation: USUAL_AUGMENTATION,
  balance: 'oversample',
  clipNorm: 1,
  labelSmoothing: 0.1,
  earlyStopping: { patience: 100, restoreBest: true },
};

/** What is there after each epoch. */
async function afterEpochs<T>(
  recipe: Partial<Recipe>,
  look: () => T,
  more: Partial<Training> = {},
): Promise<{ readonly seen: T[]; readonly steps: number }> {
  const seen: T[] = [];
  const training = train({
    network,
    weights: initializeWeights(network, 2),
    recipe: { ...RECIPE, ...recipe },
    images: new ImageSet(stripes(80), 1, 0.2),
    backend: 'wasm',
    control: new TrainControl(),
    ...more,
  });
  for (;;) {
    const { done, value } = await training.next();
    if (done) return { seen, steps: value.steps };
    if (value.kind === 'epoch') seen.push(look());
  }
}

const tensorCount = () => tf.memory().numTensors;

test.each<[string, Partial<Recipe>, Partial<Training>]>([
  ['SGD with momentum', { optimizer: 'sgd', nesterov: true }, {}],
  ['AdamW', { optimizer: 'adamw', weightDecay: 0.01 }, {}],
  ['RMSprop and frozen layers', { optimizer: 'rmsprop', freeze: 'body' }, {}],
  ['Adam with two teachers', {}, { teachers }],
])('tensors stay as many from epoch to epoch, with %s', async (_, recipe, more) => {
  const before = tensorCount();
  const { seen } = await afterEpochs(recipe, tensorCount, more);
  expect(new Set(seen).size).toBe(1);
  expect(seen).toHaveLength(4);
  expect(tensorCount()).toBe(before);
});

/** Bytes of objects and arrays that are still in use. */
function usedBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

test('2,000 steps with teachers, augmentation and a set in chunks leave tensors and memory as they were', async () => {
  const choice = { ...DEFAULT_DATA_OPTIONS, splitSeed: 1, validationShare: 0.2 };
  const images = await ImageSet.open(stored(stripes(200), 10), choice, { limit: 60 * 144 });
  const recipe = { epochs: 20, stepsPerEpoch: 100, freeze: 'nothing' };
  const look = () => ({ tensors: tensorCount(), bytes: usedBytes() });
  const { seen, steps } = await afterEpochs(recipe, look, { images, teachers });
  expect(steps).toBe(2000);
  expect(new Set(seen.map(({ tensors }) => tensors)).size).toBe(1);
  // compiled code and caches are there after a few epochs; from then on 1,600 steps may add next to nothing
  const [early, late] = [seen[3]!.bytes, seen[19]!.bytes];
  expect(late - early).toBeLessThan(2 ** 20);
}, 300_000);

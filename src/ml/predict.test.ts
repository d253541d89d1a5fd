import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { plainChoice } from '../core/data/normalizationChoice.ts';
import { NetworkBuilder } from '../core/network/builder.ts';
import { evaluate, evaluateFinite, predict } from './evaluate.ts';
import { ImageSet } from './images.ts';
import { imagesAt } from './imagesAt.ts';
import { initializeWeights } from './initialize.ts';
import { useWasmInNode } from './nodeWasm.ts';
import { stripes } from './testing/stripes.ts';

beforeAll(useWasmInNode);

function small() {
  const b = new NetworkBuilder('small', { height: 12, width: 12, channels: 1 });
  b.convBlock(6, 3);
  b.globalAveragePool();
  b.dense(3); // one class more than the images have
  return b.build();
}

test('all validation images get probabilities, and accuracy and loss are those of evaluate (VT-06)', async () => {
  const network = small();
  const weights = initializeWeights(network, 4);
  const images = new ImageSet(stripes(700), 1, 0.25); // two chunks
  const before = tf.memory().numTensors;
  const done: number[] = [];
  const found = await predict(network, weights, images, { progress: (p) => done.push(p.done) });
  expect(tf.memory().numTensors).toBe(before);
  const { validation } = images.split;
  expect(done).toEqual([128, validation.length]);
  expect([...found.indices]).toEqual([...validation]);
  expect([...found.labels]).toEqual([...validation].map((index) => images.images.labels[index]));
  for (let i = 0; i < validation.length; i++) {
    const row = found.probabilities.subarray(3 * i, 3 * i + 3);
    expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
  }
  const { correct, total, loss } = await evaluate(network, weights, images);
  expect(found.report).toMatchObject({ correct, imageCount: total, classCount: 3 });
  expect(found.report.loss).toBeCloseTo(loss, 5);
  expect(found.report.classes[2]).toMatchObject({ support: 0, recall: null });
});

test('a network that reads other pixels and calls the classes in another order is measured as it does (VT-06)', async () => {
  const network = small();
  const weights = initializeWeights(network, 4);
  const bytes = new ImageSet(stripes(200), 1, 0.25, 'none');
  const signed = new ImageSet(stripes(200), 1, 0.25);
  const own = await predict(network, weights, bytes);
  const viewpoint = { normalization: plainChoice('none'), classOrder: [2, 0, 1] };
  const { probabilities, indices } = await predict(network, weights, signed, {}, 'validation', viewpoint);
  expect(indices).toEqual(own.indices);
  expect((await predict(network, weights, signed)).probabilities).not.toEqual(own.probabilities);
  probabilities.forEach((value, i) => {
    expect(value).toBeCloseTo(own.probabilities[3 * Math.floor(i / 3) + [2, 0, 1][i % 3]!]!, 6);
  });
});

test('the test part is measured on its own, and missed in a sentence', async () => {
  const network = small();
  const weights = initializeWeights(network, 4);
  const images = new ImageSet(stripes(300), 1, 0.25, 'signed', { testShare: 0.1 });
  expect([images.split.validation, images.split.test].map(({ length }) => length)).toEqual([75, 30]);
  const found = await predict(network, weights, images, {}, 'test');
  expect([...found.indices]).toEqual([...images.split.test]);
  expect(await evaluate(network, weights, images, {}, 'test')).toMatchObject({
    correct: found.report.correct,
    total: 30,
  });
  expect((await evaluate(network, weights, images)).total).toBe(75);
  const without = new ImageSet(stripes(40), 1, 0.5);
  for (const measure of [evaluate, predict])
    await expect(measure(network, weights, without, {}, 'test')).rejects.toThrow(
      'stripes has no test images to measure with; give the test part a share above 0 in Data.',
    );
});

test('weights that are no numbers are refused with a sentence, and nothing is leaked', async () => {
  const network = small();
  const weights = initializeWeights(network, 4);
  weights['fc1/bias']!.values.fill(Number.NaN);
  const before = tf.memory().numTensors;
  await expect(predict(network, weights, new ImageSet(stripes(40), 1, 0.5))).rejects.toThrow(
    /weights hold values that are no numbers/,
  );
  expect(tf.memory().numTensors).toBe(before);
});

test('no accuracy is told of answers that are no numbers: all would count as the first class', async () => {
  const network = small();
  const weights = initializeWeights(network, 4);
  const images = new ImageSet(stripes(40), 1, 0.5);
  expect(await evaluateFinite(network, weights, images)).toEqual(await evaluate(network, weights, images));
  weights['fc1/bias']!.values.fill(Number.NaN);
  await expect(evaluateFinite(network, weights, images)).rejects.toThrow(
    /answers of small are no numbers, and no accuracy can be told/,
  );
});

test('the loss is that of evaluate also where single precision rounds probabilities to 0', async () => {
  const network = small();
  const weights = initializeWeights(network, 4);
  weights['fc1/bias']!.values.set([400, 0, 0]);
  const images = new ImageSet(stripes(60), 1, 0.5);
  const { loss } = await evaluate(network, weights, images);
  expect(loss).toBeGreaterThan(150); // half of the images are of the class that gets nothing
  expect((await predict(network, weights, images)).report.loss).toBeCloseTo(loss, 6);
});

test('a cancel is heard while the numbers are counted, which takes seconds where classes and images are many', async () => {
  const count = 20_000;
  const classNames = Array.from({ length: 60 }, (_, k) => `class ${k}`);
  const labels = Uint8Array.from({ length: count }, (_, i) => i % classNames.length);
  const image = { height: 4, width: 4, channels: 1 };
  const pixels = Uint8Array.from({ length: 16 * count }, (_, i) => (i * 7) % 256);
  const images = new ImageSet({ name: 'many', synthetic: true, image, classNames, labels, pixels }, 1, 1);
  const b = new NetworkBuilder('wide', image);
  b.globalAveragePool();
  b.dense(classNames.length);
  const network = b.build();
  const abort = new AbortController();
  let seen = 0;
  const counting = predict(network, initializeWeights(network, 1), images, {
    signal: abort.signal,
    progress: ({ done, total }) => {
      seen = done;
      // the turn behind the last batch is over by then
      if (done === total) setTimeout(() => abort.abort(), 5);
    },
  });
  await expect(counting).rejects.toThrow(/abort/i);
  expect(seen).toBe(count);
});

test('a cancel ends it', async () => {
  const network = small();
  const abort = new AbortController();
  const before = tf.memory().numTensors;
  await expect(
    predict(network, initializeWeights(network, 1), new ImageSet(stripes(700), 1, 0.5), {
      signal: abort.signal,
      progress: () => abort.abort(),
    }),
  ).rejects.toThrow(/abort/i);
  expect(tf.memory().numTensors).toBe(before);
});

test('chosen images come as copies of their bytes, and others are refused', async () => {
  const set = stripes(20);
  const images = new ImageSet(set, 1, 0.5);
  const { image, pixels } = await imagesAt(images, Uint32Array.of(7, 2));
  expect(image).toEqual({ height: 12, width: 12, channels: 1 });
  const own = set.pixels;
  expect([...pixels]).toEqual([...own.slice(7 * 144, 8 * 144), ...own.slice(2 * 144, 3 * 144)]);
  pixels.fill(0);
  expect(own.slice(7 * 144, 8 * 144).some((value) => value > 0)).toBe(true);
  await expect(imagesAt(images, Uint32Array.of(20))).rejects.toThrow('has 20 images and none at 20');
  await expect(imagesAt(images, new Uint32Array(2 ** 20))).rejects.toThrow('more than can be shown at once');
});

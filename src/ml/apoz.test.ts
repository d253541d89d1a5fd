import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { NetworkBuilder } from '../core/network/builder.ts';
import { countZeros } from '../core/pruning/apoz.ts';
import { measureApoz } from './apoz.ts';
import { inputOf } from './evaluate.ts';
import { infer } from './forward.ts';
import { ImageSet } from './images.ts';
import { initializeWeights } from './initialize.ts';
import { useWasmInNode } from './nodeWasm.ts';
import { Session } from './session.ts';
import { stripes } from './testing/stripes.ts';

beforeAll(useWasmInNode);

test('APoZ is the share of zeros among the very activations, channel by channel (SX-17)', async () => {
  const b = new NetworkBuilder('apoz', { height: 15, width: 12, channels: 1 });
  b.convBlock(6, 3);
  b.maxPool(2);
  b.convBlock(8, 3, { activation: 'relu6' });
  b.flatten();
  b.dense(10);
  b.relu();
  b.dense(2);
  const network = b.build();
  const weights = initializeWeights(network, 9);
  // one channel that is always silent and one that never is
  weights['bn1/beta']!.values[0] = -1e3;
  weights['bn1/beta']!.values[1] = 1e3;
  const images = new ImageSet(stripes(700), 1, 0.25); // validation in two chunks
  const before = tf.memory().numTensors;
  const done: number[] = [];
  const apoz = await measureApoz(network, weights, images, { progress: (p) => done.push(p.done) });
  expect(tf.memory().numTensors).toBe(before);
  expect(done).toEqual([128, images.split.validation.length]);
  expect(Object.keys(apoz.byActivation)).toEqual(['relu1', 'relu2', 'relu3']);
  expect([...apoz.byActivation.relu1!.slice(0, 2)]).toEqual([1, 0]);

  const session = new Session(network, weights);
  const batch = images.batch(images.split.validation, inputOf(session.plan));
  const x = tf.tensor4d(batch.pixels, batch.shape);
  infer(session.plan, x, session.parameters, (id, output) => {
    const measured = apoz.byActivation[id];
    if (!measured) return;
    const perChannel = output.size / measured.length;
    const counted = countZeros(output.dataSync(), measured.length).map((zeros) => zeros / perChannel);
    expect([...measured], id).toEqual([...counted]);
  }).dispose();
  x.dispose();
  session.dispose();
});

test('a cancel ends the measurement', async () => {
  const b = new NetworkBuilder('apoz', { height: 12, width: 12, channels: 1 });
  b.convBlock(4, 3);
  b.globalAveragePool();
  b.dense(2);
  const abort = new AbortController();
  const network = b.build();
  const before = tf.memory().numTensors;
  await expect(
    measureApoz(network, initializeWeights(network, 1), new ImageSet(stripes(700), 1, 0.5), {
      signal: abort.signal,
      progress: () => abort.abort(),
    }),
  ).rejects.toThrow(/abort/i);
  expect(tf.memory().numTensors).toBe(before);
});

import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { NetworkBuilder } from '../core/network/builder.ts';
import type { LayerId, Network } from '../core/network/network.ts';
import { createRandom } from '../core/random.ts';
import { unwrap } from '../core/result.ts';
import { frozenAllButHead } from '../core/training/freeze.ts';
import { bitEqual } from '../core/training/transfer.ts';
import { forwardTraining } from './forward.ts';
import { ImageSet } from './images.ts';
import { completeWeights, initializeWeights } from './initialize.ts';
import { useWasmInNode } from './nodeWasm.ts';
import { adam, sgd } from './optimizers.ts';
import { layoutOf, upload, views } from './parameters.ts';
import { planOf } from './plan.ts';
import { Session, type SessionOptions } from './session.ts';
import { stripes } from './testing/stripes.ts';

beforeAll(useWasmInNode);

function small(classes = 2): Network {
  const b = new NetworkBuilder('small', { height: 12, width: 12, channels: 1 });
  b.convBlock(4, 3);
  b.dropout(0.2);
  b.maxPool(2);
  const trunk = b.convBlock(4, 3);
  b.add(b.convBlock(4, 3), trunk);
  b.globalAveragePool();
  b.dropout(0.5);
  b.dense(classes);
  b.softmax();
  return b.build();
}

const images = new ImageSet(stripes(64), 1, 0.25);
const chosen = images.split.train.slice(0, 16);

/** Some steps of training, and what is left of the weights. */
async function trained(network: Network, options: SessionOptions, steps = 4) {
  const weights = initializeWeights(network, 2);
  const session = new Session(network, weights, options);
  const optimizer = adam(0.01);
  const random = createRandom(3);
  const losses: number[] = [];
  for (let i = 0; i < steps; i++)
    losses.push((await session.step(session.batch(images, chosen), optimizer, random)).loss);
  const after = await session.weights();
  optimizer.dispose();
  session.dispose();
  return { before: weights, after, losses };
}

const withWeights = (network: Network, ids: ReadonlySet<LayerId>) =>
  network.layers.filter(({ id, kind }) => ids.has(id) && (kind === 'conv2d' || kind === 'batchNorm'));

describe('frozen layers', () => {
  test('keep weights and statistics to the bit while the head learns (VT-05)', async () => {
    const network = small();
    const frozen = unwrap(frozenAllButHead(network));
    const { before, after, losses } = await trained(network, { frozen }, 12);
    expect(withWeights(network, frozen)).toHaveLength(6);
    expect(bitEqual(before, after, frozen)).toBe(true);
    expect(bitEqual(before, after, ['fc1'])).toBe(false);
    expect(losses.at(-1)).toBeLessThan(losses[0]!);
    const free = await trained(network, {});
    expect(bitEqual(free.before, free.after, ['bn1'])).toBe(false);
  });

  test('in the middle let the gradient through to the layers before them', async () => {
    const network = small();
    const frozen = new Set(['conv2', 'bn2', 'conv3', 'bn3']);
    const { before, after } = await trained(network, { frozen });
    expect(bitEqual(before, after, frozen)).toBe(true);
    for (const id of ['conv1', 'bn1', 'fc1']) expect(bitEqual(before, after, [id]), id).toBe(false);
  });

  test('have the gradient of a network in inference mode, and none before the first free layer', () => {
    const network = small();
    const weights = initializeWeights(network, 5);
    const plan = planOf(network);
    const run = (values: typeof weights, frozen: ReadonlySet<LayerId>) => {
      const layout = layoutOf(network, plan.geometry, frozen);
      const vectors = upload(values, layout);
      const parameters = views(vectors, layout);
      const { pixels, shape } = images.batch(chosen, { height: 12, width: 12, channels: 1 });
      const x = tf.tensor4d(pixels, shape);
      const tape = forwardTraining(plan, x, parameters, createRandom(1), frozen);
      const logits = Float32Array.from(tape.logits.dataSync());
      const dLogits = tf.tensor2d(
        Float32Array.from(logits, (_, i) => Math.sin(i)),
        tape.logits.shape,
      );
      const gradients = tape.backward(dLogits);
      const copy = new Map([...gradients].map(([key, t]) => [key, Float32Array.from(t.dataSync())]));
      tape.dispose();
      for (const t of [x, dLogits, ...gradients.values(), ...parameters.values(), ...Object.values(vectors)])
        t.dispose();
      return { value: logits.reduce((sum, z, i) => sum + z * Math.sin(i), 0), gradients: copy };
    };
    const tensors = tf.memory().numTensors;
    // all batch norms and dropouts frozen: the network is one smooth function
    const middle = new Set(['bn1', 'dropout1', 'bn2', 'bn3', 'dropout2']);
    const { gradients } = run(weights, middle);
    for (const key of ['conv1/kernel', 'conv2/kernel', 'fc1/bias']) {
      const { shape, values } = weights[key]!;
      const step = 2e-3;
      const at = (sign: number) =>
        run(
          { ...weights, [key]: { shape, values: values.map((v, i) => (i === 1 ? v + sign * step : v)) } },
          middle,
        ).value;
      const measured = (at(1) - at(-1)) / (2 * step);
      expect(Math.abs(measured - gradients.get(key)![1]!), key).toBeLessThan(
        0.02 * Math.abs(measured) + 5e-3,
      );
    }
    expect([...run(weights, unwrap(frozenAllButHead(network))).gradients.keys()].sort()).toEqual([
      'fc1/bias',
      'fc1/kernel',
    ]);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  test('are refused where nothing else is left', () => {
    const network = small();
    const frozen = new Set(network.layers.map(({ id }) => id));
    expect(() => new Session(network, initializeWeights(network, 1), { frozen })).toThrow(
      /free the last one/,
    );
  });
});

test('no tensor is left behind by a session with frozen layers and teachers', async () => {
  const tensors = tf.memory().numTensors;
  const network = small();
  await trained(network, {
    frozen: new Set(['conv1', 'bn1']),
    labelSmoothing: 0.1,
    classWeights: [1, 2],
    teachers: {
      teachers: [{ network, weights: initializeWeights(network, 4) }],
      temperature: 2,
      softWeight: 1,
      hardWeight: 0,
    },
  });
  expect(tf.memory().numTensors).toBe(tensors);
});

test('missing weights are drawn, those that fit are kept, those of another shape are not', () => {
  const network = small(3);
  const all = initializeWeights(small(2), 9);
  const completed = completeWeights(network, all, 1);
  expect(completed['conv1/kernel']).toBe(all['conv1/kernel']);
  expect(completed['fc1/kernel']?.shape).toEqual([4, 3]);
  expect(Object.keys(completed)).toEqual(Object.keys(initializeWeights(network, 1)));
  expect(completeWeights(network, {}, 1)).toEqual(initializeWeights(network, 1));
});

test('SGD with momentum leaves frozen layers alone too (VT-05)', async () => {
  const network = small();
  const weights = initializeWeights(network, 2);
  const frozen = new Set(['conv1', 'bn1']);
  const session = new Session(network, weights, { frozen });
  const optimizer = sgd(0.1, 0.9);
  for (let i = 0; i < 3; i++) await session.step(session.batch(images, chosen), optimizer, createRandom(i));
  const after = await session.weights();
  expect(bitEqual(weights, after, frozen)).toBe(true);
  expect(bitEqual(weights, after, ['conv2'])).toBe(false);
  optimizer.dispose();
  session.dispose();
});

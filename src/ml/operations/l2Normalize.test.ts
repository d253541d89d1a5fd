import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { NetworkBuilder } from '../../core/network/builder.ts';
import { parameterKey } from '../../core/network/network.ts';
import { forward } from '../../core/pruning/testing/referenceInterpreter.ts';
import { createRandom } from '../../core/random.ts';
import { useWasmInNode } from '../nodeWasm.ts';
import { l2Normalize } from './l2Normalize.ts';

beforeAll(useWasmInNode);

const SHAPE: [number, number, number, number] = [2, 2, 3, 4];
const PIXELS = 2 * 3;
const CHANNELS = 4;

/** Half of the pixels are shorter than this and are divided by it. */
const EPSILON = 0.75;

const operation = l2Normalize({ kind: 'l2Normalize', id: 'l2norm1', inputs: ['input'], epsilon: EPSILON });

function values() {
  const random = createRandom(9);
  const draw = (size: number) => Float32Array.from({ length: size }, () => 2 * random.next() - 1);
  const size = SHAPE.reduce((product, n) => product * n, 1);
  // Every second pixel is short; the lengths stay away from EPSILON, where the slope has a step.
  const x = draw(size).map((value, i) => value * (Math.floor(i / CHANNELS) % 2 === 0 ? 0.2 : 2));
  return { x, scale: draw(CHANNELS), dy: draw(size) };
}

const infer = (x: Float32Array, scale: Float32Array) =>
  tf.tidy(() =>
    operation.infer([tf.tensor4d(x, SHAPE)], () => tf.tensor1d(scale)).dataSync(),
  ) as Float32Array;

test('pixels on both sides of epsilon come out as the reference computes them', () => {
  const { x, scale } = values();
  const b = new NetworkBuilder('one', { height: 2, width: 3, channels: CHANNELS });
  b.l2Normalize();
  const { layers, name } = b.build();
  const network = {
    name,
    layers: layers.map((layer) => (layer.kind === 'l2Normalize' ? { ...layer, epsilon: EPSILON } : layer)),
  };
  const weights = { [parameterKey('l2norm1', 'scale')]: { shape: [CHANNELS], values: scale } };
  const output = infer(x, scale);
  const size = PIXELS * CHANNELS;
  for (const image of [0, 1]) {
    const own = Float64Array.from(x.subarray(image * size, (image + 1) * size));
    forward(network, weights, own)
      .get('l2norm1')!
      .forEach((value, i) => {
        expect(output[image * size + i]).toBeCloseTo(value, 5);
      });
  }
});

test('the gradients of its input and its scale are the slopes of its output', () => {
  const { x, scale, dy } = values();
  const before = tf.memory().numTensors;
  const found = tf.tidy(() => {
    const input = tf.tensor4d(x, SHAPE);
    const { inputs, parameters } = operation.backward({
      dy: tf.tensor4d(dy, SHAPE),
      inputs: [input],
      output: input,
      kept: [],
      parameters: () => tf.tensor1d(scale),
      wantsInputGradient: true,
    });
    return [inputs[0]!.dataSync(), parameters!.scale!.dataSync()];
  });
  expect(tf.memory().numTensors).toBe(before);
  const objective = (at: Float32Array, factors: Float32Array) =>
    infer(at, factors).reduce((sum, value, i) => sum + value * dy[i]!, 0);
  const moved = (of: Float32Array, k: number, by: number) =>
    of.map((value, i) => (i === k ? value + by : value));
  const STEP = 5e-3;
  x.forEach((_, i) => {
    const slope = (objective(moved(x, i, STEP), scale) - objective(moved(x, i, -STEP), scale)) / (2 * STEP);
    expect(Math.abs(found[0]![i]! - slope), `x ${i}`).toBeLessThan(6e-3);
  });
  scale.forEach((_, i) => {
    const slope = (objective(x, moved(scale, i, STEP)) - objective(x, moved(scale, i, -STEP))) / (2 * STEP);
    expect(Math.abs(found[1]![i]! - slope), `scale ${i}`).toBeLessThan(6e-3);
  });
});

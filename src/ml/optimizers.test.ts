import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { useWasmInNode } from './nodeWasm.ts';
import { adam, type Optimizer, sgd } from './optimizers.ts';

beforeAll(useWasmInNode);

const GRADIENTS = [
  [0.5, -2, 1e-9],
  [0.1, 3, 0],
  [-0.7, 1, 1e-9],
];

function steps(optimizer: Optimizer): number[] {
  const before = tf.memory().numTensors;
  let parameters = tf.tensor1d([1, 2, 3]);
  for (const values of GRADIENTS) {
    const gradient = tf.tensor1d(values);
    const next = optimizer.step(parameters, gradient);
    parameters.dispose();
    gradient.dispose();
    parameters = next;
  }
  const result = [...parameters.dataSync()];
  parameters.dispose();
  optimizer.dispose();
  expect(tf.memory().numTensors).toBe(before);
  return result;
}

test("Adam is the paper's, with its epsilon where Keras puts it", () => {
  const expected = [1, 2, 3].map((start, i) => {
    let [p, m, v] = [start, 0, 0];
    GRADIENTS.forEach((gradient, t) => {
      const g = gradient[i]!;
      m = 0.9 * m + 0.1 * g;
      v = 0.999 * v + 0.001 * g * g;
      const rate = (0.01 * Math.sqrt(1 - 0.999 ** (t + 1))) / (1 - 0.9 ** (t + 1));
      p -= (rate * m) / (Math.sqrt(v) + 1e-7);
    });
    return p;
  });
  steps(adam(0.01)).forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i]!, 5);
  });
});

test('SGD keeps its momentum', () => {
  const expected = [1, 2, 3].map((start, i) => {
    let [p, v] = [start, 0];
    for (const gradient of GRADIENTS) {
      v = 0.9 * v - 0.1 * gradient[i]!;
      p += v;
    }
    return p;
  });
  steps(sgd(0.1, 0.9)).forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i]!, 5);
  });
});

import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { activate } from './activate.ts';
import { largestDifference, TOLERANCE, type Trace, traceSteps } from './backendCheck.ts';
import { useWasmInNode } from './nodeWasm.ts';

let reference: Trace;

beforeAll(async () => {
  await useWasmInNode();
  await activate('cpu');
  reference = await traceSteps();
  await activate('wasm');
});

test('wasm agrees with cpu far within the tolerance, and nothing is left in memory', async () => {
  const before = tf.memory().numTensors;
  const { of, difference } = largestDifference(reference, await traceSteps());
  expect(tf.memory().numTensors).toBe(before);
  console.log(`wasm and cpu differ by ${difference.toExponential(1)} at most (${of})`);
  expect(difference).toBeGreaterThan(0);
  expect(difference).toBeLessThan(TOLERANCE / 10);
});

/** A kernel of wasm that does something wrong as long as the function runs. */
async function withBroken(name: string, spoil: (result: tf.Tensor) => tf.Tensor): Promise<Trace> {
  const kernel = tf.getKernel(name, 'wasm');
  if (!kernel) throw new Error(`wasm has no ${name}`);
  tf.unregisterKernel(name, 'wasm');
  const restore = () => {
    tf.unregisterKernel(name, 'wasm');
    tf.registerKernel(kernel);
  };
  tf.registerKernel({
    ...kernel,
    kernelFunc: (call) => {
      const result = kernel.kernelFunc(call) as tf.Tensor;
      return spoil(tf.engine().makeTensorFromTensorInfo(result));
    },
  });
  try {
    return await traceSteps();
  } finally {
    restore();
  }
}

test.each(['Conv2DBackpropFilter', 'AvgPool', 'FusedDepthwiseConv2D', 'MaxPool'])(
  '%s that is wrong by a half percent is found',
  async (name) => {
    const trace = await withBroken(name, (result) => tf.mul(result, 1.005));
    const { difference } = largestDifference(reference, trace);
    expect(difference).toBeGreaterThan(TOLERANCE);
  },
);

test('what is no number, and what is missing, differs infinitely', () => {
  const expected: Trace = new Map([['logits', Float32Array.of(1, 2)]]);
  const nan: Trace = new Map([['logits', Float32Array.of(1, Number.NaN)]]);
  expect(largestDifference(expected, nan).difference).toBe(Number.POSITIVE_INFINITY);
  expect(largestDifference(expected, new Map())).toEqual({
    of: 'logits',
    difference: Number.POSITIVE_INFINITY,
  });
});

import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { createRandom } from '../../core/random.ts';
import { activate } from '../activate.ts';
import { useWasmInNode } from '../nodeWasm.ts';
import { relu } from '../operations/activation.ts';
import { batchNorm } from '../operations/batchNorm.ts';
import { add, assemble, countUp, define, f32x4, load, store } from './assembler.ts';
import { hasSimdKernels } from './register.ts';

beforeAll(useWasmInNode);

const random = createRandom(3);
const noise = (count: number, scale = 1, offset = 0) =>
  Float32Array.from({ length: count }, () => offset + scale * random.normal());

const memoryOfWasm = () => {
  const { wasm } = tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } };
  return wasm.HEAPU8.length;
};

test('a module that was written byte by byte runs', () => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const double = define('double', ['from', 'bytes'], ({ from, bytes }, { i32 }) => {
    const at = i32();
    const value = load(add(from, at), 4000);
    return countUp(at, bytes, 16, store(add(from, at), f32x4.add(value, value), 4000));
  });
  const module = new WebAssembly.Module(assemble([double]));
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const floats = new Float32Array(memory.buffer, 4000 + 128, 12).fill(3);
  (exports.double as (...parameters: number[]) => void)(128, 32);
  expect([...floats]).toEqual([6, 6, 6, 6, 6, 6, 6, 6, 3, 3, 3, 3]);
});

type Shape = [number, number, number, number];

/** Batch norm in doubles, there and back. */
function reference(
  x: Float32Array,
  dy: Float32Array,
  gamma: Float32Array,
  beta: Float32Array,
  epsilon: number,
) {
  const channels = gamma.length;
  const count = x.length / channels;
  const perChannel = (value: (i: number) => number) => {
    const sums = new Float64Array(channels);
    for (let i = 0; i < x.length; i++) sums[i % channels]! += value(i) / count;
    return sums;
  };
  const mean = perChannel((i) => x[i]!);
  const variance = perChannel((i) => (x[i]! - mean[i % channels]!) ** 2);
  const normal = (i: number) => (x[i]! - mean[i % channels]!) / Math.sqrt(variance[i % channels]! + epsilon);
  const meanDy = perChannel((i) => dy[i]!);
  const meanProduct = perChannel((i) => dy[i]! * normal(i));
  const all = (value: (i: number, c: number) => number) =>
    Float64Array.from({ length: x.length }, (_, i) => value(i, i % channels));
  return {
    mean,
    variance,
    y: all((i, c) => gamma[c]! * normal(i) + beta[c]!),
    dx: all(
      (i, c) =>
        (gamma[c]! / Math.sqrt(variance[c]! + epsilon)) * (dy[i]! - meanDy[c]! - normal(i) * meanProduct[c]!),
    ),
    gamma: meanProduct.map((value) => value * count),
    beta: meanDy.map((value) => value * count),
  };
}

function expectClose(found: tf.Tensor, expected: ArrayLike<number>, what: string, tolerance = 1e-5): void {
  const values = found.dataSync();
  expect(values.length, what).toBe(expected.length);
  const largest = Array.from(expected).reduce((most, value) => Math.max(most, Math.abs(value)), 1e-20);
  const error = Array.from(expected).reduce(
    (most, value, i) => Math.max(most, Math.abs(value - values[i]!)),
    0,
  );
  expect(error / largest, what).toBeLessThan(tolerance);
}

const SHAPES: readonly Shape[] = [
  [2, 5, 7, 1],
  [3, 1, 1, 2],
  [1, 3, 3, 3],
  [2, 4, 4, 4],
  [3, 5, 3, 13],
  [2, 8, 8, 16],
  [5, 7, 3, 24],
  [1, 1, 1, 130],
  [32, 9, 9, 10],
  [32, 16, 16, 16],
];

test.each(SHAPES)('batch norm of %ix%ix%ix%i is what doubles compute, there and back', async (...shape) => {
  const channels = shape[3];
  const size = shape.reduce((a, b) => a * b, 1);
  // far from 0, where E[x^2] - mean^2 would lose everything
  const x = noise(size, 2, 300);
  const dy = noise(size);
  const [gamma, beta] = [noise(channels), noise(channels)];
  const expected = reference(x, dy, gamma, beta, 1e-3);
  const { operation, parameters } = {
    operation: batchNorm({ epsilon: 1e-3 } as Parameters<typeof batchNorm>[0]),
    parameters: { gamma: tf.tensor1d(gamma), beta: tf.tensor1d(beta) } as Record<string, tf.Tensor1D>,
  };
  const reader = (name: string) => parameters[name]!;
  for (const backend of ['wasm', 'cpu'] as const) {
    await activate(backend);
    expect(hasSimdKernels()).toBe(backend === 'wasm');
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const inputs = [tf.tensor4d(x, shape)];
      const { output, kept = [], statistics } = operation.forward!(inputs, reader, random);
      expectClose(statistics!.mean, expected.mean, 'mean');
      expectClose(statistics!.variance, expected.variance, 'variance', 1e-4);
      // composed, the shift is beta - mean * scale, and so far from 0 that costs digits
      expectClose(output, expected.y, 'y', backend === 'wasm' ? 1e-5 : 1e-3);
      const step = { dy: tf.tensor4d(dy, shape), inputs, output, kept, parameters: reader };
      const { inputs: dx, parameters: own } = operation.backward({ ...step, wantsInputGradient: true });
      expectClose(dx[0]!, expected.dx, 'dx', 1e-4);
      expectClose(own!.gamma!, expected.gamma, 'gamma', 1e-4);
      expectClose(own!.beta!, expected.beta, 'beta', 1e-4);
      const less = operation.backward({ ...step, wantsInputGradient: false });
      expect(less.inputs).toEqual([]);
      expectClose(less.parameters!.gamma!, expected.gamma, 'gamma alone', 1e-4);
    });
    expect(tf.memory().numTensors).toBe(before);
  }
  await activate('cpu');
  tf.dispose(parameters);
});

test.each(SHAPES)(
  'the gradient of ReLU of %ix%ix%ix%i passes where the output is above 0',
  async (...shape) => {
    await activate('wasm');
    const size = shape.reduce((a, b) => a * b, 1);
    const y = noise(size).map((value) => Math.max(0, value));
    const dy = noise(size);
    tf.tidy(() => {
      const found = relu.backward({
        dy: tf.tensor4d(dy, shape),
        inputs: [],
        output: tf.tensor4d(y, shape),
        kept: [],
        parameters: () => tf.scalar(0),
        wantsInputGradient: true,
      });
      const dx = found.inputs[0]!.dataSync();
      expect(dx.length).toBe(size);
      expect(dx.findIndex((value, i) => value !== (y[i]! > 0 ? dy[i]! : 0))).toBe(-1);
    });
  },
);

test('the memory of wasm stays as large as it was over hundreds of calls', async () => {
  await activate('wasm');
  const shape: Shape = [16, 9, 9, 13];
  const x = tf.tensor4d(noise(16 * 9 * 9 * 13), shape);
  const parameters: Record<string, tf.Tensor> = { gamma: tf.ones([13]), beta: tf.zeros([13]) };
  const operation = batchNorm({ epsilon: 1e-3 } as Parameters<typeof batchNorm>[0]);
  const turn = () =>
    tf.tidy(() => {
      const reader = (name: string) => parameters[name]!;
      const { output, kept = [] } = operation.forward!([x], reader, random);
      operation.backward({
        dy: output,
        inputs: [x],
        output,
        kept,
        parameters: reader,
        wantsInputGradient: true,
      });
      relu.backward({ dy: x, inputs: [], output, kept: [], parameters: reader, wantsInputGradient: true });
      tf.engine().runKernel(
        'Conv2DBackpropFilter',
        { x, dy: x },
        { strides: [1, 1], pad: 'same', dataFormat: 'NHWC', filterShape: [3, 3, 13, 13] },
      );
    });
  for (let i = 0; i < 5; i++) turn();
  const before = memoryOfWasm();
  for (let i = 0; i < 200; i++) turn();
  expect(memoryOfWasm()).toBe(before);
  tf.dispose([x, ...Object.values(parameters)]);
});

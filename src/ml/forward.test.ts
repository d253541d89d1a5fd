import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { NetworkBuilder } from '../core/network/builder.ts';
import type { Layer, Network, Padding, Weights } from '../core/network/network.ts';
import { createRandom } from '../core/random.ts';
import { activate } from './activate.ts';
import { forwardTraining, infer } from './forward.ts';
import { initializeWeights } from './initialize.ts';
import { softmaxCrossEntropy } from './loss.ts';
import { useWasmInNode } from './nodeWasm.ts';
import { layoutOf, upload, views } from './parameters.ts';
import { planOf } from './plan.ts';

beforeAll(useWasmInNode);

const BATCH = 6;

function noise(count: number, seed: number): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length: count }, () => random.normal());
}

/** Weights that leave nothing at 0 or 1, where mistakes hide. */
function lively(network: Network): Weights {
  const random = createRandom(11);
  return Object.fromEntries(
    Object.entries(initializeWeights(network, 4)).map(([key, { shape, values }]) => [
      key,
      { shape, values: values.map((value) => value + 0.3 * random.next()) },
    ]),
  );
}

/** Loss and gradients of one training pass, and the tensors it left behind. */
function pass(network: Network, weights: Weights, plan = planOf(network)) {
  const before = tf.memory().numTensors;
  const input = plan.geometry.get(plan.inputId)!.ofm;
  const layout = layoutOf(network, plan.geometry);
  const vectors = upload(weights, layout);
  const parameters = views(vectors, layout);
  const size = input.height * input.width * input.channels;
  const x = tf.tensor4d(noise(BATCH * size, 1), [BATCH, input.height, input.width, input.channels]);
  const tape = forwardTraining(plan, x, parameters, createRandom(3));
  const labels = Uint8Array.from({ length: BATCH }, (_, i) => i % plan.classCount);
  const loss = softmaxCrossEntropy(tape.logits.dataSync() as Float32Array, labels, plan.classCount);
  const gradientTensors = tape.backward(tf.tensor2d(loss.gradient, tape.logits.shape));
  const gradients = new Map([...gradientTensors].map(([key, t]) => [key, t.dataSync() as Float32Array]));
  tape.dispose();
  for (const t of [...gradientTensors.values(), ...parameters.values(), ...Object.values(vectors), x])
    t.dispose();
  return { loss: loss.lossSum / BATCH, gradients, leaked: tf.memory().numTensors - before - 1 };
}

/** Each parameter's gradient along a random direction against the loss a small step to either side. */
function expectGradients(network: Network, tolerance: number): void {
  const weights = lively(network);
  const { gradients, leaked } = pass(network, weights);
  expect(leaked).toBe(0); // but the gradient of the logits, which is the test's own
  expect([...gradients.keys()].sort()).toEqual(
    Object.keys(weights)
      .filter((key) => !key.includes('/moving'))
      .sort(),
  );
  for (const [key, gradient] of gradients) {
    const { shape, values } = weights[key]!;
    const direction = noise(values.length, 9);
    const length = Math.hypot(...direction);
    const step = 2e-3;
    const lossAt = (sign: number) =>
      pass(network, {
        ...weights,
        [key]: { shape, values: values.map((v, i) => v + (sign * step * direction[i]!) / length) },
      }).loss;
    const measured = (lossAt(1) - lossAt(-1)) / (2 * step);
    const computed = gradient.reduce((sum, g, i) => sum + (g * direction[i]!) / length, 0);
    const scale = Math.max(0.02, Math.abs(measured), Math.hypot(...gradient) / Math.sqrt(values.length));
    expect(Math.abs(computed - measured) / scale, `${key}: ${computed} is ${measured}`).toBeLessThan(
      tolerance,
    );
  }
}

const builder = (height: number, width: number, channels: number) =>
  new NetworkBuilder('test', { height, width, channels });

describe('gradients agree with differences of the loss', () => {
  test('convolution with bias, batch norm, average pooling, dense', () => {
    const b = builder(9, 7, 3);
    b.conv(4, 3, { bias: true, stride: 2 });
    b.batchNorm();
    b.averagePool(3, { stride: 2, padding: 'same' });
    b.conv(5, [2, 1], { padding: [1, 0, 0, 2] });
    b.flatten();
    b.dense(3);
    b.softmax();
    expectGradients(b.build(), 0.01);
  });

  test('groups, dilation, depthwise with a multiplier and a stride', () => {
    const b = builder(9, 8, 4);
    b.conv(6, 3, { groups: 2, bias: true });
    b.conv(4, 3, { dilation: 2, padding: 'same' });
    b.depthwise(3, { stride: 2, bias: true });
    b.depthwise(3, { dilation: 2 });
    b.globalAveragePool();
    b.dense(3);
    const network = b.build();
    const layers = network.layers.map(
      (layer): Layer => (layer.id === 'dw1' ? ({ ...layer, depthMultiplier: 2 } as Layer) : layer),
    );
    expectGradients({ ...network, layers }, 0.01);
  });

  test('residual and concatenated branches, max pooling, ReLU and ReLU6, batch norm on a vector', () => {
    const b = builder(8, 8, 2);
    const trunk = b.convBlock(4, 3);
    const left = b.convBlock(4, 1, { activation: 'relu6' }, trunk);
    const sum = b.add(left, trunk);
    const pooled = b.maxPool(3, { stride: 2, padding: [1, 0, 0, 1] }, sum);
    const other = b.maxPool(2, {}, trunk);
    b.concat(pooled, other);
    b.flatten();
    b.dense(6);
    b.batchNorm();
    b.relu();
    b.dropout(0.3);
    b.dense(3);
    expectGradients(b.build(), 0.05);
  });

  test('a gate that reads the map it scales, smooth activations, upsampling before a shortcut', () => {
    const b = builder(8, 6, 2);
    const map = b.convBlock(6, 3, { activation: 'hardSwish' });
    b.globalAveragePool(map);
    b.conv(3, 1, { bias: true });
    b.leakyRelu(0.1);
    b.conv(6, 1, { bias: true });
    const scaled = b.multiply(map, b.hardSigmoid());
    b.averagePool(2, {}, scaled);
    b.conv(6, 3, { bias: true });
    b.tanh();
    const coarse = b.upsample(2, 'bilinear');
    const sum = b.add(coarse, scaled);
    b.multiply(sum, b.sigmoid(b.upsample([4, 2], 'nearest', b.averagePool([4, 2], {}, map))));
    b.globalAveragePool();
    b.dense(3);
    expectGradients(b.build(), 0.02);
  });

  test('a shuffle between grouped convolutions, and an L2 normalization with its scale', () => {
    const b = new NetworkBuilder('shuffled', { height: 6, width: 6, channels: 3 });
    b.conv(8, 3);
    b.tanh();
    b.channelShuffle(2);
    b.conv(8, 1, { groups: 2, bias: true });
    b.l2Normalize();
    b.conv(6, 3, { stride: 2 });
    b.globalAveragePool();
    b.dense(3);
    const network = b.build();
    expectGradients(network, 0.02);
    expect([...pass(network, lively(network)).gradients.keys()]).toContain('l2norm1/scale');
  });

  test('a softmax in the middle and a global maximum', () => {
    const b = builder(5, 5, 2);
    b.conv(4, 3);
    b.softmax();
    const last = b.build();
    const layers: Layer[] = [
      ...last.layers,
      { kind: 'globalMaxPool', id: 'gmp', inputs: ['softmax1'] },
      { kind: 'dense', id: 'fc', inputs: ['gmp'], units: 3, useBias: true },
    ];
    expectGradients({ ...last, layers }, 0.02);
  });
});

test.each(['wasm', 'cpu'] as const)(
  'a ReLU that changes places with the max pooling behind it gives the same to the last bit, on %s',
  async (backend) => {
    await activate(backend);
    const b = builder(9, 8, 2);
    b.convBlock(6, 3);
    b.maxPool(2);
    b.convBlock(5, 3, { activation: 'relu6' });
    b.maxPool(3, { stride: 2, padding: 'same' });
    const shared = b.convBlock(4, 1);
    b.add(b.maxPool(1, {}, shared), shared);
    b.convBlock(4, 1);
    b.flatten();
    b.dense(3);
    const network = b.build();
    const weights = lively(network);
    const plan = planOf(network);
    const moved = plan.trainingSteps.filter(({ operation }, i) => operation !== plan.steps[i]?.operation);
    expect(moved.map(({ layer }) => layer.id)).toEqual(['relu1', 'pool1', 'relu2', 'pool2']);
    const swapped = pass(network, weights, plan);
    const asBuilt = pass(network, weights, { ...plan, trainingSteps: plan.steps });
    await activate('wasm');
    expect(swapped.loss).toBe(asBuilt.loss);
    for (const [key, gradient] of asBuilt.gradients) {
      const other = swapped.gradients.get(key)!;
      expect(
        gradient.findIndex((value, i) => value !== other[i]),
        key,
      ).toBe(-1);
      expect(
        gradient.some((value) => value !== 0),
        key,
      ).toBe(true);
    }
  },
);

/** The output of a one-layer network, through a flatten and an identity dense layer's weights. */
function outputOf(network: Network, id: string, x: tf.Tensor4D, weights: Weights): Float32Array {
  const plan = planOf(network);
  const layout = layoutOf(network, plan.geometry);
  const vectors = upload(weights, layout);
  const parameters = views(vectors, layout);
  let seen = new Float32Array();
  infer(plan, x, parameters, (layer, output) => {
    if (layer === id) seen = output.dataSync() as Float32Array<ArrayBuffer>;
  }).dispose();
  for (const t of [...parameters.values(), ...Object.values(vectors)]) t.dispose();
  return seen;
}

const PADDINGS: readonly (readonly [number, number, Padding])[] = [2, 3, 4, 5].flatMap((kernel) =>
  [1, 2].flatMap((stride) =>
    (['same', 'valid', [1, 0, 1, 1]] as const).map((padding) => [kernel, stride, padding] as const),
  ),
);

test.each(PADDINGS)(
  "windows of %i, stride %i, padding %s are TensorFlow's",
  async (kernel, stride, padding) => {
    const b = builder(9, 8, 2);
    b.conv(3, kernel, { stride, padding });
    b.flatten();
    const conv = b.build();
    const pools = (['maxPool', 'averagePool'] as const).map((kind) => {
      const p = builder(9, 8, 2);
      p[kind](kernel, { stride, padding });
      p.flatten();
      return p.build();
    });
    const weights = lively(conv);
    const values = noise(2 * 9 * 8 * 2, 5);
    await activate('wasm');
    const x = tf.tensor4d(values, [2, 9, 8, 2]);
    const ours = [conv, ...pools].map((network, i) =>
      outputOf(network, i === 0 ? 'conv1' : 'pool1', x, i === 0 ? weights : {}),
    );
    x.dispose();
    await activate('cpu');
    const pad =
      typeof padding === 'string'
        ? padding
        : ([
            [0, 0],
            [padding[0], padding[1]],
            [padding[2], padding[3]],
            [0, 0],
          ] as [[number, number], [number, number], [number, number], [number, number]]);
    const theirs = tf.tidy(() => {
      const cx = tf.tensor4d(values, [2, 9, 8, 2]);
      const { shape, values: kernelValues } = weights['conv1/kernel']!;
      const filter = tf.tensor4d(kernelValues, shape as [number, number, number, number]);
      return [
        tf.conv2d(cx, filter, stride, pad),
        tf.maxPool(cx, kernel, stride, pad),
        tf.avgPool(cx, kernel, stride, pad),
      ].map((t) => t.dataSync());
    });
    await activate('wasm');
    theirs.forEach((reference, i) => {
      expect(ours[i]).toHaveLength(reference.length);
      const error = Math.max(...ours[i]!.map((value, k) => Math.abs(value - reference[k]!)));
      expect(error).toBeLessThan(1e-4);
    });
  },
);

test('dropout drops its share in training, keeps the mean, and does nothing in inference', () => {
  const b = builder(1, 1, 8);
  b.conv(2000, 1, { bias: true });
  b.dropout(0.25);
  const network = b.build();
  const plan = planOf(network);
  const layout = layoutOf(network, plan.geometry);
  const weights = initializeWeights(network, 1);
  weights['conv1/bias']!.values.fill(1);
  weights['conv1/kernel']!.values.fill(0);
  const vectors = upload(weights, layout);
  const parameters = views(vectors, layout);
  const x = tf.zeros([4, 1, 1, 8]) as tf.Tensor4D;
  const dropped = (seed: number) => {
    const tape = forwardTraining(plan, x, parameters, createRandom(seed));
    const values = [...(tape.logits.dataSync() as Float32Array)];
    tape.dispose();
    return values;
  };
  const values = dropped(1);
  expect(values.filter((value) => value === 0).length / values.length).toBeCloseTo(0.25, 1);
  expect(values.reduce((a, c) => a + c, 0) / values.length).toBeCloseTo(1, 1);
  expect(dropped(1)).toEqual(values);
  expect(dropped(2)).not.toEqual(values);
  const whole = infer(plan, x, parameters);
  expect(new Set(whole.dataSync())).toEqual(new Set([1]));
});

test('a network that cannot be trained is refused with a reason', () => {
  const b = builder(8, 8, 2);
  b.conv(3, 3, { stride: 2, dilation: 2 });
  b.globalAveragePool();
  expect(() => planOf(b.build())).toThrow(/conv1 has both a stride and a dilation/);
  const pool = builder(8, 8, 2);
  pool.maxPool(2, { padding: [0, 0, 2, 0] });
  pool.flatten();
  expect(() => planOf(pool.build())).toThrow(/pool1 pads 2 columns to a window of 2/);
  const map = builder(8, 8, 2);
  map.conv(3, 3);
  expect(() => planOf(map.build())).toThrow(/output conv1 is a 8x8 map/);
  const two = builder(1, 1, 2);
  two.dense(3);
  two.dense(3, {}, 'input');
  expect(() => planOf(two.build())).toThrow(/1 inputs and 2 outputs/);
});

import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { NetworkBuilder } from '../../core/network/builder.ts';
import type { FeatureMap, Network } from '../../core/network/network.ts';
import { geometryAt, geometryOf } from '../../core/network/shapes.ts';
import { forward } from '../../core/pruning/testing/referenceInterpreter.ts';
import { createRandom } from '../../core/random.ts';
import { useWasmInNode } from '../nodeWasm.ts';
import { planOf, type Step } from '../plan.ts';

beforeAll(useWasmInNode);

const MAP: FeatureMap = { height: 4, width: 3, channels: 2 };
const BATCH = 3;

/** Some kind between an input and a pooling, for a plan wants one vector at the end. */
function around(shape: FeatureMap, build: (b: NetworkBuilder) => void): Network {
  const b = new NetworkBuilder('one kind', shape);
  build(b);
  b.globalAveragePool();
  return b.build();
}

const CASES: Readonly<Record<string, Network>> = {
  leakyRelu: around(MAP, (b) => b.leakyRelu(0.1)),
  sigmoid: around(MAP, (b) => b.sigmoid()),
  tanh: around(MAP, (b) => b.tanh()),
  hardSigmoid: around(MAP, (b) => b.hardSigmoid()),
  hardSwish: around(MAP, (b) => b.hardSwish()),
  'multiply of two maps': around(MAP, (b) => b.multiply(b.relu('input'), 'input')),
  'multiply by a gate': around(MAP, (b) => b.multiply('input', b.globalAveragePool('input'))),
  'multiply of a gate': around(MAP, (b) => b.multiply(b.globalAveragePool('input'), 'input')),
  'channelShuffle of 6 in 2': around({ ...MAP, channels: 6 }, (b) => b.channelShuffle(2)),
  'channelShuffle of 6 in 3': around({ ...MAP, channels: 6 }, (b) => b.channelShuffle(3)),
  'upsample by 2x3, nearest': around(MAP, (b) => b.upsample([2, 3])),
  'upsample by 7, nearest': around(MAP, (b) => b.upsample(7)),
  'upsample by 2, bilinear': around(MAP, (b) => b.upsample(2, 'bilinear')),
  'upsample by 3x4, bilinear': around(MAP, (b) => b.upsample([3, 4], 'bilinear')),
  'upsample of one pixel, bilinear': around({ ...MAP, height: 1, width: 1 }, (b) =>
    b.upsample(2, 'bilinear'),
  ),
};

const sizeOf = ({ height, width, channels }: FeatureMap) => height * width * channels;

const shapeOf = ({ height, width, channels }: FeatureMap): [number, number, number, number] => [
  BATCH,
  height,
  width,
  channels,
];

/** The layer in front of the last pooling, its maps, and values for what it reads: -5..5, far from 3, 0 and -3. */
function subject(network: Network) {
  const geometry = geometryOf(network);
  const steps = planOf(network).steps;
  const step = steps.at(-2) as Step;
  const { ifms, ofm } = geometryAt(geometry, step.layer.id);
  const random = createRandom(5);
  const value = () => {
    const drawn = 10 * random.next() - 5;
    return Math.abs(drawn - 3 * Math.round(drawn / 3)) < 0.02 ? drawn + 0.1 : drawn;
  };
  const inputs = ifms.map((ifm) => Float32Array.from({ length: BATCH * sizeOf(ifm) }, value));
  const tensors = (parts: readonly Float32Array[]) =>
    parts.map((part, i) => tf.tensor4d(part, shapeOf(ifms[i] as FeatureMap)));
  return { step, ifms, ofm, inputs, tensors, random };
}

const noParameters = () => {
  throw new Error('none of these kinds has parameters');
};

test.each(Object.entries(CASES))('%s computes what the reference computes', (_, network) => {
  const { step, ifms, ofm, inputs, tensors } = subject(network);
  const output = tf.tidy(() => step.operation.infer(tensors(inputs), noParameters).dataSync());
  expect(output.length).toBe(BATCH * sizeOf(ofm));
  for (let image = 0; image < BATCH; image++) {
    const own = inputs.map((values, i) => {
      const size = sizeOf(ifms[i] as FeatureMap);
      return Float64Array.from(values.subarray(image * size, (image + 1) * size));
    });
    // The reference sees the layer alone, each of its inputs an input of the network.
    const sources = ifms.map((shape, i) => ({ kind: 'input' as const, id: `x${i}`, inputs: [], shape }));
    const alone: Network = {
      name: 'alone',
      layers: [...sources, { ...step.layer, inputs: sources.map(({ id }) => id) }],
    };
    const expected = forward(alone, {}, own[0] as Float64Array, new Map(), own.slice(1));
    expected.get(step.layer.id)?.forEach((value, i) => {
      expect(output[image * sizeOf(ofm) + i]).toBeCloseTo(value, 4);
    });
  }
});

test.each(Object.entries(CASES))('the gradient of %s is the slope of its output', (_, network) => {
  const { step, ofm, inputs, tensors, random } = subject(network);
  const dy = Float32Array.from({ length: BATCH * sizeOf(ofm) }, () => 2 * random.next() - 1);
  const before = tf.memory().numTensors;
  const gradients = tf.tidy(() => {
    const all = tensors(inputs);
    const { operation } = step;
    const output = operation.infer(all, noParameters);
    // What an operation does not ask for is gone by then.
    const gone = tf.tensor4d([], [0, 0, 0, 0]);
    const found = operation.backward({
      dy: tf.tensor4d(dy, shapeOf(ofm)),
      inputs: operation.needs.input ? all : all.map(() => gone),
      output: operation.needs.output ? output : gone,
      kept: [],
      parameters: noParameters,
      wantsInputGradient: true,
    });
    return found.inputs.map((gradient) => gradient.dataSync());
  });
  expect(tf.memory().numTensors).toBe(before);
  const objective = (parts: readonly Float32Array[]) => {
    const output = tf.tidy(() => step.operation.infer(tensors(parts), noParameters).dataSync());
    return (output as Float32Array).reduce((sum, value, i) => sum + value * (dy[i] as number), 0);
  };
  inputs.forEach((values, part) => {
    expect(gradients[part]?.length).toBe(values.length);
    for (let i = 0; i < values.length; i++) {
      const moved = (by: number) =>
        inputs.map((other, j) => (j === part ? other.map((v, k) => (k === i ? v + by : v)) : other));
      const slope = (objective(moved(5e-3)) - objective(moved(-5e-3))) / 1e-2;
      expect(Math.abs((gradients[part]?.[i] as number) - slope), `${part} ${i}`).toBeLessThan(6e-3);
    }
  });
});

test('bilinear upsampling is what TensorFlow resizes with half-pixel centers', () => {
  const { step, inputs, tensors } = subject(CASES['upsample by 3x4, bilinear'] as Network);
  tf.tidy(() => {
    const [x] = tensors(inputs) as [tf.Tensor4D];
    const resized = tf.image.resizeBilinear(x, [12, 12], false, true).dataSync();
    step.operation
      .infer([x], noParameters)
      .dataSync()
      .forEach((value, i) => {
        expect(value).toBeCloseTo(resized[i] as number, 4);
      });
  });
});

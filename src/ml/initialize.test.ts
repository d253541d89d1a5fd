import { expect, test } from 'vitest';
import { NetworkBuilder } from '../core/network/builder.ts';
import { initializeWeights } from './initialize.ts';

function network() {
  const b = new NetworkBuilder('initialize', { height: 8, width: 8, channels: 16 });
  b.convBlock(64, 3);
  b.depthwise(5);
  b.relu6();
  b.globalAveragePool();
  b.dense(200);
  return b.build();
}

const variance = (values: Float32Array) =>
  values.reduce((sum, value) => sum + value * value, 0) / values.length;

test('kernels before a ReLU have variance 2 / fan-in, others 2 / (fan-in + fan-out)', () => {
  const weights = initializeWeights(network(), 1);
  expect(variance(weights['conv1/kernel']!.values) * 9 * 16).toBeCloseTo(2, 0);
  expect(variance(weights['fc1/kernel']!.values) * (64 + 200)).toBeCloseTo(2, 1);
  expect(Math.max(...weights['fc1/kernel']!.values)).toBeLessThanOrEqual(Math.sqrt(6 / 264));
  expect(Math.sqrt(variance(weights['dw1/depthwiseKernel']!.values) * 25)).toBeCloseTo(Math.SQRT2, 0);
});

test('biases and means start at 0, scales and variances at 1', () => {
  const weights = initializeWeights(network(), 1);
  for (const [key, value] of Object.entries({
    'fc1/bias': 0,
    'bn1/gamma': 1,
    'bn1/beta': 0,
    'bn1/movingMean': 0,
    'bn1/movingVariance': 1,
  })) {
    expect(new Set(weights[key]!.values), key).toEqual(new Set([value]));
  }
});

test('equal seeds give equal weights', () => {
  expect(initializeWeights(network(), 1)).toEqual(initializeWeights(network(), 1));
  expect(initializeWeights(network(), 2)).not.toEqual(initializeWeights(network(), 1));
});

test('the scale of an L2 normalization starts at 20, as in SSD', () => {
  const b = new NetworkBuilder('scale', { height: 2, width: 2, channels: 3 });
  b.l2Normalize();
  b.globalAveragePool();
  expect(initializeWeights(b.build(), 1)['l2norm1/scale']).toEqual({
    shape: [3],
    values: Float32Array.of(20, 20, 20),
  });
});

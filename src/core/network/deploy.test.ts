import { expect, test } from 'vitest';
import { concatAdd, depthMultiplier, grouped } from '../pruning/testing/networks.ts';
import { forward, randomWeights } from '../pruning/testing/referenceInterpreter.ts';
import { createRandom } from '../random.ts';
import { NetworkBuilder } from './builder.ts';
import { networkCounts } from './counts.ts';
import { deployNetwork } from './deploy.ts';
import { type Network, outputsOf, type Weights } from './network.ts';
import { TRAINED_PRESETS } from './presets.ts';

const kindsOf = ({ layers }: Network) => layers.map(({ kind }) => kind);

/** The largest difference of all outputs, beside the largest output. */
function difference(network: Network, weights: Weights, deployed: { network: Network; weights: Weights }) {
  const input = network.layers[0]!;
  if (input.kind !== 'input') throw new Error('no input');
  const { next } = createRandom(3);
  const { height, width, channels } = input.shape;
  const image = Float64Array.from({ length: height * width * channels }, () => 2 * next() - 1);
  const [before, after] = [network, deployed.network].map((one) => {
    const results = forward(one, one === network ? weights : deployed.weights, image);
    return outputsOf(one).flatMap(({ id }) => [...results.get(id)!]);
  });
  expect(after).toHaveLength(before!.length);
  const largest = Math.max(1, ...before!.map(Math.abs));
  return Math.max(...before!.map((value, i) => Math.abs(value - after![i]!))) / largest;
}

test.each(TRAINED_PRESETS)(
  '$id runs without dropout, with no more parameters, and computes the same to 1e-5 (SX-33)',
  (preset) => {
    const small = preset.input.height > 64 ? { ...preset.input, height: 64, width: 64 } : preset.input;
    const built = preset.build(small, preset.classCount);
    // probabilities hide what logits show
    const network = { ...built, layers: built.layers.filter(({ kind }) => kind !== 'softmax') };
    const weights = randomWeights(network, createRandom(5).next);
    const deployed = deployNetwork(network, weights);
    expect(kindsOf(deployed.network)).not.toContain('dropout');
    const [before, after] = [network, deployed.network].map((one) => networkCounts(one));
    expect(after!.parameterCount).toBeLessThanOrEqual(before!.parameterCount);
    expect(after!.macCount).toBe(before!.macCount);
    expect(difference(network, weights, deployed)).toBeLessThan(1e-5);
    expect(deployNetwork(network, null).network).toEqual(deployed.network);
    const norms = deployed.network.layers.filter(({ kind }) => kind === 'batchNorm');
    for (const { id } of norms.slice(0, 3)) expect(deployed.notes.join()).toContain(id);
  },
);

test.each([concatAdd(), depthMultiplier(), grouped()])('$name, deployed, computes the same', (network) => {
  const weights = randomWeights(network, createRandom(4).next);
  expect(difference(network, weights, deployNetwork(network, weights))).toBeLessThan(1e-6);
});

function mixed(): Network {
  const b = new NetworkBuilder('mixed', { height: 6, width: 6, channels: 4 });
  b.conv(6, 3, { groups: 2 });
  b.dropout(0.2);
  b.batchNorm();
  b.batchNorm();
  b.depthwise(3);
  b.batchNorm();
  const read = b.conv(5, 1);
  const norm = b.batchNorm();
  b.add(norm, read);
  b.relu();
  b.batchNorm();
  b.globalAveragePool();
  b.dense(3);
  b.batchNorm();
  b.dropout(0.5);
  return b.build();
}

test('batch norms fold through each other and dropout; those beside another reader or behind a ReLU stay and are named', () => {
  const network = mixed();
  const weights = randomWeights(network, createRandom(8).next);
  const deployed = deployNetwork(network, weights);
  const left = deployed.network.layers.filter(({ kind }) => kind === 'batchNorm').map(({ id }) => id);
  expect(left).toEqual(['bn4', 'bn5']);
  expect(deployed.notes).toEqual([
    'Dropout was left out: dropout1, dropout2.',
    'Batch norms bn4, bn5 stay: only one that alone reads a convolution or a dense layer can be folded.',
  ]);
  expect(difference(network, weights, deployed)).toBeLessThan(1e-6);
  const keys = Object.keys(deployed.weights);
  expect(keys).not.toContain('bn1/gamma');
  expect(keys).toEqual(expect.arrayContaining(['conv1/bias', 'bn4/gamma', 'fc1/bias']));
  expect(weights).toHaveProperty('bn1/gamma');
});

test('a dropout that is an output of its own stays, or an output would be gone', () => {
  const b = new NetworkBuilder('two ends', { height: 2, width: 2, channels: 2 });
  const end = b.conv(2, 1);
  b.dropout(0.5);
  b.relu(end);
  const network = b.build();
  const deployed = deployNetwork(network, randomWeights(network, createRandom(1).next));
  expect(outputsOf(deployed.network)).toHaveLength(2);
  expect(deployed.notes).toEqual(['Dropout dropout1 stays: it is an output of its own.']);
});

test('a variance below zero would make no numbers: its batch norm stays', () => {
  const b = new NetworkBuilder('odd', { height: 2, width: 2, channels: 1 });
  b.conv(1, 1);
  b.batchNorm();
  const network = b.build();
  const weights = randomWeights(network, createRandom(1).next);
  const odd = { ...weights, 'bn1/movingVariance': { shape: [1], values: Float32Array.of(-1) } };
  const deployed = deployNetwork(network, odd);
  expect(deployed.network).toEqual(network);
  expect(deployed.weights).toEqual(odd);
  expect(deployed.notes).toEqual(['Batch norm bn1 stays: its weights are missing or give no numbers.']);
});

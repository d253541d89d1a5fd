import { expect, test } from 'vitest';
import type { LayerBits } from '../../core/exploration/design.ts';
import type { Network } from '../../core/network/network.ts';
import { presetById } from '../../core/network/presets.ts';
import { randomWeights } from '../../core/pruning/testing/referenceInterpreter.ts';
import { createRandom } from '../../core/random.ts';
import { unwrap } from '../../core/result.ts';
import { readOnnx } from './readOnnx.ts';
import { shapeOf } from './testing/judge.ts';
import { modelBytes } from './testing/model.ts';
import { quantNodes } from './testing/quantNodes.ts';
import { writeQonnx } from './writeQonnx.ts';

function preset(id: string): Network {
  const found = presetById(id);
  if (!found) throw new Error(`No preset ${id}`);
  return found.build(found.input, found.classCount);
}

const WEIGHTED = new Set(['conv2d', 'depthwiseConv2d', 'dense']);

/** Bits that differ from layer to layer. */
const mixedBits = (network: Network): Readonly<Record<string, LayerBits>> =>
  Object.fromEntries(
    network.layers
      .filter(({ kind }) => WEIGHTED.has(kind))
      .map(({ id }, i) => [id, { weightBits: 1 + (i % 8), activationBits: 2 + (i % 7) }]),
  );

test.each(['tiny-cnn', 'cnv', 'tiny-resnet', 'tiny-mobilenet-v2', 'tfc', 'lenet', 'ds-cnn'])(
  '%s: bits by layer survive a QONNX file, and the network does',
  async (id) => {
    const network = preset(id);
    const weights = randomWeights(network, createRandom(2).next);
    const layerBits = mixedBits(network);
    const bytes = unwrap(await writeQonnx(network, weights, { weightBits: 4, activationBits: 4, layerBits }));
    const again = unwrap(await readOnnx(bytes, `${id}.onnx`));
    expect(shapeOf(again.network)).toEqual(shapeOf(network));
    const last = network.layers.findLast(({ kind }) => WEIGHTED.has(kind))?.id ?? '';
    for (const [layerId, bits] of Object.entries(layerBits)) {
      // What leaves the last layer is not quantized: 32.
      const activationBits = layerId === last ? 32 : bits.activationBits;
      expect(again.layerBits?.[layerId], layerId).toEqual({ ...bits, activationBits });
    }
    expect(again.layerBits?.input).toEqual({ weightBits: 8, activationBits: 8 });
  },
);

test.each([1, 2, 3, 8])(
  'weights of %i bits come back as their nearest quantized values',
  async (weightBits) => {
    const network = preset('lenet');
    const weights = randomWeights(network, createRandom(9).next);
    const bytes = unwrap(await writeQonnx(network, weights, { weightBits, activationBits: 4 }));
    const again = unwrap(await readOnnx(bytes, 'lenet.onnx'));
    for (const key of ['conv1/kernel', 'fc1/kernel']) {
      const [before, after] = [weights[key]?.values ?? [], again.weights?.[key]?.values ?? []];
      expect(after.length).toBe(before.length);
      const levels = [...new Set(after)];
      // Narrow and signed: one step fewer than all, and as many below zero as above.
      expect(levels.length).toBeLessThanOrEqual(weightBits === 1 ? 2 : 2 ** weightBits - 1);
      expect(levels.length).toBeGreaterThan(1);
      for (let i = 0; i < before.length; i++) {
        const distance = Math.abs((before[i] as number) - (after[i] as number));
        const nearest = Math.min(...levels.map((level) => Math.abs((before[i] as number) - level)));
        expect(distance).toBeLessThanOrEqual(nearest + 1e-6);
      }
    }
  },
);

test('quantizers have the form that FINN takes: zero point 0, narrow weights, unsigned behind a ReLU only', async () => {
  const network = preset('tiny-resnet');
  const weights = randomWeights(network, createRandom(4).next);
  const bytes = unwrap(await writeQonnx(network, weights, { weightBits: 2, activationBits: 3 }));
  const nodes = await quantNodes(bytes);
  expect(nodes.filter(({ ofWeights }) => ofWeights)).toHaveLength(
    network.layers.filter(({ kind }) => WEIGHTED.has(kind)).length,
  );
  for (const node of nodes) {
    expect(node).toMatchObject({ opType: 'Quant', domain: 'qonnx.custom_op.general', zero: 0 });
    if (node.ofWeights) expect(node).toMatchObject({ bits: 2, signed: 1, narrow: 1 });
    else if (node.reads === 'Relu') expect(node).toMatchObject({ bits: 3, signed: 0, narrow: 0 });
    else expect(node).toMatchObject({ bits: node.reads === 'input' ? 8 : 3, signed: 1, narrow: 0 });
  }
  expect(nodes.some(({ reads }) => reads === 'input')).toBe(true);
});

test.each([
  ['of one bit', { weightBits: 1, activationBits: 1 }, 'BipolarQuant'],
  ['of two signed bits', { weightBits: 2, activationBits: 2, signedActivations: true }, 'Quant'],
])('activations %s stand in the place of ReLUs, as in the published CNV', async (_, options, opType) => {
  const network = preset('cnv');
  const weights = randomWeights(network, createRandom(4).next);
  const bytes = unwrap(await writeQonnx(network, weights, options));
  const activations = (await quantNodes(bytes)).filter(
    ({ ofWeights, reads }) => !ofWeights && reads !== 'input',
  );
  expect(activations).toHaveLength(network.layers.filter(({ kind }) => kind === 'relu').length);
  for (const node of activations) expect(node).toMatchObject({ opType, reads: 'BatchNormalization' });
  const again = unwrap(await readOnnx(bytes, 'cnv.onnx'));
  expect(again.network.layers.some(({ kind }) => kind === 'relu')).toBe(false);
  expect(again.layerBits?.conv1).toEqual({
    weightBits: options.weightBits,
    activationBits: options.activationBits,
  });
});

test.each([0, 1.5, 33])('%d bits are refused', async (weightBits) => {
  const network = preset('tfc');
  const weights = randomWeights(network, createRandom(4).next);
  const result = await writeQonnx(network, weights, { weightBits, activationBits: 2 });
  expect(result).toMatchObject({ ok: false, error: { code: 'qonnx-bits' } });
});

test.each([
  ['one signed bit is a sign', 1, { signed: 1, narrow: 0 }, [-0.5, 0.5, 0.5, -0.5]],
  [
    'halves go to the even step, and the lowest step stays without narrow',
    2,
    { signed: 1, narrow: 0 },
    [-1, 0, 0.5, 0],
  ],
  ['narrow leaves the lowest step out', 2, { signed: 1, narrow: 1 }, [-0.5, 0, 0.5, 0]],
  ['unsigned starts at zero', 2, { signed: 0, narrow: 0 }, [0, 0, 1.5, 0]],
  ['rounding up goes away from zero', 4, { signed: 1, narrow: 0, rounding_mode: 'UP' }, [-1.5, 0.5, 3, -0.5]],
])('Quant nodes of weights: %s', async (_, bits, attributes, expected) => {
  const bytes = await modelBytes({ input: ['N', 4], domains: ['qonnx.custom_op.general'] }, (m) => {
    const inputs = [[-1.4, 0.25, 3, -0.25], [0.5], [0], [bits]].map((values, i) =>
      m.given(i === 0 ? [4, 1] : [], values),
    );
    return m.node('MatMul', ['x', m.node('Quant', inputs, attributes, 'qonnx.custom_op.general')]);
  });
  const { weights, layerBits } = unwrap(await readOnnx(bytes, 'quant.onnx'));
  expect(Object.values(weights ?? {}).map(({ values }) => [...values].map((value) => value + 0))).toEqual([
    expected,
  ]);
  expect(Object.values(layerBits ?? {}).map(({ weightBits }) => weightBits)).toEqual([bits]);
});

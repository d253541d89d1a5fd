import { expect, test } from 'vitest';
import type { Network } from '../../core/network/network.ts';
import { presetById, TRAINED_PRESETS } from '../../core/network/presets.ts';
import { gated } from '../../core/pruning/testing/networks.ts';
import { randomWeights } from '../../core/pruning/testing/referenceInterpreter.ts';
import { createRandom } from '../../core/random.ts';
import { unwrap } from '../../core/result.ts';
import { finnNotes } from './finnNotes.ts';
import { decodeModel } from './messages.ts';
import { readOnnx } from './readOnnx.ts';
import { activations, shapeOf } from './testing/judge.ts';
import { quantNodes } from './testing/quantNodes.ts';
import { type QonnxOptions, writeQonnx } from './writeQonnx.ts';

function built(id: string): Network {
  const preset = presetById(id)!;
  const input = preset.input.height > 100 ? { height: 64, width: 64, channels: 3 } : preset.input;
  return preset.build(input, preset.classCount);
}

const write = async (network: Network, options: Partial<QonnxOptions> = {}) =>
  unwrap(
    await writeQonnx(network, randomWeights(network, createRandom(4).next), {
      weightBits: 4,
      activationBits: 4,
      ...options,
    }),
  );

// FINN's qonnx_activation_handlers.py and fold_quant_weights.py, as they check
test.each(
  TRAINED_PRESETS.flatMap(({ id }) =>
    [{}, { deployed: true }, { weightBits: 1, activationBits: 1 }].map((options) => ({ id, options })),
  ),
)(
  '$id $options has only quantizers that FINN turns into thresholds and integers',
  async ({ id, options }) => {
    const network = built(id);
    const hard = new Set(['sigmoid', 'tanh', 'leakyRelu', 'hardSigmoid', 'hardSwish']);
    expect(network.layers.some(({ kind }) => hard.has(kind))).toBe(false);
    for (const node of await quantNodes(await write(network, options))) {
      if (node.ofWeights) expect(node.readers, node.source).toBe(1);
      else if (node.opType === 'BipolarQuant') expect(node.scale, node.source).toBe(1);
      else if (node.reads === 'Relu') expect(node).toMatchObject({ signed: 0, narrow: 0, zero: 0 });
      else expect(node).toMatchObject({ signed: 1, zero: 0 });
    }
  },
);

const quant = (value: number, scale: number, bits: number) =>
  Math.min(2 ** bits - 1, Math.max(0, Math.round(value / scale))) * scale;

test.each([{}, { deployed: true }, { activationMaxima: { relu1: 4, relu2: 40 } }])(
  'a ReLU6 is a Relu whose quantizer clips at 6, and is a ReLU6 again when read (%o)',
  async (options) => {
    const network = built('tiny-mobilenet-v2');
    const bytes = await write(network, options);
    const { graph } = unwrap(await decodeModel(bytes, 'q.onnx'));
    expect(graph!.node.some(({ opType }) => opType === 'Clip')).toBe(false);
    const clipping = (await quantNodes(bytes)).filter(({ reads }) => reads === 'Relu');
    expect(clipping).toHaveLength(network.layers.filter(({ kind }) => kind === 'relu6').length);
    for (const { scale, bits, source } of clipping) {
      const largest = source === 'relu1' && 'activationMaxima' in options ? 4 : 6;
      expect(scale * (2 ** bits - 1)).toBeCloseTo(largest, 5);
      for (let x = -3; x < 12; x += 0.01) {
        const clipped = Math.min(6, Math.max(0, x));
        expect(quant(Math.max(0, x), scale, bits)).toBe(quant(clipped, scale, bits));
      }
    }
    const again = unwrap(await readOnnx(bytes, 'q.onnx'));
    const kinds = ({ layers }: Network) =>
      layers.filter(({ kind }) => kind.startsWith('relu')).map(({ id, kind }) => id + kind);
    expect(kinds(again.network)).toEqual(kinds(network));
    if (!('deployed' in options)) expect(shapeOf(again.network)).toEqual(shapeOf(network));
  },
);

test('a ReLU6 that is not quantized clips itself', async () => {
  const network = built('tiny-mobilenet-v2');
  const { graph } = unwrap(await decodeModel(await write(network, { activationBits: 32 }), 'q.onnx'));
  expect(graph!.node.filter(({ opType }) => opType === 'Clip')).toHaveLength(
    network.layers.filter(({ kind }) => kind === 'relu6').length,
  );
});

test('folding leaves the ranges of quantizers as the batch norms set them', async () => {
  const network = built('tiny-resnet');
  const scales = async (deployed: boolean) =>
    Object.fromEntries(
      (await quantNodes(await write(network, { deployed })))
        .filter(({ reads }) => reads === 'Relu')
        .map(({ source, scale }) => [source, scale]),
    );
  const trained = await scales(false);
  expect(await scales(true)).toEqual(trained);
  expect(new Set(Object.values(trained)).size).toBeGreaterThan(2);
});

test('what FINN cannot build is told in one sentence', () => {
  expect(finnNotes(built('cnv'))).toEqual([]);
  expect(finnNotes(built('tiny-mobilenet-v2'))).toEqual([]);
  const [sentence, ...more] = finnNotes(activations());
  expect(more).toEqual([]);
  expect(sentence).toMatch(
    /^FINN can't build activations other than ReLU and ReLU6 \(.* and \d more\); .*products of two maps \(\w+\).*bilinear upsampling.*\.$/,
  );
  expect(finnNotes(gated())).toHaveLength(1);
});

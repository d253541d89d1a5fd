import { unzipSync } from 'fflate';
import { afterAll, describe, expect, test } from 'vitest';
import { networkCounts } from '../core/network/counts.ts';
import { deployNetwork } from '../core/network/deploy.ts';
import type { Network, Weights } from '../core/network/network.ts';
import { PRESETS, type Preset } from '../core/network/presets.ts';
import { geometryAt, inferGeometry } from '../core/network/shapes.ts';
import { randomWeights } from '../core/pruning/testing/referenceInterpreter.ts';
import { createRandom } from '../core/random.ts';
import { type Result, unwrap } from '../core/result.ts';
import { readModelFiles } from './model/readModel.ts';
import { MODEL_FORMATS, type ModelFormat, writeModel } from './model/writeModel.ts';
import { onnxOutput, ourOutput, randomImage } from './onnx/testing/judge.ts';

const MOST_PARAMETERS = 2_000_000;
const MOST_PIXELS = 64;
const MOST_MACS = 60_000_000;
const TOLERANCE = 1e-4;

/** The preset with few classes and a small image, without the softmax that hides what logits show; null where it is still large. */
function small({ build, input, classCount }: Preset): Network | null {
  const side = (extent: number) => Math.min(MOST_PIXELS, extent);
  const image = { ...input, height: side(input.height), width: side(input.width) };
  const built = build(image, Math.min(10, classCount));
  const network = { ...built, layers: built.layers.filter(({ kind }) => kind !== 'softmax') };
  if (!inferGeometry(network).ok) return null;
  const { parameterCount, macCount } = networkCounts(network);
  return parameterCount < MOST_PARAMETERS && macCount < MOST_MACS ? network : null;
}

const networks = PRESETS.flatMap((preset) => {
  const network = small(preset);
  return network ? [{ id: preset.id, network }] : [];
});

/** Everything but the words of paddings, which ONNX knows as numbers. */
function plainOf(network: Network): readonly object[] {
  const geometry = unwrap(inferGeometry(network));
  return network.layers.map((layer) => ({ ...layer, padding: geometryAt(geometry, layer.id).pads }));
}

const text = (weights: Weights | null) =>
  Object.entries(weights ?? {})
    .map(
      ([key, { shape, values }]) =>
        `${key} ${shape} ${Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64')}`,
    )
    .sort();

async function readBack(format: ModelFormat, bytes: Uint8Array) {
  const files =
    format === 'tfjs'
      ? Object.entries(unzipSync(bytes)).map(([name, content]) => ({ name, bytes: content }))
      : [{ name: 'somebody', bytes }];
  return unwrap(await readModelFiles(files));
}

const FLOAT = {
  weightBits: 32,
  activationBits: 32,
  layerBits: { input: { weightBits: 32, activationBits: 32 } },
};
const EIGHT = { weightBits: 8, activationBits: 8, layerBits: {} };

/** What Keras or TensorFlow.js has no layer for, in the words of the fault. */
function refusal({ layers }: Network, format: ModelFormat): RegExp | null {
  if (format === 'onnx' || format === 'qonnx') return null;
  const paddedAverage = layers.some(
    (layer) =>
      layer.kind === 'averagePool' && typeof layer.padding !== 'string' && Math.max(...layer.padding) > 0,
  );
  if (format === 'tfjs') {
    if (layers.some((layer) => layer.kind === 'conv2d' && layer.groups > 1))
      return /is a convolution in groups/;
    if (layers.some(({ kind }) => kind === 'hardSwish' || kind === 'hardSigmoid')) return /is a hardS/;
  }
  return paddedAverage ? /without counting the padding, which Keras can't/ : null;
}

/** The largest difference of an output, beside the largest output. */
function difference(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(found.length).toBe(expected.length);
  const largest = Array.from(expected).reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  return (
    Array.from(expected).reduce((most, b, i) => Math.max(most, Math.abs((found[i] as number) - b)), 0) /
    largest
  );
}

const worst: Record<string, number> = {};
function within(what: string, found: ArrayLike<number>, expected: ArrayLike<number>): void {
  const apart = difference(found, expected);
  worst[what] = Math.max(worst[what] ?? 0, apart);
  expect(apart, what).toBeLessThan(TOLERANCE);
}
afterAll(() => {
  if (process.env.ROUND_TRIPS) console.log(worst);
});

describe.each(networks)('$id', ({ network }) => {
  const { next } = createRandom(12);
  const weights = randomWeights(network, next);
  const image = randomImage(network, next);
  const expected = ourOutput(network, weights, image);

  test.each(MODEL_FORMATS.flatMap((format) => [false, true].map((deployed) => ({ format, deployed }))))(
    'as $format, deployed: $deployed, is the same network and computes the same',
    async ({ format, deployed }) => {
      const form = deployed ? deployNetwork(network, weights) : { network, weights };
      const write = (bits: typeof FLOAT | typeof EIGHT): Promise<Result<{ bytes: Uint8Array }>> =>
        writeModel(format, network, weights, { bits, deployed });
      const written = await write(FLOAT);
      const refused = refusal(network, format);
      if (refused) {
        expect(!written.ok && written.error.message).toMatch(refused);
        return;
      }
      const { bytes } = unwrap(written);
      const again = await readBack(format, bytes);
      expect(again.notes).toEqual([]);
      if (format === 'onnx' || format === 'qonnx') {
        expect(plainOf(again.network)).toEqual(plainOf(form.network));
        within(`${format}, onnxruntime`, await onnxOutput(bytes, form.network, image), expected);
      } else expect(again.network).toEqual(form.network);
      // parameters are kept to the bit: the same network computes the same with them
      expect(text(again.weights)).toEqual(text(form.weights));
      if (format !== 'qonnx') return;
      const eight = await readBack(format, unwrap(await write(EIGHT)).bytes);
      expect(plainOf(eight.network)).toEqual(plainOf(form.network));
      for (const [key, { values }] of Object.entries(form.weights)) {
        const quantized = eight.weights![key]!.values;
        const reach = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        const halfStep = key.endsWith('ernel') ? reach / 127 / 2 : 0;
        const apart = values.reduce((most, value, i) => Math.max(most, Math.abs(value - quantized[i]!)), 0);
        expect(apart, key).toBeLessThanOrEqual(halfStep * 1.001);
      }
      const weighted = form.network.layers.filter(({ kind }) => kind === 'conv2d' || kind === 'dense');
      for (const { id } of weighted) expect(eight.layerBits?.[id]?.weightBits, id).toBe(8);
    },
  );
});

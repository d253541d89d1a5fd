import * as layers from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  type NormalizationChoice,
  normalizationText,
  plainChoice,
} from '../../core/data/normalizationChoice.ts';
import { NetworkBuilder } from '../../core/network/builder.ts';
import type { Network, Weights } from '../../core/network/network.ts';
import { randomWeights } from '../../core/pruning/testing/referenceInterpreter.ts';
import { createRandom } from '../../core/random.ts';
import { unwrap } from '../../core/result.ts';
import { useWasmInNode } from '../../ml/nodeWasm.ts';
import { decodeModel } from '../onnx/messages.ts';
import { asRead, expectClose, onnxOutput, ourOutput } from '../onnx/testing/judge.ts';
import type { ImportedModel } from './imported.ts';
import { normalizationIn } from './normalizationRecord.ts';
import { readModelFiles } from './readModel.ts';
import { MODEL_FORMATS, type ModelFormat, type WriteOptions, writeModelFiles } from './writeModel.ts';

beforeAll(useWasmInNode);

/** Begins with a batch norm of its own, which is no normalization of images. */
function small(): Network {
  const b = new NetworkBuilder('small', { height: 6, width: 5, channels: 3 });
  b.batchNorm();
  b.conv(4, 3, { bias: true });
  b.relu();
  b.flatten();
  b.dense(5);
  return b.build();
}

const network = small();
const weights: Weights = randomWeights(network, createRandom(5).next);
/** 32 bits leave a QONNX file unquantized, so that it computes the same. */
const bits = { weightBits: 32, activationBits: 32, layerBits: {} };

const CHOICES: readonly NormalizationChoice[] = [
  plainChoice('none'),
  plainChoice('unit'),
  plainChoice('signed'),
  {
    normalization: 'standardized',
    standardization: { mean: [125.3, 123, 113.9], deviation: [63, 62.1, 66.7] },
  },
  { normalization: 'standardized', standardization: { mean: [127], deviation: [64] } },
];
const named = CHOICES.map((choice) => ({ text: normalizationText(choice), choice }));
const cases = MODEL_FORMATS.flatMap((format) => named.map((one) => ({ format, ...one })));

const written = async (format: ModelFormat, images?: WriteOptions['images']) =>
  unwrap(
    await writeModelFiles(format, network, weights, { bits, deployed: false, ...(images ? { images } : {}) }),
  ).files;
const reread = async (format: ModelFormat, images?: WriteOptions['images']): Promise<ImportedModel> =>
  unwrap(await readModelFiles(await written(format, images)));

const next = createRandom(8).next;
const bytes = Float64Array.from({ length: 6 * 5 * 3 }, () => Math.floor(256 * next()));

describe('the normalization of a design', () => {
  test.each(cases)(
    '$text comes back from a file of $format, whose layers stay as they are',
    async ({ format, choice }) => {
      const model = await reread(format, { choice, inside: false });
      expect(model.normalization).toEqual(choice);
      expect(model.network.layers.map(({ kind }) => kind)).toEqual(network.layers.map(({ kind }) => kind));
      expect(model.notes.some((note) => /^Pixels reach it as .*, as the file says\.$/.test(note))).toBe(true);
    },
  );

  test.each(cases)(
    '$text as the first layer of a file of $format is not applied twice',
    async ({ format, choice }) => {
      const model = await reread(format, { choice, inside: true });
      expect(model.normalization).toEqual(choice);
      expect(model.network.layers.map(({ kind }) => kind)).toEqual(network.layers.map(({ kind }) => kind));
      const image = asRead(bytes, network, choice);
      expectClose(
        ourOutput(model.network, model.weights ?? {}, image),
        ourOutput(network, weights, image),
        1e-4,
      );
    },
  );

  test.each(MODEL_FORMATS)('is not told by a file of %s that says nothing about it', async (format) => {
    expect(await reread(format)).not.toHaveProperty('normalization');
  });
});

describe('a file that normalizes by itself', () => {
  test.each(named)(
    'computes from bytes what the network computes from $text: onnxruntime',
    async ({ choice }) => {
      const [file] = await written('onnx', { choice, inside: true });
      const judged = await onnxOutput(file.bytes, network, bytes);
      expectClose(judged, ourOutput(network, weights, asRead(bytes, network, choice)), 1e-4);
      const [plain] = await written('onnx', { choice, inside: false });
      if (choice.normalization !== 'none')
        expect(() => expectClose(judged, ourOutput(network, weights, bytes), 1e-2)).toThrow();
      expectClose(await onnxOutput(plain.bytes, network, asRead(bytes, network, choice)), judged, 1e-4);
    },
  );

  test.each(named)(
    'computes from bytes what the network computes from $text: TensorFlow.js',
    async ({ choice }) => {
      const [json, ...shards] = await written('tfjs', { choice, inside: true });
      const { modelTopology, weightsManifest } = JSON.parse(new TextDecoder().decode(json.bytes));
      const weightData = Uint8Array.from(shards.flatMap((shard) => [...shard.bytes])).buffer;
      const model = await layers.loadLayersModel(
        tf.io.fromMemory({ modelTopology, weightSpecs: weightsManifest[0].weights, weightData }),
      );
      const judged = (model.predict(tf.tensor4d([...bytes], [1, 6, 5, 3])) as tf.Tensor).dataSync();
      expectClose(judged, ourOutput(network, weights, asRead(bytes, network, choice)), 1e-4);
    },
  );
});

test('an ONNX file tells people too', async () => {
  const docOf = async (inside: boolean) => {
    const [file] = await written('onnx', { choice: plainChoice('signed'), inside });
    return unwrap(await decodeModel(file.bytes, 'a.onnx')).docString;
  };
  expect(await docOf(false)).toBe('Reads pixels brought to −1 to 1.');
  expect(await docOf(true)).toBe('Reads bytes, 0 to 255, and brings them to −1 to 1 itself.');
});

test('a QONNX file quantizes images as far as their normalization reaches', async () => {
  const scaleOf = async (choice: NormalizationChoice) => {
    const options = {
      bits: { ...bits, activationBits: 4 },
      deployed: false,
      images: { choice, inside: false },
    };
    const { files } = unwrap(await writeModelFiles('qonnx', network, weights, options));
    const { graph } = unwrap(await decodeModel(files[0].bytes, 'a.onnx'));
    const scale = graph?.initializer.find(({ name }) => name === 'input/scale');
    return new Float32Array(new Uint8Array(scale?.rawData ?? []).buffer)[0];
  };
  expect(await scaleOf(plainChoice('signed'))).toBeCloseTo(1 / 127, 7);
  expect(await scaleOf(plainChoice('none'))).toBeCloseTo(255 / 127, 7);
});

test.each([
  null,
  'no JSON',
  '{"kind":"loud"}',
  { kind: 'standardized' },
  { kind: 'standardized', mean: [1], deviation: [0] },
  { kind: 'standardized', mean: ['1'], deviation: [1] },
  { kind: 'standardized', mean: Array(100).fill(1), deviation: Array(100).fill(1) },
  [],
  7,
])('%j in a file is no normalization', (record) => {
  expect(normalizationIn(record)).toBeNull();
});

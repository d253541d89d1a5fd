import * as layers from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { NetworkBuilder } from '../../core/network/builder.ts';
import type { Network, Weights } from '../../core/network/network.ts';
import { presetById } from '../../core/network/presets.ts';
import { unwrap } from '../../core/result.ts';
import { infer } from '../../ml/forward.ts';
import { initializeWeights } from '../../ml/initialize.ts';
import { useWasmInNode } from '../../ml/nodeWasm.ts';
import { Session } from '../../ml/session.ts';
import { readTfjs } from './readTfjs.ts';
import { type TfjsFile, writeTfjs } from './writeTfjs.ts';

beforeAll(useWasmInNode);

const textOf = ({ bytes }: TfjsFile) => new TextDecoder().decode(bytes);
const mapOf = (files: readonly TfjsFile[]) => new Map(files.map(({ name, bytes }) => [name, bytes]));

function built(id: string): { network: Network; weights: Weights } {
  const preset = presetById(id)!;
  const network = preset.build(preset.input, preset.classCount);
  return { network, weights: initializeWeights(network, 3) };
}

test.each(['lenet', 'tiny-resnet', 'ds-cnn'])(
  '%s written for TensorFlow.js in many shards and read again is the same',
  async (id) => {
    const { network, weights } = built(id);
    const [json, ...shards] = unwrap(await writeTfjs(network, weights, 100_000));
    const again = unwrap(await readTfjs(textOf(json), mapOf(shards), 'model.json'));
    expect(again.notes).toEqual([]);
    expect(again.network).toEqual(network);
    expect(again.weights).toEqual(weights);
  },
);

/** Channel shuffles on the way; tfjs knows no grouped convolutions. */
function shuffled(): { network: Network; weights: Weights } {
  const b = new NetworkBuilder('shuffled', { height: 5, width: 4, channels: 3 });
  b.convBlock(12, 3);
  b.channelShuffle(3);
  b.convBlock(8, 3);
  b.channelShuffle(2);
  b.flatten();
  b.dense(5);
  const network = b.build();
  return { network, weights: initializeWeights(network, 3) };
}

test.each(['tiny-cnn', 'tiny-resnet', 'mobilenet-v1-0.25', 'shuffled'])(
  'TensorFlow.js itself loads %s and computes what we compute',
  async (id) => {
    const { network, weights } = id === 'shuffled' ? shuffled() : built(id);
    const [json, ...shards] = unwrap(await writeTfjs(network, weights));
    const { modelTopology, weightsManifest } = JSON.parse(textOf(json));
    const bytes = Uint8Array.from(shards.flatMap((shard) => [...shard.bytes]));
    const model = await layers.loadLayersModel(
      tf.io.fromMemory({ modelTopology, weightSpecs: weightsManifest[0].weights, weightData: bytes.buffer }),
    );
    const [, ...extents] = model.inputs[0]!.shape as [null, number, number, number];
    const size = extents.reduce((product, n) => product * n, 1);
    const x = tf.tensor4d(
      Float32Array.from({ length: size }, (_, i) => Math.sin(i)),
      [1, ...extents],
    );
    const session = new Session(network, weights);
    const logits = infer(session.plan, x, session.parameters);
    const ours = network.layers.at(-1)!.kind === 'softmax' ? tf.softmax(logits) : logits;
    const theirs = (model.predict(x) as tf.Tensor).dataSync();
    ours.dataSync().forEach((value, i) => {
      expect(value).toBeCloseTo(theirs[i]!, 4);
    });
    session.dispose();
  },
);

test('a file that is missing or cut off, or another kind of model, is told by name', async () => {
  const { network, weights } = built('tiny-cnn');
  const [json, shard] = unwrap(await writeTfjs(network, weights));
  const read = async (text: string, files: readonly TfjsFile[]) => {
    const result = await readTfjs(text, mapOf(files), 'model.json');
    return result.ok ? '' : result.error.message;
  };
  expect(await read(textOf(json), [])).toBe(
    "The model asks for group1-shard1of1.bin; choose it together with the model's JSON.",
  );
  const cut = { name: shard!.name, bytes: shard!.bytes.subarray(4) };
  expect(await read(textOf(json), [cut])).toMatch(/bytes and should hold .* cut off/);
  expect(await read('{"format":"graph-model","modelTopology":{}}', [])).toMatch(/is a graph model/);
  expect(await read('{}', [])).toMatch(/no modelTopology/);
});

/** What the Python converter does to weights (tensorflowjs, `quantization.py`): bytes, and what the manifest says. */
const CONVERTER: Record<string, (values: Float32Array) => { bytes: Uint8Array; quantization: object }> = {
  uint8: (values) => affine(values, 255, 'uint8'),
  uint16: (values) => affine(values, 65_535, 'uint16'),
  float16: (values) => ({
    bytes: new Uint8Array(Uint16Array.from(values, toHalf).buffer),
    quantization: { dtype: 'float16', original_dtype: 'float32' },
  }),
};

function affine(values: Float32Array, most: number, dtype: 'uint8' | 'uint16') {
  const low = Math.min(...values);
  const scale = (Math.max(...values) - low) / most || 1;
  const min = low <= 0 && Math.max(...values) >= 0 ? -Math.round(-low / scale) * scale : low;
  const levels = Array.from(values, (value) =>
    Math.min(most, Math.max(0, Math.round((value - min) / scale))),
  );
  const bytes = dtype === 'uint8' ? Uint8Array.from(levels) : new Uint8Array(Uint16Array.from(levels).buffer);
  return { bytes, quantization: { min, scale, dtype, original_dtype: 'float32' } };
}

/** Cuts the fraction, which is as near as a half comes to within 2^-10. */
function toHalf(value: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, value);
  const bits = view.getUint32(0);
  const exponent = ((bits >> 23) & 255) - 112;
  return ((bits >> 16) & 0x8000) | (exponent <= 0 ? 0 : (exponent << 10) | ((bits >> 13) & 1023));
}

/** A model.json in two groups of several shards, each tensor quantized, with a counter among them. */
function converted(weights: Weights, json: TfjsFile, kind: string) {
  const model = JSON.parse(textOf(json));
  const parts = Object.entries(weights).map(([key, { shape, values }]) => {
    const written = CONVERTER[kind]!(values);
    const entry: object = { name: key, shape, dtype: 'float32', quantization: written.quantization };
    return { entry, bytes: written.bytes };
  });
  // whole numbers are never quantized
  const counter = { name: 'normalization/count', shape: [1], dtype: 'int32' };
  parts.splice(1, 0, { entry: counter, bytes: new Uint8Array(4) });
  const cut = Math.ceil(parts.length / 2);
  const shards = new Map<string, Uint8Array>();
  model.weightsManifest = [parts.slice(0, cut), parts.slice(cut)].map((group, g) => {
    const bytes = Uint8Array.from(group.flatMap((part) => [...part.bytes]));
    const count = Math.ceil(bytes.length / 1001);
    const paths = Array.from({ length: count }, (_, i) => `group${g + 1}-shard${i + 1}of${count}.bin`);
    paths.forEach((path, i) => {
      shards.set(path, bytes.slice(i * 1001, (i + 1) * 1001));
    });
    return { paths, weights: group.map(({ entry }) => entry) };
  });
  model.format = 'layers-model';
  return { text: JSON.stringify(model), shards };
}

test.each([
  ['uint8', 1 / 255],
  ['uint16', 1 / 65_535],
  ['float16', 2 ** -10],
])(
  'weights that the converter quantized to %s are read, as TensorFlow.js itself reads them',
  async (kind, near) => {
    const { network, weights } = built('tiny-cnn');
    const [json] = unwrap(await writeTfjs(network, weights));
    const { text, shards } = converted(weights, json, kind);
    const again = unwrap(await readTfjs(text, shards, 'model.json'));
    expect(again.network).toEqual(network);
    const manifest = JSON.parse(text).weightsManifest as { weights: tf.io.WeightsManifestEntry[] }[];
    const theirs = Object.assign(
      {},
      ...manifest.map(({ weights }, g) =>
        tf.io.decodeWeights(
          Uint8Array.from(
            [...shards]
              .filter(([path]) => path.startsWith(`group${g + 1}-`))
              .flatMap(([, bytes]) => [...bytes]),
          ).buffer,
          weights,
        ),
      ),
    ) as Record<string, tf.Tensor>;
    Object.entries(weights).forEach(([key, { values }]) => {
      const ours = again.weights![key]!.values;
      expect([...ours]).toEqual([...theirs[key]!.dataSync()]);
      const span = Math.max(...values) - Math.min(0, ...values);
      ours.forEach((value, n) => {
        expect(Math.abs(value - values[n]!)).toBeLessThanOrEqual(span * near + 1e-6);
      });
    });
  },
);

test('a quantization that is not known, or has no scale, is told by name', async () => {
  const { network, weights } = built('tiny-cnn');
  const [json, shard] = unwrap(await writeTfjs(network, weights));
  const told = async (entry: string) => {
    const text = textOf(json).replace('"dtype":"float32"}', `${entry}}`);
    const result = await readTfjs(text, mapOf([shard!]), 'model.json');
    return result.ok ? '' : result.error.message;
  };
  expect(await told('"dtype":"float32","quantization":{"dtype":"int4"}')).toMatch(
    /^The weights .*conv1\/kernel are of type float32, quantized to int4; uint8, uint16 and float16 can be read/,
  );
  expect(await told('"dtype":"float32","quantization":{"dtype":"uint8"}')).toMatch(
    /without a scale and a min/,
  );
  expect(await told('"dtype":"string"')).toMatch(/conv1\/kernel are of type string; float32, float16/);
});

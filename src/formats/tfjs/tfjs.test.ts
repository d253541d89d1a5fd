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

test('a file that is missing, cut off or quantized is told by name', async () => {
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
  const quantized = textOf(json).replace(
    '"dtype":"float32"}',
    '"dtype":"float32","quantization":{"dtype":"uint8"}}',
  );
  expect(await read(quantized, [shard!])).toMatch(/conv1\/kernel are quantized to uint8/);
  expect(await read('{"format":"graph-model","modelTopology":{}}', [])).toMatch(/is a graph model/);
  expect(await read('{}', [])).toMatch(/no modelTopology/);
});

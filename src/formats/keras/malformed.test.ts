/// <reference path="./testing/jsfive.d.ts" />
import { strToU8, zipSync } from 'fflate';
import * as jsfive from 'jsfive';
import { expect, test } from 'vitest';
import { NetworkBuilder } from '../../core/network/builder.ts';
import type { Network, Weights } from '../../core/network/network.ts';
import { createRandom } from '../../core/random.ts';
import { unwrap } from '../../core/result.ts';
import { initializeWeights } from '../../ml/initialize.ts';
import { type Hdf5Group, writeHdf5 } from './hdf5.ts';
import { readKeras } from './readKeras.ts';
import { writeKeras } from './writeKeras.ts';

type Json = Record<string, unknown>;

const input = (shape: unknown = [null, 8, 8, 3]) => ({
  class_name: 'InputLayer',
  config: { name: 'in', batch_input_shape: shape },
});
const layer = (class_name: string, config: Json = {}) => ({
  class_name,
  config: { name: class_name.toLowerCase(), ...config },
});
const conv = (config: Json = {}) => layer('Conv2D', { filters: 4, kernel_size: [3, 3], ...config });
const sequential = (...layers: unknown[]) => ({ class_name: 'Sequential', config: { name: 'm', layers } });

const readBytes = async (bytes: Uint8Array) => {
  const result = await readKeras(bytes, 'model');
  return result.ok ? result.value : result.error.message;
};
const readJson = (json: unknown) => readBytes(strToU8(JSON.stringify(json)));

async function kinds(json: unknown): Promise<string> {
  const model = await readJson(json);
  return typeof model === 'string' ? model : model.network.layers.map(({ kind }) => kind).join(' ');
}

test('JSON alone gives the network, without weights', async () => {
  const model = unwrap(
    await readKeras(
      strToU8(
        JSON.stringify({ ...sequential(input(), conv({ activation: 'relu' })), keras_version: '2.9.0' }),
      ),
      'm.json',
    ),
  );
  expect(model.weights).toBeNull();
  expect(model.source).toBe('Keras 2.9.0, JSON');
  expect(model.network.layers.map(({ id, kind }) => [id, kind])).toEqual([
    ['in', 'input'],
    ['conv2d', 'conv2d'],
    ['conv2d_relu', 'relu'],
  ]);
});

test('zeros before a window become its padding', async () => {
  const pad = layer('ZeroPadding2D', {
    padding: [
      [1, 2],
      [0, 3],
    ],
  });
  const padded = async (padding: string, strides: number) => {
    const model = await readJson(sequential(input(), pad, conv({ padding, strides })));
    const last = typeof model === 'string' ? null : model.network.layers.at(-1);
    return last?.kind === 'conv2d' ? last.padding : model;
  };
  expect(await padded('valid', 2)).toEqual([1, 2, 0, 3]);
  // same adds to the padded 11x11 map: (6 - 1) * 2 + 3 - 11 = 2
  expect(await padded('same', 2)).toEqual([2, 3, 1, 4]);
  expect(await kinds(sequential(input(), pad, layer('AveragePooling2D')))).toMatch(
    /averages would count its zeros/,
  );
  expect(await kinds(sequential(input(), pad, layer('ReLU')))).toMatch(
    /only before a convolution or a max pooling/,
  );
  const pooled = await readJson(sequential(input(), pad, layer('MaxPooling2D')));
  expect(typeof pooled === 'string' ? [] : pooled.notes).toEqual([
    expect.stringMatching(/where all values are negative/),
  ]);
});

test('what can not be read is named with its class, all at once', async () => {
  expect(await kinds(sequential(input(), layer('LSTM'), layer('Attention')))).toBe(
    "The layers lstm (LSTM), attention (Attention) can't be read; replace them: convolutions, dense layers, poolings, batch norms, activations, additions, concatenations, channel shuffles, flattening, padding and dropout can be read.",
  );
  expect(await kinds(sequential(input(), layer('constructor')))).toMatch(/constructor \(constructor\)/);
  expect(await kinds(sequential(input(), conv({ activation: 'gelu' })))).toMatch(
    /conv2d \(Conv2D\) has the activation gelu/,
  );
  expect(await kinds(sequential(input(), conv({ activation: 'hard_sigmoid' })))).toMatch(
    /Keras 2's hard_sigmoid/,
  );
  expect(await kinds(sequential(input(), conv({ data_format: 'channels_first' })))).toMatch(
    /only channels_last/,
  );
  expect(await kinds(sequential(input(), layer('BatchNormalization', { axis: [1] })))).toMatch(
    /along axis \[1\]/,
  );
  expect(await kinds(sequential(input(), layer('Reshape', { target_shape: [64, 3] })))).toMatch(
    /8x8x3 to \[64, 3\]/,
  );
  expect(await kinds({ class_name: 'MyModel', config: {} })).toMatch(/of class MyModel/);
});

test('broken numbers name the layer', async () => {
  expect(await kinds(sequential(input(), conv({ filters: -4 })))).toMatch(/conv2d has filters -4/);
  expect(await kinds(sequential(input(), conv({ filters: 1e9 })))).toMatch(/conv2d/);
  expect(await kinds(sequential(input(), conv({ kernel_size: [3, 'x'] })))).toMatch(/kernel_size \[3,"x"\]/);
  expect(await kinds(sequential(input(), conv({ kernel_size: 9 })))).toMatch(/conv2d slides a 9x9 window/);
  expect(await kinds(sequential(input([null, null, null, 3]), conv()))).toMatch(/shape \[open, open, 3\]/);
  expect(await kinds(sequential(input([null, 8, 8, -3]), conv()))).toMatch(/in/);
  expect(await kinds(sequential(conv()))).toMatch(/has no shape/);
});

test('loops, missing inputs and endless nesting end in a sentence', async () => {
  const node = (name: string, ...inputs: string[]) => ({
    class_name: inputs.length > 1 ? 'Add' : 'ReLU',
    name,
    config: { name },
    inbound_nodes: [inputs.map((one) => [one, 0, 0, {}])],
  });
  const model = (...layers: unknown[]) => ({
    class_name: 'Functional',
    config: {
      name: 'm',
      layers: [{ ...input(), name: 'in', inbound_nodes: [] }, ...layers],
      input_layers: [['in', 0, 0]],
      output_layers: [['b', 0, 0]],
    },
  });
  expect(await kinds(model(node('a', 'in', 'b'), node('b', 'a')))).toMatch(
    /a of model m waits for its own output/,
  );
  expect(await kinds(model(node('b', 'ghost')))).toMatch(/b of model m reads ghost, which is not there/);
  expect(await kinds(model(node('a', 'in')))).toMatch(/names b as an output/);
  // written in any order
  expect(await kinds(model(node('b', 'a'), node('a', 'in')))).toBe('input relu relu');
  let nested: unknown = sequential(input(), conv());
  for (let i = 0; i < 40; i++) nested = sequential(input(), nested);
  expect(await kinds(nested)).toMatch(/nested|names no|no name/);
  expect(await readBytes(strToU8('['.repeat(200_000)))).toMatch(/not JSON|nests deeper/);
});

async function saved(change: (weights: Record<string, Float32Array>, network: Network) => void = () => {}) {
  const b = new NetworkBuilder('tiny net', { height: 6, width: 6, channels: 1 });
  b.convBlock(3, 3);
  b.flatten();
  b.dense(2);
  const network = b.build();
  const weights: Weights = initializeWeights(network, 1);
  change(Object.fromEntries(Object.entries(weights).map(([key, { values }]) => [key, values])), network);
  return { network, weights, bytes: unwrap(await writeKeras(network, weights)) };
}

test('an independent reader finds the layout of Keras 2 in a written file', async () => {
  const { bytes, weights } = await saved();
  const file = new jsfive.File(bytes.buffer as ArrayBuffer, 'm.h5');
  expect(file.attrs.keras_version).toBe('2.15.0');
  expect(JSON.parse(String(file.attrs.model_config)).class_name).toBe('Functional');
  expect(file.get('model_weights').attrs.layer_names).toEqual([
    'input',
    'conv1',
    'bn1',
    'relu1',
    'flatten1',
    'fc1',
  ]);
  expect(file.get('model_weights/fc1').attrs.weight_names).toEqual(['fc1/kernel:0', 'fc1/bias:0']);
  const kernel = file.get('model_weights/fc1/fc1/kernel:0');
  expect(kernel.shape).toEqual([108, 2]);
  expect([...kernel.value]).toEqual([...weights['fc1/kernel']!.values]);
});

test('weights that are no numbers, missing or of another shape name the parameter', async () => {
  const { bytes } = await saved((values) => {
    values['bn1/gamma']![1] = Number.NaN;
  });
  expect(await readBytes(bytes)).toMatch(/weights for bn1\/gamma hold values that are no numbers/);
  const config = JSON.stringify(sequential(input(), conv({ use_bias: false })));
  const file = (weights: Hdf5Group) =>
    writeHdf5({ attributes: { model_config: config }, groups: { model_weights: weights } });
  expect(await readBytes(await file({}))).toBe(
    'The file has no weights for conv2d/kernel, of layer conv2d; save the whole model again.',
  );
  const kernel = { 'kernel:0': { shape: [3, 3, 3, 5], values: new Float32Array(135) } };
  const group = { attributes: { weight_names: ['kernel:0'] }, datasets: kernel };
  expect(await readBytes(await file({ groups: { conv2d: group } }))).toMatch(
    /conv2d\/kernel are 3x3x3x5 and should be 3x3x3x4/,
  );
  const weightsOnly = await writeHdf5({ attributes: { layer_names: ['conv2d'] }, groups: { conv2d: group } });
  expect(await readBytes(weightsOnly)).toMatch(/holds weights only/);
  expect(await readBytes(await writeHdf5({}))).toMatch(/HDF5 file without a Keras model/);
});

test('a file cut off anywhere is a fault, never a crash', async () => {
  const { bytes } = await saved();
  for (let length = 8; length < bytes.length; length += Math.ceil(bytes.length / 25))
    expect(await readBytes(bytes.subarray(0, length)), `${length}`).toEqual(expect.any(String));
  expect(await readBytes(bytes)).toMatchObject({ notes: [] });
});

test('a file with damaged bytes is read or told, and the next file is read as ever', async () => {
  const { bytes } = await saved();
  const random = createRandom(11);
  const whole = (below: number) => Math.floor(random.next() * below);
  for (let round = 0; round < 150; round++) {
    const damaged = bytes.slice();
    for (let i = 0; i < 4; i++) damaged[8 + whole(damaged.length - 8)] = whole(256);
    const model = await readBytes(damaged);
    if (typeof model !== 'string') expect(model.network.layers.length, `${round}`).toBeGreaterThan(1);
  }
  expect(await readBytes(bytes)).toMatchObject({ notes: [] });
});

test('archives that are bombs, empty or cut off are told', async () => {
  const zip = zipSync({ 'config.json': strToU8(JSON.stringify(sequential(input(), conv()))) });
  expect(await readBytes(zip)).toMatchObject({ weights: null, source: 'Keras 3, .keras' });
  expect(await readBytes(zip.subarray(0, zip.length - 30))).toMatch(/can't be unpacked/);
  expect(await readBytes(zipSync({ 'a.txt': strToU8('a') }))).toMatch(/without a config.json/);
  // the promised size, in the central directory, far above what the bytes can hold
  const bomb = zip.slice();
  const view = new DataView(bomb.buffer);
  const directory = bomb.length - 22 - 46 - 'config.json'.length;
  view.setUint32(directory + 24, 4_000_000_000, true);
  expect(await readBytes(bomb)).toMatch(/would unpack to 4,000,000,000 bytes/);
});

test('weights of another network are not written', async () => {
  const { network } = await saved();
  const result = await writeKeras(network, {});
  expect(result.ok ? '' : result.error.message).toMatch(/conv1\/kernel should be 3x3x1x3 and is missing/);
});

test('a Reshape, a Permute and a Reshape are a channel shuffle, a Reshape there and back is nothing', async () => {
  const split = layer('Reshape', { name: 'split', target_shape: [8, 8, -1, 3] });
  const turn = layer('Permute', { name: 'turn', dims: [1, 2, 4, 3] });
  const join = layer('Reshape', { name: 'join', target_shape: [8, 8, 6] });
  const image = input([null, 8, 8, 6]);
  const model = await readJson(sequential(image, split, turn, join, conv()));
  if (typeof model === 'string') throw new Error(model);
  expect(model.network.layers.slice(1, 2)).toEqual([
    { id: 'join', kind: 'channelShuffle', inputs: ['in'], groups: 2 },
  ]);
  expect(await kinds(sequential(image, split, join, conv()))).toBe('input conv2d');
});

test('what is nearly a channel shuffle is refused, by the layer that is wrong', async () => {
  const split = layer('Reshape', { name: 'split', target_shape: [8, 8, 2, 3] });
  const turn = layer('Permute', { name: 'turn', dims: [1, 2, 4, 3] });
  const join = layer('Reshape', { name: 'join', target_shape: [8, 8, 6] });
  const image = input([null, 8, 8, 6]);
  const other = layer('Permute', { name: 'other', dims: [3, 1, 2] });
  const permutes = /^Layer other permutes axes by \[3,1,2\]; only \[1, 2, 4, 3\] between two Reshapes/;
  expect(await readJson(sequential(image, other, conv()))).toMatch(permutes);
  expect(await readJson(sequential(image, split, other, join))).toMatch(permutes);
  const again = layer('Permute', { name: 'again', dims: [1, 2, 4, 3] });
  expect(await readJson(sequential(image, split, turn, again, join))).toMatch(/^Layer again permutes/);
  const parted = /^The channels are in groups at layer conv2d \(Conv2D\); only a Permute/;
  expect(await readJson(sequential(image, split, conv()))).toMatch(parted);
  expect(await readJson(sequential(image, split, turn, conv()))).toMatch(parted);
  expect(await readJson(sequential(image, split, turn))).toMatch(/in groups at layer turn \(Permute\)/);
  const wrong = layer('Reshape', { name: 'wrong', target_shape: [8, 6, 8] });
  expect(await readJson(sequential(image, split, turn, wrong))).toMatch(
    /^Layer wrong reshapes 8x8x6 with its channels in 2 groups to \[8, 6, 8\]; only back to \[8, 8, 6\]/,
  );
  expect(await readJson(sequential(image, layer('Permute'), conv()))).toMatch(/permutes axes by nothing/);
});

test('an L2 normalization is refused by name: Keras has no layer for it', async () => {
  const b = new NetworkBuilder('ssd', { height: 4, width: 4, channels: 3 });
  b.l2Normalize();
  b.conv(2, 1);
  const written = await writeKeras(b.build(), initializeWeights(b.build(), 1));
  expect(written.ok ? '' : written.error.message).toBe(
    'Layer l2norm1 is an L2 normalization with a learned scale, which Keras has no layer for; save the network as ONNX, or use a batch norm.',
  );
});

import { strToU8 } from 'fflate';
import { expect, test } from 'vitest';
import { outputsOf } from '../../core/network/network.ts';
import { forward } from '../../core/pruning/testing/referenceInterpreter.ts';
import type { ImportedModel } from '../model/imported.ts';
import { writeHdf5 } from './hdf5.ts';
import { readKeras } from './readKeras.ts';

// Graphs as Keras 2 and 3 write them into JSON, in forms that our own writer never uses.

type Json = Record<string, unknown>;
const layer = (class_name: string, name: string, config: Json = {}, rest: Json = {}) => ({
  class_name,
  name,
  config: { name, ...config },
  ...rest,
});
const image = (name = 'in', shape: unknown = [null, 6, 5, 2]) =>
  layer('InputLayer', name, { batch_input_shape: shape }, { inbound_nodes: [] });
const sequential = (...layers: unknown[]) => ({ class_name: 'Sequential', config: { name: 'm', layers } });
const conv = (name: string, settings: Json = {}, rest: Json = {}) =>
  layer('Conv2D', name, { filters: 2, kernel_size: [3, 3], ...settings }, rest);

async function read(json: unknown): Promise<ImportedModel | string> {
  const result = await readKeras(strToU8(JSON.stringify(json)), 'm.json');
  return result.ok ? result.value : result.error.message;
}
async function layersOf(json: unknown) {
  const model = await read(json);
  if (typeof model === 'string') throw new Error(model);
  return model.network.layers;
}
const kinds = async (json: unknown) => (await layersOf(json)).map(({ kind }) => kind).join(' ');

/** What a network without trained weights computes for 1, 2, 3, ... */
async function computed(config: unknown): Promise<readonly number[]> {
  const bytes = await writeHdf5({
    attributes: { model_config: JSON.stringify(config), keras_version: '3.15.1' },
    groups: { model_weights: { attributes: { layer_names: [] } } },
  });
  const result = await readKeras(bytes, 'm.h5');
  if (!result.ok) throw new Error(result.error.message);
  const { network, weights } = result.value;
  const [input] = network.layers;
  const { height, width, channels } =
    input?.kind === 'input' ? input.shape : { height: 0, width: 0, channels: 0 };
  const values = Float64Array.from({ length: height * width * channels }, (_, i) => i + 1);
  return [...(forward(network, weights ?? {}, values).get(outputsOf(network)[0]?.id ?? '') ?? [])];
}

test('TensorFlow 2 leaves the call out in which a nested model was built, and counts it', async () => {
  const inner = layer(
    'Functional',
    'inner',
    {
      layers: [image('inner_in'), conv('conv', {}, { inbound_nodes: [[['inner_in', 0, 0, {}]]] })],
      input_layers: [['inner_in', 0, 0]],
      output_layers: [['conv', 0, 0]],
    },
    { inbound_nodes: [[['in', 0, 0, {}]]] },
  );
  const relu = layer('ReLU', 'relu', {}, { inbound_nodes: [[['inner', 1, 0, {}]]] });
  const model = (outer: readonly unknown[], output: string, call: number) => ({
    class_name: 'Functional',
    config: { name: 'm', layers: outer, input_layers: [['in', 0, 0]], output_layers: [[output, call, 0]] },
  });
  expect(await kinds(model([image(), inner, relu], 'relu', 0))).toBe('input conv2d relu');
  expect(await kinds(model([image(), inner], 'inner', 1))).toBe('input conv2d');
  expect(await kinds(model([image(), inner], 'inner', 0))).toBe('input conv2d');
  expect(await read(model([image(), inner], 'inner', 2))).toMatch(/names inner as an output/);
});

test('a dictionary of inputs goes to the layers that its keys name, in whatever order it is written', async () => {
  const tensor = (name: string) => ({
    class_name: '__keras_tensor__',
    config: { keras_history: [name, 0, 0] },
  });
  const call = (...names: string[]) => [{ args: [names.map(tensor)], kwargs: {} }];
  const inner = (inputs: unknown) =>
    layer(
      'Functional',
      'inner',
      {
        layers: [image('a'), image('z'), layer('Concatenate', 'join', {}, { inbound_nodes: call('a', 'z') })],
        input_layers: inputs,
        output_layers: [['join', 0, 0]],
      },
      { inbound_nodes: [{ args: [{ z: tensor('second'), a: tensor('first') }], kwargs: {} }] },
    );
  const model = (inputs: unknown) => ({
    class_name: 'Functional',
    config: {
      name: 'm',
      layers: [image('first'), image('second'), inner(inputs)],
      input_layers: [
        ['first', 0, 0],
        ['second', 0, 0],
      ],
      output_layers: [['inner', 0, 0]],
    },
  });
  for (const inputs of [
    { z: ['z', 0, 0], a: ['a', 0, 0] },
    [
      ['z', 0, 0],
      ['a', 0, 0],
    ],
  ]) {
    const layers = await layersOf(model(inputs));
    expect(layers.at(-1)).toMatchObject({ kind: 'concat', inputs: ['first', 'second'] });
  }
});

test('an activation that is a layer keeps its settings', async () => {
  const given = (class_name: string, config: Json) =>
    sequential(image(), conv('conv', { activation: { module: 'keras.layers', class_name, config } }));
  expect((await layersOf(given('LeakyReLU', { negative_slope: 0.15 }))).at(-1)).toMatchObject({
    kind: 'leakyRelu',
    slope: 0.15,
  });
  expect(await kinds(given('ReLU', { max_value: 6 }))).toBe('input conv2d relu6');
  expect(await kinds(given('ReLU', {}))).toBe('input conv2d relu');
  expect(await read(given('ReLU', { max_value: 4 }))).toMatch(/^Layer conv is a ReLU with max_value 4/);
  expect(await kinds(given('Softmax', { axis: -1 }))).toBe('input conv2d softmax');
  expect(await read(given('Softmax', { axis: 1 }))).toMatch(/^Layer conv has axis 1; it must be -1/);
});

test("somebody's own class with the name of one of Keras' is refused by its full name", async () => {
  const own = layer('Dropout', 'mine', { rate: 0.5 }, { registered_name: 'my_package>Dropout' });
  expect(await read(sequential(image(), own, conv('conv')))).toMatch(
    /^The layer mine \(my_package>Dropout\) can't be read; replace it/,
  );
  const usual = layer('Dropout', 'usual', { rate: 0.5 }, { registered_name: null });
  expect(await kinds(sequential(image(), usual, conv('conv')))).toBe('input dropout conv2d');
});

test('zeros around a map pass layers that keep zero, and may not leave the model', async () => {
  const pad = layer('ZeroPadding2D', 'pad', { padding: 1 });
  for (const between of [
    layer('ReLU', 'between'),
    layer('LeakyReLU', 'between'),
    layer('Dropout', 'between', { rate: 0.1 }),
  ]) {
    const layers = await layersOf(sequential(image(), pad, between, conv('conv')));
    expect(layers.at(-1)).toMatchObject({ kind: 'conv2d', padding: [1, 1, 1, 1] });
  }
  expect(await read(sequential(image(), conv('conv'), pad))).toMatch(
    /^Layer pad \(ZeroPadding2D\) hands zeros around its map out of the model/,
  );
  expect(await read(sequential(image(), pad, layer('BatchNormalization', 'norm'), conv('conv')))).toMatch(
    /before layer norm \(BatchNormalization\)/,
  );
});

test('a Rescaling computes what it says, for all channels or for each', async () => {
  const pixel = image('in', [null, 1, 2, 2]);
  const rescaled = (settings: Json) => computed(sequential(pixel, layer('Rescaling', 'scale', settings)));
  expect(await rescaled({ scale: 0.5, offset: -1 })).toEqual([-0.5, 0, 0.5, 1]);
  expect(await rescaled({ scale: [1, 10], offset: [0, 5] })).toEqual([1, 25, 3, 45]);
  expect(await read(sequential(pixel, layer('Rescaling', 'scale', { scale: [1, 2, 3] })))).toMatch(
    /^Layer scale has scale \[1,2,3\]; it must be one number, or one for each of 2 channels/,
  );
});

test.each([
  ['a Rescaling for bytes', [['Rescaling', { scale: 1 / 255 }]], 'unit', null],
  ['a Rescaling to -1..1', [['Rescaling', { scale: 1 / 127.5, offset: -1 }]], 'signed', null],
  ['a Rescaling of images from 0 to 1', [['Rescaling', { scale: 2, offset: -1 }]], 'signed', null],
  [
    'a Rescaling and a Normalization, as in EfficientNet',
    [
      ['Rescaling', { scale: 1 / 255 }],
      ['Normalization', { mean: [0.4, 0.5], variance: [0.04, 0.0625] }],
    ],
    'standardized',
    { mean: [102, 127.5], deviation: [51, 63.75] },
  ],
  [
    'the mean of bytes taken away, as in VGG',
    [['Rescaling', { scale: 1, offset: [-104, -117] }]],
    'standardized',
    { mean: [104, 117], deviation: [1, 1] },
  ],
] as const)(
  '%s at the beginning becomes the normalization of the images',
  async (_, scalings, normalization, standardization) => {
    const named = scalings.map(([className, config], i) => layer(className, `scale${i}`, config));
    const model = await read(sequential(image(), ...named, layer('RandomFlip', 'flip'), conv('conv')));
    if (typeof model === 'string') throw new Error(model);
    expect(model.network.layers.map(({ kind }) => kind)).toEqual(['input', 'conv2d']);
    expect(model.network.layers[1]?.inputs).toEqual(['in']);
    expect(model.normalization?.normalization).toBe(normalization);
    const close = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 3));
    expect(model.normalization?.standardization).toEqual(
      standardization && { mean: close(standardization.mean), deviation: close(standardization.deviation) },
    );
    expect(model.notes.join()).toMatch(
      /^.*Layer scale0 \(Rescaling\).* became the normalization of the images/,
    );
  },
);

test.each([
  ['whose numbers tell neither bytes nor images from 0 to 1', { scale: 1.3, offset: 0.2 }],
  ['of another sign', { scale: -1 / 255, offset: 1 }],
  ['by nothing', { scale: 0, offset: 0.5 }],
])('a Rescaling %s stays a layer', async (_, settings) => {
  const model = await read(sequential(image(), layer('Rescaling', 'scale', settings), conv('conv')));
  if (typeof model === 'string') throw new Error(model);
  expect(model.network.layers.map(({ kind }) => kind)).toEqual(['input', 'batchNorm', 'conv2d']);
  expect(model).not.toHaveProperty('normalization');
  expect(model.notes).toEqual(['Layer scale (Rescaling) is read as a batch norm that does the same.']);
});

test('a Rescaling in the middle, or beside another reader of the images, stays a layer', async () => {
  const scale = layer('Rescaling', 'scale', { scale: 1 / 255 });
  expect(await kinds(sequential(image(), conv('conv'), scale, conv('last')))).toBe(
    'input conv2d batchNorm conv2d',
  );
  const beside = {
    class_name: 'Functional',
    config: {
      name: 'm',
      layers: [
        image(),
        { ...scale, inbound_nodes: [[['in', 0, 0, {}]]] },
        layer(
          'Concatenate',
          'join',
          {},
          {
            inbound_nodes: [
              [
                ['in', 0, 0, {}],
                ['scale', 0, 0, {}],
              ],
            ],
          },
        ),
      ],
      input_layers: [['in', 0, 0]],
      output_layers: [['join', 0, 0]],
    },
  };
  expect(await kinds(beside)).toBe('input batchNorm concat');
});

test('a Normalization without axis has one mean for all channels', async () => {
  const pixel = image('in', [null, 1, 1, 2]);
  for (const axis of [null, []]) {
    const norm = layer('Normalization', 'norm', { axis, mean: 1, variance: 4 });
    expect(await computed(sequential(pixel, norm))).toEqual([0, 0.5]);
  }
});

test('a Resizing is nothing, an upsampling, or refused by name', async () => {
  const resized = (height: number, width: number, more: Json = {}) =>
    sequential(image(), layer('Resizing', 'fit', { height, width, ...more }), conv('conv'));
  expect(await kinds(resized(6, 5))).toBe('input conv2d');
  expect((await layersOf(resized(12, 15, { interpolation: 'nearest' })))[1]).toMatchObject({
    kind: 'upsample',
    size: [2, 3],
    interpolation: 'nearest',
  });
  expect(await read(resized(7, 5))).toMatch(
    /^Layer fit \(Resizing\) makes 7x5 of 6x5x2 by "bilinear"; only whole/,
  );
  expect(await read(resized(12, 10, { crop_to_aspect_ratio: true }))).toMatch(/^Layer fit \(Resizing\)/);
});

test('three maps are multiplied, an image becomes one long pixel, and a Permute that turns nothing is nothing', async () => {
  const permute = layer('Permute', 'turn', { dims: [1, 2, 3] });
  const long = layer('Reshape', 'long', { target_shape: [1, 1, 60] });
  expect(await kinds(sequential(image(), permute, long, conv('conv', { kernel_size: 1 })))).toBe(
    'input flatten conv2d',
  );
  const reads = (...names: string[]) => ({ inbound_nodes: [names.map((name) => [name, 0, 0, {}])] });
  const model = {
    class_name: 'Functional',
    config: {
      name: 'm',
      layers: [image(), layer('Multiply', 'cube', {}, reads('in', 'in', 'in'))],
      input_layers: [['in', 0, 0]],
      output_layers: [['cube', 0, 0]],
    },
  };
  expect((await computed(model)).slice(0, 3)).toEqual([1, 8, 27]);
});

test('layers that Keras quantized are named', async () => {
  const dtype = {
    module: 'keras.dtype_policies',
    class_name: 'QuantizedDTypePolicy',
    config: { mode: 'int8' },
  };
  const dense = layer('Dense', 'classes', { units: 3, dtype });
  expect(await read(sequential(image(), layer('Flatten', 'flat'), dense))).toMatch(
    /^The layer classes is quantized by Keras; save the model before quantize\(\)/,
  );
});

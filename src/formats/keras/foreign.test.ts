import { strToU8 } from 'fflate';
import { expect, test } from 'vitest';
import { forward } from '../../core/pruning/testing/referenceInterpreter.ts';
import { createRandom } from '../../core/random.ts';
import { unwrap } from '../../core/result.ts';
import { type Hdf5Group, writeHdf5 } from './hdf5.ts';
import { readKeras } from './readKeras.ts';

// Layouts of files that other people's Keras wrote, put together by hand.

type Json = Record<string, unknown>;
const layer = (class_name: string, name: string, config: Json = {}) => ({
  class_name,
  config: { name, ...config },
});

/** Random numbers of a shape, and where a layer's stand in a file of Keras 2. */
const random = createRandom(4);
const drawn = (...shape: number[]) => ({
  shape,
  values: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 2 * random.next() - 1),
});
type Tensors = Readonly<Record<string, ReturnType<typeof drawn>>>;

/** Datasets at paths with slashes are groups in groups. */
function tree(tensors: Tensors): Hdf5Group {
  const heads = new Map<string, Record<string, ReturnType<typeof drawn>>>();
  const datasets: Record<string, ReturnType<typeof drawn>> = {};
  for (const [path, tensor] of Object.entries(tensors)) {
    const cut = path.indexOf('/');
    if (cut < 0) datasets[path] = tensor;
    else heads.set(path.slice(0, cut), { ...heads.get(path.slice(0, cut)), [path.slice(cut + 1)]: tensor });
  }
  return { datasets, groups: Object.fromEntries([...heads].map(([head, rest]) => [head, tree(rest)])) };
}

const group = (tensors: Tensors): Hdf5Group => ({
  ...tree(tensors),
  attributes: { weight_names: Object.keys(tensors) },
});

const file = (config: Json, groups: Readonly<Record<string, Tensors>>) =>
  writeHdf5({
    attributes: { model_config: JSON.stringify(config), keras_version: '2.2.4-tf', backend: 'tensorflow' },
    groups: {
      model_weights: {
        attributes: { layer_names: Object.keys(groups) },
        groups: Object.fromEntries(Object.entries(groups).map(([name, tensors]) => [name, group(tensors)])),
      },
    },
  });

test('TensorFlow 1.x: a Sequential without input layer, a swish, and a model inside whose layers have slashes', async () => {
  const kernels = { outer: drawn(3, 3, 2, 4), depthwise: drawn(3, 3, 4, 1), pointwise: drawn(1, 1, 4, 3) };
  const bytes = await file(
    {
      class_name: 'Sequential',
      config: {
        name: 'sequential',
        layers: [
          layer('Conv2D', 'conv2d', {
            batch_input_shape: [null, 6, 5, 2],
            filters: 4,
            kernel_size: [3, 3],
            use_bias: false,
            activation: 'swish',
          }),
          {
            class_name: 'Sequential',
            config: {
              name: 'block',
              layers: [
                layer('SeparableConv2D', 'expanded_conv/separable', {
                  filters: 3,
                  kernel_size: [3, 3],
                  padding: 'same',
                  use_bias: false,
                }),
              ],
            },
          },
        ],
      },
    },
    {
      conv2d: { 'conv2d/kernel:0': kernels.outer },
      block: {
        'expanded_conv/separable/depthwise_kernel:0': kernels.depthwise,
        'expanded_conv/separable/pointwise_kernel:0': kernels.pointwise,
      },
    },
  );
  const { network, weights, source } = unwrap(await readKeras(bytes, 'tf1.h5'));
  expect(source).toBe('Keras 2.2.4-tf, HDF5');
  expect(network.layers.map(({ kind }) => kind)).toEqual(
    'input conv2d sigmoid multiply depthwiseConv2d conv2d'.split(' '),
  );
  const kernelOf = (place: number, name: string) => weights?.[`${network.layers[place]?.id}/${name}`]?.values;
  expect(kernelOf(1, 'kernel')).toEqual(kernels.outer.values);
  expect(kernelOf(4, 'depthwiseKernel')).toEqual(kernels.depthwise.values);
  expect(kernelOf(5, 'kernel')).toEqual(kernels.pointwise.values);
});

test('a Normalization subtracts the mean and divides by the deviation, from weights and from settings', async () => {
  const statistics = {
    mean: { shape: [2], values: Float32Array.of(1, -2) },
    variance: { shape: [2], values: Float32Array.of(4, 0.25) },
  };
  const model = (settings: Json) => ({
    class_name: 'Sequential',
    config: {
      name: 'm',
      layers: [
        layer('Normalization', 'norm', { batch_input_shape: [null, 1, 1, 2], axis: [-1], ...settings }),
      ],
    },
  });
  const adapted = await file(model({}), {
    norm: {
      'norm/mean:0': statistics.mean,
      'norm/variance:0': statistics.variance,
      'norm/count:0': { shape: [1], values: Float32Array.of(9) },
    },
  });
  const set = await file(model({ mean: [1, -2], variance: [4, 0.25] }), { norm: {} });
  for (const bytes of [adapted, set]) {
    const { network, weights } = unwrap(await readKeras(bytes, 'norm.h5'));
    const outputs = forward(network, weights ?? {}, Float64Array.of(5, -1));
    expect([...(outputs.get(network.layers.at(-1)?.id ?? '') ?? [])]).toEqual([2, 2]);
  }
});

test.each([
  ['LSTM', 'TimeDistributed', 'Lambda'],
  ['Conv2DTranspose', 'LayerNormalization', 'MultiHeadAttention'],
])('%s, %s and %s are all named in one sentence', async (...classes) => {
  const result = await readKeras(
    strToU8(
      JSON.stringify({
        class_name: 'Sequential',
        config: {
          name: 'm',
          layers: [
            layer('InputLayer', 'in', { batch_input_shape: [null, 4, 4, 1] }),
            ...classes.map((name) => layer(name, `my_${name}`)),
          ],
        },
      }),
    ),
    'm.json',
  );
  const message = result.ok ? '' : result.error.message;
  for (const name of classes) expect(message).toContain(`my_${name} (${name})`);
});

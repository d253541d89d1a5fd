import { expect, test } from 'vitest';
import { createRandom } from '../../core/random.ts';
import { unwrap } from '../../core/result.ts';
import { readOnnx } from './readOnnx.ts';
import { asRead, expectClose, onnxOutput, ourOutput, randomImage } from './testing/judge.ts';
import { type ModelMaker, modelBytes, type TestModel } from './testing/model.ts';

// Graphs as tf2onnx writes Keras models (tf2onnx/onnx_opset/nn.py, optimizer/transpose_optimizer.py).

interface Idiom extends TestModel {
  readonly title: string;
  readonly make: (m: ModelMaker) => string;
  readonly kinds: string;
  readonly note?: RegExp;
}

const NHWC = ['unk__12', 9, 7, 3] as const;
const VECTOR = ['unk__12', 'c'] as const;
const TO_NCHW = { perm: [0, 3, 1, 2] };
const TO_NHWC = { perm: [0, 2, 3, 1] };

const scalar = (m: ModelMaker, value: number) => m.given([], [value]);
const first = (m: ModelMaker, input = 'x') => m.node('Transpose', [input], TO_NCHW);
const toNhwc = (m: ModelMaker, input: string) => m.node('Transpose', [input], TO_NHWC);
const conv = (m: ModelMaker, input: string, channels = 3, attributes = {}) =>
  m.node('Conv', [input, m.random(4, channels, 3, 3), m.random(4)], attributes);

/** GlobalAveragePooling2D and Dense, as most classifiers end. */
function classifier(m: ModelMaker, map: string, channels = 4): string {
  const pooled = m.node('GlobalAveragePool', [map]);
  const vector = m.node('Squeeze', [pooled, m.integers(2, 3)]);
  return m.node('Add', [m.node('MatMul', [vector, m.random(channels, 3)]), m.random(3)]);
}

/** A batch norm's five inputs behind `input`. */
const normalized = (m: ModelMaker, input: string) =>
  m.node('BatchNormalization', [input, m.random(4), m.random(4), m.random(4), m.given([4], [0.5, 1, 2, 3])], {
    epsilon: { float: 0.001 },
  });

const idioms: readonly Idiom[] = [
  {
    title: 'Rescaling, Normalization and a Cast before the first transposition',
    input: NHWC,
    outputDims: VECTOR,
    make: (m) => {
      const scaled = m.node('Mul', [m.node('Cast', ['x'], { to: 1 }), scalar(m, 1 / 127.5)]);
      const shifted = m.node('Add', [scaled, m.given([1], [-1])]);
      const centered = m.node('Sub', [shifted, m.given([1, 1, 1, 3], [0.1, 0.2, 0.3])]);
      const divisor = m.node('Max', [m.node('Sqrt', [m.given([1, 1, 1, 3], [0.5, 1, 2])]), scalar(m, 1e-7)]);
      return classifier(m, conv(m, first(m, m.node('Div', [centered, divisor]))));
    },
    kinds: 'conv2d globalAveragePool dense',
    note: /at its beginning became the normalization of the images: pixels reach it as mean 1\d\d/,
  },
  {
    title: 'Biases as Add of [1, C, 1, 1], of [C, 1, 1], and of [C] in NHWC',
    input: NHWC,
    outputDims: VECTOR,
    make: (m) => {
      const bare = (input: string, channels: number) => m.node('Conv', [input, m.random(4, channels, 3, 3)]);
      const a = m.node('Add', [bare(first(m), 3), m.random(1, 4, 1, 1)]);
      const reshaped = m.node('Reshape', [m.random(4), m.integers(4, 1, 1)]);
      const b = m.node('Add', [bare(m.node('Relu', [a]), 4), reshaped]);
      const c = toNhwc(m, m.node('Conv', [m.node('Relu', [b]), m.random(4, 4, 1, 1)]));
      return classifier(m, first(m, m.node('Relu', [m.node('Add', [c, m.random(4)])])));
    },
    kinds: 'conv2d relu conv2d relu conv2d relu globalAveragePool dense',
  },
  {
    title: 'FusedBatchNorm as a node, and folded to Mul and Add in NHWC',
    input: NHWC,
    outputDims: VECTOR,
    make: (m) => {
      const a = m.node('Relu', [normalized(m, m.node('Conv', [first(m), m.random(4, 3, 3, 3)]))]);
      const b = toNhwc(m, m.node('Conv', [a, m.random(4, 4, 1, 1)]));
      const c = m.node('Add', [m.node('Mul', [b, m.random(4)]), m.random(4)]);
      return classifier(m, first(m, m.node('Relu', [c])));
    },
    kinds: 'conv2d batchNorm relu conv2d batchNorm batchNorm relu globalAveragePool dense',
    note: /became the batch norm/,
  },
  {
    title: 'Depthwise kernels transposed and reshaped, with a multiplier, after ZeroPadding2D',
    input: NHWC,
    outputDims: VECTOR,
    make: (m) => {
      const padded = m.node('Pad', ['x', m.integers(0, 0, 0, 0, 0, 1, 1, 0)]);
      const turned = m.node('Transpose', [m.random(3, 3, 3, 2)], { perm: [2, 3, 0, 1] });
      const kernel = m.node('Reshape', [turned, m.integers(6, 1, 3, 3)]);
      const a = m.node('Conv', [first(m, padded), kernel], {
        group: 3,
        strides: [2, 2],
        kernel_shape: [3, 3],
      });
      return classifier(
        m,
        m.node('Clip', [m.node('Conv', [a, m.random(4, 6, 1, 1)]), scalar(m, 0), scalar(m, 6)]),
      );
    },
    kinds: 'depthwiseConv2d conv2d relu6 globalAveragePool dense',
  },
  ...(['SAME_UPPER', 'SAME_LOWER', 'VALID'] as const).map((mode) => ({
    title: `auto_pad ${mode} of convolutions and pools, strided`,
    input: [1, 10, 7, 3],
    outputDims: VECTOR,
    make: (m: ModelMaker) => {
      const a = conv(m, first(m), 3, { auto_pad: mode, strides: [2, 2] });
      const b = m.node('MaxPool', [a], { auto_pad: mode, kernel_shape: [2, 2], strides: [1, 1] });
      const c = m.node('AveragePool', [b], { auto_pad: mode, kernel_shape: [2, 2], strides: [2, 2] });
      return classifier(m, c);
    },
    kinds: 'conv2d maxPool averagePool globalAveragePool dense',
  })),
  {
    title: 'An explicitly padded strided convolution, as SAME of an even image',
    input: [1, 8, 8, 3],
    outputDims: VECTOR,
    make: (m) => classifier(m, conv(m, first(m), 3, { strides: [2, 2], pads: [0, 0, 1, 1] })),
    kinds: 'conv2d globalAveragePool dense',
  },
  {
    title: 'ReduceMean over [1, 2] in NHWC and over [2, 3], kept and dropped',
    input: NHWC,
    outputDims: VECTOR,
    make: (m) => {
      const a = m.node('Relu', [conv(m, first(m))]);
      const kept = m.node('ReduceMean', [toNhwc(m, a)], { axes: [1, 2], keepdims: 1 });
      const gate = m.node('Sigmoid', [m.node('Conv', [first(m, kept), m.random(4, 4, 1, 1)])]);
      const mean = m.node('ReduceMean', [m.node('Mul', [gate, a])], { axes: [2, 3], keepdims: 0 });
      return m.node('Gemm', [mean, m.random(4, 3), m.random(3)]);
    },
    kinds: 'conv2d relu globalAveragePool conv2d sigmoid multiply globalAveragePool dense',
  },
  {
    title: 'Flatten in NHWC by Shape, Cast, Slice, Concat and Reshape',
    input: NHWC,
    outputDims: VECTOR,
    make: (m) => {
      const a = toNhwc(m, m.node('Relu', [conv(m, first(m))]));
      const shape = m.node('Cast', [m.node('Shape', [a])], { to: 6 });
      const batch = m.node('Slice', [shape, m.integers(0), m.integers(1), m.integers(0)]);
      const one = m.node('Unsqueeze', [m.node('Squeeze', [batch, m.integers(0)]), m.integers(0)]);
      const target = m.node('Concat', [m.node('Cast', [one], { to: 7 }), m.integers(-1)], { axis: 0 });
      const flat = m.node('Reshape', [a, target]);
      return m.node('Softmax', [m.node('Add', [m.node('MatMul', [flat, m.random(140, 3)]), m.random(3)])], {
        axis: 1,
      });
    },
    kinds: 'conv2d relu flatten dense softmax',
  },
  {
    title: 'Swish, hard swish, and ReLU6 as a minimum before a maximum',
    opset: 14,
    input: NHWC,
    outputDims: VECTOR,
    make: (m) => {
      const a = conv(m, first(m));
      const swish = m.node('Mul', [m.node('Sigmoid', [a]), a]);
      const hard = m.node('HardSwish', [swish]);
      const low = m.node('Identity', [
        m.node('Min', [m.node('Conv', [hard, m.random(4, 4, 1, 1)]), scalar(m, 6)]),
      ]);
      return classifier(m, m.node('Identity', [m.node('Max', [scalar(m, 0), low])]));
    },
    kinds: 'conv2d sigmoid multiply hardSwish conv2d relu6 globalAveragePool dense',
  },
  {
    title: "Keras' PReLU of Relu, Neg and Mul, and its hard sigmoid of slope 0.2",
    input: NHWC,
    outputDims: VECTOR,
    make: (m) => {
      const a = conv(m, first(m));
      const negative = m.node('Mul', [
        m.node('Relu', [m.node('Neg', [a])]),
        m.given([4, 1, 1], [-0.1, -0.2, -0.3, -0.4]),
      ]);
      const b = m.node('Add', [m.node('Relu', [a]), negative]);
      return classifier(m, m.node('HardSigmoid', [b], { alpha: { float: 0.2 }, beta: { float: 0.5 } }));
    },
    kinds: 'conv2d batchNorm relu batchNorm relu add batchNorm hardSigmoid globalAveragePool dense',
    note: /became the batch norm/,
  },
  {
    title: 'UpSampling2D by computed sizes: nearest, and bilinear at half pixels',
    input: NHWC,
    outputDims: VECTOR,
    make: (m) => {
      let x = conv(m, first(m));
      for (const attributes of [
        { mode: 'nearest', coordinate_transformation_mode: 'half_pixel', nearest_mode: 'round_prefer_ceil' },
        { mode: 'linear', coordinate_transformation_mode: 'half_pixel', nearest_mode: 'round_prefer_ceil' },
      ]) {
        const shape = m.node('Shape', [x]);
        const start = m.node('Slice', [shape, m.integers(0), m.integers(2)]);
        const grid = m.node('Slice', [shape, m.integers(2), m.integers(4)]);
        const sizes = m.node('Concat', [start, m.node('Mul', [grid, m.integers(2, 2)])], { axis: 0 });
        x = m.node('Resize', [x, '', '', sizes], attributes);
      }
      return classifier(m, x);
    },
    kinds: 'conv2d upsample upsample globalAveragePool dense',
  },
  {
    title: 'An image of one channel and a pixel, reshaped instead of transposed',
    input: [1, 9, 7, 1],
    outputDims: VECTOR,
    make: (m) => {
      const a = conv(m, m.node('Reshape', ['x', m.integers(-1, 1, 9, 7)]), 1);
      const pixel = m.node('Reshape', [m.node('GlobalAveragePool', [a]), m.integers(-1, 1, 1, 4)]);
      const vector = m.node('Reshape', [pixel, m.integers(-1, 4)]);
      return m.node('Add', [m.node('MatMul', [vector, m.random(4, 3)]), m.random(3)]);
    },
    kinds: 'conv2d globalAveragePool flatten dense',
  },
  {
    title: 'Branches joined and added with transpositions on both sides',
    input: NHWC,
    outputDims: VECTOR,
    make: (m) => {
      const a = toNhwc(m, conv(m, first(m), 3, { pads: [1, 1, 1, 1] }));
      const b = toNhwc(m, conv(m, first(m), 3, { pads: [1, 1, 1, 1] }));
      const sum = m.node('Add', [a, b]);
      const joined = m.node('Concat', [sum, a, 'x'], { axis: -1 });
      return classifier(m, m.node('Conv', [first(m, joined), m.random(4, 11, 3, 3)]));
    },
    kinds: 'conv2d conv2d add concat conv2d globalAveragePool dense',
  },
];

test.each(idioms)('$title: computes what onnxruntime computes', async ({ make, kinds, note, ...model }) => {
  const bytes = await modelBytes(model, make);
  const { network, weights, notes, normalization } = unwrap(await readOnnx(bytes, 'keras.onnx'));
  expect(network.layers.slice(1).map(({ kind }) => kind)).toEqual(kinds.split(' '));
  const [, height, width, channels] = model.input;
  expect(network.layers[0]).toMatchObject({ shape: { height, width, channels } });
  if (note) expect(notes.join('\n')).toMatch(note);
  else expect(notes).toEqual([]);
  const image = randomImage(network, createRandom(3).next);
  const judged = await onnxOutput(bytes, network, image, 'nhwc');
  const read = asRead(image, network, normalization);
  expectClose(ourOutput(network, weights ?? {}, read), judged, 1e-4);
});

test('names with slashes and colons, as TensorFlow gives them, become ids of layers', async () => {
  const bytes = await modelBytes({ input: [1, 9, 7, 3], outputDims: ['N', 'c'] }, (m) => {
    const call = 'StatefulPartitionedCall/model/conv/Conv2D';
    const output = m.writer.named('Conv', call, `${call}:0`, [first(m), m.random(4, 3, 3, 3)], {}, '');
    return m.node('Identity', [classifier(m, m.node('Relu', [output ?? `${call}:0`]))]);
  });
  const { network, weights } = unwrap(await readOnnx(bytes, 'saved.onnx'));
  expect(network.layers[1]?.id).toBe('StatefulPartitionedCall.model.conv.Conv2D');
  expect(Object.keys(weights ?? {})).toContain('StatefulPartitionedCall.model.conv.Conv2D/kernel');
});

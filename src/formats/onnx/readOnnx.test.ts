import { expect, test } from 'vitest';
import { createRandom } from '../../core/random.ts';
import { unwrap } from '../../core/result.ts';
import { readOnnx } from './readOnnx.ts';
import { expectClose, onnxOutput, ourOutput, randomImage } from './testing/judge.ts';
import { type ModelMaker, modelBytes, type TestModel } from './testing/model.ts';

interface Idiom extends TestModel {
  readonly title: string;
  readonly make: (m: ModelMaker) => string;
  /** The kinds of the layers behind the input. */
  readonly kinds: string;
  readonly layout?: 'nhwc';
  /** What one of the notes says; none are expected otherwise. */
  readonly note?: RegExp;
}

const IMAGE = ['N', 3, 9, 7] as const;
const MAP = ['N', 'c', 'h', 'w'] as const;
const VECTOR = ['N', 'c'] as const;

const conv = (m: ModelMaker, input: string, attributes = {}) =>
  m.node('Conv', [input, m.random(4, 3, 3, 3), m.random(4)], attributes);

const idioms: readonly Idiom[] = [
  {
    title: 'Conv with stride, dilation and pads of four sizes',
    input: IMAGE,
    outputDims: MAP,
    make: (m) => conv(m, 'x', { strides: [2, 1], dilations: [1, 2], pads: [2, 0, 1, 3] }),
    kinds: 'conv2d',
  },
  {
    title: 'auto_pad SAME_LOWER, SAME_UPPER and VALID',
    input: IMAGE,
    outputDims: MAP,
    make: (m) => {
      const a = conv(m, 'x', { auto_pad: 'SAME_LOWER', strides: [2, 2] });
      const b = m.node('MaxPool', [a], { kernel_shape: [2, 2], auto_pad: 'SAME_UPPER' });
      return m.node('Conv', [b, m.random(4, 4, 2, 2)], { auto_pad: 'VALID' });
    },
    kinds: 'conv2d maxPool conv2d',
  },
  {
    title: 'Depthwise Conv with two filters a channel, then a grouped one',
    input: IMAGE,
    outputDims: MAP,
    make: (m) => {
      const a = m.node('Conv', ['x', m.random(6, 1, 3, 3)], { group: 3, pads: [1, 1, 1, 1] });
      return m.node('Conv', [a, m.random(4, 3, 1, 1)], { group: 2 });
    },
    kinds: 'depthwiseConv2d conv2d',
  },
  {
    title: 'ceil_mode of MaxPool and of an AveragePool that leaves padding out',
    input: IMAGE,
    outputDims: MAP,
    make: (m) => {
      const a = m.node('MaxPool', ['x'], { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1 });
      return m.node('AveragePool', [a], { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 });
    },
    kinds: 'maxPool averagePool',
  },
  {
    title: 'count_include_pad of AveragePool, as a depthwise convolution',
    input: IMAGE,
    outputDims: MAP,
    make: (m) =>
      m.node('AveragePool', ['x'], { kernel_shape: [3, 3], pads: [1, 1, 1, 1], count_include_pad: 1 }),
    kinds: 'depthwiseConv2d',
    note: /counts its padding/,
  },
  {
    title: "tf2onnx' transposes around NHWC, a Pad node and MatMul over pixels",
    input: ['N', 9, 7, 3],
    outputDims: VECTOR,
    layout: 'nhwc',
    make: (m) => {
      const a = m.node('Transpose', ['x'], { perm: [0, 3, 1, 2] });
      const b = m.node('Pad', [a, m.integers(0, 0, 1, 2, 0, 0, 0, 1)]);
      const c = m.node('Transpose', [conv(m, b, { strides: [2, 2] })], { perm: [0, 2, 3, 1] });
      const d = m.node('Add', [m.node('MatMul', [c, m.random(4, 5)]), m.random(5)]);
      const e = m.node('Reshape', [m.node('Relu', [d]), m.integers(-1, 5 * 4 * 4)]);
      return m.node('Add', [m.node('MatMul', [e, m.random(80, 3)]), m.random(3)]);
    },
    kinds: 'conv2d conv2d relu flatten dense',
  },
  {
    title: "PyTorch's flatten by Shape, Gather, Unsqueeze, Concat and Reshape, with batch norm behind it",
    input: IMAGE,
    outputDims: VECTOR,
    make: (m) => {
      const a = m.node('Relu', [conv(m, 'x')]);
      const batch = m.node('Gather', [m.node('Shape', [a]), m.integers(0)]);
      const rest = m.integers(-1);
      const flat = m.node('Reshape', [a, m.node('Concat', [batch, rest], { axis: 0 })]);
      const positive = m.given(
        [140],
        Float32Array.from({ length: 140 }, (_, i) => 0.5 + i / 140),
      );
      const normal = m.node('BatchNormalization', [
        flat,
        m.random(140),
        m.random(140),
        m.random(140),
        positive,
      ]);
      return m.node('Gemm', [normal, m.random(6, 140), m.random(6)], {
        transB: 1,
        alpha: { float: 0.5 },
        beta: { float: 2 },
      });
    },
    kinds: 'conv2d relu flatten batchNorm dense',
  },
  {
    title: 'Two flattened branches joined before a dense layer',
    input: IMAGE,
    outputDims: VECTOR,
    make: (m) => {
      const a = m.node('Flatten', [conv(m, 'x')]);
      const b = m.node('Flatten', [m.node('GlobalMaxPool', ['x'])]);
      const c = m.node('Flatten', [m.node('MaxPool', ['x'], { kernel_shape: [3, 3], strides: [3, 3] })]);
      return m.node('MatMul', [m.node('Concat', [a, b, c], { axis: -1 }), m.random(140 + 3 + 18, 4)]);
    },
    kinds: 'conv2d flatten globalMaxPool flatten maxPool flatten concat dense',
  },
  {
    title: 'Images normalized by Sub, Div and Mul with constants',
    input: IMAGE,
    outputDims: MAP,
    make: (m) => {
      const a = m.node('Sub', ['x', m.random(1, 3, 1, 1)]);
      const b = m.node('Div', [a, m.given([3, 1, 1], [0.5, 2, -0.25])]);
      return conv(m, m.node('Mul', [m.given([], [3]), b]));
    },
    kinds: 'batchNorm batchNorm batchNorm conv2d',
    note: /became the batch norm/,
  },
  {
    title: 'Hard swish of its parts, leaky ReLU, sigmoid, and clips',
    input: IMAGE,
    outputDims: MAP,
    make: (m) => {
      const a = conv(m, 'x');
      const gate = m.node('HardSigmoid', [a], { alpha: { float: 1 / 6 } });
      const swish = m.node('Mul', [gate, a]);
      const leaky = m.node('LeakyRelu', [swish], { alpha: { float: 0.2 } });
      const clipped = m.node('Clip', [leaky, m.given([], [0]), m.given([], [6])]);
      return m.node('Sigmoid', [m.node('Clip', [clipped, m.given([], [0])])]);
    },
    kinds: 'conv2d hardSwish leakyRelu relu6 relu sigmoid',
  },
  {
    title: 'A residual Add, a Sum of three, ReduceMean without its axes, Gemm',
    input: IMAGE,
    outputDims: VECTOR,
    make: (m) => {
      const a = conv(m, 'x', { pads: [1, 1, 1, 1] });
      const b = m.node('Conv', [a, m.random(4, 4, 1, 1)]);
      const sum = m.node('Sum', [m.node('Add', [a, b]), b, a]);
      const mean = m.node('ReduceMean', [sum], { axes: [-2, -1], keepdims: 0 });
      return m.node('Gemm', [mean, m.random(4, 6)]);
    },
    kinds: 'conv2d conv2d add add globalAveragePool dense',
  },
  {
    title: 'Operator set 9: Clip, Dropout and Squeeze by attributes, Softmax over the rest',
    opset: 9,
    input: IMAGE,
    outputDims: VECTOR,
    make: (m) => {
      const a = m.node('Clip', [conv(m, 'x')], { min: { float: 0 }, max: { float: 6 } });
      const b = m.node('Squeeze', [m.node('GlobalAveragePool', [a])], { axes: [2, 3] });
      return m.node('Softmax', [m.node('Dropout', [b], { ratio: { float: 0.3 } })]);
    },
    kinds: 'conv2d relu6 globalAveragePool dropout softmax',
  },
  {
    title: 'Weights that are computed: a transposed, scaled initializer and a Constant node',
    input: IMAGE,
    outputDims: VECTOR,
    make: (m) => {
      const flat = m.node('Flatten', [m.node('Identity', ['x'])]);
      const half = m.node('Constant', [], { value_float: { float: 0.5 } });
      const weight = m.node('Transpose', [m.node('Mul', [m.random(5, 189), half])], { perm: [1, 0] });
      return m.node('MatMul', [flat, weight]);
    },
    kinds: 'flatten dense',
  },
  {
    title: 'A squeeze-and-excite gate, and a swish of its parts',
    input: IMAGE,
    outputDims: MAP,
    make: (m) => {
      const a = conv(m, 'x');
      const squeezed = m.node('GlobalAveragePool', [a]);
      const gate = m.node('Sigmoid', [m.node('Conv', [squeezed, m.random(4, 4, 1, 1)])]);
      const gated = m.node('Mul', [gate, a]);
      return m.node('Mul', [gated, m.node('Sigmoid', [gated])]);
    },
    kinds: 'conv2d globalAveragePool conv2d sigmoid multiply sigmoid multiply',
  },
  {
    title: 'Resize by sizes computed from the map, by scales, and halfway between pixels',
    input: IMAGE,
    outputDims: MAP,
    make: (m) => {
      const start = m.node('Slice', [m.node('Shape', ['x']), m.integers(0), m.integers(2)]);
      const sizes = m.node('Concat', [start, m.integers(27, 14)], { axis: 0 });
      const a = m.node('Resize', ['x', '', '', sizes]);
      const b = m.node('Resize', [a, '', m.given([4], [1, 1, 2, 2])], {
        coordinate_transformation_mode: 'asymmetric',
      });
      return m.node('Resize', [b, '', m.given([4], [1, 1, 1, 3])], {
        mode: 'linear',
        coordinate_transformation_mode: 'pytorch_half_pixel',
      });
    },
    kinds: 'upsample upsample upsample',
  },
  {
    title: 'Upsample of operator set 9',
    opset: 9,
    input: IMAGE,
    outputDims: MAP,
    make: (m) => m.node('Upsample', [conv(m, 'x'), m.given([4], [1, 1, 3, 2])], { mode: 'nearest' }),
    kinds: 'conv2d upsample',
  },
  {
    title: '8-bit weights behind DequantizeLinear',
    input: IMAGE,
    outputDims: MAP,
    make: (m) => {
      const scale = m.given([], [0.25]);
      const whole = m.node('QuantizeLinear', [m.random(4, 3, 1, 1), scale]);
      return m.node('Conv', ['x', m.node('DequantizeLinear', [whole, scale])]);
    },
    kinds: 'conv2d',
  },
];

test.each(idioms)(
  '$title: computes what onnxruntime computes',
  async ({ make, kinds, note, layout, ...model }) => {
    const bytes = await modelBytes(model, make);
    const { network, weights, notes } = unwrap(await readOnnx(bytes, 'idiom.onnx'));
    expect(network.layers.slice(1).map(({ kind }) => kind)).toEqual(kinds.split(' '));
    if (note) expect(notes.join('\n')).toMatch(note);
    else expect(notes).toEqual([]);
    const image = randomImage(network, createRandom(3).next);
    const judged = await onnxOutput(bytes, network, image, layout);
    expectClose(ourOutput(network, weights ?? {}, image), judged, 1e-4);
  },
);

test('a node that no layer computes is named, and the layers before it still work', async () => {
  const bytes = await modelBytes({ input: IMAGE, outputDims: MAP }, (m) => {
    const a = m.node('Relu', [conv(m, 'x')]);
    const turned = m.node('ConvTranspose', [a, m.random(4, 4, 2, 2)]);
    return m.node('Relu', [m.node('Einsum', [turned])]);
  });
  const { network, notes } = unwrap(await readOnnx(bytes, 'decoder.onnx'));
  expect(network.layers.map(({ kind }) => kind)).toEqual(['input', 'conv2d', 'relu']);
  expect(notes).toEqual([
    "ConvTranspose 'convtranspose_3' was left out: no layer here computes it; the layers before it still work.",
    'With these, 2 nodes that only follow them were left out.',
  ]);
});

test('an activation without a layer is passed by with a note, and what follows is kept', async () => {
  const bytes = await modelBytes({ input: IMAGE, outputDims: MAP }, (m) =>
    m.node('Relu', [m.node('Elu', [conv(m, 'x')])]),
  );
  const { network, notes } = unwrap(await readOnnx(bytes, 'elu.onnx'));
  expect(network.layers.map(({ kind }) => kind)).toEqual(['input', 'conv2d', 'relu']);
  expect(notes).toEqual([expect.stringMatching(/^Elu 'elu_2' was left out: .*estimates hold/)]);
});

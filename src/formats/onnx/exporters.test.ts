import { expect, test } from 'vitest';
import { createRandom } from '../../core/random.ts';
import { unwrap } from '../../core/result.ts';
import { readOnnx } from './readOnnx.ts';
import { expectClose, onnxOutput, ourOutput, randomImage } from './testing/judge.ts';
import { type ModelMaker, modelBytes, type TestModel } from './testing/model.ts';

// Graphs as PyTorch, tf2onnx and Brevitas write them; each idiom here was refused or read wrongly once.

interface Idiom extends TestModel {
  readonly title: string;
  readonly make: (m: ModelMaker) => string;
  readonly kinds: string;
  readonly layout?: 'nhwc';
  readonly note?: RegExp;
}

const IMAGE = ['N', 3, 9, 7] as const;
const MAP = ['N', 'c', 'h', 'w'] as const;
const VECTOR = ['N', 'c'] as const;

const conv = (m: ModelMaker, input: string, attributes = {}) =>
  m.node('Conv', [input, m.random(4, 3, 3, 3), m.random(4)], attributes);

/** PyTorch lists the amounts of F.pad from the last axis on; these nodes turn the list around. */
function torchPads(m: ModelMaker, ...amounts: number[]): string {
  const zeros = m.node('ConstantOfShape', [m.integers(8 - amounts.length)]);
  const all = m.node('Concat', [m.integers(...amounts), m.node('Cast', [zeros], { to: 7 })], { axis: 0 });
  const pairs = m.node('Reshape', [all, m.integers(-1, 2)]);
  const [start, end, axis, step] = [-1, -(2 ** 63), 0, -1].map((n) => m.integers(n)) as [
    string,
    string,
    string,
    string,
  ];
  const turned = m.node('Transpose', [m.node('Slice', [pairs, start, end, axis, step])], { perm: [1, 0] });
  return m.node('Cast', [m.node('Reshape', [turned, m.integers(-1)])], { to: 7 });
}

const scalar = (m: ModelMaker, value: number) => m.given([], [value]);

/** Clip(Relu(x + 3), 0, 6), as PyTorch writes relu6. */
const relu6Of3 = (m: ModelMaker, input: string) => {
  const positive = m.node('Relu', [m.node('Add', [input, scalar(m, 3)])]);
  return m.node('Clip', [positive, scalar(m, 0), scalar(m, 6)]);
};

const idioms: readonly Idiom[] = [
  {
    title: 'F.pad of PyTorch before a convolution',
    input: IMAGE,
    outputDims: MAP,
    make: (m) => conv(m, m.node('Pad', ['x', torchPads(m, 0, 1, 2, 0)]), { strides: [2, 2] }),
    kinds: 'conv2d',
  },
  {
    title: 'A padding of a number, before a ReLU, before a convolution',
    input: IMAGE,
    outputDims: MAP,
    make: (m) => conv(m, m.node('Relu', [m.node('Pad', ['x', torchPads(m, 1, 1), scalar(m, 0.5)])])),
    kinds: 'batchNorm depthwiseConv2d relu conv2d',
    note: /padded before Relu/,
  },
  {
    title: 'A padding at the end',
    input: IMAGE,
    outputDims: MAP,
    make: (m) => m.node('Pad', [conv(m, 'x'), torchPads(m, 1, 0, 0, 2)]),
    kinds: 'conv2d depthwiseConv2d',
    note: /computes the same/,
  },
  {
    title: 'A gate of dense layers, unsqueezed one axis at a time',
    input: IMAGE,
    outputDims: MAP,
    make: (m) => {
      const a = conv(m, 'x');
      const mean = m.node('ReduceMean', [a], { axes: [2, 3], keepdims: 0 });
      const gate = m.node('Sigmoid', [m.node('Gemm', [mean, m.random(4, 4), m.random(4)])]);
      const one = m.node('Unsqueeze', [gate, m.integers(2)]);
      return m.node('Mul', [a, m.node('Unsqueeze', [one, m.integers(3)])]);
    },
    kinds: 'conv2d globalAveragePool dense sigmoid multiply',
  },
  {
    title: 'squeeze(3).squeeze(2) and a Squeeze of all axes of one',
    input: [1, 3, 9, 7],
    outputDims: VECTOR,
    make: (m) => {
      const pooled = m.node('GlobalAveragePool', [conv(m, 'x')]);
      const one = m.node('Squeeze', [pooled, m.integers(3)]);
      return m.node('Gemm', [m.node('Squeeze', [one, m.integers(2)]), m.random(4, 3)]);
    },
    kinds: 'conv2d globalAveragePool dense',
  },
  {
    title: 'A gate that Expand repeats',
    input: IMAGE,
    outputDims: MAP,
    make: (m) => {
      const a = conv(m, 'x');
      const gate = m.node('Sigmoid', [m.node('GlobalAveragePool', [a])]);
      return m.node('Mul', [a, m.node('Expand', [gate, m.node('Shape', [a])])]);
    },
    kinds: 'conv2d globalAveragePool sigmoid multiply',
  },
  {
    title: 'mean(3).mean(2), as the first MobileNetV2 of torchvision',
    input: IMAGE,
    outputDims: VECTOR,
    make: (m) => {
      const rows = m.node('ReduceMean', [conv(m, 'x')], { axes: [3], keepdims: 0 });
      return m.node('Gemm', [m.node('ReduceMean', [rows], { axes: [2], keepdims: 0 }), m.random(4, 3)]);
    },
    kinds: 'conv2d averagePool globalAveragePool dense',
  },
  {
    title: 'Hard swish and hard sigmoid of their parts',
    input: IMAGE,
    outputDims: MAP,
    make: (m) => {
      const a = conv(m, 'x');
      const swish = m.node('Div', [m.node('Mul', [a, relu6Of3(m, a)]), scalar(m, 6)]);
      const gate = m.node('Mul', [relu6Of3(m, swish), scalar(m, 1 / 6)]);
      return m.node('Relu', [gate]);
    },
    kinds: 'conv2d hardSwish hardSigmoid relu',
  },
  {
    title: 'ReLU6 as Max and Min, and a Clip without a floor behind a ReLU',
    input: IMAGE,
    outputDims: MAP,
    make: (m) => {
      const a = m.node('Min', [m.node('Max', [conv(m, 'x'), scalar(m, 0)]), scalar(m, 6)]);
      const b = m.node('Relu', [m.node('Conv', [a, m.random(4, 4, 1, 1)])]);
      return m.node('Clip', [b, '', scalar(m, 6)]);
    },
    kinds: 'conv2d relu6 conv2d relu6',
  },
  {
    title: 'A PReLU of one slope',
    input: IMAGE,
    outputDims: MAP,
    make: (m) => m.node('PRelu', [conv(m, 'x'), m.given([4, 1, 1], [0.25, 0.25, 0.25, 0.25])]),
    kinds: 'conv2d leakyRelu',
  },
  {
    title: 'Weight norm and standardized weights that nobody folded',
    input: IMAGE,
    outputDims: MAP,
    make: (m) => {
      const weight = m.random(4, 3, 3, 3);
      const mean = m.node('ReduceMean', [weight], { axes: [1, 2, 3], keepdims: 1 });
      const centered = m.node('Sub', [weight, mean]);
      const length = m.node('ReduceL2', [centered], { axes: [1, 2, 3], keepdims: 1 });
      return m.node('Conv', ['x', m.node('Div', [centered, m.node('Sqrt', [length])])]);
    },
    kinds: 'conv2d',
  },
  {
    title: "torchvision's transform_input: channels taken one by one, shifted, and joined again",
    input: IMAGE,
    outputDims: MAP,
    make: (m) => {
      const channels = [0, 1, -1].map((at) => {
        const one = m.node('Gather', ['x', m.node('Squeeze', [m.integers(at)])], { axis: 1 });
        const map = m.node('Unsqueeze', [one, m.integers(1)]);
        return m.node('Add', [m.node('Mul', [map, scalar(m, 0.5 + at)]), scalar(m, at - 0.3)]);
      });
      return conv(m, m.node('Concat', channels, { axis: 1 }));
    },
    kinds: 'conv2d batchNorm batchNorm conv2d batchNorm batchNorm conv2d batchNorm batchNorm concat conv2d',
    note: /takes one channel; .*weights 0 and 1/,
  },
  {
    title: 'A softmax over channels that operator set 9 brings to the end',
    opset: 9,
    input: IMAGE,
    outputDims: MAP,
    make: (m) => {
      const turned = m.node('Transpose', [conv(m, 'x')], { perm: [0, 3, 2, 1] });
      return m.node('Transpose', [m.node('Softmax', [turned], { axis: 3 })], { perm: [0, 3, 2, 1] });
    },
    kinds: 'conv2d softmax',
  },
  {
    title: "tf2onnx' pooled map: NHWC mean, Squeeze, MatMul and Add, and a Pad between transpositions",
    input: ['N', 9, 7, 3],
    outputDims: VECTOR,
    layout: 'nhwc',
    make: (m) => {
      const padded = m.node('Pad', ['x', m.integers(0, 0, 0, 0, 0, 1, 1, 0)]);
      const a = conv(m, m.node('Transpose', [padded], { perm: [0, 3, 1, 2] }), { strides: [2, 2] });
      const b = m.node('Transpose', [m.node('Relu', [a])], { perm: [0, 2, 3, 1] });
      const mean = m.node('ReduceMean', [b], { axes: [1, 2], keepdims: 1 });
      const vector = m.node('Squeeze', [mean, m.integers(1, 2)]);
      return m.node('Add', [m.node('MatMul', [vector, m.random(4, 3)]), m.random(3)]);
    },
    kinds: 'conv2d relu globalAveragePool dense',
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

test('boxes of two heads are joined, and the note says in which order their numbers stand', async () => {
  const bytes = await modelBytes({ input: IMAGE, outputDims: ['N', 'boxes', 4] }, (m) => {
    const a = conv(m, 'x');
    const b = m.node('Conv', [a, m.random(8, 4, 3, 3)], { strides: [2, 2] });
    const boxes = [a, b].map((head) =>
      m.node('Reshape', [m.node('Transpose', [head], { perm: [0, 2, 3, 1] }), m.integers(0, -1, 4)]),
    );
    return m.node('Concat', boxes, { axis: 1 });
  });
  const { network, weights, notes } = unwrap(await readOnnx(bytes, 'ssd.onnx'));
  expect(network.layers.slice(1).map(({ kind }) => kind)).toEqual(
    'conv2d conv2d flatten flatten concat'.split(' '),
  );
  expect(notes).toEqual([expect.stringMatching(/shape \[1, 47, 4\] in the file/)]);
  const image = randomImage(network, createRandom(3).next);
  // The file's order is that of a flattened NHWC map: one vector, nothing to transpose.
  const judged = await onnxOutput(bytes, network, image);
  expectClose(ourOutput(network, weights ?? {}, image), judged, 1e-4);
});

test("Brevitas' QCDQ: fewer bits than eight stand in a Clip, for weights and for activations", async () => {
  const bytes = await modelBytes({ input: IMAGE, outputDims: MAP }, (m) => {
    const whole = (type: number, value: number) => m.node('Cast', [scalar(m, value)], { to: type });
    const scale = m.given([4], [0.1, 0.2, 0.3, 0.4]);
    const zeros = m.node('Cast', [m.given([4], [0, 0, 0, 0])], { to: 3 });
    const along = { axis: 0 };
    const rounded = m.node('QuantizeLinear', [m.random(4, 3, 1, 1), scale, zeros], along);
    const clipped = m.node('Clip', [rounded, whole(3, -7), whole(3, 7)]);
    const a = m.node('Relu', [
      m.node('Conv', ['x', m.node('DequantizeLinear', [clipped, scale, zeros], along)]),
    ]);
    const step = scalar(m, 0.001);
    const b = m.node('QuantizeLinear', [a, step, whole(2, 0)]);
    // Narrow and unsigned, three bits end at 6: no ReLU6.
    const c = m.node('Clip', [b, whole(2, 0), whole(2, 6)]);
    return m.node('Conv', [
      m.node('DequantizeLinear', [c, step, whole(2, 0)]),
      m.given([2, 4, 1, 1], [0, 0, 0, 0, 0, 0, 0, 0]),
    ]);
  });
  const { network, layerBits, weights } = unwrap(await readOnnx(bytes, 'qcdq.onnx'));
  const [, first, relu] = network.layers;
  expect(network.layers.map(({ kind }) => kind)).toEqual(['input', 'conv2d', 'relu', 'conv2d']);
  expect(layerBits?.[first?.id ?? '']).toEqual({ weightBits: 4, activationBits: 3 });
  const kernel = weights?.[`${first?.id}/kernel`]?.values ?? [];
  kernel.forEach((value, i) => {
    const whole = value / [0.1, 0.2, 0.3, 0.4][i % 4]!;
    expect(Math.abs(whole - Math.round(whole))).toBeLessThan(1e-5);
    expect(Math.abs(whole)).toBeLessThan(7.001);
  });
  expect(relu?.kind).toBe('relu');
});

test('a file exported in training mode is read with the statistics it holds, and says so', async () => {
  const bytes = await modelBytes({ opset: 14, input: IMAGE, outputDims: MAP }, (m) =>
    m.node(
      'BatchNormalization',
      [conv(m, 'x'), m.random(4), m.random(4), m.random(4), m.given([4], [1, 2, 3, 4])],
      { training_mode: 1 },
    ),
  );
  const { network, notes } = unwrap(await readOnnx(bytes, 'training.onnx'));
  expect(network.layers.map(({ kind }) => kind)).toEqual(['input', 'conv2d', 'batchNorm']);
  expect(notes).toEqual([expect.stringMatching(/exported in training mode/)]);
});

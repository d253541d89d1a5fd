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
  readonly note?: RegExp;
}

const IMAGE = ['N', 3, 9, 7] as const;
const MAP = ['N', 'c', 'h', 'w'] as const;

const conv = (m: ModelMaker, input: string) => m.node('Conv', [input, m.random(4, 3, 3, 3), m.random(4)]);
const conv6 = (m: ModelMaker, input: string) => m.node('Conv', [input, m.random(6, 3, 3, 3)]);

const idioms: readonly Idiom[] = [
  {
    title: "torchvision's channel_shuffle, its shapes computed from the map's own",
    input: IMAGE,
    outputDims: MAP,
    make: (m) => {
      const a = conv6(m, 'x');
      const shape = m.node('Shape', [a]);
      const [batch, channels, height, width] = [0, 1, 2, 3].map((axis) =>
        m.node('Gather', [shape, m.integers(axis)]),
      ) as [string, string, string, string];
      const size = m.node('Div', [channels, m.integers(3)]);
      const parts = m.node('Concat', [batch, m.integers(3), size, height, width], { axis: 0 });
      const turned = m.node('Transpose', [m.node('Reshape', [a, parts])], { perm: [0, 2, 1, 3, 4] });
      const whole = m.node('Concat', [batch, m.integers(-1), height, width], { axis: 0 });
      return m.node('Conv', [m.node('Reshape', [turned, whole]), m.random(4, 3, 1, 1)], { group: 2 });
    },
    kinds: 'conv2d channelShuffle conv2d',
  },
  {
    title: 'A shuffle of NHWC as tf2onnx writes it, and channels parted and joined again',
    input: ['N', 5, 4, 3],
    outputDims: MAP,
    layout: 'nhwc',
    make: (m) => {
      const a = conv6(m, m.node('Transpose', ['x'], { perm: [0, 3, 1, 2] }));
      const b = m.node('Transpose', [a], { perm: [0, 2, 3, 1] });
      const parts = m.node('Reshape', [b, m.integers(0, 3, 2, 2, 3)]);
      const turned = m.node('Transpose', [parts], { perm: [0, 1, 2, 4, 3] });
      const c = m.node('Reshape', [turned, m.integers(0, 3, 2, 6)]);
      const d = m.node('Reshape', [c, m.integers(0, 3, 2, 3, 2)]);
      const e = m.node('Reshape', [d, m.integers(0, 3, 2, 6)]);
      return m.node('Relu', [m.node('Transpose', [e], { perm: [0, 3, 1, 2] })]);
    },
    kinds: 'conv2d channelShuffle relu',
  },
  {
    title: 'LpNormalization with a scale, and without',
    input: IMAGE,
    outputDims: MAP,
    make: (m) => {
      const a = m.node('LpNormalization', [conv(m, 'x')], { axis: 1 });
      const b = m.node('Mul', [m.random(1, 4, 1, 1), a]);
      return m.node('LpNormalization', [m.node('Relu', [b])], { axis: 1, p: 2 });
    },
    kinds: 'conv2d l2Normalize relu l2Normalize',
  },
  {
    title: "PyTorch's normalize: ReduceL2, Clip, Expand and Div",
    input: ['N', 3, 5, 4],
    outputDims: MAP,
    make: (m) => {
      const length = m.node('ReduceL2', ['x'], { axes: [1], keepdims: 1 });
      const least = m.node('Clip', [length, m.given([], [1e-12])]);
      return m.node('Div', ['x', m.node('Expand', [least, m.node('Shape', ['x'])])]);
    },
    kinds: 'l2Normalize',
  },
  {
    title: "SSD's normalization by Pow, ReduceSum, Sqrt, Add, Div and Mul",
    input: IMAGE,
    outputDims: MAP,
    make: (m) => {
      const a = conv(m, 'x');
      const sum = m.node('ReduceSum', [m.node('Pow', [a, m.given([], [2])]), m.integers(1)], { keepdims: 1 });
      const length = m.node('Add', [m.node('Sqrt', [sum]), m.given([], [1e-10])]);
      return m.node('Mul', [m.random(1, 4, 1, 1), m.node('Div', [a, length])]);
    },
    kinds: 'conv2d l2Normalize',
    note: /at least 1e-10; the file adds that number/,
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

const faulty: readonly (readonly [string, RegExp, (m: ModelMaker) => string])[] = [
  [
    'a length over rows',
    /reduces axes 2, not the channels/,
    (m) => m.node('Div', ['x', m.node('ReduceL2', ['x'], { axes: [2] })]),
  ],
  [
    'the length of something else',
    /divides by another length/,
    (m) => m.node('Div', [m.node('Relu', ['x']), m.node('ReduceL2', ['x'], { axes: [1] })]),
  ],
  ['a length that is the output', /part of a layer only/, (m) => m.node('ReduceL2', ['x'], { axes: [1] })],
  [
    'a length that is drawn on',
    /by which only a division is understood/,
    (m) => m.node('Sigmoid', [m.node('ReduceL2', ['x'], { axes: [1] })]),
  ],
  [
    'a large summand',
    /adds 0.5 to the length/,
    (m) =>
      m.node('Div', ['x', m.node('Add', [m.node('ReduceL2', ['x'], { axes: [1] }), m.given([], [0.5])])]),
  ],
];

test.each(faulty)('%s is named and left out', async (_, reason, make) => {
  const bytes = await modelBytes({ input: IMAGE, outputDims: MAP }, (m) => {
    const kept = m.node('Relu', ['x']);
    return [m.node('Sigmoid', [kept]), make(m)];
  });
  const { network, notes } = unwrap(await readOnnx(bytes, 'norm.onnx'));
  expect(network.layers.some(({ kind }) => kind === 'l2Normalize')).toBe(false);
  expect(notes.join('\n')).toMatch(reason);
});

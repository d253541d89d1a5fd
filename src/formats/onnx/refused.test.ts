import { expect, test } from 'vitest';
import { unwrap } from '../../core/result.ts';
import { readOnnx } from './readOnnx.ts';
import { type ModelMaker, modelBytes } from './testing/model.ts';

// What no layer computes: each node by its name, with its reason, and what still works.

const scalar = (m: ModelMaker, value: number) => m.given([], [value]);
const first = (m: ModelMaker, input = 'x') => m.node('Transpose', [input], { perm: [0, 3, 1, 2] });
const toNhwc = (m: ModelMaker, input: string) => m.node('Transpose', [input], { perm: [0, 2, 3, 1] });
const conv = (m: ModelMaker, input: string, channels = 3) =>
  m.node('Conv', [input, m.random(4, channels, 3, 3), m.random(4)]);

/** GlobalAveragePooling2D and Dense, as most classifiers end. */
function classifier(m: ModelMaker, map: string): string {
  const vector = m.node('Squeeze', [m.node('GlobalAveragePool', [map]), m.integers(2, 3)]);
  return m.node('Add', [m.node('MatMul', [vector, m.random(4, 3)]), m.random(3)]);
}

test.each([
  [
    'a minimum without its maximum',
    (m: ModelMaker, a: string) => m.node('Tanh', [m.node('Min', [a, scalar(m, 6)])]),
    /^Tanh .* it reads a minimum with 6/,
  ],
  [
    'the same at the end',
    (m: ModelMaker, a: string) => m.node('Min', [a, scalar(m, 6)]),
    /^Output .* it is a minimum with 6/,
  ],
  [
    'a dense layer over a matrix of all pixels',
    (m: ModelMaker, a: string) =>
      m.node('MatMul', [m.node('Reshape', [toNhwc(m, a), m.integers(-1, 4)]), m.random(4, 2)]),
    /^Reshape .* it reshapes \[1, 7, 5, 4\] to \[35, 4\]/,
  ],
  [
    'space to depth',
    (m: ModelMaker, a: string) => m.node('SpaceToDepth', [a], { blocksize: 1 }),
    /^SpaceToDepth 'spacetodepth_3' was left out: no layer/,
  ],
  [
    'mirrored borders',
    (m: ModelMaker, a: string) => m.node('Pad', [a, m.integers(0, 0, 1, 1, 0, 0, 1, 1)], { mode: 'reflect' }),
    /^Pad .* its mode is reflect/,
  ],
])('%s is named, and the layers before it still work', async (_, make, note) => {
  const bytes = await modelBytes({ input: [1, 9, 7, 3], outputDims: [] }, (m) => make(m, conv(m, first(m))));
  const { network, notes } = unwrap(await readOnnx(bytes, 'refused.onnx'));
  expect(network.layers.map(({ kind }) => kind)).toEqual(['input', 'conv2d']);
  expect(notes[0]).toMatch(note);
  expect(notes[0]).toMatch(/the layers before it still work/);
});

test('parts of maps are named one by one, with what they take', async () => {
  const bytes = await modelBytes({ input: [1, 4, 9, 7], outputDims: [] }, (m) => {
    const cut = (at: number, axis: number) =>
      [at, at + 2, axis].map((n) => m.integers(n)) as [string, string, string];
    const a = m.node('Relu', [conv(m, 'x', 4)]);
    const halves = [0, 2].map((at) => m.node('Slice', [a, ...cut(at, 1)]));
    const whole = m.node('Slice', [a, m.integers(0), m.integers(9), m.integers(2)]);
    return [m.node('Concat', halves, { axis: 1 }), m.node('Slice', [whole, ...cut(0, 2)])];
  });
  const { network, notes } = unwrap(await readOnnx(bytes, 'split.onnx'));
  expect(network.layers.map(({ kind }) => kind)).toEqual(['input', 'conv2d', 'relu']);
  expect(notes).toEqual([
    expect.stringMatching(/^Slice 'slice_3' was left out: it takes some of the channels, as ShuffleNetV2/),
    expect.stringMatching(/^Slice 'slice_4' was left out: it takes some of the channels/),
    expect.stringMatching(/^Slice 'slice_7' was left out: it takes a part of \[1, 4, 7, 5\] along axis 2/),
    'With these, 1 node that only follows them was left out.',
  ]);
});

test.each([
  [
    'last',
    false,
    /LogSoftmax 'logsoftmax_6' became a softmax: the outputs differ, .*order of the classes is the same/,
  ],
  [
    'read by others',
    true,
    /became a softmax without its logarithm, and layers behind it read it: the outputs differ/,
  ],
])('a LogSoftmax %s is a softmax that says what differs', async (_, followed, note) => {
  const bytes = await modelBytes({ input: [1, 3, 9, 7], outputDims: [] }, (m) => {
    const logarithms = m.node('LogSoftmax', [classifier(m, conv(m, 'x'))], { axis: 1 });
    return followed ? m.node('MatMul', [logarithms, m.random(3, 2)]) : logarithms;
  });
  const { network, notes } = unwrap(await readOnnx(bytes, 'log.onnx'));
  expect(network.layers.some(({ kind }) => kind === 'softmax')).toBe(true);
  expect(notes).toEqual([expect.stringMatching(note)]);
});

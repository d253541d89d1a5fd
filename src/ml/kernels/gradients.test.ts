import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { createRandom } from '../../core/random.ts';
import { activate } from '../activate.ts';
import { useWasmInNode } from '../nodeWasm.ts';
import { averagePoolGradient, maxPoolGradient } from './poolGradients.ts';
import type { Pads } from './window.ts';

beforeAll(useWasmInNode);

const random = createRandom(7);
type Shape = [number, number, number, number];
const values = (shape: readonly number[]) =>
  Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal());

/** Runs a kernel on both backends and compares, relative to the largest value. */
async function expectAgreement(
  run: (tensors: tf.Tensor4D[]) => tf.Tensor,
  shapes: readonly Shape[],
  tolerance = 1e-5,
): Promise<void> {
  const data = shapes.map(values);
  const results: Float32Array[] = [];
  for (const backend of ['cpu', 'wasm'] as const) {
    await activate(backend);
    const before = tf.memory().numTensors;
    const result = tf.tidy(() => run(shapes.map((shape, i) => tf.tensor4d(data[i]!, shape))));
    results.push((await result.data()) as Float32Array);
    result.dispose();
    expect(tf.memory().numTensors).toBe(before);
  }
  const [reference, composed] = results as [Float32Array, Float32Array];
  expect(composed.length).toBe(reference.length);
  const largest = reference.reduce((max, value) => Math.max(max, Math.abs(value)), 1e-20);
  const error = reference.reduce((max, value, i) => Math.max(max, Math.abs(value - composed[i]!)), 0);
  expect(error / largest).toBeLessThan(tolerance);
}

const outputSize = (input: number, kernel: number, stride: number, before: number, after: number) =>
  Math.floor((input + before + after - kernel) / stride) + 1;

const samePads = (input: number, kernel: number, stride: number): [number, number] => {
  const total = Math.max(0, (Math.ceil(input / stride) - 1) * stride + kernel - input);
  return [Math.floor(total / 2), total - Math.floor(total / 2)];
};

const CASES = [1, 2, 3, 4, 5].flatMap((kernel) =>
  [1, 2, 3].flatMap((stride) =>
    (['same', 'valid', 'explicit'] as const).map((padding) => ({ kernel, stride, padding })),
  ),
);

/** Channels and filters: a vector's width, more, less, and several. */
const widthsOf = (kernel: number) =>
  [
    [3, 4],
    [5, 11],
    [8, 3],
    [16, 24],
  ].slice(0, kernel === 3 ? 4 : 2) as [number, number][];

const padsOf = (padding: 'same' | 'valid' | 'explicit', kernel: number, stride: number): Pads => {
  if (padding === 'same') return [...samePads(9, kernel, stride), ...samePads(8, kernel, stride)];
  return padding === 'valid' ? [0, 0, 0, 0] : [0, 2, 3, 1];
};

test.each(CASES)('conv2d gradients: kernel $kernel, stride $stride, $padding', async (options) => {
  const { kernel, stride } = options;
  const pads = padsOf(options.padding, kernel, stride);
  const rows = outputSize(9, kernel, stride, pads[0], pads[1]);
  const columns = outputSize(8, kernel, stride, pads[2], pads[3]);
  const pad =
    options.padding === 'explicit'
      ? [
          [0, 0],
          [pads[0], pads[1]],
          [pads[2], pads[3]],
          [0, 0],
        ]
      : options.padding;
  const attributes = { strides: [stride, stride], pad, dataFormat: 'NHWC' };
  for (const [channels, filters] of widthsOf(kernel)) {
    await expectAgreement(
      ([x, dy]) =>
        tf
          .engine()
          .runKernel(
            'Conv2DBackpropFilter',
            { x: x!, dy: dy! },
            { ...attributes, filterShape: [kernel, kernel, channels, filters] },
          ) as tf.Tensor,
      [
        [2, 9, 8, channels],
        [2, rows, columns, filters],
      ],
    );
    await expectAgreement(
      ([dy, filter]) =>
        tf
          .engine()
          .runKernel(
            'Conv2DBackpropInput',
            { dy: dy!, filter: filter! },
            { ...attributes, inputShape: [2, 9, 8, channels] },
          ) as tf.Tensor,
      [
        [2, rows, columns, filters],
        [kernel, kernel, channels, filters],
      ],
    );
  }
});

test('a window larger than the map, and one of other rows than columns', async () => {
  const attributes = { strides: [1, 2], pad: 'same', dataFormat: 'NHWC' };
  const filterShape = [7, 3, 5, 6];
  const run = (kernel: string, inputs: tf.NamedTensorMap, more: object) =>
    tf.engine().runKernel(kernel, inputs, { ...attributes, ...more }) as tf.Tensor;
  await expectAgreement(
    ([x, dy]) => run('Conv2DBackpropFilter', { x: x!, dy: dy! }, { filterShape }),
    [
      [3, 3, 5, 5],
      [3, 3, 3, 6],
    ],
  );
  await expectAgreement(
    ([dy, filter]) => run('Conv2DBackpropInput', { dy: dy!, filter: filter! }, { inputShape: [3, 3, 5, 5] }),
    [
      [3, 3, 3, 6],
      [7, 3, 5, 6],
    ],
  );
});

test.each(CASES.filter(({ stride }) => stride < 3))(
  'depthwise gradients: kernel $kernel, stride $stride, $padding',
  async (options) => {
    const { kernel, stride } = options;
    const pads = padsOf(options.padding, kernel, stride);
    const rows = outputSize(9, kernel, stride, pads[0], pads[1]);
    const columns = outputSize(8, kernel, stride, pads[2], pads[3]);
    const pad =
      options.padding === 'explicit'
        ? [
            [0, 0],
            [pads[0], pads[1]],
            [pads[2], pads[3]],
            [0, 0],
          ]
        : options.padding;
    const attributes = { strides: [stride, stride], pad, dilations: [1, 1] };
    for (const [channels, multiplier] of [
      [3, 1],
      [3, 2],
      [6, 1],
      [21, 1],
    ] as const) {
      await expectAgreement(
        ([x, dy]) =>
          tf
            .engine()
            .runKernel(
              'DepthwiseConv2dNativeBackpropFilter',
              { x: x!, dy: dy! },
              { ...attributes, filterShape: [kernel, kernel, channels, multiplier] },
            ) as tf.Tensor,
        [
          [2, 9, 8, channels],
          [2, rows, columns, channels * multiplier],
        ],
      );
      await expectAgreement(
        ([dy, filter]) =>
          tf
            .engine()
            .runKernel(
              'DepthwiseConv2dNativeBackpropInput',
              { dy: dy!, filter: filter! },
              { ...attributes, inputShape: [2, 9, 8, channels] },
            ) as tf.Tensor,
        [
          [2, rows, columns, channels * multiplier],
          [kernel, kernel, channels, multiplier],
        ],
      );
    }
  },
);

const POOLS: readonly { pool: number; stride: number; pads: Pads }[] = [
  { pool: 2, stride: 2, pads: [0, 0, 0, 0] },
  { pool: 3, stride: 3, pads: [0, 0, 0, 0] },
  { pool: 3, stride: 2, pads: [1, 0, 0, 1] },
  { pool: 2, stride: 1, pads: [0, 1, 0, 1] },
];

test.each(POOLS.flatMap((window) => [3, 4, 10].map((channels) => ({ ...window, channels }))))(
  'pool gradients: pool $pool, stride $stride, pads $pads, $channels channels',
  async (options) => {
    const { pool, stride, pads, channels } = options;
    const window = { poolSize: [pool, pool], strides: [stride, stride], pads } as const;
    const padding = [
      [0, 0],
      [pads[0], pads[1]],
      [pads[2], pads[3]],
      [0, 0],
    ] as [[number, number], [number, number], [number, number], [number, number]];
    const dyShape: Shape = [
      2,
      outputSize(9, pool, stride, pads[0], pads[1]),
      outputSize(8, pool, stride, pads[2], pads[3]),
      channels,
    ];
    for (const kind of ['max', 'average'] as const) {
      // the reference is the sum of a pooled product, moved one value at a time
      await activate('wasm');
      const x = values([2, 9, 8, channels]);
      const dy = values(dyShape);
      const gradient = tf.tidy(() => {
        const tx = tf.tensor4d(x, [2, 9, 8, channels]);
        const tdy = tf.tensor4d(dy, dyShape);
        const y = tf.maxPool(tx, pool, stride, padding);
        return (
          kind === 'max' ? maxPoolGradient(tdy, tx, y, window) : averagePoolGradient(tdy, tx, window)
        ).dataSync();
      });
      await activate('cpu');
      const objective = (input: Float32Array) =>
        tf.tidy(() => {
          const tx = tf.tensor4d(input, [2, 9, 8, channels]);
          const y =
            kind === 'max' ? tf.maxPool(tx, pool, stride, padding) : tf.avgPool(tx, pool, stride, padding);
          return (y.dataSync() as Float32Array).reduce((sum, value, i) => sum + value * dy[i]!, 0);
        });
      for (let i = 0; i < x.length; i += 17) {
        const step = 1e-3;
        const up = x.slice();
        up[i]! += step;
        const down = x.slice();
        down[i]! -= step;
        expect(gradient[i]).toBeCloseTo((objective(up) - objective(down)) / (2 * step), 2);
      }
    }
  },
);

test('values that share a maximum share its gradient', async () => {
  await activate('wasm');
  const window = { poolSize: [2, 2], strides: [2, 2], pads: [0, 0, 0, 0] } as const;
  const gradient = tf.tidy(() => {
    const x = tf.tensor4d([1, 1, 0, 1], [1, 2, 2, 1]);
    return maxPoolGradient(
      tf.tensor4d([3], [1, 1, 1, 1]),
      x,
      tf.maxPool(x, 2, 2, 'valid'),
      window,
    ).dataSync();
  });
  expect([...gradient]).toEqual([1, 1, 0, 1]);
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NetworkBuilder } from './builder.ts';
import type { FeatureMap, Layer, Network, Padding } from './network.ts';
import { geometryOf, inferGeometry } from './shapes.ts';

const square = (extent: number, channels = 3): FeatureMap => ({ height: extent, width: extent, channels });

const withLast = (network: Network, patch: object): Network => ({
  ...network,
  layers: network.layers.map((layer, i) =>
    i === network.layers.length - 1 ? ({ ...layer, ...patch } as Layer) : layer,
  ),
});

function convolved(extent: number, kernel: number, stride: number, padding: Padding, dilation = 1) {
  const b = new NetworkBuilder('one', square(extent));
  b.conv(4, kernel, { stride, dilation });
  return inferGeometry(withLast(b.build(), { padding }));
}

const outOf = (...conv: Parameters<typeof convolved>) => {
  const geometry = convolved(...conv);
  return geometry.ok ? geometry.value.get('conv1') : undefined;
};

describe('a window', () => {
  test('with same padding has the odd pixel at the end, as in TensorFlow', () => {
    expect(outOf(32, 3, 2, 'same')).toMatchObject({ ofm: square(16, 4), pads: [0, 1, 0, 1] });
    expect(outOf(33, 3, 2, 'same')).toMatchObject({ ofm: square(17, 4), pads: [1, 1, 1, 1] });
    expect(outOf(32, 5, 1, 'same')).toMatchObject({ ofm: square(32, 4), pads: [2, 2, 2, 2] });
    expect(outOf(32, 1, 2, 'same')).toMatchObject({ ofm: square(16, 4), pads: [0, 0, 0, 0] });
  });

  test('with valid padding stays inside', () => {
    expect(outOf(32, 3, 1, 'valid')).toMatchObject({ ofm: square(30, 4) });
    expect(outOf(32, 3, 2, 'valid')).toMatchObject({ ofm: square(15, 4) });
    expect(outOf(32, 3, 1, 'valid', 2)).toMatchObject({ ofm: square(28, 4) });
  });

  test('with written padding counts each side', () => {
    expect(outOf(32, 3, 1, [1, 0, 2, 1])).toMatchObject({
      ofm: { height: 31, width: 33, channels: 4 },
      pads: [1, 0, 2, 1],
    });
  });

  test('covers the map: its last place starts inside and one more would not fit', () => {
    const small = fc.integer({ min: 1, max: 9 });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        small,
        small,
        fc.integer({ min: 1, max: 3 }),
        fc.constantFrom('same' as const, 'valid' as const),
        (extent, kernel, stride, dilation, padding) => {
          const reach = (kernel - 1) * dilation + 1;
          const at = outOf(extent, kernel, stride, padding, dilation);
          if (!at) {
            expect(padding === 'valid' && reach > extent).toBe(true);
            return;
          }
          const padded = extent + at.pads[0] + at.pads[1];
          const last = (at.ofm.height - 1) * stride;
          expect(last - at.pads[0]).toBeLessThan(extent);
          expect(last + reach).toBeLessThanOrEqual(padded);
          if (padding === 'same') expect(at.ofm.height).toBe(Math.ceil(extent / stride));
          else expect(last + stride + reach).toBeGreaterThan(padded);
        },
      ),
    );
  });
});

test('channels add up behind a concat, and pixels become channels behind a flatten', () => {
  const b = new NetworkBuilder('shapes', square(8));
  const [left, right] = [b.conv(4, 3), b.conv(6, 3, {}, 'input')];
  b.concat(left, right);
  b.maxPool(2);
  b.flatten();
  const geometry = geometryOf(b.build());
  expect(geometry.get('concat1')?.ofm).toEqual(square(8, 10));
  expect(geometry.get('flatten1')?.ofm).toEqual({ height: 1, width: 1, channels: 160 });
});

describe('what is no network is refused, with a code and the layer', () => {
  const written = (write: (b: NetworkBuilder) => void, extent = 8) => {
    const b = new NetworkBuilder('broken', square(extent));
    write(b);
    return b.build();
  };
  const relu = (id: string, inputs: readonly string[]): Layer => ({ kind: 'relu', id, inputs });
  const input: Layer = { kind: 'input', id: 'input', inputs: [], shape: square(8) };
  const withEpsilon = (epsilon: number): Network => ({
    name: 'epsilon',
    layers: [input, { kind: 'l2Normalize', id: 'l2norm1', inputs: ['input'], epsilon }],
  });
  const cases: readonly (readonly [code: string, where: string | undefined, Network])[] = [
    ['empty-network', undefined, { name: 'empty', layers: [] }],
    ['duplicate-layer', 'input', { name: 'twice', layers: [input, input] }],
    ['unknown-input', 'a', { name: 'loop', layers: [input, relu('a', ['b']), relu('b', ['a'])] }],
    ['input-count', 'a', { name: 'two', layers: [input, relu('a', ['input', 'input'])] }],
    ['input-count', 'a', { name: 'none', layers: [input, relu('a', [])] }],
    ['layer-attribute', 'input', { name: 'half', layers: [{ ...input, shape: square(2.5) }] }],
    ['layer-attribute', 'conv1', written((b) => b.conv(0, 3))],
    ['layer-attribute', 'conv1', written((b) => b.conv(4, 3, { stride: 0 }))],
    ['groups', 'conv1', written((b) => b.conv(4, 3, { groups: 2 }))],
    ['window-too-large', 'pool1', written((b) => b.maxPool(9))],
    ['dense-needs-vector', 'fc1', written((b) => b.dense(4))],
    ['add-shapes', 'add1', written((b) => b.add('input', b.conv(4, 3)))],
    ['layer-attribute', 'leaky1', written((b) => b.leakyRelu(0))],
    ['groups', 'shuffle1', written((b) => b.channelShuffle(2))],
    ['groups', 'shuffle1', written((b) => b.channelShuffle(0.5))],
    ['layer-attribute', 'l2norm1', withEpsilon(0)],
    ['layer-attribute', 'l2norm1', withEpsilon(Number.NaN)],
    ['layer-attribute', 'up1', written((b) => b.upsample(1.5))],
    ['multiply-shapes', 'mul1', written((b) => b.multiply('input', b.maxPool(2)))],
    ['multiply-shapes', 'mul1', written((b) => b.multiply('input', b.conv(4, 8, { padding: 'valid' })))],
    [
      'input-count',
      'a',
      {
        name: 'three',
        layers: [input, { ...relu('a', ['input', 'input', 'input']), kind: 'multiply' } as Layer],
      },
    ],
    ['concat-shapes', 'concat1', written((b) => b.concat('input', b.maxPool(2)))],
    ['too-large', 'conv1', written((b) => b.conv(1024, 1), 4096)],
  ];

  test.each(cases)('%s at %s', (code, where, network) => {
    const result = inferGeometry(network);
    if (result.ok) throw new Error('It was taken for a network');
    expect(result.error.code).toBe(code);
    expect(result.error.where).toBe(where);
    if (where !== undefined) expect(result.error.message).toContain(where);
  });
});

test('a product has the shape of its map, on whichever side the gate is', () => {
  const b = new NetworkBuilder('gate', square(8));
  const gate = b.globalAveragePool();
  b.multiply('input', gate);
  b.multiply(gate, 'input');
  b.multiply('mul1', 'mul2');
  const geometry = geometryOf(b.build());
  for (const id of ['mul1', 'mul2', 'mul3']) expect(geometry.get(id)?.ofm).toEqual(square(8));
});

test('upsampling multiplies rows and columns, each by its own size', () => {
  const b = new NetworkBuilder('up', { height: 3, width: 5, channels: 2 });
  b.upsample([2, 3]);
  expect(geometryOf(b.build()).get('up1')?.ofm).toEqual({ height: 6, width: 15, channels: 2 });
});

test('a shuffle and an L2 normalization keep the shape', () => {
  const b = new NetworkBuilder('same', { height: 3, width: 5, channels: 6 });
  b.channelShuffle(2);
  b.l2Normalize();
  const geometry = geometryOf(b.build());
  for (const id of ['shuffle1', 'l2norm1'])
    expect(geometry.get(id)?.ofm).toEqual({ height: 3, width: 5, channels: 6 });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NetworkBuilder } from '../../core/network/builder.ts';
import { layerMacCount } from '../../core/network/counts.ts';
import type { Network } from '../../core/network/network.ts';
import { PRESETS, presetById } from '../../core/network/presets.ts';
import { geometryAt, geometryOf } from '../../core/network/shapes.ts';
import { unwrap } from '../../core/result.ts';
import { readScaleSim, writeScaleSim } from './scaleSim.ts';
import { isScaleSimText } from './scaleSimRows.ts';

const HEADER =
  'Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, Strides,\n';
const read = (text: string) => unwrap(readScaleSim(text, 'net.csv'));
const refusal = (text: string): string => {
  const model = readScaleSim(text, 'net.csv');
  return model.ok ? 'read' : model.error.message;
};
const kinds = ({ layers }: Network) => layers.map(({ kind }) => kind).join(' ');

/** MACs of every layer that has some, in order. */
const macs = (network: Network): readonly number[] => {
  const geometry = geometryOf(network);
  return network.layers
    .map((layer) => layerMacCount(layer, geometryAt(geometry, layer.id)))
    .filter((count) => count > 0);
};

/** What SCALE-Sim's own loader counts: ceil rounding, DP rows once a channel (topology_utils.py). */
const countedByScaleSim = (text: string): readonly number[] =>
  text
    .split('\n')
    .slice(1)
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [name = '', ...cells] = line.split(',').slice(0, -1);
      const [h, w, kh, kw, channels, filters, sh, sw = sh] = cells.map(Number) as [
        number,
        number,
        number,
        number,
        number,
        number,
        number,
      ];
      const along = (extent: number, kernel: number, stride: number) =>
        Math.ceil((extent - kernel + stride) / stride);
      const depth = name.includes('DP') ? 1 : channels;
      const times = name.includes('DP') ? channels : 1;
      return times * along(h, kh, sh) * along(w, kw, sw as number) * kh * kw * depth * filters;
    });

describe('a preset written and read again', () => {
  test.each(PRESETS.map((preset) => [preset.id, preset] as const))(
    '%s keeps the MACs of every row',
    (_, preset) => {
      const network = preset.build(preset.input, preset.classCount);
      const text = writeScaleSim(network);
      expect(countedByScaleSim(text)).toEqual(macs(network));
      const model = readScaleSim(text, 'net.csv');
      if (model.ok) expect(macs(model.value.network)).toEqual(macs(network));
      // A shortcut that is only pooled and then put beside the branch has no row that could tell it.
      else {
        expect(network.layers.some(({ kind }) => kind === 'channelShuffle')).toBe(true);
        expect(model.error.message).toMatch(/neither padding, pooling nor a branch makes that/);
      }
    },
  );
});

test('chains of any windows keep the MACs of every row', () => {
  const step = fc.record({
    kernel: fc.integer({ min: 1, max: 5 }),
    stride: fc.integer({ min: 1, max: 3 }),
    padding: fc.oneof(fc.constantFrom('same' as const, 'valid' as const), fc.integer({ min: 0, max: 2 })),
    depthwise: fc.boolean(),
    pool: fc.boolean(),
    filters: fc.integer({ min: 2, max: 9 }),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 6 }), (steps) => {
      const b = new NetworkBuilder('chain', { height: 60, width: 44, channels: 3 });
      let network = b.build();
      for (const { kernel, stride, padding, depthwise, pool, filters } of steps) {
        const pads = typeof padding === 'number' ? Math.min(padding, kernel - 1) : padding;
        const { ofm } = geometryAt(geometryOf(network), b.last);
        if (Math.min(ofm.height, ofm.width) < 2 * kernel) break;
        if (depthwise) b.depthwise(kernel, { stride, padding: pads });
        else b.conv(filters, kernel, { stride, padding: pads });
        if (pool && Math.min(ofm.height, ofm.width) / stride > 12) b.maxPool(2);
        network = b.build();
      }
      fc.pre(macs(network).length > 0);
      const text = writeScaleSim(network);
      expect(macs(read(text).network)).toEqual(macs(network));
    }),
    { numRuns: 300 },
  );
});

test('rows are written as SCALE-Sim reads them', () => {
  const b = new NetworkBuilder('rows', { height: 32, width: 32, channels: 3 });
  b.conv(16, 3, { prefix: 'first, DP' });
  b.depthwise(3, { stride: 2 });
  b.conv(32, 1, { groups: 2 });
  b.globalAveragePool();
  b.dense(10);
  expect(writeScaleSim(b.build())).toBe(
    `${HEADER}first_ dp1, 34, 34, 3, 3, 3, 16, 1,
dw1_DP, 33, 33, 3, 3, 16, 1, 2,
conv1, 16, 16, 1, 1, 8, 32, 1,
fc1, 1, 1, 1, 1, 32, 10, 1,
`,
  );
  const uneven = new NetworkBuilder('uneven', { height: 9, width: 9, channels: 1 });
  uneven.conv(2, 3, { stride: [2, 1], padding: 'valid' });
  expect(writeScaleSim(uneven.build())).toMatch(
    /Stride Height, Stride Width,\nconv1, 9, 9, 3, 3, 1, 2, 2, 1,\n$/,
  );
  expect(macs(read(writeScaleSim(uneven.build())).network)).toEqual(macs(uneven.build()));
});

describe('how rows are joined', () => {
  test('padding, pooling and dense layers', () => {
    const { network, notes } = read(
      `${HEADER}a, 34, 34, 3, 3, 3, 8, 1,\nb, 34, 34, 3, 3, 8, 8, 1,\nc, 18, 18, 3, 3, 8, 4, 1,\nd, 1, 1, 1, 1, 256, 10, 1,\ne, 1, 10, 1, 10, 1, 5, 1,`,
    );
    expect(kinds(network)).toBe('input conv2d conv2d maxPool conv2d maxPool flatten dense dense');
    expect(network.layers[2]).toMatchObject({ padding: [1, 1, 1, 1] });
    expect(notes[1]).toBe('A max pooling was put before: c, d.');
  });

  test('a fire module is put side by side, a residual block added, groups counted', () => {
    const fire = `${HEADER}s, 8, 8, 1, 1, 3, 4, 1,\ne1, 8, 8, 1, 1, 4, 6, 1,\ne3, 10, 10, 3, 3, 4, 6, 1,\nnext, 8, 8, 1, 1, 12, 2, 1,\n`;
    const { network, notes } = read(fire);
    expect(kinds(network)).toBe('input conv2d conv2d conv2d concat conv2d');
    expect(notes.slice(1)).toEqual([
      'Read from an earlier map of fitting shape: e3.',
      'Maps of one height and width were put side by side before: next.',
    ]);
    const residual = `${HEADER}a, 8, 8, 1, 1, 3, 4, 1,\nb, 8, 8, 1, 1, 4, 6, 1,\nshortcut, 8, 8, 1, 1, 4, 6, 1,\nnext, 8, 8, 1, 1, 6, 2, 1,\n`;
    expect(kinds(read(residual).network)).toBe('input conv2d conv2d conv2d add conv2d');
    const groups = `${HEADER}a, 8, 8, 1, 1, 3, 96, 1,\nb, 8, 8, 1, 1, 48, 256, 1,\n`;
    expect(read(groups).network.layers[2]).toMatchObject({ groups: 2 });
  });

  test('published topologies without padding in their extents are padded', () => {
    const text = `Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, Strides,,,Eh,Ew,e2
,,,,,,,,,,,,
Conv1,224,224,7,7,3,64,2,,,110,110,12100
CB2a_1,56,56,1,1,64,64,1,,,,,
CB2a_2,56,56,3,3,64,64,1,,,,,
CB2a_3,56,56,1,1,64,256,1,,,,,
CB2s,56,56,1,1,64,256,1,,,,,
IB2b_1,56,56,1,1,256,64,1,,,,,
CB3a_1,56,56,1,1,64,128,2,,,,,
CB3a_2,28,28,3,3,128,128,1,,,,,
FC6,1,1,1,1,128,1000,1,,,,,`;
    const { network, notes } = read(text);
    expect(kinds(network)).toBe(
      'input conv2d maxPool conv2d conv2d conv2d conv2d add conv2d conv2d conv2d globalAveragePool dense',
    );
    // 112*112*49*3*64, 56*56*64*64, 56*56*9*64*64
    expect(macs(network).slice(0, 3)).toEqual([118_013_952, 12_845_056, 115_605_504]);
    expect(notes).toContain(
      'Padded so that the map keeps its extents, which SCALE-Sim does not count: Conv1, CB2a_2, CB3a_2.',
    );
  });

  test('one channel of a depthwise convolution stands for all, and sparsity is left out', () => {
    const text = `${HEADER}Conv1, 10, 10, 3, 3, 3, 32, 1,\nConv2_dw, 10, 10, 3, 3, 1, 1, 1,#dw\nConv3, 8, 8, 1, 1, 32, 64, 1, 2:4,\n`;
    const { network, notes } = read(text);
    expect(kinds(network)).toBe('input conv2d depthwiseConv2d conv2d');
    expect(macs(network)[1]).toBe(64 * 9 * 32);
    expect(notes).toContain('Written for one channel, and read for all channels before it: Conv2_dw.');
    expect(notes).toContain('The sparsity of the rows (N:M) is left out: networks here are dense.');
  });

  test('AlexNet of the preset comes back as a network with the same MACs', () => {
    const preset = presetById('alexnet')!;
    const { network, source, weights } = read(writeScaleSim(preset.build(preset.input, 1000)));
    expect([network.name, source, weights]).toEqual(['net', 'SCALE-Sim topology', null]);
    expect(kinds(network)).toBe(
      'input conv2d maxPool conv2d maxPool conv2d conv2d conv2d maxPool flatten dense dense dense',
    );
  });
});

describe('what is no topology', () => {
  test.each([
    ['', /is no SCALE-Sim topology/],
    [HEADER, /holds no row/],
    ['Layer, M, N, K,\na, 1, 2, 3,\n', /matrix products \(M, N, K\)/],
    [`${HEADER}a, 8, 8, 3, 3, 3, 8,`, /Row 1 \(a\): Strides is empty/],
    [`${HEADER}a, 8, 8, 3, 3, x, 8, 1,`, /Channels is x/],
    [`${HEADER}a, 8, 8, 3, 3, 3, -8, 1,`, /Num Filter is -8/],
    [`${HEADER}a, 8, 8, 3, 3, 3, 1e99, 1,`, /Num Filter is 1e99/],
    [`${HEADER}a, 8, 8, 9, 9, 3, 8, 1,`, /slides a 9x9 filter over an IFMAP of 8x8/],
    [
      `${HEADER}a, 8, 8, 3, 3, 3, 8, 1,\nb, 6, 6, 3, 3, 7, 8, 1,\n`,
      /^Row 2 \(b\) reads 6x6x7, and neither padding, pooling nor a branch makes that of 6x6x8/,
    ],
    [HEADER + 'a, 8, 8, 3, 3, 3, 8, 1,\n'.repeat(2001), /more than 2000 layers/],
    [`${HEADER}a, 70000, 1, 1, 1, 1, 70000, 1,`, /more than 2\^31|must be/],
  ])('is told in one sentence (%#)', (text, sentence) => {
    expect(refusal(text)).toMatch(sentence);
  });

  test('a text cut off anywhere, or with letters missing, is read or told', () => {
    const preset = presetById('tiny-resnet')!;
    const text = writeScaleSim(preset.build(preset.input, 10));
    for (let at = 0; at < text.length; at++) {
      expect(readScaleSim(text.slice(0, at), 'cut')).toHaveProperty('ok');
      expect(readScaleSim(text.slice(0, at) + text.slice(at + 1), 'holes')).toHaveProperty('ok');
    }
  });

  test('2,000 rows that all read maps of one shape are joined soon', () => {
    const started = performance.now();
    const rows = Array.from(
      { length: 1000 },
      (_, i) => `r${i}, 64, 64, 1, 1, 8, ${i % 2 === 0 ? 9 : 8}, 1,\n`,
    );
    expect(refusal(HEADER + rows.join(''))).toEqual(expect.any(String));
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

test('a topology is told by its header', () => {
  expect(isScaleSimText(HEADER)).toBe(true);
  expect(
    isScaleSimText(
      'Layer name,IFMAP height,IFMAP width,Filter height,Filter width,Channels,Num filter,Stride height,Stride width,\n',
    ),
  ).toBe(true);
  expect(isScaleSimText('layer,kind\n')).toBe(false);
});

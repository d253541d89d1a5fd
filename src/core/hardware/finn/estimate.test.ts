import { describe, expect, test } from 'vitest';
import type { Folding } from '../../exploration/design.ts';
import { NetworkBuilder } from '../../network/builder.ts';
import type { Network } from '../../network/network.ts';
import { presetById, TRAINED_PRESETS } from '../../network/presets.ts';
import { unwrap } from '../../result.ts';
import { estimateFinn, layerFoldings } from './estimate.ts';
import { lowerToFinn } from './lower.ts';
import { CNV_DEFAULT_FOLDING } from './publishedFoldings.ts';

const cnv = presetById('cnv')!.build({ height: 32, width: 32, channels: 3 }, 10);

const options = {
  clockHertz: 100e6,
  foldings: {} as Record<string, Folding>,
  targetCycles: 20_000,
  weightBits: 1,
  activationBits: 1,
};
const published = { ...options, foldings: CNV_DEFAULT_FOLDING };

const report = (network: Network, changes: Partial<typeof options> = {}) =>
  unwrap(estimateFinn(network, { ...options, ...changes }));

describe('CNV with the default folding', () => {
  const found = unwrap(estimateFinn(cnv, published));
  const units = found.rows.filter((row) => row.engine === 'MVAU_hls');

  test('has the cycles of Table 4.2 (BO-23)', () => {
    expect(units.map((row) => row.cycles)).toEqual([
      32400, 28224, 20736, 28800, 20736, 18432, 32768, 32768, 1024,
    ]);
  });

  test('makes 3,051.8 images a second at 100 MHz (BO-24)', () => {
    expect(found.initiationInterval).toBe(32768);
    expect(found.throughputFps).toBeCloseTo(3051.8, 1);
    expect(found.violations).toEqual([]);
  });

  test('throughput is the clock over the slowest node (BO-27)', () => {
    expect(found.bottleneckId).toBe('MVAU_hls_6');
    expect(unwrap(estimateFinn(cnv, { ...published, clockHertz: 200e6 })).throughputFps).toBe(
      2 * found.throughputFps,
    );
  });

  test("has FINN's latency, the sum along the longest path", () => {
    expect(found.latencySeconds).toBeCloseTo(249362 / 100e6, 12);
  });

  test('says in words what bounds a row', () => {
    expect(units[0]).toMatchObject({
      layerIds: ['conv1', 'bn1', 'relu1'],
      bound: 'compute',
      boundSentence: '64 outputs / PE 16 times 27 inputs / SIMD 3 for 900 pixels: 32,400 cycles',
    });
    expect(found.rows[1]).toMatchObject({ layerIds: ['conv1'], bound: 'stream', cycles: 8167 });
  });

  test('sliding windows share the SIMD of their convolution', () => {
    const windows = found.rows.filter((row) => row.engine === 'ConvolutionInputGenerator_rtl');
    expect(windows.map((row) => row.cycles)).toEqual([8167, 14238, 2654, 3708, 376, 144]);
  });

  test("has FINN's block RAM, and its LUT but for accumulators narrowed by trained values", () => {
    expect(found.resources).toMatchObject({ bram18: 147, uram: 0, dsp: 0 });
    // FINN: 23,159 after and 23,079 before minimizing; the bound by types lies a little above.
    expect(found.resources!.lut).toBeGreaterThanOrEqual(23159);
    expect(found.resources!.lut).toBeLessThan(23159 * 1.02);
  });
});

describe('foldings by layer', () => {
  const byLayer = (foldings: Record<string, Folding>) =>
    new Map(unwrap(layerFoldings(cnv, { ...options, foldings })).map((f) => [f.layerId, f]));

  test('conv1 takes SIMD 1 or 3, conv6 at least 4 (BO-20)', () => {
    const found = byLayer({ ...CNV_DEFAULT_FOLDING });
    expect(found.get('conv1')!.legalSimd).toEqual([1, 3]);
    expect(found.get('conv6')!.legalSimd[0]).toBe(4);
  });

  test('the last layer takes PE 1, 2, 5 or 10 (BO-21)', () => {
    expect(byLayer({}).get('fc3')!.legalPe).toEqual([1, 2, 5, 10]);
  });

  test('an illegal choice is reduced and reported with the legal values', () => {
    const foldings = { fc3: { pe: 4, simd: 1 } };
    expect(byLayer(foldings).get('fc3')).toMatchObject({ pe: 2, simd: 1, origin: 'chosen' });
    expect(report(cnv, { foldings }).violations).toEqual([
      {
        code: 'finn-folding-adjusted',
        message:
          'The folding of fc3 does not fit: PE 4 must be one of 1, 2, 5 or 10. PE 2 and SIMD 1 are used.',
        layerIds: ['fc3'],
      },
    ]);
  });

  test.each([
    ['a PE of 0', { fc3: { pe: 0, simd: 1 } }, 'finn-folding-illegal'],
    ['no number', { fc3: { pe: Number.NaN, simd: 1 } }, 'finn-folding-illegal'],
    ['a layer that is not there', { conv9: { pe: 1, simd: 1 } }, 'finn-folding-unused'],
    ['a layer that has no folding', { bn1: { pe: 1, simd: 1 } }, 'finn-folding-unused'],
  ])('%s is reported', (_, foldings, code) => {
    expect(report(cnv, { foldings }).violations.map((violation) => violation.code)).toEqual([code]);
  });

  test('automatic layers meet the target while a chosen one is slow', () => {
    const { rows } = report(cnv, { foldings: { conv2: { pe: 1, simd: 1 } }, targetCycles: 40_000 });
    const slow = rows.filter((row) => row.cycles >= 40_000);
    expect(slow.map((row) => row.layerIds[0])).toEqual(['conv2', 'conv2']);
  });

  test('an automatic SIMD is at least what code generation takes', () => {
    const found = unwrap(layerFoldings(cnv, { ...options, targetCycles: 1e9 }));
    expect(found.map((folding) => folding.simd)).toEqual([1, 1, 1, 2, 2, 3, 1, 1, 1]);
    expect(report(cnv, { targetCycles: 1e9 }).violations).toEqual([]);
  });
});

const small = { height: 12, width: 12, channels: 8 };
const opTypes = (network: Network, activationBits = 4) =>
  unwrap(lowerToFinn(network, { weightBits: 4, activationBits })).nodes.map((node) => node.name);

describe('lowering', () => {
  test('every preset that trains has a report, without violations but for grouped convolutions and shuffles', () => {
    for (const preset of TRAINED_PRESETS) {
      const network = preset.build(preset.input, 10);
      const found = report(network, { weightBits: 4, activationBits: 4 });
      const unknown = network.layers.filter(
        (layer) => layer.kind === 'channelShuffle' || (layer.kind === 'conv2d' && layer.groups > 1),
      );
      const violated = found.violations.flatMap(({ layerIds }) => layerIds);
      expect([preset.id, violated]).toEqual([preset.id, unknown.map(({ id }) => id)]);
      expect(found.initiationInterval).toBeGreaterThan(0);
      expect(found.rows.every((row) => Number.isInteger(row.cycles) && row.cycles > 0)).toBe(true);
      expect(new Set(found.rows.map((row) => row.id)).size).toBe(found.rows.length);
    }
  });

  test('a residual block forks, adds and is quantized again', () => {
    const b = new NetworkBuilder('residual', small);
    const entry = b.convBlock(8, 3);
    const branch = b.convBlock(8, 3, { activation: 'none' }, entry);
    b.add(branch, entry);
    b.relu();
    expect(opTypes(b.build())).toEqual([
      'Thresholding_rtl_0',
      'FMPadding_rtl_0',
      'ConvolutionInputGenerator_rtl_0',
      'MVAU_hls_0',
      'DuplicateStreams_hls_0',
      'FMPadding_rtl_1',
      'ConvolutionInputGenerator_rtl_1',
      'MVAU_rtl_0',
      'ChannelwiseOp_hls_0',
      'ChannelwiseOp_hls_1',
      'AddStreams_hls_0',
      'Thresholding_rtl_1',
    ]);
  });

  test('depthwise, strided 1x1 and overlapping pools have their own units', () => {
    const b = new NetworkBuilder('windows', small);
    b.depthwiseBlock(3);
    b.convBlock(16, 1, { stride: 2 });
    b.maxPool(3, { stride: 1 });
    b.globalAveragePool();
    b.dense(10, { bias: true });
    expect(opTypes(b.build(), 2)).toEqual([
      'Thresholding_rtl_0',
      'FMPadding_rtl_0',
      'ConvolutionInputGenerator_rtl_0',
      'VVAU_hls_0',
      'DownSampler_hls_0',
      'MVAU_hls_0',
      'ConvolutionInputGenerator_rtl_1',
      'Pool_hls_0',
      'GlobalAccPool_hls_0',
      'MVAU_rtl_0',
      'ChannelwiseOp_hls_0',
      'LabelSelect_hls_0',
    ]);
  });

  test('what FINN cannot build is named with its cure', () => {
    const b = new NetworkBuilder('grouped', small);
    b.conv(8, 3, { groups: 2 });
    b.softmax();
    b.convBlock(8, 1);
    const { violations } = report(b.build());
    expect(violations.map((v) => v.code)).toEqual(['finn-groups', 'finn-softmax']);
    expect(violations[0]!.message).toContain('conv1');
    expect(violations[0]!.message).toContain('set groups to 1');
  });

  test('a depthwise layer folds its kernel only when all channels are parallel', () => {
    const b = new NetworkBuilder('depthwise', small);
    b.depthwiseBlock(3);
    const network = b.build();
    const legal = (folding: Folding) =>
      unwrap(layerFoldings(network, { ...options, foldings: { dw1: folding } }))[0]!;
    expect(legal({ pe: 4, simd: 3 })).toMatchObject({ pe: 4, simd: 1, legalSimd: [1] });
    expect(legal({ pe: 8, simd: 3 })).toMatchObject({ pe: 8, simd: 3, legalSimd: [1, 3, 9] });
  });
});

describe('faults', () => {
  test.each([
    ['a clock of 0', { clockHertz: 0 }, 'clock'],
    ['0 bits', { weightBits: 0 }, 'finn-bits'],
    ['half a bit', { activationBits: 1.5 }, 'finn-bits'],
    ['no target', { targetCycles: 0 }, 'finn-target-cycles'],
  ])('%s', (_, changes, code) => {
    expect(estimateFinn(cnv, { ...options, ...changes })).toMatchObject({ ok: false, error: { code } });
  });

  test('a network that is none', () => {
    expect(estimateFinn({ name: 'empty', layers: [] }, options).ok).toBe(false);
  });
});

test('an estimate is quick enough for a slider', () => {
  for (let i = 0; i < 200; i++) estimateFinn(cnv, published);
  const start = performance.now();
  for (let i = 0; i < 50; i++) estimateFinn(cnv, { ...options, targetCycles: 20_000 + i });
  // Under 1 ms on an idle machine; the bound leaves room for a busy one.
  expect((performance.now() - start) / 50).toBeLessThan(10);
});

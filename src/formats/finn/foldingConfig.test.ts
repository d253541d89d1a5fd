import { describe, expect, test } from 'vitest';
import { defaultDesign } from '../../core/exploration/defaultDesign.ts';
import { estimate } from '../../core/hardware/estimate.ts';
import { foldNetwork } from '../../core/hardware/finn/foldNetwork.ts';
import { CNV_DEFAULT_FOLDING } from '../../core/hardware/finn/publishedFoldings.ts';
import { presetById, TRAINED_PRESETS } from '../../core/network/presets.ts';
import { unwrap } from '../../core/result.ts';
import { foldingConfigText, readFoldingConfig } from './foldingConfig.ts';

const options = { foldings: CNV_DEFAULT_FOLDING, targetCycles: 32_768, weightBits: 1, activationBits: 1 };
const preset = presetById('cnv')!;
const cnv = preset.build(preset.input, 10);
const { nodes } = unwrap(foldNetwork(cnv, options));
const read = (config: unknown) => readFoldingConfig(JSON.stringify(config), nodes);

test('every preset comes back from its own configuration, to the same cycles and resources', () => {
  for (const { build, input } of TRAINED_PRESETS) {
    const network = build(input, 10);
    const { hardware } = defaultDesign();
    const plain = { ...hardware, targetCycles: 9000 };
    const folded = unwrap(foldNetwork(network, { ...plain, foldings: {} }));
    const config = unwrap(readFoldingConfig(foldingConfigText(folded.nodes), folded.nodes));
    expect(config.notes).toEqual([]);
    const before = unwrap(estimate(network, 'finn', plain));
    // Another target: whatever the file did not set would show.
    const after = unwrap(
      estimate(network, 'finn', { ...plain, targetCycles: 1e9, nodeSettings: config.settings }),
    );
    const figures = (report: typeof before) =>
      report.rows.map(({ id, cycles, resources }) => [id, cycles, resources]);
    expect(figures(after)).toEqual(figures(before));
  }
});

test("the file has FINN's names: Defaults, then nodes with PE, SIMD, ram_style, resType and mem_mode", () => {
  const config = JSON.parse(foldingConfigText(nodes)) as Record<string, unknown>;
  expect(Object.keys(config)[0]).toBe('Defaults');
  expect(config.MVAU_hls_0).toEqual({
    PE: 16,
    SIMD: 3,
    ram_style: 'auto',
    resType: 'auto',
    mem_mode: 'internal_decoupled',
  });
  expect(config.ConvolutionInputGenerator_rtl_0).toMatchObject({ SIMD: 3, parallel_window: 0 });
});

describe('what others wrote', () => {
  test('defaults hold for all nodes or for op types, and a node entry comes before them', () => {
    const { settings } = unwrap(
      read({
        Defaults: { ram_style: ['block', ['MVAU_hls']], resType: ['lut', 'all'] },
        MVAU_hls_1: { ram_style: 'distributed' },
      }),
    );
    expect(settings.MVAU_hls_0).toEqual({ ramStyle: 'block', resType: 'lut' });
    expect(settings.MVAU_hls_1).toEqual({ ramStyle: 'distributed', resType: 'lut' });
    expect(settings.ConvolutionInputGenerator_rtl_0).toBeUndefined();
  });

  test('names before 0.10 count both variants of an op type, and nodes inserted later are named', () => {
    const { settings, notes } = unwrap(
      read({
        Defaults: {},
        MatrixVectorActivation_3: { PE: 8, SIMD: 4, mem_mode: 'decoupled' },
        StreamingFCLayer_Batch_0: { PE: 4 },
        StreamingFIFO_rtl_4: { depth: 512 },
        StreamingDataWidthConverter_hls_0: {},
      }),
    );
    expect(settings.MVAU_hls_3).toEqual({ pe: 8, simd: 4, memMode: 'internal_decoupled' });
    expect(settings.MVAU_hls_0).toEqual({ pe: 4 });
    expect(notes).toEqual([
      'Nodes that FINN inserts later are not estimated: StreamingFIFO_rtl_4, StreamingDataWidthConverter_hls_0.',
      'The file has no entry for Thresholding_rtl_0, ConvolutionInputGenerator_rtl_0, ConvolutionInputGenerator_rtl_1 and 14 more: what it does not fold is folded automatically, while FINN leaves it as it is.',
    ]);
  });

  test('attributes without effect on the estimate are named once', () => {
    const { notes } = unwrap(
      read({ Defaults: {}, MVAU_hls_0: { PE: 16, runtime_writeable_weights: 0, inFIFODepths: [2] } }),
    );
    expect(notes.at(-1)).toBe(
      'Without effect on the estimate, and ignored: inFIFODepths, runtime_writeable_weights.',
    );
  });

  test('a default may give each op type its own value, and one that is also an entry is none, as in qonnx', () => {
    const { settings, notes } = unwrap(
      read({
        Defaults: {
          ram_style: ['block', ['MVAU_hls'], 'ultra', ['ConvolutionInputGenerator_rtl']],
          resType: ['dsp', 'all', 'lut', ['MVAU_hls']],
        },
      }),
    );
    expect(settings.MVAU_hls_0).toEqual({ ramStyle: 'block' });
    expect(settings.ConvolutionInputGenerator_rtl_0).toEqual({ ramStyle: 'ultra' });
    expect(notes).toEqual([
      'The default of "resType" must be [value, "all"] or [value, [op types]]; it is ignored.',
    ]);
    const named = unwrap(read({ Defaults: { PE: [2, 'all'] }, PE: {}, MVAU_hls_0: { SIMD: 3 } }));
    expect(named.settings).toEqual({ MVAU_hls_0: { simd: 3 } });
  });

  test('what no node holds is carried: it comes back in the next file, later nodes with it', () => {
    const file = {
      ...JSON.parse(foldingConfigText(nodes)),
      StreamingFIFO_rtl_4: { depth: 512, impl_style: 'vivado', inFIFODepths: [0] },
    };
    file.MVAU_hls_0.outFIFODepths = [32];
    file.MVAU_hls_0.ram_style_thresholds = 'auto';
    const { carried } = unwrap(read(file));
    expect(JSON.parse(foldingConfigText(nodes, carried))).toEqual(file);
  });

  test("an attribute that FINN's estimate reads and ours can't hold is not called harmless", () => {
    const { notes } = unwrap(
      read({
        Defaults: {},
        MVAU_hls_0: { PE: 16, ram_style_thresholds: 'distributed' },
        Thresholding_rtl_0: { depth_trigger_uram: 0, depth_trigger_bram: 64 },
      }),
    );
    expect(notes.filter((one) => /can't be held here/.test(one))).toEqual([
      `ram_style_thresholds of MVAU_hls_0 is "distributed", which changes FINN's LUT or URAM and can't be held here; the estimate is that of auto.`,
      `depth_trigger_bram of Thresholding_rtl_0 is 64, which changes FINN's LUT or URAM and can't be held here; the estimate is that of 0.`,
    ]);
  });
});

describe('a sliding window and what reads it', () => {
  test('a parallel window of some channels is told', () => {
    const { notes } = unwrap(
      read({ Defaults: {}, ConvolutionInputGenerator_rtl_1: { SIMD: 32, parallel_window: 1 } }),
    );
    expect(notes[0]).toBe(
      'parallel_window 1 of ConvolutionInputGenerator_rtl_1 needs SIMD 64, all channels, and its SIMD is 32; choose that, or 0. 0 is used.',
    );
    const whole = unwrap(
      read({ Defaults: {}, ConvolutionInputGenerator_rtl_1: { SIMD: 64, parallel_window: 1 } }),
    );
    expect(whole.notes.join()).not.toMatch(/parallel_window/);
  });

  test('a depthwise pair folded apart is told', () => {
    const mobile = presetById('tiny-mobilenet-v2')!;
    const folded = unwrap(
      foldNetwork(mobile.build(mobile.input, 10), { ...options, foldings: {}, activationBits: 2 }),
    );
    const unit = folded.nodes.find((node) => node.opType.startsWith('VVAU'))!;
    const window = folded.nodes.find(({ name }) => name === unit.predecessors[0])!;
    expect(window.opType).toBe('ConvolutionInputGenerator_rtl');
    const pair = (pe: number, simd: number, own: number) => ({
      Defaults: {},
      [unit.name]: { PE: pe, SIMD: own },
      [window.name]: { SIMD: simd, parallel_window: 0 },
    });
    const told = (config: unknown) =>
      unwrap(readFoldingConfig(JSON.stringify(config), folded.nodes)).notes.slice(0, -1);
    expect(told(pair(2, 2, 1))).toEqual([]);
    expect(told(pair(2, 4, 1))).toEqual([
      `SIMD 4 of ${window.name} and PE 2 of ${unit.name}, which reads it, must be equal; FINN can't build them apart.`,
    ]);
    expect(told(pair(4, 4, 3))).toEqual([
      `SIMD 3 of ${unit.name} needs parallel_window 1 of ${window.name}; set it, or SIMD to 1.`,
    ]);
  });
});

describe('a broken configuration', () => {
  test.each([
    ['{"Defaults": {', 'This file is not JSON'],
    ['[1, 2]', 'This file is no folding configuration: it must be an object'],
    [
      '{"Defaults": {}, "MVAU_hls_99": {"PE": 2}}',
      'sets nothing in this network: A node is not in this network',
    ],
  ])('%s fails with a sentence', (text, sentence) => {
    const config = readFoldingConfig(text, nodes);
    expect(!config.ok && config.error.message).toContain(sentence);
  });

  const KEPT = { MVAU_hls_1: { PE: 32, SIMD: 32 } };
  test.each([
    [{ ...KEPT }, 'FINN wants the key "Defaults"'],
    [{ Defaults: 7, ...KEPT }, 'Defaults must be an object'],
    [{ Defaults: { PE: 4 }, ...KEPT }, 'The default of "PE" must be [value, "all"]'],
    [
      { Defaults: {}, ...KEPT, MVAU_hls_0: { PE: 7 } },
      'PE 7 of MVAU_hls_0 does not divide 64; choose 4 or 8. 4 is used.',
    ],
    [
      { Defaults: {}, ...KEPT, MVAU_hls_0: { PE: -1 } },
      'PE of MVAU_hls_0 is -1 and must be a whole number from 1',
    ],
    [
      { Defaults: {}, ...KEPT, MVAU_hls_0: { ram_style: 'huge' } },
      'ram_style of MVAU_hls_0 is "huge" and must be one of',
    ],
    [{ Defaults: {}, ...KEPT, MVAU_hls_0: { Pe: 4 } }, 'MVAU_hls_0 has no attribute "Pe" here'],
    [{ Defaults: {}, ...KEPT, StreamingMaxPool_hls_0: { SIMD: 4 } }, 'StreamingMaxPool_hls_0 has no SIMD'],
    [
      { Defaults: {}, ...KEPT, nope_0: {}, nope_1: {}, nope_2: {}, nope_3: {} },
      '4 nodes are not in this network and ignored: "nope_0", "nope_1", "nope_2" and 1 more',
    ],
    [{ Defaults: {}, ...KEPT, MVAU_hls_0: 3 }, 'The entry of MVAU_hls_0 must be an object'],
  ])('%j is told in one sentence, and the rest holds', (config, sentence) => {
    const { settings, notes } = unwrap(read(config));
    expect(notes.filter((note) => note.includes(sentence))).toHaveLength(1);
    expect(settings.MVAU_hls_1).toEqual({ pe: 32, simd: 32 });
  });

  test('inherited names set nothing', () => {
    const text =
      '{"Defaults": {}, "__proto__": {"PE": 2}, "MVAU_hls_0": {"PE": 16, "__proto__": 1, "constructor": 2}}';
    const { settings } = unwrap(readFoldingConfig(text, nodes));
    expect(settings).toEqual({ MVAU_hls_0: { pe: 16 } });
    expect(({} as Record<string, unknown>).PE).toBeUndefined();
  });
});

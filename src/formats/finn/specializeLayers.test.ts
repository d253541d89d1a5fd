import { describe, expect, test } from 'vitest';
import { foldNetwork } from '../../core/hardware/finn/foldNetwork.ts';
import { presetById, TRAINED_PRESETS } from '../../core/network/presets.ts';
import { unwrap } from '../../core/result.ts';
import { readSpecializeLayers, writeSpecializeLayers } from './specializeLayers.ts';

const options = { foldings: {}, targetCycles: 32_768, weightBits: 1, activationBits: 1 };
const nodesOf = (id: string, bits = 1) => {
  const preset = presetById(id)!;
  const network = preset.build(preset.input, preset.classCount);
  return unwrap(foldNetwork(network, { ...options, weightBits: bits, activationBits: bits })).nodes;
};
const cnv = nodesOf('cnv');
const read = (config: unknown, nodes = cnv) => readSpecializeLayers(JSON.stringify(config), nodes);

describe('every preset comes back from its own file', () => {
  test.each(TRAINED_PRESETS.flatMap(({ id }) => [1, 4].map((bits): [string, number] => [id, bits])))(
    '%s of %i bits',
    (id, bits) => {
      const nodes = nodesOf(id, bits);
      const { styles, notes } = unwrap(readSpecializeLayers(writeSpecializeLayers(nodes), nodes));
      expect(notes).toEqual([]);
      const own = nodes.map(({ name, opType }) => [name, opType.slice(-3)]);
      expect(Object.entries(styles)).toEqual(own);
    },
  );
});

test("names are those before specialization, as in finn-examples' bnn-pynq", () => {
  const config = JSON.parse(writeSpecializeLayers(cnv)) as Record<string, unknown>;
  expect(Object.keys(config).slice(0, 4)).toEqual([
    'Defaults',
    'Thresholding_0',
    'ConvolutionInputGenerator_0',
    'MVAU_0',
  ]);
  expect(config.Defaults).toEqual({});
  expect(config.MVAU_0).toEqual({ preferred_impl_style: 'hls' });
  expect(Object.keys(config).filter((name) => /_(?:hls|rtl)_/.test(name))).toEqual([]);
});

test('defaults hold for op types, entries come before them', () => {
  const { styles, notes } = unwrap(
    read({
      Defaults: { preferred_impl_style: ['hls', ['ConvolutionInputGenerator', 'Thresholding']] },
      ConvolutionInputGenerator_1: { preferred_impl_style: 'rtl' },
    }),
  );
  expect(styles.ConvolutionInputGenerator_rtl_0).toBe('hls');
  expect(styles.ConvolutionInputGenerator_rtl_1).toBe('rtl');
  expect(styles.MVAU_hls_0).toBeUndefined();
  expect(notes).toEqual([]);
});

test('what FINN can not build becomes the other style, with the reason', () => {
  const { styles, notes } = unwrap(
    read({
      Defaults: {},
      StreamingMaxPool_0: { preferred_impl_style: 'rtl' },
      MVAU_0: { preferred_impl_style: 'rtl' },
      MVAU_hls_1: { preferred_impl_style: 'hls', PE: 4 },
    }),
  );
  expect(styles).toEqual({ StreamingMaxPool_hls_0: 'hls', MVAU_hls_0: 'hls', MVAU_hls_1: 'hls' });
  expect(notes).toEqual([
    'StreamingMaxPool_hls_0 is preferred in RTL, but there is no RTL variant of it; FINN builds the other style.',
    'MVAU_hls_0 is preferred in RTL, but thresholds in the same node need HLS; FINN builds the other style.',
    'Other attributes than preferred_impl_style are ignored: "PE".',
  ]);
  const keywords = nodesOf('ds-cnn', 4);
  const window = keywords.find((node) => node.opType === 'ConvolutionInputGenerator_rtl')!;
  const uneven = unwrap(
    read({ Defaults: {}, ConvolutionInputGenerator_0: { preferred_impl_style: 'hls' } }, keywords),
  );
  expect(uneven.styles).toEqual({ [window.name]: 'rtl' });
  expect(uneven.notes[0]).toMatch(/HLS needs square maps without dilation/);
});

describe('what is no such file', () => {
  test.each([
    ['{', /is not JSON/],
    ['[]', /must be an object with Defaults/],
    [
      '{"Defaults": {}, "MVAU_99": {"preferred_impl_style": "hls"}}',
      /prefers nothing .* not in this network/,
    ],
    ['{"Defaults": {}, "MVAU_0": {"preferred_impl_style": "vhdl"}}', /is "vhdl" and must be "hls" or "rtl"/],
    ['{"Defaults": {}, "MVAU_0": 7}', /must be an object of attributes/],
    [' '.repeat(10_000_001), /too large/],
  ])('%.40s is told', (text, sentence) => {
    const result = readSpecializeLayers(text, cnv);
    expect(!result.ok && result.error.message).toMatch(sentence);
  });

  test('a file without Defaults is read, and inherited names set nothing', () => {
    const text =
      '{"MVAU_0": {"preferred_impl_style": "hls"}, "__proto__": {"preferred_impl_style": "hls"}, "constructor": {}}';
    const { styles, notes } = unwrap(readSpecializeLayers(text, cnv));
    expect(styles).toEqual({ MVAU_hls_0: 'hls' });
    expect(notes[0]).toMatch(/wants the key "Defaults"/);
  });
});

import { expect, test } from 'vitest';
import { foldNetwork } from '../../core/hardware/finn/foldNetwork.ts';
import { CNV_DEFAULT_FOLDING } from '../../core/hardware/finn/publishedFoldings.ts';
import { presetById } from '../../core/network/presets.ts';
import { unwrap } from '../../core/result.ts';
import { compareReports } from './compareReports.ts';
import { finnReports, REPORT_NAMES } from './reports.ts';

const preset = presetById('cnv')!;
const { nodes } = unwrap(
  foldNetwork(preset.build(preset.input, 10), {
    foldings: CNV_DEFAULT_FOLDING,
    targetCycles: 32_768,
    weightBits: 1,
    activationBits: 1,
  }),
);
const ours = finnReports(nodes, { block: 'DSP48E1', clockHertz: 100e6 });
const texts = () => Object.fromEntries(REPORT_NAMES.map((name) => [name, JSON.stringify(ours[name])]));

test('reports equal to ours do not differ, in all five files', () => {
  const { compared, differences, notes, sentence } = compareReports(ours, texts());
  expect(differences).toEqual([]);
  expect(notes).toEqual([]);
  expect(compared).toBeGreaterThan(300);
  expect(sentence).toBe(`All ${compared} figures that both have are equal.`);
});

test('a changed figure is named with its node, key and share, whichever file it stands in', () => {
  const theirs: Record<string, unknown> = structuredClone(ours);
  const change = (file: string, edit: (report: never) => void) => edit(theirs[file] as never);
  change('estimate_layer_cycles.json', (report: Record<string, number>) => {
    report.MVAU_hls_0 = 30_000;
  });
  change('estimate_layer_config_alternatives.json', (report: Record<string, Record<string, number>[]>) => {
    report.MVAU_hls_0![1]!.LUT = 5492;
  });
  change('estimate_network_performance.json', (report: Record<string, string>) => {
    report.max_cycles_node_name = 'MVAU_hls_7';
  });
  change('op_and_param_counts.json', (report: Record<string, Record<string, number>>) => {
    const { param_threshold_14b: _, ...rest } = report.MVAU_hls_0!;
    report.MVAU_hls_0 = { ...rest, param_threshold_13b: 64 };
  });
  const { differences, sentence } = compareReports(
    ours,
    Object.fromEntries(Object.entries(theirs).map(([name, report]) => [name, JSON.stringify(report)])),
  );
  expect(differences.map((one) => one.sentence)).toEqual([
    "MVAU_hls_0: cycles is 30,000 in FINN's report and 32,400 here (+8.0 %).",
    "MVAU_hls_0: LUT [1] is 5,492 in FINN's report and 3,010 here (-45.2 %).",
    "MVAU_hls_0: param_threshold_14b is 64 here, and FINN's report has none.",
    "MVAU_hls_0: param_threshold_13b is 64 in FINN's report, and there is none here.",
    "network: max_cycles_node_name is MVAU_hls_7 in FINN's report and MVAU_hls_6 here.",
  ]);
  expect(differences[0]).toMatchObject({ node: 'MVAU_hls_0', key: 'cycles', theirs: 30_000, ours: 32_400 });
  expect(sentence).toMatch(/^5 figures differ, in 2 nodes; [\d,]+ were compared\.$/);
});

test('synthesis writes texts and flip-flops: what both know is compared', () => {
  const hls = { MVAU_hls_0: { BRAM_18K: '3', FF: '1097', LUT: '876', DSP48E: 0, URAM: '0', DSP: '0' } };
  const { differences, compared, notes } = compareReports(ours, {
    'estimate_layer_resources_hls.json': JSON.stringify(hls),
  });
  expect(compared).toBe(4);
  expect(differences).toMatchObject([{ key: 'LUT', theirs: 876, ours: 3010 }]);
  expect(notes).toEqual([]);
});

test('nodes that one side lacks are told once a file', () => {
  const { MVAU_hls_0: _, ...rest } = ours['estimate_layer_cycles.json'];
  const theirs = { ...rest, IODMA_hls_0: 0, StreamingFIFO_rtl_0: 0 };
  const { notes, differences } = compareReports(ours, {
    'estimate_layer_cycles.json': JSON.stringify(theirs),
  });
  expect(differences).toEqual([]);
  expect(notes).toEqual([
    'estimate_layer_cycles.json has no MVAU_hls_0: is it of this network?',
    'estimate_layer_cycles.json has IODMA_hls_0, StreamingFIFO_rtl_0, and there is none here: is it of this network?',
  ]);
});

test.each([
  ['estimate_layer_cycles.json', '{', 'estimate_layer_cycles.json is not JSON'],
  ['estimate_layer_cycles.json', '[]', 'estimate_layer_cycles.json is not what FINN writes there: it is []'],
  [
    'estimate_layer_cycles.json',
    '{"a": "b"}',
    'estimate_layer_cycles.json at "a" is not what FINN writes there',
  ],
  [
    'estimate_layer_resources.json',
    '{"a": {"LUT": null}}',
    'at "a / LUT" is not what FINN writes there: it is null',
  ],
  ['estimate_network_performance.json', '{}', 'estimate_network_performance.json at "max_cycles"'],
  ['rtlsim_performance.json', '{}', 'rtlsim_performance.json is no report that can be read; give one of'],
])('%s holding %s is told in a sentence, and the others are compared', (file, text, sentence) => {
  const others = texts();
  delete others[file];
  const { notes, compared } = compareReports(ours, { ...others, [file]: text });
  expect(notes).toHaveLength(1);
  expect(notes[0]).toContain(sentence);
  expect(compared).toBeGreaterThan(100);
});

test('inherited names in a report reach no object', () => {
  const text = '{"__proto__": {"LUT": 1}, "constructor": {"LUT": 2}}';
  const { differences } = compareReports(ours, { 'estimate_layer_resources.json': text });
  expect(differences).toEqual([]);
  expect(({} as Record<string, unknown>).LUT).toBeUndefined();
});

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { foldNetwork } from '../../core/hardware/finn/foldNetwork.ts';
import { CNV_DEFAULT_FOLDING } from '../../core/hardware/finn/publishedFoldings.ts';
import { layerCounts, networkCounts } from '../../core/network/counts.ts';
import { presetById } from '../../core/network/presets.ts';
import { geometryAt, geometryOf } from '../../core/network/shapes.ts';
import { unwrap } from '../../core/result.ts';
import { compareReports, finnReports, REPORT_NAMES } from './reports.ts';

const preset = presetById('cnv')!;
const cnv = preset.build(preset.input, 10);
const { nodes } = unwrap(
  foldNetwork(cnv, {
    foldings: CNV_DEFAULT_FOLDING,
    targetCycles: 32_768,
    weightBits: 1,
    activationBits: 1,
  }),
);
const reports = finnReports(nodes, { block: 'DSP48E1', clockHertz: 100e6 });

test("the five reports carry FINN's names and keys", () => {
  expect(Object.keys(reports)).toEqual([...REPORT_NAMES]);
  expect(Object.keys(reports['estimate_layer_resources.json'].MVAU_hls_0!)).toEqual([
    'BRAM_18K',
    'BRAM_efficiency',
    'LUT',
    'URAM',
    'URAM_efficiency',
    'DSP',
  ]);
  expect(reports['estimate_network_performance.json']).toMatchObject({
    max_cycles: 32768,
    max_cycles_node_name: 'MVAU_hls_6',
    estimated_throughput_fps: 100e6 / 32768,
  });
  expect(reports['estimate_layer_config_alternatives.json'].MVAU_hls_0).toHaveLength(2);
  expect(reports['estimate_layer_config_alternatives.json'].ConvolutionInputGenerator_rtl_0).toHaveLength(3);
});

test('counts add up to the network, and totals leave efficiencies out', () => {
  const counts = reports['op_and_param_counts.json'];
  const { total } = counts;
  const sum = (prefix: string) =>
    Object.entries(total!).reduce((all, [key, amount]) => all + (key.startsWith(prefix) ? amount : 0), 0);
  expect(sum('op_mac')).toBe(networkCounts(cnv).macCount);
  const layers = cnv.layers.filter(({ kind }) => kind === 'conv2d' || kind === 'dense');
  const geometry = geometryOf(cnv);
  const weights = layers.map((layer) => layerCounts(layer, geometryAt(geometry, layer.id)).weightCount);
  expect(sum('param_weight')).toBe(weights.reduce((all, count) => all + count, 0));
  expect(Object.keys(reports['estimate_layer_resources.json'].total!)).toEqual([
    'BRAM_18K',
    'LUT',
    'URAM',
    'DSP',
  ]);
});

test('a report compared with itself does not differ, and a changed figure is named', () => {
  for (const name of REPORT_NAMES.slice(0, 2)) {
    const ours = reports[name] as Readonly<Record<string, unknown>>;
    expect(unwrap(compareReports(JSON.stringify(ours), ours))).toEqual([]);
  }
  const cycles = reports['estimate_layer_cycles.json'];
  const theirs = { ...cycles, MVAU_hls_0: 1, Extra_0: 5 };
  expect(unwrap(compareReports(JSON.stringify(theirs), cycles))).toEqual([
    { node: 'MVAU_hls_0', key: 'cycles', theirs: 1, ours: cycles.MVAU_hls_0 },
    { node: 'Extra_0', key: 'cycles', theirs: 5, ours: null },
  ]);
});

test.each([
  ['{', 'is not JSON'],
  ['[]', "no report of FINN's"],
  ['{"a": "b"}', "no report of FINN's"],
])('%s is refused with a sentence', (text, sentence) => {
  const compared = compareReports(text, reports['estimate_layer_cycles.json']);
  expect(!compared.ok && compared.error.message).toContain(sentence);
});

const truthPath = join(import.meta.dirname, '../../../../shared/reference/finn_truth.json');
test.skipIf(!existsSync(truthPath))("FINN's own figures of CNV-W1A1 name the nodes as our reports do", () => {
  const truth = JSON.parse(readFileSync(truthPath, 'utf8')) as { networks?: Record<string, unknown> };
  const text = JSON.stringify(truth);
  for (const { name } of nodes) expect(text.includes(`"${name}"`)).toBe(true);
});

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { foldNetwork } from '../../core/hardware/finn/foldNetwork.ts';
import { CNV_DEFAULT_FOLDING } from '../../core/hardware/finn/publishedFoldings.ts';
import { type FinnRecord, nodeFromRecord } from '../../core/hardware/finn/records.ts';
import { layerCounts, networkCounts } from '../../core/network/counts.ts';
import { presetById } from '../../core/network/presets.ts';
import { geometryAt, geometryOf } from '../../core/network/shapes.ts';
import { unwrap } from '../../core/result.ts';
import { finnReports, REPORT_NAMES } from './reports.ts';

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
  expect(Object.keys(reports['estimate_layer_resources.json'].total!)).toEqual([
    'BRAM_18K',
    'LUT',
    'URAM',
    'DSP',
  ]);
  expect(reports['estimate_network_performance.json']).toMatchObject({
    max_cycles: 32768,
    max_cycles_node_name: 'MVAU_hls_6',
    estimated_throughput_fps: 100e6 / 32768,
  });
});

test('counts add up to the network', () => {
  const { total } = reports['op_and_param_counts.json'];
  const sum = (prefix: string) =>
    Object.entries(total!).reduce((all, [key, amount]) => all + (key.startsWith(prefix) ? amount : 0), 0);
  expect(sum('op_mac')).toBe(networkCounts(cnv).macCount);
  const layers = cnv.layers.filter(({ kind }) => kind === 'conv2d' || kind === 'dense');
  const geometry = geometryOf(cnv);
  const weights = layers.map((layer) => layerCounts(layer, geometryAt(geometry, layer.id)).weightCount);
  expect(sum('param_weight')).toBe(weights.reduce((all, count) => all + count, 0));
});

test('thresholds count once an output, at the width that the types need without weight values', () => {
  const counts = reports['op_and_param_counts.json'];
  // 27 products of INT2 and INT8: 13.75 + 1 bits, rounded up (finn.md, section 3.3); FINN's weights need 13.
  expect(counts.MVAU_hls_0).toEqual({
    op_mac_2bx8b: 1_555_200,
    param_weight_2b: 1728,
    param_threshold_14b: 64,
  });
  expect(counts.Thresholding_rtl_0).toEqual({});
});

test("a unit and a window have the alternatives of FINN's own report, in its order", () => {
  // The first convolution of LP-YOLO built by FINN v0.10 for the Pynq-Z2, published with its reports
  // (github.com/PozhilanKarthikeyan/Bharath_AI_SOC_Challenge_Submission, Finn_outputs/LPYOLO/output/report).
  const unit = unwrap(
    nodeFromRecord({
      name: 'MVAU_hls_0',
      op_type: 'MVAU_hls',
      attributes: {
        PE: 1,
        SIMD: 9,
        MW: 27,
        MH: 8,
        numInputVectors: [1, 416, 416],
        inputDataType: 'UINT8',
        weightDataType: 'INT8',
        outputDataType: 'UINT3',
        accDataType: 'INT19',
      },
    }),
  );
  const window = unwrap(
    nodeFromRecord({
      name: 'ConvolutionInputGenerator_rtl_0',
      op_type: 'ConvolutionInputGenerator_rtl',
      attributes: {
        SIMD: 1,
        ConvKernelDim: [3, 3],
        IFMChannels: 3,
        IFMDim: [418, 418],
        OFMDim: [416, 416],
        inputDataType: 'UINT8',
      },
    }),
  );
  const published = finnReports([window, unit], { block: 'DSP48E1', clockHertz: 100e6 });
  const key = (name: string, key: string) =>
    published['estimate_layer_config_alternatives.json'][name]!.map((one) => one[key]);
  expect(key('MVAU_hls_0', 'LUT')).toEqual([620, 1412]);
  expect(key('MVAU_hls_0', 'DSP')).toEqual([9, 0]);
  expect(key('MVAU_hls_0', 'BRAM_efficiency')).toEqual([0.046875, 0.046875]);
  expect(key(window.name, 'BRAM_18K')).toEqual([2, 0, 0]);
  expect(key(window.name, 'LUT')).toEqual([300, 836, 300]);
  expect(key(window.name, 'URAM')).toEqual([0, 0, 1]);
  expect(published['estimate_layer_cycles.json']).toEqual({
    ConvolutionInputGenerator_rtl_0: 4_675_029,
    MVAU_hls_0: 4_153_344,
  });
  expect(published['op_and_param_counts.json'].MVAU_hls_0).toEqual({
    op_mac_8bx8b: 37_380_096,
    param_weight_8b: 216,
    param_threshold_19b: 8,
  });
});

interface Truth {
  readonly networks: readonly {
    readonly network: string;
    readonly clk_ns: number;
    readonly ops_and_params: Readonly<Record<string, number>>;
    readonly snapshots: readonly {
      readonly performance: Readonly<Record<string, number | string>>;
      readonly totals: Readonly<Record<string, number>>;
      readonly nodes: readonly (FinnRecord & { readonly LUT: number; readonly cycles: number })[];
    }[];
  }[];
}

/** FINN's own outputs; they are not part of the repository. */
const path = join(import.meta.dirname, '../../../../shared/reference/finn_truth.json');

describe("of FINN's own nodes, the reports say what FINN's say", () => {
  test.skipIf(!existsSync(path))('cycles, resources, counts and performance of every network', () => {
    const { networks }: Truth = JSON.parse(readFileSync(path, 'utf8'));
    expect(networks.length).toBeGreaterThan(4);
    for (const { network, clk_ns, ops_and_params, snapshots } of networks) {
      // Its reports are made once bit widths are minimized.
      const { nodes: records, performance, totals } = snapshots[1]!;
      const ours = finnReports(
        records.map((record) => unwrap(nodeFromRecord(record))),
        { block: 'DSP48E1', clockHertz: 1e9 / clk_ns },
      );
      const at = { network };
      expect({ ...at, ...ours['estimate_network_performance.json'] }).toEqual({ ...at, ...performance });
      expect({ ...at, ...ours['estimate_layer_resources.json'].total }).toEqual({ ...at, ...totals });
      expect({ ...at, ...ours['op_and_param_counts.json'].total }).toEqual({ ...at, ...ops_and_params });
      for (const { name = '', cycles, LUT } of records) {
        expect(ours['estimate_layer_cycles.json'][name]).toBe(cycles);
        expect(ours['estimate_layer_resources.json'][name]?.LUT).toBe(LUT);
      }
    }
  });
});

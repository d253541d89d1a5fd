import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { NetworkBuilder } from '../../network/builder.ts';
import type { Network } from '../../network/network.ts';
import { presetById } from '../../network/presets.ts';
import { unwrap } from '../../result.ts';
import { parseDataType } from './datatypes.ts';
import { minimizeBitWidths } from './estimate.ts';
import { isWeighted } from './layerUnits.ts';
import { lowerToFinn } from './lower.ts';
import type { FinnNode } from './nodes.ts';
import { dspBlockOf } from './operators/model.ts';
import { cyclesOf, resourcesOf } from './operators.ts';
import { performanceOf } from './performance.ts';
import { type FinnRecord, nodeFromRecord } from './records.ts';
import { setFolding } from './setFolding.ts';

interface TruthRecord extends FinnRecord {
  readonly id?: string;
  readonly cycles: number;
  readonly LUT: number;
  readonly BRAM_18K: number;
  readonly URAM: number;
  readonly BRAM_efficiency: number;
  readonly URAM_efficiency: number;
  readonly DSP_by_block: { readonly DSP48E1: number; readonly DSP48E2: number; readonly DSP58: number };
}

interface Truth {
  readonly meta: { readonly DSP_by_block_parts: Readonly<Record<string, string>> };
  readonly networks: readonly {
    readonly network: string;
    readonly snapshots: readonly {
      readonly stage: string;
      readonly performance: {
        readonly critical_path_cycles: number;
        readonly max_cycles: number;
        readonly max_cycles_node_name: string;
      };
      readonly nodes: readonly TruthRecord[];
    }[];
  }[];
  readonly setfolding: readonly {
    readonly network: string;
    readonly target_cycles_per_frame: number;
    readonly mvau_wwidth_max: number;
    readonly two_pass_relaxation: boolean;
    readonly folding: Readonly<Record<string, { readonly PE?: number; readonly SIMD?: number }>>;
    readonly weight_datatypes_seen_by_SetFolding: Readonly<Record<string, string>>;
    readonly performance: { readonly critical_path_cycles: number; readonly max_cycles: number };
    readonly nodes: readonly TruthRecord[];
  }[];
  readonly single_layers: readonly TruthRecord[];
}

/** FINN's own outputs; they are not part of the repository. */
const path = resolve(import.meta.dirname, '../../../../../shared/reference/finn_truth.json');
const missing = !existsSync(path);
const read = (): Truth => JSON.parse(readFileSync(path, 'utf8'));

const estimated = (record: TruthRecord, node = unwrap(nodeFromRecord(record))) => {
  const { lut, bram18, uram, bramEfficiency, uramEfficiency } = resourcesOf(node, 'DSP48E1');
  return {
    name: record.id ?? record.name,
    cycles: cyclesOf(node),
    LUT: lut,
    BRAM_18K: bram18,
    URAM: uram,
    BRAM_efficiency: bramEfficiency,
    URAM_efficiency: uramEfficiency,
    DSP_by_block: {
      DSP48E1: resourcesOf(node, 'DSP48E1').dsp,
      DSP48E2: resourcesOf(node, 'DSP48E2').dsp,
      DSP58: resourcesOf(node, 'DSP58').dsp,
    },
  };
};

const printed = (record: TruthRecord) => ({
  name: record.id ?? record.name,
  cycles: record.cycles,
  LUT: record.LUT,
  BRAM_18K: record.BRAM_18K,
  URAM: record.URAM,
  BRAM_efficiency: record.BRAM_efficiency,
  URAM_efficiency: record.URAM_efficiency,
  DSP_by_block: record.DSP_by_block,
});

describe('estimates equal the outputs of FINN itself', () => {
  test.skipIf(missing)('for every node of every network, before and after bit-width minimization', () => {
    const records = read().networks.flatMap((n) => n.snapshots.flatMap((s) => s.nodes));
    expect(records.length).toBeGreaterThan(190);
    for (const record of records) expect(estimated(record)).toEqual(printed(record));
  });

  test.skipIf(missing)('for every single layer', () => {
    const records = read().single_layers;
    expect(records.length).toBeGreaterThan(200);
    for (const record of records) expect(estimated(record)).toEqual(printed(record));
  });

  test.skipIf(missing)('for every node of a network folded by FINN', () => {
    for (const record of read().setfolding.flatMap((s) => s.nodes))
      expect(estimated(record)).toEqual(printed(record));
  });

  test.skipIf(missing)('and parts have the DSP blocks FINN says', () => {
    for (const [block, part] of Object.entries(read().meta.DSP_by_block_parts))
      expect(dspBlockOf(part)).toBe(block);
  });
});

describe('a network is as slow as FINN says', () => {
  test.skipIf(missing)('in its slowest node and along its longest path', () => {
    for (const { snapshots } of read().networks) {
      for (const { nodes: records, performance } of snapshots.slice(0, 2)) {
        const nodes = records.map((record) => unwrap(nodeFromRecord(record)));
        const found = performanceOf(nodes, nodes.map(cyclesOf));
        expect(found.maxCycles).toBe(performance.max_cycles);
        expect(nodes[found.slowest]!.name).toBe(performance.max_cycles_node_name);
        expect(found.criticalPathCycles).toBe(performance.critical_path_cycles);
      }
    }
  });
});

describe('SetFolding chooses what FINN chooses', () => {
  test.skipIf(missing)('for every target, width limit and relaxation', () => {
    const cases = read().setfolding;
    expect(cases.length).toBeGreaterThan(0);
    for (const truth of cases) {
      // The file holds the nodes after folding: start from unfolded ones, with the weights FINN saw.
      const unfolded = truth.nodes.map((record): FinnNode => {
        const seen = truth.weight_datatypes_seen_by_SetFolding[record.name ?? ''];
        const attributes = {
          ...record.attributes,
          PE: 1,
          ...('SIMD' in record.attributes ? { SIMD: 1 } : {}),
        };
        const typed = seen ? { ...attributes, weightDataType: seen } : attributes;
        return unwrap(nodeFromRecord({ ...record, attributes: typed }));
      });
      const folded = setFolding(unfolded, truth.target_cycles_per_frame, {
        wwidthMax: truth.mvau_wwidth_max,
        twoPass: truth.two_pass_relaxation,
      });
      const chosen = folded.map((node) => [
        node.name,
        { ...('pe' in node ? { PE: node.pe } : {}), ...('simd' in node ? { SIMD: node.simd } : {}) },
      ]);
      expect(Object.fromEntries(chosen)).toEqual(truth.folding);
      const found = performanceOf(folded, folded.map(cyclesOf));
      expect(found.maxCycles).toBe(truth.performance.max_cycles);
      expect(found.criticalPathCycles).toBe(truth.performance.critical_path_cycles);
    }
  });
});

const cnv = (): Network => presetById('cnv')!.build({ height: 32, width: 32, channels: 3 }, 10);

/** FINN's TFC: 784-64-64-64-10, no biases. */
function tfc(): Network {
  const b = new NetworkBuilder('TFC', { height: 28, width: 28, channels: 1 });
  b.flatten();
  for (const units of [64, 64, 64]) {
    b.dense(units, { bias: false });
    b.batchNorm();
    b.relu();
  }
  b.dense(10, { bias: false });
  b.softmax();
  return b.build();
}

/** A lowered node with the folding, the memory styles and (after minimization) the accumulator of FINN's record. */
function configured(node: FinnNode, record: TruthRecord, minimized: boolean): FinnNode {
  const truth = unwrap(nodeFromRecord(record));
  const pe = 'pe' in node && 'pe' in truth ? { pe: truth.pe } : {};
  const simd = 'simd' in node && 'simd' in truth ? { simd: truth.simd } : {};
  const folded = { ...node, ...pe, ...simd } as FinnNode;
  if (!isWeighted(folded) || !isWeighted(truth)) return folded;
  const { ramStyle, resType, memMode } = truth;
  const styled = { ...folded, ramStyle, resType, memMode };
  return minimized ? minimizeBitWidths({ ...styled, accumulatorType: truth.accumulatorType }) : styled;
}

describe('a lowered network is the graph FINN makes', () => {
  test.skipIf(missing).each([
    ['cnv-w1a1', cnv, 1, 1, 8],
    ['cnv-w2a2', cnv, 2, 2, 8],
    ['tfc-w1a1', tfc, 1, 1, 1],
    ['tfc-w1a2', tfc, 1, 2, 2],
    ['tfc-w2a2', tfc, 2, 2, 2],
  ] as const)(
    '%s: names, edges, types, cycles and resources',
    (name, build, weightBits, activationBits, inputBits) => {
      const { nodes, violations } = unwrap(lowerToFinn(build(), { weightBits, activationBits, inputBits }));
      expect(violations).toEqual([]);
      const { snapshots } = read().networks.find((network) => network.network === name)!;
      for (const [stage, { nodes: records }] of snapshots.slice(0, 2).entries()) {
        expect(nodes.map((node) => node.name)).toEqual(records.map((record) => record.name));
        for (const [i, record] of records.entries()) {
          const node = nodes[i]!;
          expect(node.predecessors).toEqual(record.predecessors);
          if ('inputType' in node) {
            const type = unwrap(parseDataType(String(record.attributes.inputDataType)));
            expect([node.name, node.inputType]).toEqual([record.name, type]);
          }
          expect(estimated(record, configured(node, record, stage === 1))).toEqual(printed(record));
        }
      }
    },
  );
});

describe('records that cannot be estimated are faults', () => {
  const record = (attributes: Record<string, unknown>, op_type = 'LabelSelect_hls') =>
    nodeFromRecord({ name: 'LabelSelect_hls_0', op_type, attributes });

  test.each([
    ['an unknown operation', record({}, 'Softmax_hls'), 'finn-op'],
    ['a missing attribute', record({ PE: 1 }), 'finn-attribute'],
    ['a PE of zero', record({ PE: 0, Labels: 10 }), 'finn-attribute'],
    ['a PE that is no divisor', record({ PE: 3, Labels: 10 }), 'finn-folding'],
  ])('%s', (_, result, code) => {
    expect(result.ok ? '' : result.error.code).toBe(code);
  });

  test('an unknown data type', () => {
    const attributes = { PE: 1, NumChannels: 4, numInputVectors: [1], inputDataType: 'INT' };
    expect(record(attributes, 'AddStreams_hls')).toMatchObject({
      ok: false,
      error: { code: 'finn-datatype' },
    });
  });
});

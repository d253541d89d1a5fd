import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { unwrap } from '../../result.ts';
import { dspBlockOf } from './operators/model.ts';
import { cyclesOf, resourcesOf } from './operators.ts';
import { type FinnRecord, nodeFromRecord } from './records.ts';

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
      readonly performance: { readonly critical_path_cycles: number; readonly max_cycles: number };
      readonly nodes: readonly TruthRecord[];
    }[];
  }[];
  readonly setfolding: readonly { readonly network: string; readonly nodes: readonly TruthRecord[] }[];
  readonly single_layers: readonly TruthRecord[];
}

/** FINN's own outputs; they are not part of the repository. */
const path = resolve(import.meta.dirname, '../../../../../shared/reference/finn_truth.json');
const missing = !existsSync(path);
const read = (): Truth => JSON.parse(readFileSync(path, 'utf8'));

const estimated = (record: TruthRecord) => {
  const node = unwrap(nodeFromRecord(record));
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

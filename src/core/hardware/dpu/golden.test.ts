import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { DpuArchitectureName } from '../targets.ts';
import { dpuArchitecture } from './architectures.ts';
import { DPU_CONSTANTS } from './cost.ts';
import { simulateDpu } from './model.ts';
import type { DpuOp } from './ops.ts';

const path = join(import.meta.dirname, '../../../../../shared/reference/dpu_model_reference.json');

interface ReferenceLayer {
  id: string;
  op: string;
  inputs: string[];
  oh: number;
  ow: number;
  oc: number;
  ih?: number;
  iw?: number;
  ic?: number;
  kh?: number;
  kw?: number;
  sh?: number;
  sw?: number;
}

interface ReferenceNetwork {
  layers: ReferenceLayer[];
  ref: Record<string, { ms: number; cycles: number; rows: { id: string; cyc: number; bound: string }[] }>;
}

const KINDS: Record<string, DpuOp['kind']> = {
  conv: 'convolution',
  deconv: 'transposedConvolution',
  fc: 'dense',
  dwconv: 'depthwise',
  maxpool: 'maxPool',
  avgpool: 'averagePool',
  add: 'add',
  mul: 'multiply',
  concat: 'concat',
  input: 'input',
  upsample: 'upsample',
};

function toOp(layer: ReferenceLayer): DpuOp {
  const { id, inputs, oh, ow, oc } = layer;
  const base = { id, inputs, ofm: { height: oh, width: ow, channels: oc }, layerIds: [id] };
  if (layer.kh === undefined) return { ...base, kind: KINDS[layer.op] } as DpuOp;
  return {
    ...base,
    kind: KINDS[layer.op],
    ifm: { height: layer.ih!, width: layer.iw!, channels: layer.ic! },
    kernelSize: [layer.kh, layer.kw!],
    strides: [layer.sh!, layer.sw!],
  } as DpuOp;
}

const reference: Record<string, ReferenceNetwork> = existsSync(path)
  ? JSON.parse(readFileSync(path, 'utf8'))
  : {};

describe.skipIf(!existsSync(path))('the DPU model beside its runnable specification', () => {
  const cases = Object.entries(reference).flatMap(([name, { layers, ref }]) =>
    Object.entries(ref).map(([setting, golden]) => ({ name, setting, layers, golden })),
  );

  test.each(cases)(
    '$name, $setting: every row and the total are equal (SX-59)',
    ({ setting, layers, golden }) => {
      const [architecture, megahertz] = setting.split('@') as ['B4096', string];
      const rows = simulateDpu(layers.map(toOp), dpuArchitecture(architecture));
      const cycles = rows.reduce((sum, row) => sum + row.cycles, 0);
      expect(rows.length).toBe(golden.rows.length);
      rows.forEach((row, i) => {
        expect(row.cycles, golden.rows[i]!.id).toBeCloseTo(golden.rows[i]!.cyc, 4);
      });
      expect(cycles).toBeCloseTo(golden.cycles, 3);
      const milliseconds = 1e3 * (cycles / (Number(megahertz) * 1e6) + DPU_CONSTANTS.runSeconds);
      expect(milliseconds / golden.ms).toBeCloseTo(1, 6);
    },
  );
});

/**
 * The reference file holds B4096 only. These are frame cycles of the specification's program for the same layer
 * tables with ports scaled by ICP / 16 and an ALU of PP / 2 pixels (section 1 and 4 of its text).
 */
const OTHER_ARCHITECTURES: Record<string, Partial<Record<DpuArchitectureName, number>>> = {
  resnet50_tf: {
    B512: 15911845.087,
    B800: 11024966.81,
    B1024: 8813970.849,
    B1152: 7823993.782,
    B1600: 6329941.44,
    B2304: 4779904.483,
    B3136: 3797941.062,
  },
  'mobilenetv2_1.0_224': {
    B512: 2628051.939,
    B800: 2182527.721,
    B1024: 1695286.81,
    B1152: 1721295.471,
    B1600: 1444979.284,
    B2304: 1146353.307,
    B3136: 1038148.176,
  },
  inceptionv1_k3: {
    B512: 7134250.015,
    B800: 5232191.652,
    B1024: 3946473.406,
    B1152: 3609892.077,
    B1600: 2961736.233,
    B2304: 2062048.974,
    B3136: 1665427.813,
  },
};

describe.skipIf(!existsSync(path))('the smaller architectures beside the specification', () => {
  test.each(Object.entries(OTHER_ARCHITECTURES))('%s on all of them', (name, totals) => {
    const ops = reference[name]!.layers.map(toOp);
    for (const [architecture, cycles] of Object.entries(totals)) {
      const rows = simulateDpu(ops, dpuArchitecture(architecture as DpuArchitectureName));
      expect(
        rows.reduce((sum, row) => sum + row.cycles, 0),
        architecture,
      ).toBeCloseTo(cycles, 2);
    }
  });
});

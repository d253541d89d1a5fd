import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
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

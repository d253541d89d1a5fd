import { dpuArchitecture } from '../architectures.ts';
import { DPU_CONSTANTS } from '../cost.ts';
import { type DpuRow, simulateDpu } from '../model.ts';
import type { DpuOp } from '../ops.ts';
import { image, OpTable } from './zoo/opTable.ts';
import { bottleneckResnet } from './zoo/resnets.ts';

/** Times of single layers that somebody's profiler printed, beside the network they are of. */
interface Profile {
  readonly name: string;
  readonly clockHertz: number;
  /** Seconds that each row contains beside the layer: it was launched alone. */
  readonly launchSeconds: number;
  readonly source: string;
  build(): readonly DpuOp[];
  /** Published name, id of the op that starts the row, milliseconds, and what explains a difference. */
  readonly rows: readonly (readonly [name: string, opId: string, publishedMs: number, note?: string])[];
}

/** VGG-16's convolutions at 224x224, then a 7x7 and a 1x1 convolution of 512 filters on the 7x7 map. */
function fcn8Body(): readonly DpuOp[] {
  const t = new OpTable(image(224));
  for (const [convolutions, filters] of [
    [2, 64],
    [2, 128],
    [3, 256],
    [3, 512],
    [3, 512],
  ] as const) {
    for (let i = 0; i < convolutions; i++) t.conv(filters, 3, { padding: 1 });
    t.maxPool(2, { stride: 2, padding: 0 });
  }
  t.conv(512, 7, { padding: 3 });
  t.conv(512, 1);
  return t.ops;
}

/** Krizhevsky 2012 without groups, two classes; its operations fix the shapes. */
function alexNetBaseline(): readonly DpuOp[] {
  const t = new OpTable(image(227));
  t.conv(96, 11, { stride: 4, padding: 'valid' });
  t.maxPool(3, { stride: 2, padding: 0 });
  t.conv(256, 5, { padding: 2 });
  t.maxPool(3, { stride: 2, padding: 0 });
  t.conv(384, 3, { padding: 1 });
  t.conv(384, 3, { padding: 1 });
  t.conv(256, 3, { padding: 1 });
  t.maxPool(3, { stride: 2, padding: 0 });
  for (const units of [4096, 4096, 2]) t.dense(units);
  return t.ops;
}

const TUTORIAL = 'Xilinx/Vitis-AI-Tutorials 1.3, 02-profiling-example';
/** The profiler prints a nominal 300 MHz (dpu.md, section 1). */
const ZCU102_CLOCK = 281e6;

export const DPU_PROFILES: readonly Profile[] = [
  {
    name: 'FCN8 with a VGG-16 body',
    clockHertz: ZCU102_CLOCK,
    launchSeconds: 0,
    source: `${TUTORIAL}, logfile_target_fcn8.txt, ZCU102`,
    build: fcn8Body,
    rows: [
      ['conv1_1', 'conv1', 0.753],
      ['conv1_2', 'conv2', 3.251],
      ['conv2_1', 'conv3', 1.646],
      ['conv2_2', 'conv4', 3.248],
      ['conv3_1', 'conv5', 1.647],
      ['conv3_2', 'conv6', 3.25],
      ['conv3_3', 'conv7', 3.249],
      ['conv4_1', 'conv8', 1.871],
      ['conv4_2', 'conv9', 3.719],
      ['conv4_3', 'conv10', 3.72],
      ['conv5_1', 'conv11', 0.956],
      ['conv5_2', 'conv12', 0.956],
      ['conv5_3', 'conv13', 0.957],
      ['conv6, 7x7', 'conv14', 3.112],
      ['conv7, 1x1', 'conv15', 0.088],
    ],
  },
  {
    name: 'AlexNet',
    clockHertz: ZCU102_CLOCK,
    launchSeconds: 0,
    source: `${TUTORIAL}, logfile_target_dnndk_baseline.txt, ZCU102`,
    build: alexNetBaseline,
    rows: [
      [
        'conv1',
        'conv1',
        1.055,
        'The compiler of that release (DNNDK) merged no kernel columns into the three input channels; without merging the model gives 1.00 ms.',
      ],
      ['conv2', 'conv2', 0.953],
      ['conv3', 'conv3', 0.343],
      ['conv4', 'conv4', 0.508],
      ['conv5', 'conv5', 0.349],
      ['fc6', 'fc1', 5.327],
      ['fc7', 'fc2', 2.338],
      ['fc8', 'fc3', 0.014],
    ],
  },
  {
    name: 'ResNet-50 (Caffe), layer by layer',
    clockHertz: ZCU102_CLOCK,
    launchSeconds: DPU_CONSTANTS.runSeconds,
    source: 'Xilinx/Vitis-AI, vai_profiler, dpu_summary.png, ZCU102; every row was launched alone',
    build: () => bottleneckResnet(50, 'first'),
    // conv1; then four convolutions in a stage's first unit (shortcut, 2a, 2b, 2c) and three in the others.
    rows: [
      ['res2c_branch2a', 'conv9', 0.255],
      ['res2c_branch2b', 'conv10', 0.35],
      ['res2c', 'conv11', 0.517],
      ['res3b_branch2a', 'conv16', 0.216],
      ['res3b_branch2b', 'conv17', 0.34],
      ['res3b', 'conv18', 0.336],
      ['res4b_branch2a', 'conv29', 0.215],
      ['res4b_branch2b', 'conv30', 0.323],
      ['res4b', 'conv31', 0.445],
    ],
  },
];

export interface ProfiledLayer {
  readonly name: string;
  readonly modelMs: number;
  readonly publishedMs: number;
  /** Model over published, minus 1. */
  readonly error: number;
  readonly note: string | null;
}

export interface ProfileComparison {
  readonly name: string;
  readonly source: string;
  readonly layers: readonly ProfiledLayer[];
}

/**
 * A layer by itself: as the frame runs it, or, where each was launched alone, with every map loaded and stored,
 * and the start of a run.
 */
function seconds(row: DpuRow, ops: readonly DpuOp[], { clockHertz, launchSeconds }: Profile): number {
  if (launchSeconds === 0) return row.cycles / clockHertz;
  const arch = dpuArchitecture('B4096');
  const byId = new Map(ops.map((op) => [op.id, op]));
  const own = new Set(row.ops.map(({ id }) => id));
  const outside = [...new Set(row.ops.flatMap(({ inputs }) => inputs))].filter((id) => !own.has(id));
  const inputs = outside.flatMap((id): DpuOp[] => {
    const op = byId.get(id);
    return op ? [{ kind: 'input', id, inputs: [], layerIds: [], ofm: op.ofm }] : [];
  });
  const alone = simulateDpu([...inputs, ...row.ops], arch);
  return alone.reduce((sum, { cycles }) => sum + cycles, 0) / clockHertz + launchSeconds;
}

/** The model layer by layer beside published profiles of a B4096 (dpu_layer_profiles; the model was not fitted on them). */
export function compareProfiles(): readonly ProfileComparison[] {
  const arch = dpuArchitecture('B4096');
  return DPU_PROFILES.map((profile) => {
    const ops = profile.build();
    const rows = simulateDpu(ops, arch);
    const layers = profile.rows.flatMap(([name, opId, publishedMs, note = null]): ProfiledLayer[] => {
      const row = rows.find((candidate) => candidate.ops.some(({ id }) => id === opId));
      if (!row) return [];
      const modelMs = 1e3 * seconds(row, ops, profile);
      return [{ name, modelMs, publishedMs, error: modelMs / publishedMs - 1, note }];
    });
    return { name: profile.name, source: profile.source, layers };
  });
}

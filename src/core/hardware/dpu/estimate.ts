import type { Network } from '../../network/network.ts';
import { inferGeometry } from '../../network/shapes.ts';
import { fail, ok, type Result } from '../../result.ts';
import type { HardwareReport, ReportRow } from '../report.ts';
import type { DpuArchitectureName } from '../targets.ts';
import { type DpuArchitecture, dpuArchitecture } from './architectures.ts';
import { DPU_CONSTANTS } from './cost.ts';
import { lowerToDpu } from './lower.ts';
import { type DpuRow, simulateDpu } from './model.ts';
import { dpuViolations } from './rules.ts';
import { dpuBoundSentence } from './words.ts';

export interface DpuOptions {
  readonly architecture: DpuArchitectureName;
  readonly clockHertz: number;
}

/**
 * Terms overlap: a row takes its longest of load, compute and store, plus what its tiles can't hide of the
 * others, plus the overhead. They need not add up to the row.
 */
function toRow(row: DpuRow, arch: DpuArchitecture): ReportRow {
  const first = row.ops[0];
  const terms = [
    { name: 'convolution', cycles: row.convolution },
    { name: 'ALU', cycles: row.alu },
    { name: 'weight load', cycles: row.weightLoad },
    { name: 'feature-map load', cycles: row.mapLoad },
    { name: 'store', cycles: row.store },
    { name: 'overhead', cycles: DPU_CONSTANTS.overheadCycles },
  ];
  return {
    id: row.ops.map((op) => op.id).join('+'),
    layerIds: row.ops.flatMap((op) => op.layerIds),
    label: row.ops.map((op) => op.id).join(' + '),
    engine: first?.kind ?? '',
    cycles: row.cycles,
    bound: DPU_CONSTANTS.overheadCycles > row.cycles / 2 ? 'overhead' : row.bound,
    boundSentence:
      DPU_CONSTANTS.overheadCycles > row.cycles / 2
        ? `Starting the layer takes ${DPU_CONSTANTS.overheadCycles} of its ${Math.round(row.cycles)} cycles; its work is hardly worth the call.`
        : dpuBoundSentence(row, arch),
    terms: terms.filter((term) => term.cycles > 0),
    macCount: row.macCount,
  };
}

/**
 * One frame on one DPU core, layer after layer (dpu.md, section 4). `latencySeconds` is DPU time: the cycles
 * and 70 us to start and end the run, without the host's own work. No resources here.
 */
export function estimateDpu(
  network: Network,
  { architecture, clockHertz }: DpuOptions,
): Result<HardwareReport> {
  if (!(clockHertz > 0))
    return fail('clock', `The DPU's clock is ${clockHertz} Hz; it must be greater than 0.`);
  const geometry = inferGeometry(network);
  if (!geometry.ok) return geometry;
  const arch = dpuArchitecture(architecture);
  const ops = lowerToDpu(network);
  const rows = simulateDpu(ops, arch).map((row) => toRow(row, arch));
  if (rows.length === 0)
    return fail('nothing-to-run', `${network.name} has no layer that a DPU computes; add a convolution.`);
  const cycles = rows.reduce((sum, row) => sum + row.cycles, 0);
  const latencySeconds = cycles / clockHertz + DPU_CONSTANTS.runSeconds;
  return ok({
    targetId: `dpu-${architecture.toLowerCase()}`,
    clockHertz,
    rows,
    schedule: 'sequential',
    initiationInterval: cycles,
    bottleneckId: rows.reduce((slowest, row) => (row.cycles > slowest.cycles ? row : slowest)).id,
    latencySeconds,
    throughputFps: 1 / latencySeconds,
    violations: dpuViolations(network, ops, arch),
  });
}

import type { Network } from '../../network/network.ts';
import { inferGeometry } from '../../network/shapes.ts';
import { fail, ok, type Result } from '../../result.ts';
import type { CostTerm, HardwareReport, ReportRow, Resources } from '../report.ts';
import type { DpuArchitectureName } from '../targets.ts';
import { type DpuArchitecture, type DpuBuildOptions, dpuArchitecture } from './architectures.ts';
import { DPU_CONSTANTS, idleConvolutionCycles } from './cost.ts';
import { lowerToDpu } from './lower.ts';
import { type DpuRow, simulateDpu } from './model.ts';
import { isConvolution } from './ops.ts';
import { dpuViolations } from './placement.ts';
import { type DpuResourceOptions, dpuResources } from './platform/resources.ts';
import { dpuBoundSentence, overheadSentence } from './words.ts';

/** A design's DPU choice fits in whole: what an architecture can't have (more ALU pixels than rows) is capped. */
export interface DpuOptions extends DpuBuildOptions, Partial<Omit<DpuResourceOptions, 'depthwise'>> {
  readonly architecture: DpuArchitectureName;
  /** In hertz. */
  readonly clockHertz: number;
}

/**
 * What each engine is busy with. The engines work at the same time, so that the terms need not add up to the
 * row: it takes its longest of load, compute and store, plus what its tiles can't hide of the others, plus the
 * overhead. The idle lanes are a part of the convolution, the price of channels and rows that are rounded up.
 */
function termsOf(row: DpuRow, arch: DpuArchitecture): readonly CostTerm[] {
  const first = row.ops[0];
  const idle = first && isConvolution(first) ? idleConvolutionCycles(first, arch) : 0;
  const terms = [
    { name: 'convolution', cycles: row.convolution },
    { name: 'of the convolution, idle lanes', cycles: idle },
    { name: 'ALU', cycles: row.alu },
    { name: 'weight load', cycles: row.weightLoad },
    { name: 'feature-map load', cycles: row.mapLoad },
    { name: 'store', cycles: row.store },
    { name: 'overhead', cycles: DPU_CONSTANTS.overheadCycles },
  ];
  return terms.filter((term) => term.cycles > 0);
}

function toRow(row: DpuRow, arch: DpuArchitecture): ReportRow {
  const overhead = DPU_CONSTANTS.overheadCycles > row.cycles / 2;
  const ids = row.ops.map((op) => op.id);
  return {
    id: ids.join('+'),
    layerIds: row.ops.flatMap((op) => op.layerIds),
    label: ids.join(' + '),
    engine: row.ops[0]?.kind ?? '',
    cycles: row.cycles,
    bound: overhead ? 'overhead' : row.bound,
    // Written when it is read: the numbers of a sentence take longer to format than the row to compute, and a
    // slider or a search wants the cycles only. Spread, JSON and structured clone all read it.
    get boundSentence() {
      return overhead ? overheadSentence(row) : dpuBoundSentence(row, arch);
    },
    terms: termsOf(row, arch),
    macCount: row.macCount,
    trafficBytes: row.weightBytes + row.mapLoadBytes + row.storeBytes,
  };
}

function coreResources(
  architecture: DpuArchitectureName,
  { ramUsage = 'low', dspUsage = 'high', uram = false }: Partial<DpuResourceOptions>,
): Resources {
  const used = dpuResources(architecture, { ramUsage, dspUsage, uram, depthwise: true });
  const banks = used.uramBanks;
  return {
    lut: used.lut,
    bram18: 2 * used.bram36,
    uram: banks ? banks.featureMaps + banks.weights + banks.biases : 0,
    dsp: used.dsp,
  };
}

/**
 * One frame on one DPU core, layer after layer (dpu.md, section 4). `latencySeconds` is DPU time: the cycles
 * and 70 us to start and end the run, without the host's own work. Layers that
 * `violations` names are counted as if the DPU ran them. Resources are those of one core (PG338), with its
 * depthwise engine.
 */
export function estimateDpu(
  network: Network,
  { architecture, clockHertz, isa, aluPixels, ...options }: DpuOptions,
): Result<HardwareReport> {
  if (!(clockHertz > 0))
    return fail('clock', `The DPU's clock is ${clockHertz} Hz; it must be greater than 0.`);
  const geometry = inferGeometry(network);
  if (!geometry.ok) return geometry;
  const arch = dpuArchitecture(architecture, { isa, aluPixels });
  const ops = lowerToDpu(network, geometry.value);
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
    resources: coreResources(architecture, options),
    violations: dpuViolations(network, geometry.value, arch),
  });
}

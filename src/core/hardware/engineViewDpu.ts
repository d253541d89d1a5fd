import type { Network } from '../network/network.ts';
import { inferGeometry } from '../network/shapes.ts';
import { formatInteger, formatPercent } from '../quantity.ts';
import { fail, ok, type Result } from '../result.ts';
import { BANK_DEPTH, type DpuArchitecture } from './dpu/architectures.ts';
import { addCycles, aluCycles, convolutionCycles, convolutionShape, footprint } from './dpu/cost.ts';
import { lowerToDpu } from './dpu/lower.ts';
import { simulateDpu } from './dpu/model.ts';
import { type DpuOp, isConvolution, isDepthwise, isPool, opMacCount } from './dpu/ops.ts';
import {
  activeCells,
  axisOf,
  builtCells,
  type EngineAxis,
  type EngineBlock,
  type EngineView,
  lossSentence,
  present,
  rowBlock,
  scheduleSentence,
  termCycles,
} from './engineViewParts.ts';
import type { HardwareReport, ReportRow } from './report.ts';

/**
 * Lanes of the engine that computes an op (PG338, "Architecture of the DPU"; VT-42): PP rows x ICP x OCP channels
 * of the convolution engine, ALU_PP rows x ICP channels of the ALU. With few input channels, kernel columns are
 * merged into them and take lanes as channels do.
 */
export function dpuAxes(op: DpuOp, arch: DpuArchitecture): readonly EngineAxis[] {
  const { pixelParallelism, channelParallelism, aluPixelParallelism, elementwisePixelParallelism } = arch;
  const { height, channels } = op.ofm;
  if (isConvolution(op)) {
    const { mergedColumns } = convolutionShape(op, arch);
    const inputs = op.ifm.channels * mergedColumns;
    const unit = mergedColumns > 1 ? `input channels (x${mergedColumns} kernel columns)` : 'input channels';
    return [
      axisOf('PP', 'output rows', height, pixelParallelism),
      axisOf('ICP', unit, inputs, channelParallelism),
      axisOf('OCP', 'output channels', channels, channelParallelism),
    ];
  }
  const rows = isDepthwise(op) || isPool(op) ? aluPixelParallelism : elementwisePixelParallelism;
  return [
    axisOf('ALU_PP', 'output rows', height, rows),
    axisOf('ICP', 'channels', channels, channelParallelism),
  ];
}

/** Work that counts over lanes times cycles of the engine. */
function busyShareOf(op: DpuOp, arch: DpuArchitecture, lanes: number): number {
  const { height, width, channels } = op.ofm;
  const values = height * width * channels;
  const share = (work: number, cycles: number) => (cycles > 0 ? Math.min(1, work / (lanes * cycles)) : 0);
  if (isConvolution(op)) return share(opMacCount(op), convolutionCycles(op, arch));
  if (isDepthwise(op) || isPool(op))
    return share(values * op.kernelSize[0] * op.kernelSize[1], aluCycles(op, arch));
  return share(values, addCycles(op, arch));
}

/** Feature-map banks: PP banks of ICP bytes, 2,048 words deep, form a group. */
function bufferBlock(op: DpuOp, arch: DpuArchitecture): EngineBlock {
  const output = footprint(op.ofm, arch);
  const input = 'ifm' in op ? footprint(op.ifm, arch) : output;
  const largest = Math.max(input, output);
  const verdict = largest > BANK_DEPTH ? '; what does not fit comes and goes in tiles' : '';
  return {
    name: 'Buffers',
    detail: `of the ${formatInteger(BANK_DEPTH)} words of a bank group the input map needs ${formatInteger(input)}, the output map ${formatInteger(output)}${verdict}`,
    share: Math.min(1, largest / BANK_DEPTH),
    of: 'room',
  };
}

function blocksOf(row: ReportRow, op: DpuOp, arch: DpuArchitecture): readonly EngineBlock[] {
  const [weights, maps] = [termCycles(row, 'weight load'), termCycles(row, 'feature-map load')];
  const convolution = termCycles(row, 'convolution');
  const idle = termCycles(row, 'of the convolution, idle lanes');
  const alu = termCycles(row, 'ALU');
  const store = termCycles(row, 'store');
  const overhead = termCycles(row, 'overhead');
  const said = (cycles: number) => `${formatInteger(cycles)} cycles`;
  const lanes = `${arch.aluPixelParallelism} rows by ${arch.channelParallelism} channels`;
  return present([
    rowBlock(row, 'Start', overhead, `${said(overhead)} to fetch and launch, beside no other work`),
    rowBlock(row, 'Load', weights + maps, `${said(weights)} for weights, ${said(maps)} for maps`),
    bufferBlock(op, arch),
    rowBlock(
      row,
      'Convolution',
      convolution,
      `${said(convolution)}, ${formatInteger(idle)} lost to idle lanes`,
    ),
    rowBlock(row, 'ALU', alu, `${said(alu)}, ${lanes} at once`),
    rowBlock(row, 'Store', store, `${said(store)} for maps that leave the chip`),
  ]);
}

/** One launched row of a DPU: the lanes of its convolution engine, or of its ALU, and who is busy how long. */
export function dpuEngineView(
  network: Network,
  arch: DpuArchitecture,
  report: HardwareReport,
  row: ReportRow,
): Result<EngineView> {
  const geometry = inferGeometry(network);
  if (!geometry.ok) return geometry;
  const rows = simulateDpu(lowerToDpu(network, geometry.value), arch);
  const op = rows.find(({ ops }) => ops.map(({ id }) => id).join('+') === row.id)?.ops[0];
  if (!op)
    return fail('no-row', `${network.name} has no row ${row.id} on a DPU; choose another row.`, row.id);
  const axes = dpuAxes(op, arch);
  const [lanes, active] = [builtCells(axes), activeCells(axes)];
  const multiplies = isConvolution(op) || isDepthwise(op);
  const busyShare = busyShareOf(op, arch, lanes);
  const engine = isConvolution(op) ? 'convolution engine' : 'ALU';
  const cell = multiplies ? 'multipliers' : 'lanes';
  const busy = `${formatPercent(busyShare, 0)} of the ${engine}'s ${formatInteger(lanes)} ${cell} do work that counts while it computes.`;
  return ok({
    title: `${arch.name} ${engine}: ${axes.map(({ name, size }) => `${name} ${size}`).join(' × ')}`,
    axes,
    cell,
    multipliers: multiplies ? lanes : 0,
    activeCells: active,
    busyShare,
    blocks: blocksOf(row, op, arch),
    sentence: `${busy} ${lossSentence(axes)} ${scheduleSentence(report, row)}`,
  });
}

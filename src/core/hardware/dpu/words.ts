import { formatCount, formatInteger } from '../../quantity.ts';
import type { DpuArchitecture } from './architectures.ts';
import { blocks, ceilDiv, convolutionShape, DPU_CONSTANTS } from './cost.ts';
import type { DpuRow } from './model.ts';
import { type ConvolutionOp, type DpuOp, isConvolution } from './ops.ts';

const bytes = (count: number): string => formatCount(count, 'B');
const cycles = (count: number): string => formatCount(count);

/** "a", "a and b", "a, b and c" */
const listed = (parts: readonly string[]): string =>
  parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;

const paidChannels = (channels: number, arch: DpuArchitecture): number =>
  blocks(channels, arch) * arch.channelParallelism;

/** "58 output channels cost as much as 64": what is computed only because the engine comes in whole blocks. */
function roundedUp(amounts: readonly (readonly [used: number, paid: number, what: string])[]): string {
  const parts = amounts.filter(([used, paid]) => used < paid);
  return listed(
    parts.map(([used, paid, what], i) =>
      i === 0 ? `${used} ${what} cost as much as ${paid}` : `${used} ${what} as much as ${paid}`,
    ),
  );
}

/** Lanes of a convolution; merged kernel columns count as channels. */
function convolutionWaste(op: ConvolutionOp, arch: DpuArchitecture): string {
  const { inputBlocks, mergedColumns } = convolutionShape(op, arch);
  const inputs = op.ifm.channels;
  const merged = mergedColumns > 1 ? ` (${inputs} channels of ${mergedColumns} kernel columns)` : '';
  return roundedUp([
    [op.ofm.channels, paidChannels(op.ofm.channels, arch), 'output channels'],
    [inputs * mergedColumns, inputBlocks * arch.channelParallelism, `input lanes${merged}`],
    [op.ofm.height, wholeRows(op, arch.pixelParallelism), 'rows'],
  ]);
}

function wholeRows(op: DpuOp, parallelism: number): number {
  return op.kind === 'dense' ? op.ofm.height : ceilDiv(op.ofm.height, parallelism) * parallelism;
}

function aluWaste(op: DpuOp, arch: DpuArchitecture): string {
  return roundedUp([
    [op.ofm.channels, paidChannels(op.ofm.channels, arch), 'channels'],
    [op.ofm.height, wholeRows(op, arch.aluPixelParallelism), 'rows'],
  ]);
}

const because = (waste: string): string => (waste === '' ? '.' : `: ${waste}.`);

/** A row that starting alone makes up more than half of. */
export const overheadSentence = (row: DpuRow): string =>
  `Starting the layer takes ${formatInteger(DPU_CONSTANTS.overheadCycles)} of its ${formatInteger(row.cycles)} cycles; its work is hardly worth the call.`;

/** What bounds a launched layer, in words. */
export function dpuBoundSentence(row: DpuRow, arch: DpuArchitecture): string {
  const op = row.ops[0];
  const compute = Math.max(row.convolution, row.alu);
  if (!row.doubleBuffered)
    return `Loading ${bytes(row.weightBytes)} of weights (${cycles(row.weightLoad)} cycles) and computing (${cycles(row.convolution)}) take turns: the filters of one output group fill more than half of the weight buffer.`;
  switch (row.bound) {
    case 'compute':
      return `Computing takes ${cycles(row.convolution)} cycles${because(op && isConvolution(op) ? convolutionWaste(op, arch) : '')}`;
    case 'alu':
      return row.convolution > 0
        ? `The ALU (depthwise, pooling, additions) takes ${cycles(row.alu)} cycles, longer than the ${cycles(row.convolution)} of the convolution.`
        : `The ALU computes for ${cycles(row.alu)} cycles${because(op ? aluWaste(op, arch) : '')}`;
    case 'load': {
      const parts = [
        row.weightBytes > 0 ? `${bytes(row.weightBytes)} of weights` : '',
        row.mapLoadBytes > 0 ? `${bytes(row.mapLoadBytes)} of feature maps` : '',
      ].filter(Boolean);
      return `Loading ${listed(parts)} takes ${cycles(row.weightLoad + row.mapLoad)} cycles, longer than the ${cycles(compute)} of computing.`;
    }
    case 'store':
      return `Storing ${bytes(row.storeBytes)} takes ${cycles(row.store)} cycles, longer than the ${cycles(compute)} of computing.`;
  }
}

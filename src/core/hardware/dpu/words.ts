import { formatCount } from '../../quantity.ts';
import type { DpuArchitecture } from './architectures.ts';
import { blocks } from './cost.ts';
import type { DpuRow } from './model.ts';
import { isConvolution } from './ops.ts';

const bytes = (count: number): string => formatCount(count, 'B');
const cycles = (count: number): string => formatCount(count);

/** Lanes of the engine that have work in the last block of channels: "56 of 64". */
function lanes(channels: number, arch: DpuArchitecture): { used: number; paid: number } {
  return { used: channels, paid: blocks(channels, arch) * arch.channelParallelism };
}

function computing(row: DpuRow, arch: DpuArchitecture): string {
  const op = row.ops[0];
  if (!op || !isConvolution(op)) return `The ALU computes for ${cycles(row.alu)} cycles.`;
  const { used, paid } = lanes(op.ofm.channels, arch);
  const rows = Math.ceil(op.ofm.height / arch.pixelParallelism) * arch.pixelParallelism;
  const waste = [
    used < paid ? `${used} output channels cost as much as ${paid}` : '',
    op.ofm.height < rows && op.kind !== 'dense' ? `${op.ofm.height} rows as much as ${rows}` : '',
  ].filter(Boolean);
  return `Computing takes ${cycles(row.convolution)} cycles${waste.length > 0 ? `: ${waste.join(' and ')}` : ''}.`;
}

/** What bounds a launched layer, in words. */
export function dpuBoundSentence(row: DpuRow, arch: DpuArchitecture): string {
  const compute = Math.max(row.convolution, row.alu);
  switch (row.bound) {
    case 'compute':
      return computing(row, arch);
    case 'alu':
      return row.convolution > 0
        ? `The ALU (depthwise, pooling, additions) takes ${cycles(row.alu)} cycles, longer than the ${cycles(row.convolution)} of the convolution.`
        : `The ALU computes for ${cycles(row.alu)} cycles.`;
    case 'load': {
      const parts = [
        row.weightBytes > 0 ? `${bytes(row.weightBytes)} of weights` : '',
        row.mapLoadBytes > 0 ? `${bytes(row.mapLoadBytes)} of feature maps` : '',
      ].filter(Boolean);
      return `Loading ${parts.join(' and ')} takes ${cycles(row.weightLoad + row.mapLoad)} cycles, longer than the ${cycles(compute)} of computing.`;
    }
    case 'store':
      return `Storing ${bytes(row.storeBytes)} takes ${cycles(row.store)} cycles, longer than the ${cycles(compute)} of computing.`;
  }
}

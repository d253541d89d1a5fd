import type { Network } from '../../network/network.ts';
import type { Violation } from '../report.ts';
import { BANK_DEPTH, type DpuArchitecture } from './architectures.ts';
import { blocks } from './cost.ts';
import type { DpuOp } from './ops.ts';

interface Rule {
  readonly code: string;
  readonly applies: (op: DpuOp) => boolean;
  /** Null where the op obeys; else what is wrong and the smallest change. */
  readonly check: (op: Extract<DpuOp, { kernelSize: unknown }>, arch: DpuArchitecture) => string | null;
}

const isConv = (op: DpuOp) => op.kind === 'convolution';
const windowed = (op: DpuOp): op is Extract<DpuOp, { kernelSize: unknown }> => 'kernelSize' in op;

/** What the inspector of Vitis AI checks of a convolution (dpu.md, section 3; ISA1 for the others). */
const RULES: readonly Rule[] = [
  {
    code: 'dpu-kernel',
    applies: isConv,
    check: ({ kernelSize }) =>
      Math.max(...kernelSize) > 16
        ? `its kernel is ${kernelSize.join('x')}, a DPU convolves up to 16x16; make it 16 or smaller`
        : null,
  },
  {
    code: 'dpu-stride',
    applies: isConv,
    check: ({ strides, kernelSize, ifm }) =>
      Math.max(...strides) > 8 && (kernelSize[0] !== ifm.height || kernelSize[1] !== ifm.width)
        ? `its stride is ${strides.join('x')}, a DPU strides up to 8; make it 8 or smaller`
        : null,
  },
  {
    code: 'dpu-input-channels',
    applies: (op) => isConv(op) || op.kind === 'dense',
    check: ({ ifm }, { channelParallelism }) =>
      ifm.channels > 256 * channelParallelism
        ? `it reads ${ifm.channels} channels, this DPU takes up to ${256 * channelParallelism}; pool or narrow its input`
        : null,
  },
  {
    code: 'dpu-output-channels',
    applies: (op) => isConv(op) || op.kind === 'dense',
    check: ({ ofm }, { channelParallelism }) =>
      ofm.channels > 256 * channelParallelism
        ? `it has ${ofm.channels} filters, this DPU takes up to ${256 * channelParallelism}; narrow it`
        : null,
  },
  {
    code: 'dpu-weight-depth',
    applies: isConv,
    check: ({ kernelSize, ifm }, arch) => {
      const depth = kernelSize[0] * kernelSize[1] * blocks(ifm.channels, arch);
      return depth > BANK_DEPTH
        ? `one group of its filters needs ${depth} words of the weight buffer's ${BANK_DEPTH}; use a smaller kernel or fewer input channels`
        : null;
    },
  },
  {
    code: 'dpu-window',
    applies: (op) => op.kind === 'maxPool' || op.kind === 'averagePool' || op.kind === 'depthwise',
    check: ({ kernelSize }) =>
      kernelSize[0] * kernelSize[1] > BANK_DEPTH || Math.max(...kernelSize) > 256
        ? `its window is ${kernelSize.join('x')}, the ALU slides up to 256 each way and 2048 in all; make it smaller`
        : null,
  },
];

/** Layers that a DPU can't run: they go to the CPU and split the graph. Softmax always does, and is no violation. */
export function dpuViolations(network: Network, ops: readonly DpuOp[], arch: DpuArchitecture): Violation[] {
  const found: Violation[] = [];
  for (const op of ops) {
    if (!windowed(op)) continue;
    for (const { code, applies, check } of RULES) {
      const problem = applies(op) ? check(op, arch) : null;
      if (problem)
        found.push({ code, layerIds: op.layerIds, message: `${op.id} would run on the CPU: ${problem}.` });
    }
  }
  for (const layer of network.layers) {
    if (layer.kind !== 'conv2d' || layer.groups === 1) continue;
    const message = `${layer.id} would run on the CPU: it is a grouped convolution of ${layer.groups} groups; use a plain or a depthwise one.`;
    found.push({ code: 'dpu-groups', layerIds: [layer.id], message });
  }
  return found;
}

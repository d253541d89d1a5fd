import type { ParameterStreamNode, ThresholdingRtlNode } from '../nodes.ts';
import { NO_RESOURCES, type OperatorModel, product } from './model.ts';

type Kind = 'uram' | 'bram' | 'lutram';

/** Memories on offer as [kind, width in bits, depth], in the order in which ties are won (finn.md section 6.1). */
const CANDIDATES: readonly (readonly [Kind, number, number])[] = [
  ['uram', 72, 4096],
  ['uram', 36, 8192],
  ['uram', 18, 16384],
  ['uram', 9, 32768],
  ['bram', 36, 512],
  ['bram', 18, 1024],
  ['bram', 9, 2048],
  ['lutram', 1, 64],
];

function kindAllowed(node: ThresholdingRtlNode, depth: number): Kind | null {
  const { depthTriggerBram, depthTriggerUram } = node;
  if (depthTriggerBram === 0 && depthTriggerUram === 0) return null;
  if (depth >= depthTriggerUram) return 'uram';
  return depth >= depthTriggerBram ? 'bram' : null;
}

/** The candidate that wastes the fewest bits for one memory. */
function chooseMemory(node: ThresholdingRtlNode, width: number, depth: number) {
  const only = kindAllowed(node, depth);
  let best: { kind: Kind; count: number } = { kind: 'lutram', count: 0 };
  let leastWaste = Number.POSITIVE_INFINITY;
  for (const [kind, blockWidth, blockDepth] of CANDIDATES) {
    if (only !== null && kind !== only) continue;
    const count = Math.ceil(width / blockWidth) * Math.ceil(depth / blockDepth);
    const waste = count * blockWidth * blockDepth - width * depth;
    if (waste < leastWaste) {
      leastWaste = waste;
      best = { kind, count };
    }
  }
  return best;
}

const streamCycles = (node: { channels: number; pe: number; numInputVectors: readonly number[] }) =>
  Math.trunc((node.channels / node.pe) * product(node.numInputVectors));

/**
 * Thresholding_rtl: finn.md section 6.1. One memory a PE and bit of the output, each twice as deep as the one
 * before. FINN loses the BRAM count (it looks for another key), so BRAM is always 0.
 */
export const thresholdingRtl: OperatorModel<ThresholdingRtlNode> = {
  cycles: streamCycles,
  divides: { pe: (node) => node.channels },
  resources(node) {
    const outputBits = node.outputType.bits;
    const depth = node.channels / node.pe;
    let lut = 0;
    let uram = 0;
    for (let x = node.uniformThresholds ? 1 : 0; x < outputBits; x++) {
      const width = node.uniformThresholds ? outputBits - x : node.weightType.bits;
      const { kind, count } = chooseMemory(node, width, depth * 2 ** x);
      if (kind === 'lutram') lut += node.pe * count;
      else if (kind === 'uram') uram += node.pe * count;
    }
    return { ...NO_RESOURCES, lut, uram };
  },
};

/** Thresholding_hls and ChannelwiseOp_hls: finn.md section 6. */
export const parameterStream: OperatorModel<ParameterStreamNode> = {
  cycles: streamCycles,
  divides: { pe: (node) => node.channels },
  resources(node) {
    const depth = node.channels / node.pe;
    const bits = node.inputType.bits * node.pe;
    const stored = depth > 1;
    const inLuts = stored && node.ramStyle === 'distributed';
    const inBram = stored && node.ramStyle === 'block';
    return {
      ...NO_RESOURCES,
      lut: bits + (inLuts ? bits * Math.ceil(depth / 64) : 0),
      bram18: inBram ? Math.ceil(bits / 16) * Math.ceil(depth / 1024) : 0,
    };
  },
};

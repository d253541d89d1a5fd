import type { VectorVectorNode } from '../nodes.ts';
import { BRAM18_BITS, bram18BlocksWithoutParity, URAM_BITS, uramBlocks } from './memory.ts';
import { type NodeResources, type OperatorModel, product } from './model.ts';
import { accumulatorBits, adderTreeLuts, BASE_LUTS, LUT_FACTOR, multiplierLuts } from './weighted.ts';

/** Weight words: omega of finn.md section 4, floored twice as in FINN. */
const weightDepth = (node: VectorVectorNode) =>
  Math.floor(Math.floor((product(node.kernel) * node.channels) / node.pe) / node.simd);

/** Up to here `auto` and embedded weights take no block RAM, in words. */
const SHALLOW = 128;

/** finn.md section 4. `auto` at a depth of up to 128 counts no memory at all, as in FINN. */
function memory(node: VectorVectorNode) {
  const depth = weightDepth(node);
  const width = node.pe * node.simd * node.weightType.bits;
  const decoupled = node.memMode === 'internal_decoupled';
  const noBram =
    node.memMode === 'external' ||
    (decoupled && (node.ramStyle === 'distributed' || node.ramStyle === 'ultra')) ||
    (node.ramStyle === 'auto' && depth <= SHALLOW) ||
    (node.memMode === 'internal_embedded' && depth <= SHALLOW);
  const bram18 = noBram ? 0 : bram18BlocksWithoutParity(depth, width);
  const uram = decoupled && node.ramStyle === 'ultra' ? uramBlocks(depth, width) : 0;
  // FINN forgets SIMD in the BRAM efficiency, but not in the URAM efficiency.
  const bits = node.weightType.bits * node.pe * depth;
  return {
    bram18,
    uram,
    bramEfficiency: bram18 === 0 ? 1 : bits / (bram18 * BRAM18_BITS),
    uramEfficiency: uram === 0 ? 1 : (bits * node.simd) / (uram * URAM_BITS),
  };
}

/** finn.md section 4: the MVAU's model over the kernel, with thresholds always counted and not rounded up. */
function lut(node: VectorVectorNode): number {
  const { pe, simd } = node;
  const weightBits = node.weightType.bits;
  const inputBits = node.inputType.bits;
  const depth = weightDepth(node);
  const weightsInLuts =
    (node.memMode === 'internal_decoupled' && node.ramStyle === 'distributed') ||
    (node.memMode === 'internal_embedded' && depth <= SHALLOW);
  const weightLuts = weightsInLuts ? pe * simd * weightBits * Math.ceil(depth / 64) : 0;
  const multipliers = node.resType === 'dsp' ? 0 : multiplierLuts(simd, weightBits, inputBits);
  const accumulator = Math.min(
    node.accumulatorType.bits,
    accumulatorBits(product(node.kernel), node.weightType, node.inputType),
  );
  const compare = node.noActivation ? 0 : (2 ** node.outputType.bits - 1) * accumulator;
  const thresholds = (compare * (node.channels / pe)) / 64;
  const lane = multipliers + adderTreeLuts(simd, weightBits, inputBits) + accumulator + thresholds + compare;
  return Math.trunc(BASE_LUTS + LUT_FACTOR * (pe * lane) + weightLuts);
}

const cycles = (node: VectorVectorNode): number =>
  Math.trunc(((node.channels * product(node.kernel)) / (node.pe * node.simd)) * product(node.dim));

const divides = {
  pe: (node: VectorVectorNode) => node.channels,
  simd: (node: VectorVectorNode) => product(node.kernel),
};

/** VVAU_hls: finn.md section 4. */
export const vectorVectorHls: OperatorModel<VectorVectorNode> = {
  cycles,
  divides,
  resources: (node): NodeResources => ({
    lut: lut(node),
    dsp: node.resType === 'dsp' ? node.pe * Math.ceil((node.weightType.bits + node.inputType.bits) / 48) : 0,
    ...memory(node),
  }),
};

/** VVAU_rtl: finn.md section 4. */
export const vectorVectorRtl: OperatorModel<VectorVectorNode> = {
  cycles,
  divides,
  resources: (node): NodeResources => ({
    lut: 0,
    dsp: node.pe * Math.ceil(node.simd / 3),
    ...memory(node),
  }),
};

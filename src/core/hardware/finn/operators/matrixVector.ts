import type { MatrixVectorNode } from '../nodes.ts';
import { BRAM18_BITS, bram18Blocks, URAM_BITS, uramBlocks } from './memory.ts';
import { type DspBlock, type NodeResources, type OperatorModel, product } from './model.ts';
import { accumulatorBits, adderTreeLuts, BASE_LUTS, LUT_FACTOR, multiplierLuts } from './weighted.ts';

/** Weight words of one PE-and-SIMD lane: omega of finn.md section 3.2. */
const weightDepth = (node: MatrixVectorNode) => (node.mw * node.mh) / (node.pe * node.simd);

/** Up to here embedded weights are LUTs, in words. */
const EMBEDDED_LUT_DEPTH = 128;

function isOutsideBlockRam(node: MatrixVectorNode, depth: number): boolean {
  return node.memMode === 'external' || (node.memMode === 'internal_embedded' && depth <= EMBEDDED_LUT_DEPTH);
}

/** finn.md section 3.2, `bram_estimation` and `uram_estimation`; embedded deep weights count in both, as in FINN. */
function memory(node: MatrixVectorNode) {
  const depth = weightDepth(node);
  const width = node.pe * node.simd * node.weightType.bits;
  const decoupled = node.memMode === 'internal_decoupled';
  const outside = isOutsideBlockRam(node, depth);
  const noBram = outside || (decoupled && (node.ramStyle === 'distributed' || node.ramStyle === 'ultra'));
  const noUram = outside || (decoupled && node.ramStyle !== 'ultra');
  const bram18 = noBram ? 0 : bram18Blocks(depth, width);
  const uram = noUram ? 0 : uramBlocks(depth, width);
  const bits = node.weightType.bits * node.mw * node.mh;
  return {
    bram18,
    uram,
    bramEfficiency: bram18 === 0 ? 1 : bits / (bram18 * BRAM18_BITS),
    uramEfficiency: uram === 0 ? 1 : bits / (uram * URAM_BITS),
  };
}

/** finn.md section 3.3, `MVAU_hls.lut_estimation`. */
function lut(node: MatrixVectorNode): number {
  const { pe, simd } = node;
  const weightBits = node.weightType.bits;
  const inputBits = node.inputType.bits;
  const depth = weightDepth(node);
  const weightsInLuts =
    (node.memMode === 'internal_decoupled' && node.ramStyle === 'distributed') ||
    (node.memMode === 'internal_embedded' && depth <= EMBEDDED_LUT_DEPTH);
  const weightLuts = weightsInLuts ? pe * simd * weightBits * Math.ceil(depth / 64) : 0;
  const multipliers = node.resType === 'dsp' ? 0 : multiplierLuts(simd, weightBits, inputBits);
  const accumulator = Math.min(
    node.accumulatorType.bits,
    accumulatorBits(node.mw, node.weightType, node.inputType),
  );
  const thresholdsInLuts = !node.noActivation && node.ramStyleThresholds === 'distributed';
  const compare = thresholdsInLuts ? (2 ** node.outputType.bits - 1) * accumulator : 0;
  const thresholds = compare * Math.ceil(node.mh / pe / 64);
  const lane = multipliers + adderTreeLuts(simd, weightBits, inputBits) + accumulator + thresholds + compare;
  return Math.trunc(BASE_LUTS + LUT_FACTOR * (pe * lane) + weightLuts);
}

const cycles = (node: MatrixVectorNode): number =>
  Math.trunc((node.mh / node.pe) * (node.mw / node.simd) * product(node.numInputVectors));

const divides = {
  pe: (node: MatrixVectorNode) => node.mh,
  simd: (node: MatrixVectorNode) => node.mw,
};

/** MVAU_hls: finn.md sections 3.1 to 3.4. */
export const matrixVectorHls: OperatorModel<MatrixVectorNode> = {
  cycles,
  divides,
  resources: (node): NodeResources => ({
    lut: lut(node),
    dsp:
      node.resType === 'dsp'
        ? node.pe * node.simd * Math.ceil((node.weightType.bits + node.inputType.bits) / 48)
        : 0,
    ...memory(node),
  }),
};

/** MVAU_rtl: finn.md section 3.5. LUT is always 0 and DSP knows no bit width: FINN's figures, kept as they are. */
export const matrixVectorRtl: OperatorModel<MatrixVectorNode> = {
  cycles,
  divides,
  resources: (node, block: DspBlock): NodeResources => ({
    lut: 0,
    dsp: block === 'DSP58' ? node.pe * Math.ceil(node.simd / 3) : Math.ceil(node.pe / 4) * node.simd,
    ...memory(node),
  }),
};

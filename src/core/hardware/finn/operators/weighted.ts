import type { DataType } from '../datatypes.ts';

/**
 * Bits of an accumulator that sums `depth` products, by the types alone (FINN-R; finn.md section 3.3):
 * ceil(alpha + log2(1 + 2^-alpha) + 1), alpha = log2(depth) + W + A - 1 - [input signed].
 */
export function accumulatorBits(depth: number, weight: DataType, input: DataType): number {
  const alpha = Math.log2(depth) + weight.bits + input.bits - 1 - (input.signed ? 1 : 0);
  return Math.ceil(alpha + Math.log2(1 + 2 ** -alpha) + 1);
}

/** LUTs of the multipliers of one PE: FINN-R, finn.md section 3.3. */
export function multiplierLuts(simd: number, weightBits: number, inputBits: number): number {
  const bits = weightBits + inputBits;
  return simd * (2 * Math.ceil(bits / 6) - 1) * bits;
}

/** LUTs of the adder tree of one PE. */
export const adderTreeLuts = (simd: number, weightBits: number, inputBits: number): number =>
  (weightBits + inputBits) * (2 * simd - 1);

/** The fixed and the proportional part of the FINN-R LUT model. */
export const BASE_LUTS = 300;
export const LUT_FACTOR = 1.1;

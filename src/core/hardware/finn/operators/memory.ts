const ceilDivide = (a: number, b: number) => Math.ceil(a / b);

/** RAMB18 blocks of a memory, as MVAU and FIFO count them: R18 of finn.md section 2. */
export function bram18Blocks(depth: number, width: number): number {
  if (width === 1) return ceilDivide(depth, 16384);
  if (width === 2) return ceilDivide(depth, 8192);
  if (width <= 4) return ceilDivide(depth, 4096) * ceilDivide(width, 4);
  if (width <= 9) return ceilDivide(depth, 2048) * ceilDivide(width, 9);
  if (width <= 18 || depth > 512) return ceilDivide(depth, 1024) * ceilDivide(width, 18);
  return ceilDivide(depth, 512) * ceilDivide(width, 36);
}

/** The same without the parity bits, as VVAU counts them: R18v of finn.md section 2. */
export function bram18BlocksWithoutParity(depth: number, width: number): number {
  if (width === 1) return ceilDivide(depth, 16384);
  if (width === 2) return ceilDivide(depth, 8192);
  if (width <= 4) return ceilDivide(depth, 4096) * ceilDivide(width, 4);
  if (width <= 8) return ceilDivide(depth, 2048) * ceilDivide(width, 8);
  if (width <= 16 || depth > 512) return ceilDivide(depth, 1024) * ceilDivide(width, 16);
  return ceilDivide(depth, 512) * ceilDivide(width, 32);
}

/** URAM288 blocks: 72 bits by 4096 words. */
export const uramBlocks = (depth: number, width: number): number =>
  ceilDivide(width, 72) * ceilDivide(depth, 4096);

/** Bits of one RAMB18 and of one URAM288. */
export const BRAM18_BITS = 18 * 1024;
export const URAM_BITS = 72 * 4096;

/** Width of one RAMB18 at a depth, in bits: u(D) of finn.md section 5.1. */
export function bram18Width(depth: number): number {
  if (depth <= 512) return 36;
  if (depth <= 1024) return 18;
  if (depth <= 2048) return 9;
  if (depth <= 4096) return 4;
  return depth <= 8192 ? 2 : 1;
}

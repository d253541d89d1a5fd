import { divisorsOf } from '../folding.ts';

/**
 * Share of columns that fine pruning of a degree takes away, 0..1: source 003, equation 5.7, S = 1 - 1 / 2^i.
 * The ladder follows from the constraints for power-of-two widths only: CH 48, N 24, M 16 is legal too (C3-15).
 */
export const ladderSparsity = (degree: number): number => 1 - 1 / 2 ** degree;

/** The smallest block that can lose that share: source 003, equation 5.8, N >= 2^i. */
export const smallestBlock = (degree: number): number => 2 ** degree;

/** Inputs of a convolution that the constraints of section 5.4.1 ask for. */
export interface FineInputs {
  /** SIMD of the sliding window: columns that arrive together. */
  readonly n: number;
  /** SIMD of the matrix unit: columns of them that stay. */
  readonly m: number;
  /** Input channels. */
  readonly channels: number;
  /** Matrix width before pruning. */
  readonly mw: number;
}

const LARGEST_INPUT_FOLD = 1024;

const isCount = (value: number) => Number.isInteger(value) && value >= 1;

/**
 * The constraints of source 003, section 5.4.1 that a pair of SIMD values breaks, each in words; none where fine
 * pruning is legal. The printed lower limit N > CH_IN / 1024 is meant as MW / 1024 (C3-02).
 */
export function brokenFineConstraints({ n, m, channels, mw }: FineInputs): readonly string[] {
  if (!isCount(n) || !isCount(m)) return [`keeping ${m} of ${n} columns needs whole numbers above 0`];
  const limit = mw / LARGEST_INPUT_FOLD;
  return [
    m < n ? '' : `${m} columns kept are not fewer than the ${n} of a block`,
    n > limit ? '' : `a block of ${n} is not above ${mw} / ${LARGEST_INPUT_FOLD}`,
    n <= channels ? '' : `a block of ${n} is wider than the ${channels} channels`,
    channels % n === 0 ? '' : `a block of ${n} does not divide the ${channels} channels`,
    channels % m === 0 ? '' : `${m} columns kept do not divide the ${channels} channels`,
  ].filter(Boolean);
}

/** The shares of columns, 0..1 ascending, that fine pruning with blocks of `n` may take from a convolution. */
export function fineSparsities(n: number, channels: number, mw: number): readonly number[] {
  return divisorsOf(channels)
    .filter((m) => brokenFineConstraints({ n, m, channels, mw }).length === 0)
    .map((m) => 1 - m / n)
    .reverse();
}

/**
 * The most multiplications a cycle that a convolution can be given: source 003, equation 5.9 for coarse pruning
 * and for no pruning, N_max PE_max; equation 5.10 for fine pruning, M_max PE_max, 0 where it is not possible.
 * N may be as large as the input channels, PE as the outputs.
 */
export function maxParallelism(
  channels: number,
  outputs: number,
  sparsity: number,
  method: 'coarse' | 'fine',
): number {
  if (method === 'coarse') return channels * outputs;
  const kept = channels * (1 - sparsity);
  const legal = brokenFineConstraints({ n: channels, m: kept, channels, mw: channels }).length === 0;
  return legal ? kept * outputs : 0;
}

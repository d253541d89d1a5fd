import { fail, ok, type Result } from '../../../result.ts';
import { divisorsOf, nearestLegal, simdLimitOf } from '../folding.ts';
import type { MatrixVectorNode, SlidingWindowNode } from '../nodes.ts';
import { brokenFineConstraints, fineSparsities } from './constraints.ts';

/** A convolution as FINN builds it: the unit that multiplies, and the sliding window that writes its columns. */
export interface ConvolutionUnit {
  readonly layerId: string;
  readonly matrix: MatrixVectorNode;
  readonly window: SlidingWindowNode;
}

export interface CutUnit {
  readonly matrix: MatrixVectorNode;
  /** Words that the sliding window writes for an output position. */
  readonly words: number;
  /** Bits of the mask that says which columns stay (source 003: ColsToPrune, SIMDColsToPrune). */
  readonly maskBits: number;
  /** What was cut away, in words: "4 of 18 blocks of 32 columns". */
  readonly cut: string;
  /** A sentence where the unit had to be folded anew; null where its SIMD still divides the columns. */
  readonly refolded: string | null;
}

/** "10.5 %" */
export const percent = (share: number): string => `${Number((share * 100).toFixed(1))} %`;

/** Halves to even: 50 % of 9 blocks are 4, 75 % are 7 (C3-14). */
export function roundHalfToEven(value: number): number {
  const below = Math.floor(value);
  if (value - below !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}

/** SIMD values that a matrix unit may have: divisors of its width that code generation takes. */
export function legalSimd(matrix: MatrixVectorNode): readonly number[] {
  return divisorsOf(matrix.mw).filter((simd) => simd >= simdLimitOf(matrix));
}

const either = (values: readonly number[]) =>
  values.length === 2 ? `${values[0]} or ${values[1]} divide it` : `${values[0]} divides it`;

/** A unit of fewer columns at the same SIMD, or at the nearest smaller legal one, and what is said of that. */
function narrowed(
  unit: ConvolutionUnit,
  mw: number,
): { readonly matrix: MatrixVectorNode; readonly refolded: string | null } {
  const { matrix, layerId } = unit;
  const cut = { ...matrix, mw };
  const legal = legalSimd(cut);
  if (legal.includes(matrix.simd)) return { matrix: cut, refolded: null };
  const simd = nearestLegal(legal, matrix.simd);
  const around = [legal.findLast((value) => value < matrix.simd), legal.find((value) => value > matrix.simd)];
  const neighbors = around.filter((value) => value !== undefined);
  const share = percent(1 - mw / matrix.mw);
  return {
    matrix: { ...cut, simd },
    refolded: `Pruning ${share} of the columns of ${layerId} to ${mw} leaves SIMD ${matrix.simd} illegal; ${either(neighbors)}, ${simd} is used.`,
  };
}

const wordsOf = ({ kernel, channels, simd }: SlidingWindowNode) => (kernel[0] * kernel[1] * channels) / simd;

/** Blocks of adjacent columns that coarse pruning can skip: kernel positions times channels / SIMD of the window. */
export const coarseBlocks = (window: SlidingWindowNode): number => wordsOf(window);

/**
 * Coarse column pruning (source 003, section 5.3.1): the sliding window does not write `prunedBlocks` of its words,
 * each SIMD adjacent channels at one kernel position, for any output. Fails where no block would stay.
 */
export function coarselyPruned(unit: ConvolutionUnit, prunedBlocks: number): Result<CutUnit> {
  const { matrix, window, layerId } = unit;
  const blocks = coarseBlocks(window);
  if (window.parallelWindow)
    return fail(
      'finn-columns',
      `${layerId} writes whole windows at once and cannot skip blocks of one; turn its parallel window off.`,
      layerId,
    );
  if (!Number.isInteger(prunedBlocks) || prunedBlocks < 0 || prunedBlocks >= blocks)
    return fail(
      'finn-columns',
      `${prunedBlocks} of the ${blocks} blocks of ${layerId} cannot be pruned; choose 0 to ${blocks - 1}.`,
      layerId,
    );
  const mw = matrix.mw - prunedBlocks * window.simd;
  return ok({
    ...narrowed(unit, mw),
    words: blocks - prunedBlocks,
    maskBits: blocks,
    cut: `${prunedBlocks} of ${blocks} blocks of ${window.simd} columns`,
  });
}

const inList = (values: readonly string[]) =>
  values.length > 1 ? `${values.slice(0, -1).join(', ')} or ${values.at(-1)}` : (values[0] ?? '');

/**
 * Fine column pruning (source 003, section 5.4.1): of the N columns in each word of the sliding window, N its SIMD,
 * `kept` stay, and are the SIMD of the matrix unit from then on. Fails where a constraint of that section is broken.
 */
export function finelyPruned(unit: ConvolutionUnit, kept: number): Result<CutUnit> {
  const { matrix, window, layerId } = unit;
  const { simd: n, channels } = window;
  if (window.parallelWindow || matrix.simd !== n)
    return fail(
      'finn-columns',
      `Fine pruning of ${layerId} needs one SIMD for its sliding window (${n}) and its matrix unit (${matrix.simd}); choose a folding for the layer.`,
      layerId,
    );
  const broken = brokenFineConstraints({ n, m: kept, channels, mw: matrix.mw });
  if (broken.length > 0) {
    const possible = fineSparsities(n, channels, matrix.mw).map(percent);
    const advice =
      possible.length === 0
        ? 'no share is possible at this SIMD'
        : `${inList(possible)} ${possible.length > 1 ? 'are' : 'is'} possible at SIMD ${n}`;
    return fail(
      'finn-columns',
      `${layerId} cannot keep ${Number(kept.toFixed(2))} of every ${n} columns: ${broken.join(', and ')}; ${advice}.`,
      layerId,
    );
  }
  return ok({
    matrix: { ...matrix, mw: (matrix.mw / n) * kept, simd: kept },
    words: wordsOf(window),
    maskBits: matrix.mw,
    cut: `${n - kept} of every ${n} columns`,
    refolded: null,
  });
}

/**
 * Columns pruned without regard to blocks, as training leaves them: the matrix becomes narrower, and its SIMD stays
 * only where it divides what is left. Neither sliding window of source 003 can skip such columns: what the result
 * costs is a lower limit. Fails where no column would stay.
 */
export function freelyPruned(unit: ConvolutionUnit, prunedColumns: number): Result<CutUnit> {
  const { matrix, window, layerId } = unit;
  if (!Number.isInteger(prunedColumns) || prunedColumns < 0 || prunedColumns >= matrix.mw)
    return fail(
      'finn-columns',
      `${prunedColumns} of the ${matrix.mw} columns of ${layerId} cannot be pruned; choose 0 to ${matrix.mw - 1}.`,
      layerId,
    );
  return ok({
    ...narrowed(unit, matrix.mw - prunedColumns),
    words: wordsOf(window),
    maskBits: matrix.mw,
    cut: `${prunedColumns} of ${matrix.mw} columns`,
  });
}

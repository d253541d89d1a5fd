import { fail, ok, type Result } from '../../../result.ts';

/**
 * The weights of a convolution as FINN's matrix: one row of `outputs` values a column of the image matrix, columns
 * in the order (ky, kx, channel). That is the order of a kernel stored as [height, width, channel, output], and of the
 * hardware's mask; the published training flattened (channel, ky, kx) instead, which prunes other columns (C3-22).
 */
export interface WeightMatrix {
  readonly values: ArrayLike<number>;
  readonly columns: number;
  readonly outputs: number;
}

/** Sum of the absolute weights of each column over all outputs: the l1 norm of source 003, equation 5.2. */
export function columnNorms({ values, columns, outputs }: WeightMatrix): Float64Array {
  const norms = new Float64Array(columns);
  for (let column = 0; column < columns; column++) {
    let sum = 0;
    for (let output = 0; output < outputs; output++) sum += Math.abs(values[column * outputs + output] ?? 0);
    norms[column] = sum;
  }
  return norms;
}

/** Indices by score, lowest first; of equals the first. */
const lowestFirst = (scores: ArrayLike<number>): number[] =>
  Array.from(scores, (_, i) => i).sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0) || a - b);

function checkBlocks(columns: number, width: number): Result<number> {
  const blocks = columns / width;
  return Number.isInteger(blocks) && blocks >= 1 && Number.isInteger(width)
    ? ok(blocks)
    : fail(
        'finn-columns',
        `Blocks of ${width} do not divide ${columns} columns; choose a SIMD that does.`,
        'width',
      );
}

const checkCount = (count: number, of: number, what: string): Result<null> =>
  Number.isInteger(count) && count >= 0 && count < of
    ? ok(null)
    : fail('finn-columns', `${count} of ${of} ${what} cannot be pruned; choose 0 to ${of - 1}.`, 'pruned');

function coarseFrom(order: readonly number[], width: number, pruned: number): Uint8Array {
  const kept = new Uint8Array(order.length * width).fill(1);
  for (const block of order.slice(0, pruned)) kept.fill(0, block * width, (block + 1) * width);
  return kept;
}

/**
 * Coarse pruning by l1 norm (source 003, section 5.3.4): the `pruned` blocks of `width` adjacent columns with the
 * smallest sums fall. Returns 1 for every column that stays. Fails where blocks do not divide the columns, or none stays.
 */
export function coarseMask(norms: ArrayLike<number>, width: number, pruned: number): Result<Uint8Array> {
  const blocks = checkBlocks(norms.length, width);
  if (!blocks.ok) return blocks;
  const counted = checkCount(pruned, blocks.value, 'blocks');
  if (!counted.ok) return counted;
  const sums = new Float64Array(blocks.value);
  for (let i = 0; i < norms.length; i++) {
    const block = Math.floor(i / width);
    sums[block] = (sums[block] ?? 0) + (norms[i] ?? 0);
  }
  return ok(coarseFrom(lowestFirst(sums), width, pruned));
}

/**
 * A coarse mask of random blocks with the exact number pruned, as for tests on hardware without training (source 003,
 * section 5.3.2). `random` gives numbers 0..1, 1 excluded; the same numbers give the same mask.
 */
export function randomCoarseMask(
  columns: number,
  width: number,
  pruned: number,
  random: () => number,
): Result<Uint8Array> {
  const blocks = checkBlocks(columns, width);
  if (!blocks.ok) return blocks;
  const counted = checkCount(pruned, blocks.value, 'blocks');
  if (!counted.ok) return counted;
  const scores = Array.from({ length: blocks.value }, () => random());
  return ok(coarseFrom(lowestFirst(scores), width, pruned));
}

/**
 * Fine pruning by l1 norm (source 003, section 5.4.1): in every block of `width` columns the `kept` with the largest
 * sums stay. Returns 1 for every column that stays. Whether FINN can build it: `brokenFineConstraints`.
 */
export function fineMask(norms: ArrayLike<number>, width: number, kept: number): Result<Uint8Array> {
  const blocks = checkBlocks(norms.length, width);
  if (!blocks.ok) return blocks;
  const counted = checkCount(width - kept, width, 'columns of a block');
  if (!counted.ok) return counted;
  const mask = new Uint8Array(norms.length).fill(1);
  const all = Array.from(norms);
  for (let from = 0; from < all.length; from += width)
    for (const i of lowestFirst(all.slice(from, from + width)).slice(0, width - kept)) mask[from + i] = 0;
  return ok(mask);
}

/** What the hardware stores: the matrix without its pruned columns (source 003, section 2.1). */
export function withoutColumns({ values, columns, outputs }: WeightMatrix, mask: Uint8Array): WeightMatrix {
  const kept: number[] = [];
  for (let column = 0; column < columns; column++)
    if (mask[column] === 1)
      for (let output = 0; output < outputs; output++) kept.push(values[column * outputs + output] ?? 0);
  return { values: Float64Array.from(kept), columns: kept.length / outputs, outputs };
}

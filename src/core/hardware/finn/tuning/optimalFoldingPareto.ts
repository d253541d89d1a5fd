import type { Resources } from '../../report.ts';

interface Comparable extends Resources {
  readonly cycles: number;
  readonly parallelism: number;
}

const keysOf = (one: Comparable): readonly number[] => [
  one.cycles,
  one.lut,
  one.bram18,
  one.uram,
  one.dsp,
  one.parallelism,
];

const sumOf = (numbers: readonly number[]): number => {
  let sum = 0;
  for (const n of numbers) sum += n;
  return sum;
};

function covers(better: readonly number[], worse: readonly number[]): boolean {
  for (let d = 0; d < worse.length; d++) if ((better[d] ?? 0) > (worse[d] ?? 0)) return false;
  return true;
}

/**
 * Indices of the rows that no other row is at least as small as in every number; of equal rows the first. In the order
 * of the first number. A row that covers another has no greater sum, so each is compared with those kept before.
 */
export function paretoIndices(rows: readonly (readonly number[])[]): readonly number[] {
  const sums = rows.map(sumOf);
  const order = rows.map((_, i) => i).sort((a, b) => (sums[a] ?? 0) - (sums[b] ?? 0) || a - b);
  const kept: number[] = [];
  for (const i of order) {
    const row = rows[i] ?? [];
    let covered = false;
    for (let k = 0; k < kept.length && !covered; k++) covered = covers(rows[kept[k] ?? i] ?? row, row);
    if (!covered) kept.push(i);
  }
  return kept.sort((a, b) => (rows[a]?.[0] ?? 0) - (rows[b]?.[0] ?? 0) || a - b);
}

/** Options that no other is at least as good as in cycles, every resource and parallelism; fastest first. */
export function paretoOptions<O extends Comparable>(options: readonly O[]): readonly O[] {
  return paretoIndices(options.map(keysOf)).map((i) => options[i] as O);
}

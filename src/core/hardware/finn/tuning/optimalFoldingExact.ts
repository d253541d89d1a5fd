import { type FoldingProblem, FULL } from './optimalFoldingProblem.ts';

/** Options left of one unit, as rows of loads. */
interface Level {
  readonly unit: number;
  readonly table: number;
  /** Indices of its table, the most promising first. */
  readonly options: readonly number[];
}

export interface ExactOutcome {
  /** `unknown`: the allowance ran out. */
  readonly status: 'fits' | 'refuted' | 'unknown';
  /** By unit, where it fits. */
  readonly picks: Int32Array | null;
  /** Nodes of the search tree that were visited. */
  readonly visited: number;
}

const weighted = (loads: Float64Array, at: number, weights: Float64Array): number => {
  let sum = 0;
  for (let d = 0; d < weights.length; d++) sum += (weights[d] ?? 0) * (loads[at + d] ?? 0);
  return sum;
};

/** Weighings used as bounds: every budget alone, and the relaxation's. */
function bounding(width: number, weights: Float64Array): readonly Float64Array[] {
  const alone = Array.from({ length: width }, (_, d) => {
    const one = new Float64Array(width);
    one[d] = 1;
    return one;
  });
  return [weights, ...alone];
}

/** Strikes options that exceed the whole together with the cheapest of all others; null where a table runs empty. */
function strike(
  { tables, budgets }: FoldingProblem,
  counts: Int32Array,
  weighings: readonly Float64Array[],
): number[][] | null {
  const width = budgets.length;
  let left = tables.map((_, t) => Array.from({ length: counts[t] ?? 0 }, (_none, i) => i));
  for (let changed = true; changed; ) {
    changed = false;
    for (const weights of weighings) {
      const costOf = (t: number, i: number) =>
        weighted(tables[t]?.loads ?? new Float64Array(), i * width, weights);
      const least = left.map((options, t) => options.reduce((low, i) => Math.min(low, costOf(t, i)), 1e9));
      const total = least.reduce((sum, own, t) => sum + own * (tables[t]?.unitCount ?? 0), 0);
      const next = left.map((options, t) =>
        options.filter((i) => total - (least[t] ?? 0) + costOf(t, i) <= FULL),
      );
      if (next.some((options) => options.length === 0)) return null;
      changed ||= next.some((options, t) => options.length < (left[t]?.length ?? 0));
      left = next;
    }
  }
  return left;
}

/** Nodes visited between two yields: about a millisecond. */
const SLICE = 8192;

/**
 * Whether one option a unit keeps every budget, exactly: depth first, each branch bounded by several weighings of the
 * budgets. Units built alike take their options in order, as swapping them changes nothing.
 */
export function* searchExactly(
  problem: FoldingProblem,
  counts: Int32Array,
  weights: Float64Array,
  allowance: number,
): Generator<void, ExactOutcome> {
  const { tables, budgets, tableOf } = problem;
  const width = budgets.length;
  const weighings = bounding(width, weights);
  const left = strike(problem, counts, weighings);
  if (left === null) return { status: 'refuted', picks: null, visited: 0 };
  const loadsOf = (table: number) => tables[table]?.loads ?? new Float64Array();
  const cost = (table: number, i: number, by: Float64Array) => weighted(loadsOf(table), i * width, by);
  const sorted = left.map((options, t) =>
    [...options].sort((a, b) => cost(t, a, weights) - cost(t, b, weights)),
  );
  const spread = (t: number) => sorted[t]?.length ?? 0;
  const levels: Level[] = tableOf
    .map((table, unit) => ({ unit, table, options: sorted[table] ?? [] }))
    .sort((a, b) => spread(b.table) - spread(a.table) || a.table - b.table || a.unit - b.unit);
  // What the levels from one on take at least, under each weighing.
  const rest = weighings.map((by) => {
    const sums = new Float64Array(levels.length + 1);
    for (let l = levels.length - 1; l >= 0; l--) {
      const { table, options } = levels[l] as Level;
      sums[l] = (sums[l + 1] ?? 0) + options.reduce((low, i) => Math.min(low, cost(table, i, by)), 1e9);
    }
    return sums;
  });
  const used = Array.from({ length: levels.length + 1 }, () => new Float64Array(width));
  const position = new Int32Array(levels.length).fill(-1);
  let visited = 0;
  let depth = 0;
  while (depth >= 0) {
    if (depth === levels.length) {
      const picks = new Int32Array(tableOf.length);
      for (const [l, { unit, options }] of levels.entries()) picks[unit] = options[position[l] ?? 0] ?? 0;
      return { status: 'fits', picks, visited };
    }
    const level = levels[depth] as Level;
    const next = (position[depth] ?? 0) + 1;
    if (next >= level.options.length) {
      depth--;
      continue;
    }
    position[depth] = next;
    if (++visited > allowance) return { status: 'unknown', picks: null, visited };
    if (visited % SLICE === 0) yield;
    const own = loadsOf(level.table);
    const at = (level.options[next] ?? 0) * width;
    const before = used[depth] ?? own;
    const after = used[depth + 1] ?? own;
    for (let d = 0; d < width; d++) after[d] = (before[d] ?? 0) + (own[at + d] ?? 0);
    let bound = -1;
    for (let w = 0; w < weighings.length && bound < 0; w++)
      if (weighted(after, 0, weighings[w] ?? after) + (rest[w]?.[depth + 1] ?? 0) > FULL) bound = w;
    // Options come in the order of the first weighing: what it refuses, it refuses of all that follow.
    if (bound === 0) position[depth] = level.options.length;
    if (bound >= 0) continue;
    depth++;
    const alike = levels[depth]?.table === level.table;
    if (depth < levels.length) position[depth] = alike ? next - 1 : -1;
  }
  return { status: 'refuted', picks: null, visited };
}

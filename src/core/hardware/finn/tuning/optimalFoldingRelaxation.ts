import { type FoldingProblem, FULL } from './optimalFoldingProblem.ts';

/** What weighing the budgets against each other tells about one number of cycles. */
export interface Relaxation {
  /**
   * `fits`: `picks` keep every budget. `refuted`: under `weights` even the cheapest options take more than everything,
   * so nothing fits. `open`: fractions of options would fit.
   */
  readonly status: 'fits' | 'refuted' | 'open';
  /** By budget, sum 1. */
  readonly weights: Float64Array;
  /** What the cheapest options take under the weights, 1 = everything there is: a lower bound. */
  readonly least: number;
  /** Option of each table, of the last selection. */
  readonly picks: Int32Array;
  /** Every selection met on the way. */
  readonly selections: readonly Int32Array[];
}

/** The cheapest option of each table under weights, among the first `counts` ones; their loads go to `loads`. */
export function cheapest(
  { tables, budgets }: FoldingProblem,
  counts: Int32Array,
  weights: Float64Array,
  loads: Float64Array,
): Int32Array {
  const width = budgets.length;
  const picks = new Int32Array(tables.length);
  loads.fill(0);
  for (let t = 0; t < tables.length; t++) {
    const table = tables[t];
    if (!table) continue;
    const own = table.loads;
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    const end = (counts[t] ?? 0) * width;
    for (let at = 0; at < end; at += width) {
      let cost = 0;
      for (let d = 0; d < width; d++) cost += (weights[d] ?? 0) * (own[at + d] ?? 0);
      if (cost < least) {
        least = cost;
        best = at;
      }
    }
    picks[t] = best / width;
    for (let d = 0; d < width; d++) loads[d] = (loads[d] ?? 0) + table.unitCount * (own[best + d] ?? 0);
  }
  return picks;
}

const MOST_PIVOTS = 80;
const ZERO = 1e-10;

/**
 * Linear relaxation of "one option a unit, no budget exceeded" by column generation (Dantzig and Wolfe 1960): a
 * column is a selection, the master mixes selections so that the fullest budget is least full, its duals are the
 * weights under which the next selection is the cheapest. Every weighing is a proof by itself: if the cheapest
 * selection takes more than the whole, nothing fits (Lagrangian, or surrogate, bound).
 */
export function relax(problem: FoldingProblem, counts: Int32Array): Relaxation {
  const width = problem.budgets.length;
  // Master as a matrix game: maximize sum x, loads . x <= 1. The basis starts with the slacks.
  const inverse = Array.from({ length: width }, (_, i) => {
    const row = new Float64Array(width);
    row[i] = 1;
    return row;
  });
  const values = new Float64Array(width).fill(1);
  const costs = new Float64Array(width);
  let weights = new Float64Array(width).fill(1 / Math.max(1, width));
  let scale = 0;
  const loads = new Float64Array(width);
  const selections: Int32Array[] = [];
  for (let pivot = 0; ; pivot++) {
    const picks = cheapest(problem, counts, weights, loads);
    selections.push(picks);
    const least = loads.reduce((sum, load, d) => sum + load * (weights[d] ?? 0), 0);
    const done = (status: Relaxation['status']): Relaxation => ({
      status,
      weights,
      least,
      picks,
      selections,
    });
    if (loads.every((load) => load <= FULL)) return done('fits');
    if (least > FULL) return done('refuted');
    if (scale * least >= 1 - 1e-9 || pivot >= MOST_PIVOTS) return done('open');
    const entering = inverse.map((row) => row.reduce((sum, one, d) => sum + one * (loads[d] ?? 0), 0));
    let leaving = -1;
    let ratio = Number.POSITIVE_INFINITY;
    for (let i = 0; i < width; i++) {
      const own = entering[i] ?? 0;
      if (own > ZERO && (values[i] ?? 0) / own < ratio) {
        ratio = (values[i] ?? 0) / own;
        leaving = i;
      }
    }
    const pivotRow = inverse[leaving];
    if (!pivotRow) return done('open');
    const by = entering[leaving] ?? 1;
    for (let d = 0; d < width; d++) pivotRow[d] = (pivotRow[d] ?? 0) / by;
    for (let i = 0; i < width; i++) {
      const row = inverse[i];
      if (!row || i === leaving) continue;
      const factor = entering[i] ?? 0;
      for (let d = 0; d < width; d++) row[d] = (row[d] ?? 0) - factor * (pivotRow[d] ?? 0);
      values[i] = Math.max(0, (values[i] ?? 0) - factor * ratio);
    }
    values[leaving] = ratio;
    costs[leaving] = 1;
    const duals = new Float64Array(width);
    scale = 0;
    for (let d = 0; d < width; d++) {
      let dual = 0;
      for (let i = 0; i < width; i++) dual += (costs[i] ?? 0) * (inverse[i]?.[d] ?? 0);
      duals[d] = Math.max(0, dual);
      scale += duals[d] ?? 0;
    }
    if (scale <= ZERO) return done('open');
    weights = duals.map((dual) => dual / scale);
  }
}

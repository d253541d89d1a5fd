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

const MOST_PIVOTS = 200;
const ZERO = 1e-10;

/**
 * The master of the relaxation: mixes selections so that the fullest budget is least full. Revised simplex on
 * "maximize sum x, loads . x <= 1"; one row a budget, so the inverse of the basis is all there is to keep.
 */
class Master {
  readonly #inverse: readonly Float64Array[];
  readonly #values: Float64Array;
  readonly #costs: Float64Array;

  /** The basis starts with the slacks. */
  constructor(width: number) {
    this.#inverse = Array.from({ length: width }, (_, i) => {
      const row = new Float64Array(width);
      row[i] = 1;
      return row;
    });
    this.#values = new Float64Array(width).fill(1);
    this.#costs = new Float64Array(width);
  }

  duals(): Float64Array {
    return this.#costs.map((_, d) =>
      this.#inverse.reduce((sum, row, i) => sum + (this.#costs[i] ?? 0) * (row[d] ?? 0), 0),
    );
  }

  /** Brings a column into the basis; false where nothing would have to leave. */
  enter(column: Float64Array, cost: number): boolean {
    const entering = this.#inverse.map((row) => row.reduce((sum, one, d) => sum + one * (column[d] ?? 0), 0));
    let leaving = -1;
    let ratio = Number.POSITIVE_INFINITY;
    for (const [i, own] of entering.entries()) {
      if (own <= ZERO || (this.#values[i] ?? 0) / own >= ratio) continue;
      ratio = (this.#values[i] ?? 0) / own;
      leaving = i;
    }
    const pivot = this.#inverse[leaving];
    if (!pivot) return false;
    const by = entering[leaving] ?? 1;
    for (let d = 0; d < pivot.length; d++) pivot[d] = (pivot[d] ?? 0) / by;
    for (const [i, row] of this.#inverse.entries()) {
      if (row === pivot) continue;
      const factor = entering[i] ?? 0;
      for (let d = 0; d < row.length; d++) row[d] = (row[d] ?? 0) - factor * (pivot[d] ?? 0);
      this.#values[i] = Math.max(0, (this.#values[i] ?? 0) - factor * ratio);
    }
    this.#values[leaving] = ratio;
    this.#costs[leaving] = cost;
    return true;
  }
}

/**
 * Linear relaxation of "one option a unit, no budget exceeded" by column generation (Dantzig and Wolfe 1960): a
 * column is a selection, the duals of the master are the weights under which the next selection is the cheapest.
 * Every weighing is a proof by itself: if the cheapest selection takes more than the whole, nothing fits
 * (Lagrangian, or surrogate, bound).
 */
export function relax(problem: FoldingProblem, counts: Int32Array): Relaxation {
  const width = problem.budgets.length;
  const master = new Master(width);
  let weights = new Float64Array(width).fill(1 / Math.max(1, width));
  let scale = 0;
  const loads = new Float64Array(width);
  const selections: Int32Array[] = [];
  for (let pivot = 0; ; pivot++) {
    const picks = cheapest(problem, counts, weights, loads);
    selections.push(picks);
    let least = 0;
    for (let d = 0; d < width; d++) least += (loads[d] ?? 0) * (weights[d] ?? 0);
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
    if (!master.enter(loads, 1)) return done('open');
    let duals = master.duals();
    for (let slack = 0; slack < MOST_PIVOTS; slack++) {
      // A negative dual: the budget has room after all, so its slack comes back.
      const d = duals.findIndex((dual) => dual < -ZERO);
      if (d < 0) break;
      const column = new Float64Array(width);
      column[d] = 1;
      if (!master.enter(column, 0)) break;
      duals = master.duals();
    }
    scale = 0;
    for (let d = 0; d < width; d++) {
      duals[d] = Math.max(0, duals[d] ?? 0);
      scale += duals[d] ?? 0;
    }
    if (scale <= ZERO) return done('open');
    const sum = scale;
    weights = duals.map((dual) => dual / sum);
  }
}

import { type FoldingProblem, FULL } from './optimalFoldingProblem.ts';

/** Sum of the loads of one option a unit, by budget. */
export function loadsOf({ tables, tableOf, budgets }: FoldingProblem, picks: Int32Array): Float64Array {
  const width = budgets.length;
  const loads = new Float64Array(width);
  for (let unit = 0; unit < tableOf.length; unit++) {
    const own = tables[tableOf[unit] ?? 0]?.loads;
    const at = (picks[unit] ?? 0) * width;
    for (let d = 0; d < width; d++) loads[d] = (loads[d] ?? 0) + (own?.[at + d] ?? 0);
  }
  return loads;
}

/** Spare room is worth this much beside an overload. */
const SPARE = 1e-4;

/**
 * Swaps one unit's option at a time for the one that lowers `cost` of all loads most, until none does. The budgets
 * are full at 1.
 */
function descend(
  problem: FoldingProblem,
  counts: Int32Array,
  start: Int32Array,
  cost: (load: number) => number,
): Int32Array {
  const { tables, tableOf, budgets } = problem;
  const width = budgets.length;
  const picks = Int32Array.from(start);
  const loads = loadsOf(problem, picks);
  let current = loads.reduce((sum, load) => sum + cost(load), 0);
  for (;;) {
    let [bestUnit, bestOption, best] = [-1, 0, current - 1e-12];
    for (let unit = 0; unit < tableOf.length; unit++) {
      const t = tableOf[unit] ?? 0;
      const own = tables[t]?.loads;
      if (!own) continue;
      const from = (picks[unit] ?? 0) * width;
      for (let option = 0; option < (counts[t] ?? 0); option++) {
        const at = option * width;
        let sum = 0;
        for (let d = 0; d < width; d++)
          sum += cost((loads[d] ?? 0) - (own[from + d] ?? 0) + (own[at + d] ?? 0));
        if (sum < best) [bestUnit, bestOption, best] = [unit, option, sum];
      }
    }
    if (bestUnit < 0) return picks;
    picks[bestUnit] = bestOption;
    loads.set(loadsOf(problem, picks));
    current = best;
  }
}

/** A selection near `start` that keeps every budget; null where swapping one unit at a time finds none. */
export function repair(problem: FoldingProblem, counts: Int32Array, start: Int32Array): Int32Array | null {
  const over = (load: number) => (load > FULL ? load - 1 : 0) + SPARE * load;
  const picks = descend(problem, counts, start, over);
  return loadsOf(problem, picks).every((load) => load <= FULL) ? picks : null;
}

/** A selection that fits, made smaller as long as it still fits: the sum of all shares of the budgets falls. */
export function shrink(problem: FoldingProblem, counts: Int32Array, fitting: Int32Array): Int32Array {
  return descend(problem, counts, fitting, (load) => (load > FULL ? 1e9 : load));
}

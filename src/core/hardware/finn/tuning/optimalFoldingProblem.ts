import type { Resources } from '../../report.ts';
import type { FoldingOption, FoldingUnit } from './optimalFoldingOptions.ts';
import { paretoIndices } from './optimalFoldingPareto.ts';

/** One limit that all units together must keep. */
export interface Budget {
  /** As shown: LUT, BRAM18 ... */
  readonly label: string;
  /** The most that may be used, in the unit of `amount`. */
  readonly limit: number;
  amount(use: Resources): number;
}

/** The options of units built alike that can matter under the budgets, fastest first. */
export interface Table {
  /** Index of each in the unit's own options. */
  readonly source: readonly number[];
  readonly cycles: Float64Array;
  /** Share of each budget that an option takes: option i, budget d at i * budgets + d. */
  readonly loads: Float64Array;
  /** How many units have these options. */
  readonly unitCount: number;
}

/** Options of all units as plain numbers. */
export interface FoldingProblem {
  /** Budgets that could be exceeded at all. */
  readonly budgets: readonly Budget[];
  readonly tables: readonly Table[];
  /** The table of each unit. */
  readonly tableOf: readonly number[];
  /** Cycles that the slowest unit can have, ascending; the first is what the slowest one takes at its fastest. */
  readonly candidates: readonly number[];
}

/** Loads are added up, so a full budget may be a rounding error above 1. One LUT of a million is 1e-6. */
export const FULL = 1 + 1e-9;

/** Stands in for a budget of nothing: whatever takes any of it is far above. */
const NOTHING = 1e-6;

const loadOf = ({ limit, amount }: Budget, use: Resources): number => amount(use) / Math.max(limit, NOTHING);

function tableOf(options: readonly FoldingOption[], budgets: readonly Budget[], unitCount: number): Table {
  const rows = options.map((option) => [option.cycles, ...budgets.map((budget) => loadOf(budget, option))]);
  const possible = rows.map((row) => row.every((load, i) => i === 0 || load <= FULL));
  const some = possible.includes(true);
  const source = paretoIndices(rows).filter((i) => !some || possible[i]);
  const loads = new Float64Array(source.length * budgets.length);
  for (const [at, i] of source.entries())
    for (let d = 0; d < budgets.length; d++) loads[at * budgets.length + d] = rows[i]?.[d + 1] ?? 0;
  return { source, cycles: Float64Array.from(source, (i) => options[i]?.cycles ?? 0), loads, unitCount };
}

/** Whether all units at their most could exceed a budget. */
function canBind(budget: Budget, counts: ReadonlyMap<readonly FoldingOption[], number>): boolean {
  let most = 0;
  for (const [options, unitCount] of counts) {
    let own = 0;
    for (const option of options) own = Math.max(own, loadOf(budget, option));
    most += own * unitCount;
  }
  return most > FULL;
}

/** Prepares units for a search under some budgets. */
export function foldingProblem(units: readonly FoldingUnit[], allBudgets: readonly Budget[]): FoldingProblem {
  const counts = new Map<readonly FoldingOption[], number>();
  for (const { options } of units) counts.set(options, (counts.get(options) ?? 0) + 1);
  const budgets = allBudgets.filter((budget) => canBind(budget, counts));
  const order = [...counts.keys()];
  const tables = order.map((options) => tableOf(options, budgets, counts.get(options) ?? 0));
  const position = new Map(order.map((options, i) => [options, i]));
  const fewest = tables.reduce((most, { cycles }) => Math.max(most, cycles[0] ?? 0), 0);
  const distinct = new Set([fewest]);
  for (const { cycles } of tables) for (const own of cycles) if (own > fewest) distinct.add(own);
  return {
    budgets,
    tables,
    tableOf: units.map(({ options }) => position.get(options) ?? 0),
    candidates: [...distinct].sort((a, b) => a - b),
  };
}

/** How many options of each table need at most `cycles`. */
export function prefixes({ tables }: FoldingProblem, cycles: number): Int32Array {
  return Int32Array.from(tables, (table) => {
    let [low, high] = [0, table.cycles.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((table.cycles[middle] ?? 0) <= cycles) low = middle + 1;
      else high = middle;
    }
    return low;
  });
}

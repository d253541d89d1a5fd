import { searchExactly } from './optimalFoldingExact.ts';
import type { FoldingUnit } from './optimalFoldingOptions.ts';
import { type Budget, type FoldingProblem, foldingProblem, prefixes } from './optimalFoldingProblem.ts';
import { type Relaxation, relax } from './optimalFoldingRelaxation.ts';
import { repair, shrink } from './optimalFoldingRepair.ts';

/** Why fewer cycles are impossible: this much is needed of one budget even if all others are used up. */
export interface Proof {
  readonly cycles: number;
  readonly label: string;
  readonly atLeast: number;
  readonly limit: number;
}

export interface FoldingSearch {
  /** Index of the option of each unit; null where nothing was found. */
  readonly picks: readonly number[] | null;
  /** Of the slowest unit. */
  readonly cycles: number;
  /** No folding that fits needs fewer: `cycles` where the search is exact. */
  readonly lowerBoundCycles: number;
  /** Of the next fewer cycles; null where units cannot be faster at all, or every mix was tried. */
  readonly proof: Proof | null;
  /** What the units take at their fastest, whatever the budgets. */
  readonly fewestCycles: number;
}

/** Nodes of the exact search, over all numbers of cycles tried: half a second or so. */
const ALLOWANCE = 5_000_000;
/** And for one of them. */
const ALLOWANCE_EACH = 1_000_000;

/** Turns a weighing that refutes into a sentence's numbers: what is left for the others at most is all of them. */
function proofOf({ budgets }: FoldingProblem, cycles: number, { weights, least }: Relaxation): Proof | null {
  const heaviest = weights.indexOf(Math.max(...weights));
  const budget = budgets[heaviest];
  if (!budget) return null;
  const share = 1 + (least - 1) / (weights[heaviest] ?? 1);
  return { cycles, label: budget.label, atLeast: share * budget.limit, limit: budget.limit };
}

const expand = ({ tableOf }: FoldingProblem, picks: Int32Array) =>
  Int32Array.from(tableOf, (table) => picks[table] ?? 0);

const slowest = ({ tables, tableOf }: FoldingProblem, picks: Int32Array): number => {
  let most = 0;
  for (const [unit, table] of tableOf.entries())
    most = Math.max(most, tables[table]?.cycles[picks[unit] ?? 0] ?? 0);
  return most;
};

/** First selection that fits out of the relaxation's. */
function rounded(problem: FoldingProblem, counts: Int32Array, { status, picks, selections }: Relaxation) {
  if (status === 'fits') return expand(problem, picks);
  for (const selection of selections.slice(-1 - problem.budgets.length)) {
    const found = repair(problem, counts, expand(problem, selection));
    if (found) return found;
  }
  return null;
}

/**
 * The fewest cycles a frame under all budgets at once. Only the slowest unit counts, so for each number of cycles
 * that any unit can have the question is whether one option a unit, each fast enough, keeps the budgets. Bisection
 * with the linear relaxation finds the least number that it cannot refute: a lower bound. From there on rounding,
 * and where that fails an exact search, answer the question number by number. Yields after each.
 */
export function* searchFolding(
  units: readonly FoldingUnit[],
  budgets: readonly Budget[],
): Generator<void, FoldingSearch> {
  const problem = foldingProblem(units, budgets);
  const { candidates } = problem;
  const last = candidates.length - 1;
  const cyclesAt = (index: number) => candidates[index] ?? 0;
  let proof: Proof | null = null;
  let found: Int32Array | null = null;
  let [low, high] = [0, last];
  // The slowest first: what is refuted there fits at no folding.
  for (let middle = last; low <= high; middle = (low + high) >> 1) {
    const counts = prefixes(problem, cyclesAt(middle));
    const relaxation = relax(problem, counts);
    if (relaxation.status === 'refuted') {
      proof = proofOf(problem, cyclesAt(middle), relaxation);
      low = middle + 1;
    } else {
      if (relaxation.status === 'fits') found = expand(problem, relaxation.picks);
      high = middle - 1;
    }
    yield;
  }
  let bound = low;
  let exact = true;
  let allowance = ALLOWANCE;
  for (let at = low; at <= last; at++) {
    const counts = prefixes(problem, cyclesAt(at));
    if (found && slowest(problem, found) <= cyclesAt(at)) break;
    const relaxation = relax(problem, counts);
    const near = rounded(problem, counts, relaxation);
    if (near) {
      found = near;
      break;
    }
    const each = Math.min(allowance, ALLOWANCE_EACH);
    const outcome = yield* searchExactly(problem, counts, relaxation.weights, each);
    allowance -= outcome.visited;
    if (outcome.picks) {
      found = outcome.picks;
      break;
    }
    if (outcome.status === 'unknown') exact = false;
    if (exact) {
      bound = at + 1;
      proof = null;
    }
    yield;
  }
  if (found) found = shrink(problem, prefixes(problem, slowest(problem, found)), found);
  const cycles = found ? slowest(problem, found) : Number.POSITIVE_INFINITY;
  return {
    picks: found && leastParallel(problem, units, found, cycles),
    cycles,
    lowerBoundCycles: bound > last ? Number.POSITIVE_INFINITY : Math.min(cycles, cyclesAt(bound)),
    proof,
    fewestCycles: fewestOf(units),
  };
}

const fewestOf = (units: readonly FoldingUnit[]): number =>
  units.reduce(
    (most, { options }) =>
      Math.max(
        most,
        options.reduce((low, one) => Math.min(low, one.cycles), Number.POSITIVE_INFINITY),
      ),
    0,
  );

/** For each unit the least parallel of its own options that is fast enough and takes no more of anything. */
function leastParallel(
  { tables, tableOf }: FoldingProblem,
  units: readonly FoldingUnit[],
  picks: Int32Array,
  cycles: number,
): readonly number[] {
  return units.map(({ options }, unit) => {
    let best = tables[tableOf[unit] ?? 0]?.source[picks[unit] ?? 0] ?? 0;
    const taken = options[best];
    if (!taken) return best;
    for (const [i, one] of options.entries()) {
      const fits =
        one.cycles <= cycles &&
        one.lut <= taken.lut &&
        one.bram18 <= taken.bram18 &&
        one.uram <= taken.uram &&
        one.dsp <= taken.dsp;
      if (fits && one.parallelism < (options[best]?.parallelism ?? 0)) best = i;
    }
    return best;
  });
}

/** What became of a budget: a build that fits, one that does not, or one in which no layer could be sped up any more. */
export type BuildOutcome = 'fits' | 'fails' | 'folded-out';

export interface BudgetTrial {
  /** Percent of the chip. */
  readonly percent: number;
  readonly outcome: BuildOutcome;
}

export interface BudgetSearchResult {
  /** The last budget that fitted, percent of the chip; null where none did. */
  readonly percent: number | null;
  readonly trials: readonly BudgetTrial[];
  readonly stopped: 'flipped' | 'floor' | 'folded-out';
}

/** Below this share of the chip nothing is tried: the printed algorithm has no lower end, its code stops here (C3-18). */
export const BUDGET_FLOOR_PERCENT = 25;

/** Steps are this share of the initial budget. */
const STEPS_OF_INITIAL = 10;

/**
 * Source 003, Algorithm 2 (BO-33): the LUT budget is moved by 10 % of the initial one, up while builds fit or down
 * while they fail, until the result flips; the last budget that fitted is the answer. It also ends where more
 * budget changes nothing, and at the floor. Counted in whole steps, so that nothing drifts.
 */
export function searchBudget(
  initialPercent: number,
  build: (percent: number) => BuildOutcome,
  floorPercent: number = BUDGET_FLOOR_PERCENT,
): BudgetSearchResult {
  const trials: BudgetTrial[] = [];
  let best: number | null = null;
  const attempt = (step: number): BuildOutcome => {
    const percent = (initialPercent * (STEPS_OF_INITIAL + step)) / STEPS_OF_INITIAL;
    const outcome = build(percent);
    trials.push({ percent, outcome });
    if (outcome !== 'fails') best = percent;
    return outcome;
  };
  const first = attempt(0);
  if (first === 'folded-out') return { percent: best, trials, stopped: 'folded-out' };
  const direction = first === 'fits' ? 1 : -1;
  for (let step = direction; ; step += direction) {
    if ((initialPercent * (STEPS_OF_INITIAL + step)) / STEPS_OF_INITIAL < floorPercent)
      return { percent: best, trials, stopped: 'floor' };
    const outcome = attempt(step);
    if (direction < 0 ? outcome !== 'fails' : outcome === 'fails')
      return { percent: best, trials, stopped: 'flipped' };
    if (outcome === 'folded-out') return { percent: best, trials, stopped: 'folded-out' };
  }
}

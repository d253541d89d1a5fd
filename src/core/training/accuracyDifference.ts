import { wilsonInterval } from '../quantity.ts';

/** Right answers among images. */
export interface Counted {
  readonly correct: number;
  readonly total: number;
}

/** Accuracy of the second less that of the first, with a 95 % interval; -1..1. */
export interface AccuracyDifference {
  readonly difference: number;
  readonly interval: readonly [number, number];
  /** The interval does not hold 0. */
  readonly isSure: boolean;
}

/**
 * The difference of two accuracies that were measured independently of each other: Wilson's intervals of both combined
 * (Newcombe, Statistics in Medicine 17, 1998, method 10). For the same images a paired comparison is sharper
 * (`pairedComparison.ts`), but needs both models' answers.
 */
export function accuracyDifference(first: Counted, second: Counted): AccuracyDifference {
  const [p, q] = [first.correct / first.total, second.correct / second.total];
  const [low1, high1] = wilsonInterval(first.correct, first.total);
  const [low2, high2] = wilsonInterval(second.correct, second.total);
  const difference = q - p;
  const low = difference - Math.hypot(q - low2, high1 - p);
  const high = difference + Math.hypot(high2 - q, p - low1);
  return { difference, interval: [low, high], isSure: low > 0 || high < 0 };
}

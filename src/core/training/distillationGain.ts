import { fail, ok, type Result } from '../result.ts';

/** Differences between two ways of training, one a seed. */
export interface PairedGain {
  readonly count: number;
  readonly mean: number;
  /** Of the mean: sample deviation / sqrt(n). */
  readonly standardError: number;
  /** 95 % interval of the mean (Student's t, n - 1 degrees of freedom). */
  readonly interval: readonly [number, number];
}

/** What Student's t exceeds with 2.5 %, for 1 to 30 degrees of freedom (NIST/SEMATECH e-Handbook, section 1.3.6.7.2). */
const T_975 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131,
  2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];

/** Mean of paired differences with its interval: two seeds at least, 31 at most. */
export function pairedGain(differences: readonly number[]): Result<PairedGain> {
  const count = differences.length;
  const t = T_975[count - 2];
  if (t === undefined)
    return fail(
      'seed-count',
      `${count} ${count === 1 ? 'seed does' : 'seeds do'} not give an interval; take from 2 to ${T_975.length + 1}.`,
    );
  const mean = differences.reduce((sum, value) => sum + value, 0) / count;
  const squares = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const standardError = Math.sqrt(squares / (count - 1) / count);
  return ok({ count, mean, standardError, interval: [mean - t * standardError, mean + t * standardError] });
}

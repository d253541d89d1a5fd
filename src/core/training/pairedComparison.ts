import { fail, ok, type Result } from '../result.ts';

/** Two models on the same images. */
export interface PairedComparison {
  readonly imageCount: number;
  readonly bothRight: number;
  readonly onlyFirst: number;
  readonly onlySecond: number;
  readonly bothWrong: number;
  /** Accuracy of the second less that of the first, with a 95 % interval; −1..1. */
  readonly difference: number;
  readonly interval: readonly [number, number];
  /** How often chance alone parts two equally good models at least this far, 0..1. */
  readonly pValue: number;
}

/**
 * Two-sided exact p-value of McNemar's test (McNemar 1947): of the images that exactly one model has right,
 * each is won by either with probability 1/2; 2 P(X <= min(b, c)) of the binomial, at most 1.
 */
export function mcNemarExact(onlyFirst: number, onlySecond: number): number {
  const n = onlyFirst + onlySecond;
  const least = Math.min(onlyFirst, onlySecond);
  if (onlyFirst === onlySecond) return 1;
  // Backwards from the greatest term, by which all are divided: none overflows, and late ones may vanish.
  let logGreatest = -n * Math.LN2;
  for (let i = 0; i < least; i++) logGreatest += Math.log((n - i) / (i + 1));
  let term = 1;
  let sum = 1;
  for (let i = least; i > 0 && term > 1e-18; i--) {
    term *= i / (n - i + 1);
    sum += term;
  }
  return Math.min(1, 2 * Math.exp(logGreatest + Math.log(sum)));
}

/**
 * Is the second model really better than the first? The interval of the difference is the adjusted Wald interval
 * for matched pairs (Agresti and Min, Statistics in Medicine 24, 2005): half a pair more in each of the four cells.
 */
export function comparePaired(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  labels: ArrayLike<number>,
): Result<PairedComparison> {
  if (first.length !== labels.length || second.length !== labels.length || labels.length === 0)
    return fail(
      'not-the-same-images',
      `${first.length} and ${second.length} predictions do not belong to the same ${labels.length} images; measure both models again.`,
    );
  const cells = [0, 0, 0, 0];
  for (let image = 0; image < labels.length; image++) {
    const cell = (first[image] === labels[image] ? 0 : 2) + (second[image] === labels[image] ? 0 : 1);
    cells[cell] = (cells[cell] as number) + 1;
  }
  const [bothRight = 0, onlyFirst = 0, onlySecond = 0, bothWrong = 0] = cells;
  const imageCount = labels.length;
  const [b, c, n] = [onlyFirst + 0.5, onlySecond + 0.5, imageCount + 2];
  const middle = (c - b) / n;
  const spread = (1.959964 * Math.sqrt(b + c - (c - b) ** 2 / n)) / n;
  return ok({
    imageCount,
    bothRight,
    onlyFirst,
    onlySecond,
    bothWrong,
    difference: (onlySecond - onlyFirst) / imageCount,
    interval: [Math.max(-1, middle - spread), Math.min(1, middle + spread)],
    pValue: mcNemarExact(onlyFirst, onlySecond),
  });
}

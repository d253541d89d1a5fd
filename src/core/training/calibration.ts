import { wilsonInterval } from '../quantity.ts';
import type { Predictions } from './metrics.ts';

/** The images whose confidence, the probability of the predicted class, lies in (low, high]. */
export interface ReliabilityBin {
  readonly low: number;
  readonly high: number;
  readonly count: number;
  readonly correct: number;
  /** Mean confidence of its images; null where it has none. */
  readonly confidence: number | null;
  /** Share of its images that are right, with its 95 % interval; null where it has none. */
  readonly accuracy: number | null;
  readonly interval: readonly [number, number] | null;
}

export interface Calibration {
  readonly bins: readonly ReliabilityBin[];
  /** Expected calibration error: mean over all images of |accuracy − confidence| of their bin, 0..1. */
  readonly expectedError: number;
  /** The greatest |accuracy − confidence| of a bin, 0..1. */
  readonly maximumError: number;
  /** Brier score: mean over images of the squared distance to the truth over all classes, 0 (best) to 2. */
  readonly brier: number;
  /** Mean confidence less accuracy: above 0 the network claims more than it holds. */
  readonly overconfidence: number;
}

/**
 * Does "90 % sure" mean right in 90 of 100 cases? Reliability bins of equal width with ECE and MCE as in Guo et
 * al., "On Calibration of Modern Neural Networks" (ICML 2017), and the score of Brier (1950) in its form for
 * several classes.
 */
export function calibrationOf(
  { probabilities, labels, classCount }: Predictions,
  predicted: ArrayLike<number>,
  binCount = 10,
): Calibration {
  const count = new Uint32Array(binCount);
  const correct = new Uint32Array(binCount);
  const confidence = new Float64Array(binCount);
  let squares = 0;
  let rightTotal = 0;
  labels.forEach((label, image) => {
    const start = image * classCount;
    const sure = probabilities[start + (predicted[image] as number)] as number;
    const bin = Math.max(0, Math.min(binCount - 1, Math.ceil(sure * binCount) - 1));
    const right = predicted[image] === label ? 1 : 0;
    count[bin] = (count[bin] as number) + 1;
    correct[bin] = (correct[bin] as number) + right;
    confidence[bin] = (confidence[bin] as number) + sure;
    rightTotal += right;
    for (let k = 0; k < classCount; k++) {
      squares += ((probabilities[start + k] as number) - (k === label ? 1 : 0)) ** 2;
    }
  });
  const total = labels.length;
  const bins = Array.from(count, (inBin, bin): ReliabilityBin => {
    const right = correct[bin] as number;
    return {
      low: bin / binCount,
      high: (bin + 1) / binCount,
      count: inBin,
      correct: right,
      confidence: inBin === 0 ? null : (confidence[bin] as number) / inBin,
      accuracy: inBin === 0 ? null : right / inBin,
      interval: inBin === 0 ? null : wilsonInterval(right, inBin),
    };
  });
  const gaps = bins.map((bin) => Math.abs((bin.accuracy ?? 0) - (bin.confidence ?? 0)));
  return {
    bins,
    expectedError: gaps.reduce((sum, gap, bin) => sum + (gap * (count[bin] as number)) / total, 0),
    maximumError: Math.max(...gaps),
    brier: squares / total,
    overconfidence: (confidence.reduce((sum, value) => sum + value, 0) - rightTotal) / total,
  };
}

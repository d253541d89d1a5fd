import { describe, expect, it } from 'vitest';
import { createRandom } from '../random.ts';
import { calibrationOf } from './calibration.ts';
import { classScores, confusedPairs, confusionOf, macroAverages } from './confusion.ts';
import {
  checkPredictions,
  correctCount,
  meanLoss,
  mistakesOf,
  type Predictions,
  predictedClasses,
  topKCorrect,
} from './metrics.ts';
import { metricsReport } from './metricsReport.ts';

const of = (rows: readonly (readonly number[])[], labels: readonly number[]): Predictions => ({
  probabilities: Float32Array.from(rows.flat()),
  labels: Uint8Array.from(labels),
  classCount: rows[0]!.length,
});

/** Random shares, drawn in eighths so that equal ones occur. */
function drawn(imageCount: number, classCount: number, seed: number): Predictions {
  const random = createRandom(seed);
  const rows = Array.from({ length: imageCount }, () => {
    const parts = Array.from(
      { length: classCount },
      () => random.integer(8) + (random.next() < 0.1 ? 30 : 0),
    );
    const sum = parts.reduce((a, b) => a + b, 0) || 1;
    return parts.map((part) => part / sum);
  });
  return of(
    rows,
    rows.map(() => random.integer(classCount)),
  );
}

const four = of(
  [
    [0.7, 0.2, 0.1],
    [0.1, 0.8, 0.1],
    [0.2, 0.2, 0.6],
    [0.5, 0.3, 0.2],
  ],
  [0, 1, 2, 1],
);

describe('accuracy, loss and ranks', () => {
  it('3 of 4 right is 0.7500, and the loss is the mean over images (VT-06)', () => {
    const predicted = predictedClasses(four);
    expect([...predicted]).toEqual([0, 1, 2, 0]);
    expect((correctCount(predicted, four.labels) / 4).toFixed(4)).toBe('0.7500');
    const losses = [0.7, 0.8, 0.6, 0.3].map((p) => -Math.log(p));
    expect(meanLoss(four)).toBeCloseTo(losses.reduce((a, b) => a + b) / 4, 6);
  });

  it('a probability that was rounded to nothing costs much, not infinitely much', () => {
    expect(meanLoss(of([[1, 0]], [1]))).toBeCloseTo(149 * Math.LN2, 9);
    expect(meanLoss(of([[1, 0]], [0]))).toBe(0);
  });

  it('of equals the first class is taken, and ranks agree with that', () => {
    const equal = of([[0.25, 0.25, 0.25, 0.25]], [2]);
    expect([...predictedClasses(equal)]).toEqual([0]);
    expect(topKCorrect(equal, 4)).toEqual([0, 0, 1, 1]);
  });

  it('top-k begins with the accuracy, never falls, and all classes hold every image', () => {
    for (let seed = 0; seed < 20; seed++) {
      const predictions = drawn(50, 2 + (seed % 7), seed);
      const ranks = topKCorrect(predictions, predictions.classCount);
      expect(ranks[0]).toBe(correctCount(predictedClasses(predictions), predictions.labels));
      expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
      expect(ranks.at(-1)).toBe(50);
    }
  });

  it('lists the most confident mistakes first, or those of one cell', () => {
    const predictions = of(
      [
        [0.9, 0.1, 0],
        [0.4, 0.35, 0.25],
        [0.05, 0.95, 0],
        [0.1, 0.2, 0.7],
      ],
      [1, 2, 0, 2],
    );
    const predicted = predictedClasses(predictions);
    expect(mistakesOf(predictions, predicted).map(({ position }) => position)).toEqual([2, 0, 1]);
    const [only, ...others] = mistakesOf(predictions, predicted, { label: 2, predicted: 0 });
    expect(only).toMatchObject({ position: 1, label: 2, predicted: 0 });
    expect(only!.confidence).toBeCloseTo(0.4, 6);
    expect(only!.ofTruth).toBeCloseTo(0.25, 6);
    expect(others).toEqual([]);
  });

  it('refuses predictions that do not fit together, with a sentence', () => {
    expect(checkPredictions(four)).toEqual({ ok: true, value: four });
    const codeOf = (changes: Partial<Predictions>) => {
      const result = checkPredictions({ ...four, ...changes });
      return result.ok ? 'ok' : result.error.code;
    };
    expect(codeOf({ labels: new Uint8Array() })).toBe('no-predictions');
    expect(codeOf({ classCount: 4 })).toBe('prediction-size');
    expect(codeOf({ labels: Uint8Array.of(0, 1, 3, 0) })).toBe('label-range');
    expect(codeOf({ probabilities: new Float32Array(12).fill(Number.NaN) })).toBe('not-a-probability');
  });
});

describe('the confusion matrix', () => {
  // true 0: three found, one taken for 1; true 1: two found, two taken for 0; class 2 never occurs but is predicted once
  const labels = [0, 0, 0, 0, 1, 1, 1, 1, 1];
  const predicted = [0, 0, 0, 1, 1, 1, 0, 0, 2];
  const confusion = confusionOf(predicted, labels, 4);

  it('has true classes in rows and predicted ones in columns', () => {
    expect([...confusion.counts]).toEqual([3, 1, 0, 0, 2, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  });

  it('gives precision, recall and F1 as computed by hand, and tells what has none', () => {
    const [first, second, third, fourth] = classScores(confusion);
    expect(first).toMatchObject({
      support: 4,
      predictedCount: 5,
      precision: 3 / 5,
      recall: 3 / 4,
      f1: 6 / 9,
    });
    expect(second).toMatchObject({
      support: 5,
      predictedCount: 3,
      precision: 2 / 3,
      recall: 2 / 5,
      f1: 4 / 8,
    });
    expect(third).toMatchObject({ support: 0, precision: 0, recall: null, f1: 0 });
    expect(fourth).toMatchObject({ support: 0, precision: null, recall: null, f1: null });
  });

  it('averages over the classes that have images', () => {
    const macro = macroAverages(classScores(confusion));
    expect(macro.classCount).toBe(2);
    expect(macro.precision).toBeCloseTo((3 / 5 + 2 / 3) / 2, 12);
    expect(macro.recall).toBeCloseTo((3 / 4 + 2 / 5) / 2, 12);
    expect(macro.f1).toBeCloseTo((6 / 9 + 4 / 8) / 2, 12);
    const never = macroAverages(classScores(confusionOf([0, 0], [0, 1], 2)));
    expect(never.precision).toBe(0.25); // 1/2 and, never predicted, 0
  });

  it('names what is confused most often', () => {
    expect(confusedPairs(confusion, 2)).toEqual([
      { label: 1, predicted: 0, count: 2, share: 2 / 5 },
      { label: 0, predicted: 1, count: 1, share: 1 / 4 },
    ]);
    expect(confusedPairs(confusion, 9)).toHaveLength(3);
  });

  it('adds up: all cells to the images, rows to the supports, the diagonal to what is right', () => {
    for (let seed = 0; seed < 20; seed++) {
      const predictions = drawn(60, 2 + (seed % 5), 100 + seed);
      const report = metricsReport(predictions);
      const { counts, classCount } = report.confusion;
      expect(counts.reduce((a, b) => a + b)).toBe(60);
      let diagonal = 0;
      for (let k = 0; k < classCount; k++) diagonal += counts[k * (classCount + 1)]!;
      expect(diagonal).toBe(report.correct);
      expect(report.classes.reduce((sum, { support }) => sum + support, 0)).toBe(60);
      // the mean of the recalls, weighed by support, is the accuracy
      const weighed = report.classes.reduce((sum, { recall, support }) => sum + (recall ?? 0) * support, 0);
      expect(weighed / 60).toBeCloseTo(report.correct / 60, 12);
      expect(mistakesOf(predictions, report.predicted)).toHaveLength(60 - report.correct);
      const [low, high] = report.accuracyInterval;
      expect(low).toBeLessThanOrEqual(report.correct / 60);
      expect(high).toBeGreaterThanOrEqual(report.correct / 60);
    }
  });
});

describe('calibration', () => {
  it('gives ECE, MCE and Brier as computed by hand', () => {
    // 0.95 right, 0.95 wrong: accuracy 1/2, gap 0.45; 0.65 right twice: accuracy 1, gap 0.35
    const sure = of(
      [
        [0.95, 0.05],
        [0.95, 0.05],
        [0.65, 0.35],
        [0.65, 0.35],
      ],
      [0, 1, 0, 0],
    );
    const found = calibrationOf(sure, predictedClasses(sure));
    expect(found.bins).toHaveLength(10);
    expect(found.bins[9]).toMatchObject({ count: 2, correct: 1, accuracy: 0.5 });
    expect(found.bins[6]).toMatchObject({ count: 2, correct: 2, accuracy: 1 });
    expect(found.bins[0]).toMatchObject({ count: 0, confidence: null, accuracy: null, interval: null });
    expect(found.expectedError).toBeCloseTo((0.45 + 0.35) / 2, 6);
    expect(found.maximumError).toBeCloseTo(0.45, 6);
    const squares = 2 * (0.05 ** 2 + 0.95 ** 2 + 2 * 0.35 ** 2);
    expect(found.brier).toBeCloseTo(squares / 4, 6);
    expect(found.overconfidence).toBeCloseTo(0.8 - 0.75, 6);
  });

  it('a bin ends with its upper edge, and a confidence of 1 is in the last', () => {
    const edge = of(
      [
        [0.5, 0.5],
        [1, 0],
      ],
      [0, 0],
    );
    const { bins } = calibrationOf(edge, predictedClasses(edge));
    expect(bins.map(({ count }) => count)).toEqual([0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
  });

  it('is perfect where all are surely right, and at its worst where all are surely wrong', () => {
    const right = of(
      [
        [1, 0],
        [0, 1],
      ],
      [0, 1],
    );
    expect(calibrationOf(right, predictedClasses(right))).toMatchObject({
      expectedError: 0,
      maximumError: 0,
      brier: 0,
    });
    const wrong = of(
      [
        [1, 0],
        [0, 1],
      ],
      [1, 0],
    );
    expect(calibrationOf(wrong, predictedClasses(wrong))).toMatchObject({
      expectedError: 1,
      maximumError: 1,
      brier: 2,
    });
  });

  it('with one bin ECE is the overconfidence, and more bins never make it smaller', () => {
    for (let seed = 0; seed < 10; seed++) {
      const predictions = drawn(80, 4, 300 + seed);
      const predicted = predictedClasses(predictions);
      const one = calibrationOf(predictions, predicted, 1);
      expect(one.expectedError).toBeCloseTo(Math.abs(one.overconfidence), 12);
      const ten = calibrationOf(predictions, predicted, 10);
      const twenty = calibrationOf(predictions, predicted, 20);
      expect(ten.expectedError).toBeGreaterThanOrEqual(one.expectedError - 1e-12);
      expect(twenty.expectedError).toBeGreaterThanOrEqual(ten.expectedError - 1e-12);
      expect(ten.maximumError).toBeGreaterThanOrEqual(ten.expectedError - 1e-12);
    }
  });
});

import { wilsonInterval } from '../quantity.ts';
import { averagePrecisionSteps, meanAveragePrecision } from './averagePrecision.ts';
import { type Calibration, calibrationOf } from './calibration.ts';
import {
  type ClassScores,
  type Confusion,
  classScores,
  confusionOf,
  type MacroAverages,
  macroAverages,
} from './confusion.ts';
import { correctCount, meanLoss, type Predictions, predictedClasses, topKCorrect } from './metrics.ts';

/** Everything that is told of a network on labeled images. */
export interface MetricsReport {
  readonly imageCount: number;
  readonly classCount: number;
  readonly predicted: Uint16Array;
  readonly correct: number;
  /** 95 % interval of the accuracy (Wilson). */
  readonly accuracyInterval: readonly [number, number];
  /** Images whose class is among the k most probable, k = 1 up to 5. */
  readonly topK: readonly number[];
  readonly loss: number;
  readonly confusion: Confusion;
  readonly classes: readonly (ClassScores & { readonly averagePrecision: number | null })[];
  readonly macro: MacroAverages;
  readonly meanAveragePrecision: number | null;
  readonly calibration: Calibration;
}

/**
 * The report of predictions that passed `checkPredictions`, step by step: 100,000 images of 100 classes take seconds, and
 * a worker hears a cancel between two steps.
 */
export function* metricsSteps(predictions: Predictions): Generator<void, MetricsReport> {
  const { labels, classCount } = predictions;
  const predicted = predictedClasses(predictions);
  const correct = correctCount(predicted, labels);
  yield;
  const confusion = confusionOf(predicted, labels, classCount);
  const scores = classScores(confusion);
  yield;
  const precisions = yield* averagePrecisionSteps(predictions);
  const topK = topKCorrect(predictions, Math.min(5, classCount));
  yield;
  const loss = meanLoss(predictions);
  yield;
  return {
    imageCount: labels.length,
    classCount,
    predicted,
    correct,
    accuracyInterval: wilsonInterval(correct, labels.length),
    topK,
    loss,
    confusion,
    classes: scores.map((one, label) => ({ ...one, averagePrecision: precisions[label] ?? null })),
    macro: macroAverages(scores),
    meanAveragePrecision: meanAveragePrecision(precisions),
    calibration: calibrationOf(predictions, predicted),
  };
}

/** {@link metricsSteps} at once. */
export function metricsReport(predictions: Predictions): MetricsReport {
  const steps = metricsSteps(predictions);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

import { wilsonInterval } from '../quantity.ts';
import { averagePrecisions, meanAveragePrecision } from './averagePrecision.ts';
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

/** The report of predictions that passed `checkPredictions`. */
export function metricsReport(predictions: Predictions): MetricsReport {
  const { labels, classCount } = predictions;
  const predicted = predictedClasses(predictions);
  const correct = correctCount(predicted, labels);
  const confusion = confusionOf(predicted, labels, classCount);
  const scores = classScores(confusion);
  const precisions = averagePrecisions(predictions);
  return {
    imageCount: labels.length,
    classCount,
    predicted,
    correct,
    accuracyInterval: wilsonInterval(correct, labels.length),
    topK: topKCorrect(predictions, Math.min(5, classCount)),
    loss: meanLoss(predictions),
    confusion,
    classes: scores.map((one, label) => ({ ...one, averagePrecision: precisions[label] ?? null })),
    macro: macroAverages(scores),
    meanAveragePrecision: meanAveragePrecision(precisions),
    calibration: calibrationOf(predictions, predicted),
  };
}

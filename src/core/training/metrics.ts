import type { Labels } from '../data/labeledImages.ts';
import { fail, ok, type Result } from '../result.ts';

/** What a network says about labeled images. */
export interface Predictions {
  /** Image by image, `classCount` shares each that add up to 1. */
  readonly probabilities: Float32Array;
  /** The true class of each image. */
  readonly labels: Labels;
  readonly classCount: number;
}

/** The least positive float32: a probability that was rounded to 0 counts as this, so that its loss stays finite. */
const LEAST = 2 ** -149;

/** Predictions that fit together, or what does not: all other functions here rely on it. */
export function checkPredictions(predictions: Predictions): Result<Predictions> {
  const { probabilities, labels, classCount } = predictions;
  if (labels.length === 0)
    return fail(
      'no-predictions',
      'There are no images to measure with; hold some back for validation in Data.',
    );
  if (!Number.isInteger(classCount) || classCount < 1 || probabilities.length !== labels.length * classCount)
    return fail(
      'prediction-size',
      `${probabilities.length} probabilities are not ${classCount} for each of ${labels.length} images; measure again.`,
    );
  const outside = labels.findIndex((label) => label >= classCount);
  if (outside >= 0)
    return fail(
      'label-range',
      `Image ${outside} is of class ${labels[outside]}, and the network tells only ${classCount} classes apart; give its last layer more units.`,
    );
  const broken = probabilities.findIndex((value) => !(value >= 0 && value <= 1.000001));
  if (broken >= 0)
    return fail(
      'not-a-probability',
      `The network's output for image ${Math.floor(broken / classCount)} is no probability (${probabilities[broken]}): its weights hold values that are no numbers; train or load it again.`,
    );
  return ok(predictions);
}

/** The most probable class of each image; the first one of equals. */
export function predictedClasses({ probabilities, labels, classCount }: Predictions): Uint16Array {
  return Uint16Array.from(labels, (_, image) => {
    const start = image * classCount;
    let best = 0;
    for (let k = 1; k < classCount; k++) {
      if ((probabilities[start + k] as number) > (probabilities[start + best] as number)) best = k;
    }
    return best;
  });
}

/** Images whose predicted class is the true one. Accuracy is this over their number, C / N. */
export function correctCount(predicted: ArrayLike<number>, labels: ArrayLike<number>): number {
  let correct = 0;
  for (let image = 0; image < labels.length; image++) if (predicted[image] === labels[image]) correct++;
  return correct;
}

/**
 * Images whose true class is among the `k` most probable ones, for each k from 1 to `most`. Equals are ranked
 * in the order of the classes, so that the first number is that of {@link correctCount}.
 */
export function topKCorrect({ probabilities, labels, classCount }: Predictions, most: number): number[] {
  const byRank = new Uint32Array(classCount);
  for (let image = 0; image < labels.length; image++) {
    const start = image * classCount;
    const label = labels[image] as number;
    const own = probabilities[start + label] as number;
    let rank = 0;
    for (let k = 0; k < classCount; k++) {
      const other = probabilities[start + k] as number;
      if (other > own || (other === own && k < label)) rank++;
    }
    byRank[rank] = (byRank[rank] as number) + 1;
  }
  let sum = 0;
  return Array.from(byRank.subarray(0, most), (count) => {
    sum += count;
    return sum;
  });
}

/** Mean cross entropy in nats: the mean of −ln(probability of the true class). */
export function meanLoss({ probabilities, labels, classCount }: Predictions): number {
  let sum = 0;
  labels.forEach((label, image) => {
    sum -= Math.log(Math.max(LEAST, probabilities[image * classCount + label] as number));
  });
  return sum / labels.length;
}

/** An image that the network is wrong about. */
export interface Mistake {
  /** Position among the measured images. */
  readonly position: number;
  readonly label: number;
  readonly predicted: number;
  /** Probability it gave the wrong class, 0..1. */
  readonly confidence: number;
  /** Probability it gave the true class, 0..1. */
  readonly ofTruth: number;
}

/** The mistakes, the most confident ones first; only those of one cell of the confusion matrix where it is given. */
export function mistakesOf(
  { probabilities, labels, classCount }: Predictions,
  predicted: ArrayLike<number>,
  cell: { readonly label: number; readonly predicted: number } | null = null,
): Mistake[] {
  const mistakes: Mistake[] = [];
  for (let position = 0; position < labels.length; position++) {
    const label = labels[position] as number;
    const found = predicted[position] as number;
    if (found === label || (cell && (cell.label !== label || cell.predicted !== found))) continue;
    const start = position * classCount;
    mistakes.push({
      position,
      label,
      predicted: found,
      confidence: probabilities[start + found] as number,
      ofTruth: probabilities[start + label] as number,
    });
  }
  return mistakes.sort((a, b) => b.confidence - a.confidence || a.position - b.position);
}

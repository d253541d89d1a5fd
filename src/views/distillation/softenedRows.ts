import { entropyOf, meanShares, softenedShares } from '../../core/training/distillationShares.ts';
import type { Prediction } from '../../workers/protocol.ts';

/** What the teachers say of one image, class by class. */
export interface SoftenedRow {
  readonly label: number;
  /** At temperature 1, 0..1. */
  readonly plain: number;
  /** At the chosen temperature, 0..1. */
  readonly softened: number;
}

export interface Softened {
  /** The most probable at the chosen temperature first. */
  readonly rows: readonly SoftenedRow[];
  /** As many classes as would be as hard to guess among: exp(entropy), 1 to the number of classes. */
  readonly spreadPlain: number;
  readonly spreadSoftened: number;
}

/** The mean of the teachers' answers about the image at this position, at T = 1 and softened. */
export function softenedRows(
  predictions: readonly Prediction[],
  position: number,
  temperature: number,
): Softened {
  const classCount = predictions[0]?.classCount ?? 0;
  const at = (t: number) =>
    meanShares(
      predictions.map(({ probabilities }) =>
        softenedShares(
          probabilities.subarray(position * classCount, (position + 1) * classCount),
          classCount,
          t,
        ),
      ),
    );
  const [plain, softened] = [at(1), at(temperature)];
  const rows = Array.from({ length: classCount }, (_, label) => ({
    label,
    plain: plain[label] ?? 0,
    softened: softened[label] ?? 0,
  }));
  rows.sort((a, b) => b.softened - a.softened || a.label - b.label);
  return {
    rows,
    spreadPlain: Math.exp(entropyOf(plain)),
    spreadSoftened: Math.exp(entropyOf(softened)),
  };
}

/** The image about which the teachers are least at one with one class: where temperature shows most; 0 where none is. */
export function mostTelling(predictions: readonly Prediction[]): number {
  const [first] = predictions;
  if (!first) return 0;
  const mean = meanShares(predictions.map(({ probabilities }) => probabilities));
  let best = 0;
  let highest = -1;
  for (let image = 0; image < first.labels.length; image++) {
    const row = mean.subarray(image * first.classCount, (image + 1) * first.classCount);
    // One they have right: a wrong answer would be told of something else.
    if (row.indexOf(Math.max(...row)) !== first.labels[image]) continue;
    const entropy = entropyOf(row);
    if (entropy > highest) {
      highest = entropy;
      best = image;
    }
  }
  return best;
}

/** How often images of a class were taken for another: row = true class, column = predicted class. */
export interface Confusion {
  readonly classCount: number;
  /** Row by row. */
  readonly counts: Uint32Array;
}

export function confusionOf(
  predicted: ArrayLike<number>,
  labels: ArrayLike<number>,
  classCount: number,
): Confusion {
  const counts = new Uint32Array(classCount * classCount);
  for (let image = 0; image < labels.length; image++) {
    const cell = (labels[image] as number) * classCount + (predicted[image] as number);
    counts[cell] = (counts[cell] as number) + 1;
  }
  return { classCount, counts };
}

/** A class against all others. Null where there is nothing to divide by: it is told, not taken for 0. */
export interface ClassScores {
  readonly label: number;
  /** Images of this class. */
  readonly support: number;
  /** Images taken for this class. */
  readonly predictedCount: number;
  readonly correct: number;
  /** Share of the images taken for this class that are of it; null where none was. */
  readonly precision: number | null;
  /** Share of the images of this class that were found; null where there is none. */
  readonly recall: number | null;
  /** Harmonic mean of both: 2 TP / (2 TP + FP + FN); null where the class neither occurs nor is predicted. */
  readonly f1: number | null;
}

const over = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

export function classScores({ classCount, counts }: Confusion): ClassScores[] {
  const support = new Float64Array(classCount);
  const predictedCount = new Float64Array(classCount);
  counts.forEach((count, cell) => {
    const [row, column] = [Math.floor(cell / classCount), cell % classCount];
    support[row] = (support[row] as number) + count;
    predictedCount[column] = (predictedCount[column] as number) + count;
  });
  return Array.from({ length: classCount }, (_, label) => {
    const correct = counts[label * classCount + label] as number;
    const [own, taken] = [support[label] as number, predictedCount[label] as number];
    return {
      label,
      support: own,
      predictedCount: taken,
      correct,
      precision: over(correct, taken),
      recall: over(correct, own),
      f1: over(2 * correct, own + taken),
    };
  });
}

/** Means over classes, each class counting the same. */
export interface MacroAverages {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Classes with images; the others are left out of the means. */
  readonly classCount: number;
}

/** Over the classes that have images; one of them that was never predicted has precision 0, as in scikit-learn. */
export function macroAverages(scores: readonly ClassScores[]): MacroAverages {
  const present = scores.filter(({ support }) => support > 0);
  const mean = (value: (scores: ClassScores) => number | null) =>
    present.reduce((sum, one) => sum + (value(one) ?? 0), 0) / present.length;
  return {
    precision: mean(({ precision }) => precision),
    recall: mean(({ recall }) => recall),
    f1: mean(({ f1 }) => f1),
    classCount: present.length,
  };
}

/** Images of a class that were taken for one other class. */
export interface ConfusedPair {
  readonly label: number;
  readonly predicted: number;
  readonly count: number;
  /** Of the images of the true class. */
  readonly share: number;
}

/** What is confused most often, the most frequent first. */
export function confusedPairs({ classCount, counts }: Confusion, most: number): ConfusedPair[] {
  const pairs: ConfusedPair[] = [];
  for (let label = 0; label < classCount; label++) {
    const row = counts.subarray(label * classCount, (label + 1) * classCount);
    const support = row.reduce((sum, count) => sum + count, 0);
    row.forEach((count, predicted) => {
      if (count > 0 && predicted !== label) pairs.push({ label, predicted, count, share: count / support });
    });
  }
  return pairs.sort((a, b) => b.count - a.count || b.share - a.share).slice(0, most);
}

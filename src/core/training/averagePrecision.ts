import type { Predictions } from './metrics.ts';

/** How the area under precision over recall is taken: PASCAL VOC 2007's 11 points, or all of them (from 2010). */
export type Interpolation = 'all points' | '11 points';

/** Precision and recall when everything down to a score counts as found, from the highest score on. */
export interface PrecisionRecall {
  readonly precision: Float64Array;
  readonly recall: Float64Array;
}

/**
 * The curve from scores of right and of wrong detections. `truthCount`: what there is to find, which may be more
 * than was detected. Equal scores are one point: no order among them decides.
 */
export function precisionRecall(
  right: Float32Array,
  wrong: Float32Array,
  truthCount: number,
): PrecisionRecall {
  const [hits, misses] = [right.toSorted(), wrong.toSorted()];
  let [hit, miss] = [hits.length - 1, misses.length - 1];
  const precision = new Float64Array(hits.length + misses.length);
  const recall = new Float64Array(precision.length);
  let points = 0;
  while (hit >= 0 || miss >= 0) {
    const score = Math.max(hits[hit] ?? Number.NEGATIVE_INFINITY, misses[miss] ?? Number.NEGATIVE_INFINITY);
    if (Number.isNaN(score)) break;
    while (hit >= 0 && hits[hit] === score) hit--;
    while (miss >= 0 && misses[miss] === score) miss--;
    const found = hits.length - 1 - hit;
    precision[points] = found / (found + misses.length - 1 - miss);
    recall[points] = found / truthCount;
    points++;
  }
  return { precision: precision.subarray(0, points), recall: recall.subarray(0, points) };
}

/**
 * Average precision, 0..1: the area under the precision that is reached at each recall or beyond it (Everingham
 * et al., "The PASCAL Visual Object Classes Challenge", IJCV 2010). Null where there is nothing to find.
 */
export function averagePrecision(
  right: Float32Array,
  wrong: Float32Array,
  truthCount: number,
  interpolation: Interpolation = 'all points',
): number | null {
  if (truthCount === 0) return null;
  const { precision, recall } = precisionRecall(right, wrong, truthCount);
  // The envelope: what is reached at this recall or beyond.
  for (let i = precision.length - 2; i >= 0; i--)
    precision[i] = Math.max(precision[i] as number, precision[i + 1] as number);
  let sum = 0;
  if (interpolation === '11 points') {
    for (let tenth = 0; tenth <= 10; tenth++) {
      // A recall of 3/10 must count as 0.3 in spite of rounding.
      const at = recall.findIndex((value) => value * 10 >= tenth - 1e-9);
      sum += at < 0 ? 0 : (precision[at] as number);
    }
    return sum / 11;
  }
  let before = 0;
  recall.forEach((value, i) => {
    sum += (value - before) * (precision[i] as number);
    before = value;
  });
  return sum;
}

/** Mean over the classes that have something to find; null where none has. */
export function meanAveragePrecision(ofClasses: readonly (number | null)[]): number | null {
  const known = ofClasses.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

/**
 * Average precision of each class of a classifier: all images, ranked by its probability. A step a class: with many
 * images each takes a while.
 */
export function* averagePrecisionSteps(
  { probabilities, labels, classCount }: Predictions,
  interpolation: Interpolation = 'all points',
): Generator<void, (number | null)[]> {
  const support = new Uint32Array(classCount);
  for (const label of labels) support[label] = (support[label] as number) + 1;
  const precisions: (number | null)[] = [];
  for (let k = 0; k < classCount; k++) {
    const own = support[k] as number;
    const right = new Float32Array(own);
    const wrong = new Float32Array(labels.length - own);
    let [hit, miss] = [0, 0];
    for (let image = 0; image < labels.length; image++) {
      const score = probabilities[image * classCount + k] as number;
      if (labels[image] === k) right[hit++] = score;
      else wrong[miss++] = score;
    }
    precisions.push(averagePrecision(right, wrong, own, interpolation));
    yield;
  }
  return precisions;
}

/** {@link averagePrecisionSteps} at once. */
export function averagePrecisions(
  predictions: Predictions,
  interpolation: Interpolation = 'all points',
): (number | null)[] {
  const steps = averagePrecisionSteps(predictions, interpolation);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

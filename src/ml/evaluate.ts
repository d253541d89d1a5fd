import type { Network, Weights } from '../core/network/network.ts';
import { geometryAt } from '../core/network/shapes.ts';
import { FaultError, unwrap } from '../core/result.ts';
import { averagePrecisionSteps, meanAveragePrecision } from '../core/training/averagePrecision.ts';
import { inOrder, type Viewpoint } from '../core/training/classOrder.ts';
import { checkPredictions } from '../core/training/metrics.ts';
import { metricsSteps } from '../core/training/metricsReport.ts';
import type { Accuracy, HeldPart, Prediction } from '../workers/protocol.ts';
import { EventTurns } from './events.ts';
import type { Batch, ImageSet } from './images.ts';
import { softmaxCrossEntropy } from './loss.ts';
import type { Plan } from './plan.ts';
import { Session } from './session.ts';

export interface Watched {
  readonly progress?: (progress: { readonly done: number; readonly total: number }) => void;
  readonly signal?: AbortSignal;
}

/** Images a forward pass takes at once: at most 128, fewer where feature maps would pass 64 MB. */
export function chunkSize(plan: Plan): number {
  let largest = 1;
  for (const { ofm } of plan.geometry.values())
    largest = Math.max(largest, ofm.height * ofm.width * ofm.channels);
  return Math.max(1, Math.min(128, Math.floor(2 ** 24 / largest)));
}

/** The images of a part that is held back; a fault where the split has none. */
export function heldImages(images: ImageSet, part: HeldPart): Uint32Array {
  const held = images.split[part];
  if (held.length > 0) return held;
  throw new FaultError({
    code: 'no-held-images',
    message: `${images.images.name} has no ${part} images to measure with; give the ${part} part a share above 0 in Data.`,
    where: 'data',
  });
}

/**
 * Goes through the images of a part batch by batch, each prepared while the one before is measured, and lets messages
 * in between.
 */
export async function overHeld(
  plan: Plan,
  images: ImageSet,
  part: HeldPart,
  { progress, signal }: Watched,
  visit: (batch: Batch) => Promise<void>,
): Promise<void> {
  const held = heldImages(images, part);
  const input = inputOf(plan);
  const size = chunkSize(plan);
  const prepare = (start: number): Promise<Batch> => {
    const batch = images.prepare(held.subarray(start, start + size), input);
    batch.catch(() => {}); // it is told when its turn comes
    return batch;
  };
  const turns = new EventTurns();
  try {
    let next = prepare(0);
    for (let start = 0; start < held.length; start += size) {
      const visiting = visit(await next);
      if (start + size < held.length) next = prepare(start + size);
      await visiting;
      progress?.({ done: Math.min(held.length, start + size), total: held.length });
      await turns.next();
      signal?.throwIfAborted();
    }
  } finally {
    turns.close();
  }
}

export const inputOf = (plan: Plan) => geometryAt(plan.geometry, plan.inputId).ofm;

/** Loss and accuracy over the images of a part. Where `rows` is given it gets the probabilities of all of them. */
export async function evaluateSession(
  session: Session,
  images: ImageSet,
  watched: Watched = {},
  part: HeldPart = 'validation',
  rows: Float32Array | null = null,
): Promise<Accuracy> {
  const { plan } = session;
  images.check(inputOf(plan), plan.classCount);
  let correct = 0;
  let lossSum = 0;
  let filled = 0;
  await overHeld(plan, images, part, watched, async (batch) => {
    const logits = await session.logits(batch);
    const result = softmaxCrossEntropy(logits, batch.labels, plan.classCount);
    if (rows) softmax(logits, batch.labels, plan.classCount, rows.subarray(filled));
    filled += logits.length;
    correct += result.correct;
    lossSum += result.lossSum;
  });
  const total = images.split[part].length;
  return { correct, total, loss: lossSum / total };
}

export async function evaluate(
  network: Network,
  weights: Weights,
  images: ImageSet,
  watched: Watched = {},
  part: HeldPart = 'validation',
): Promise<Accuracy> {
  const session = new Session(network, weights);
  try {
    return await evaluateSession(session, images, watched, part);
  } finally {
    session.dispose();
  }
}

/**
 * As {@link evaluate}, for weights from anywhere: a fault where the answers are no numbers. They all would count as the
 * first class, and its images as right.
 */
export async function evaluateFinite(
  network: Network,
  weights: Weights,
  images: ImageSet,
  watched: Watched = {},
  part: HeldPart = 'validation',
): Promise<Accuracy> {
  const accuracy = await evaluate(network, weights, images, watched, part);
  if (Number.isFinite(accuracy.loss)) return accuracy;
  throw new FaultError({
    code: 'no-number',
    message: `The answers of ${network.name} are no numbers, and no accuracy can be told: its weights hold values that are no numbers or too large; train or load it again.`,
    where: network.name,
  });
}

/** Probabilities kept at once: 256 MB, as for 600,000 images of 100 classes. */
const MOST_PROBABILITIES = 2 ** 26;

/**
 * Writes the softmax of rows of logits to where `target` starts; in doubles, as the loss is computed. Returns the sum of
 * the losses: a probability that single precision rounds to 0 no longer tells its own.
 */
function softmax(
  logits: Float32Array,
  labels: ArrayLike<number>,
  classCount: number,
  target: Float32Array,
): number {
  let losses = 0;
  for (let image = 0; image * classCount < logits.length; image++) {
    const start = image * classCount;
    let max = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < classCount; k++) max = Math.max(max, logits[start + k] as number);
    let sum = 0;
    for (let k = 0; k < classCount; k++) sum += Math.exp((logits[start + k] as number) - max);
    for (let k = 0; k < classCount; k++)
      target[start + k] = Math.exp((logits[start + k] as number) - max) / sum;
    losses += Math.log(sum) - ((logits[start + (labels[image] as number)] as number) - max);
  }
  return losses;
}

/** Runs steps of core to their end and lets messages in between; throws the signal's reason once it is aborted. */
async function inTurns<T>(steps: Generator<void, T>, signal?: AbortSignal): Promise<T> {
  const turns = new EventTurns();
  try {
    for (;;) {
      const { done, value } = steps.next();
      if (done) return value;
      await turns.next();
      signal?.throwIfAborted();
    }
  } finally {
    turns.close();
  }
}

/** Loss, accuracy and mean average precision on the validation images; no mAP where there are too many to be ranked. */
export async function evaluateRanked(
  session: Session,
  images: ImageSet,
  watched: Watched = {},
): Promise<Accuracy & { readonly meanAveragePrecision: number | null }> {
  const { classCount } = session.plan;
  const { validation } = images.split;
  const size = validation.length * classCount;
  const rows = size <= MOST_PROBABILITIES ? new Float32Array(size) : null;
  const accuracy = await evaluateSession(session, images, watched, 'validation', rows);
  if (!rows) return { ...accuracy, meanAveragePrecision: null };
  const predictions = { probabilities: rows, labels: images.labelsAt(validation), classCount };
  const precisions = await inTurns(averagePrecisionSteps(predictions), watched.signal);
  return { ...accuracy, meanAveragePrecision: meanAveragePrecision(precisions) };
}

/**
 * The class probabilities of all images of a part, in the order of the split, and what they come to. Throws a
 * fault where they would not fit into memory or are no numbers.
 */
export async function predict(
  network: Network,
  weights: Weights,
  set: ImageSet,
  watched: Watched = {},
  part: HeldPart = 'validation',
  { normalization = null, classOrder = null }: Partial<Viewpoint> = {},
): Promise<Prediction> {
  const session = new Session(network, weights);
  try {
    const { plan } = session;
    const { classCount } = plan;
    const images = normalization ? set.normalizedAs(normalization) : set;
    images.check(inputOf(plan), classCount);
    const held = heldImages(images, part);
    if (held.length * classCount > MOST_PROBABILITIES) {
      throw new FaultError({
        code: 'too-many-predictions',
        message: `${held.length} images of ${classCount} classes are more than ${MOST_PROBABILITIES} probabilities; hold back fewer images in Data.`,
      });
    }
    const probabilities = new Float32Array(held.length * classCount);
    let filled = 0;
    let losses = 0;
    await overHeld(plan, images, part, watched, async (batch) => {
      const logits = await session.logits(batch);
      const own = inOrder(logits, classCount, classOrder);
      losses += softmax(own, batch.labels, classCount, probabilities.subarray(filled));
      filled += logits.length;
    });
    const labels = images.labelsAt(held);
    const predictions = unwrap(checkPredictions({ probabilities, labels, classCount }));
    const report = await inTurns(metricsSteps(predictions), watched.signal);
    return { ...predictions, indices: held.slice(), report: { ...report, loss: losses / held.length } };
  } finally {
    session.dispose();
  }
}

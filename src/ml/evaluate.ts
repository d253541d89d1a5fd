import type { Network, Weights } from '../core/network/network.ts';
import { geometryAt } from '../core/network/shapes.ts';
import { FaultError, unwrap } from '../core/result.ts';
import { checkPredictions } from '../core/training/metrics.ts';
import { metricsReport } from '../core/training/metricsReport.ts';
import type { Accuracy, Prediction } from '../workers/protocol.ts';
import { EventTurns } from './events.ts';
import type { ImageSet } from './images.ts';
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

/** Goes through the validation images chunk by chunk and lets messages in between. */
export async function overValidation(
  plan: Plan,
  images: ImageSet,
  { progress, signal }: Watched,
  visit: (indices: Uint32Array) => Promise<void>,
): Promise<void> {
  const { validation } = images.split;
  const size = chunkSize(plan);
  const turns = new EventTurns();
  try {
    for (let start = 0; start < validation.length; start += size) {
      await visit(validation.subarray(start, start + size));
      progress?.({ done: Math.min(validation.length, start + size), total: validation.length });
      await turns.next();
      signal?.throwIfAborted();
    }
  } finally {
    turns.close();
  }
}

export const inputOf = (plan: Plan) => geometryAt(plan.geometry, plan.inputId).ofm;

/** Loss and accuracy over the validation images. */
export async function evaluateSession(
  session: Session,
  images: ImageSet,
  watched: Watched = {},
): Promise<Accuracy> {
  const { plan } = session;
  const input = inputOf(plan);
  images.check(input, plan.classCount);
  let correct = 0;
  let lossSum = 0;
  await overValidation(plan, images, watched, async (indices) => {
    const batch = images.batch(indices, input);
    const result = softmaxCrossEntropy(await session.logits(batch), batch.labels, plan.classCount);
    correct += result.correct;
    lossSum += result.lossSum;
  });
  const total = images.split.validation.length;
  return { correct, total, loss: lossSum / total };
}

export async function evaluate(
  network: Network,
  weights: Weights,
  images: ImageSet,
  watched: Watched = {},
): Promise<Accuracy> {
  const session = new Session(network, weights);
  try {
    return await evaluateSession(session, images, watched);
  } finally {
    session.dispose();
  }
}

/** Probabilities kept at once: 256 MB, as for 600,000 images of 100 classes. */
const MOST_PROBABILITIES = 2 ** 26;

/** Writes the softmax of rows of logits to where `target` starts; in doubles, as the loss is computed. */
function softmax(logits: Float32Array, classCount: number, target: Float32Array): void {
  for (let start = 0; start < logits.length; start += classCount) {
    let max = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < classCount; k++) max = Math.max(max, logits[start + k] as number);
    let sum = 0;
    for (let k = 0; k < classCount; k++) sum += Math.exp((logits[start + k] as number) - max);
    for (let k = 0; k < classCount; k++)
      target[start + k] = Math.exp((logits[start + k] as number) - max) / sum;
  }
}

/**
 * The class probabilities of all validation images, in the order of the split, and what they come to. Throws a
 * fault where they would not fit into memory or are no numbers.
 */
export async function predict(
  network: Network,
  weights: Weights,
  images: ImageSet,
  watched: Watched = {},
): Promise<Prediction> {
  const session = new Session(network, weights);
  try {
    const { plan } = session;
    const { classCount } = plan;
    const input = inputOf(plan);
    images.check(input, classCount);
    const { validation } = images.split;
    if (validation.length * classCount > MOST_PROBABILITIES) {
      throw new FaultError({
        code: 'too-many-predictions',
        message: `${validation.length} images of ${classCount} classes are more than ${MOST_PROBABILITIES} probabilities; hold back fewer images in Data.`,
      });
    }
    const probabilities = new Float32Array(validation.length * classCount);
    let filled = 0;
    await overValidation(plan, images, watched, async (indices) => {
      const logits = await session.logits(images.batch(indices, input));
      softmax(logits, classCount, probabilities.subarray(filled, filled + logits.length));
      filled += logits.length;
    });
    const labels = Uint8Array.from(validation, (index) => images.images.labels[index] as number);
    const predictions = unwrap(checkPredictions({ probabilities, labels, classCount }));
    return { ...predictions, indices: validation.slice(), report: metricsReport(predictions) };
  } finally {
    session.dispose();
  }
}

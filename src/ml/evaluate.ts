import type { Network, Weights } from '../core/network/network.ts';
import { geometryAt } from '../core/network/shapes.ts';
import type { Accuracy } from '../workers/protocol.ts';
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

import { drawBatch } from '../../src/core/data/augment.ts';
import type { AugmentationChoice } from '../../src/core/data/augmentChoice.ts';
import { geometryAt } from '../../src/core/network/shapes.ts';
import { createRandom, permutation } from '../../src/core/random.ts';
import { evaluateSession } from '../../src/ml/evaluate.ts';
import { adam } from '../../src/ml/optimizers.ts';
import { Session } from '../../src/ml/session.ts';
import type { Fit, Fitted } from './fit.ts';

export interface PatientFit extends Fit {
  readonly augmentation: AugmentationChoice;
}

/**
 * Adam with a rate that falls to 0 as a half cosine: by the end the last batches no longer decide, and two ways of
 * training can be told apart over few seeds. The teachers see the images as the student does, augmented alike. Tests once, at
 * the end.
 */
export async function trainPatiently(run: PatientFit): Promise<Fitted> {
  const session = new Session(run.network, run.weights, run.options);
  const optimizer = adam(run.learningRate);
  const shuffling = createRandom(run.seed);
  const dropout = createRandom(run.seed + 1000);
  const image = geometryAt(session.plan.geometry, session.plan.inputId).ofm;
  const drawing = createRandom(run.seed + 2000);
  const augment = (count: number) => drawBatch(count, image, run.augmentation, drawing);
  const size = Math.min(run.batchSize, run.indices.length);
  const steps = run.epochs * Math.floor(run.indices.length / size);
  const from = performance.now();
  for (let step = 0; step < steps; ) {
    const order = permutation(run.indices.length, shuffling);
    for (let start = 0; start + size <= order.length; start += size) {
      const chosen = order.slice(start, start + size).map((place) => run.indices[place] as number);
      optimizer.rate = (run.learningRate / 2) * (1 + Math.cos((Math.PI * step) / steps));
      await session.step(run.images.batch(chosen, image, augment), optimizer, dropout);
      step++;
    }
  }
  const secondsPerStep = (performance.now() - from) / 1000 / steps;
  const { correct, total } = await evaluateSession(session, run.test);
  const weights = await session.weights();
  optimizer.dispose();
  session.dispose();
  return { weights, accuracy: correct / total, secondsPerStep };
}

import * as tf from '@tensorflow/tfjs-core';
import type { Network, Weights } from '../core/network/network.ts';
import type { Random } from '../core/random.ts';
import { forwardTraining, infer, type Parameters, type Tape } from './forward.ts';
import type { Batch } from './images.ts';
import { softmaxCrossEntropy } from './loss.ts';
import type { Optimizer } from './optimizers.ts';
import { join, type Layout, layoutOf, upload, type Vectors, views, weightsOf } from './parameters.ts';
import { type Plan, planOf } from './plan.ts';
import { readBack } from './readBack.ts';

/**
 * Share of the old value that a moving statistic keeps each step. Keras' default 0.99 needs some 500 steps
 * to forget its start; trainings here have 50 to 500, and inference would lag behind. 0.9 needs 50.
 */
const MOVING_MOMENTUM = 0.9;

export interface StepResult {
  readonly loss: number;
  readonly accuracy: number;
}

/** A network with its parameters on the backend. Call {@link dispose} when done. */
export class Session {
  readonly plan: Plan;
  readonly layout: Layout;
  #vectors: Vectors;
  #views: Parameters | null = null;

  constructor(network: Network, weights: Weights) {
    this.plan = planOf(network);
    this.layout = layoutOf(network, this.plan.geometry);
    this.#vectors = upload(weights, this.layout);
  }

  get parameters(): Parameters {
    this.#views ??= views(this.#vectors, this.layout);
    return this.#views;
  }

  #replace(vectors: Vectors): void {
    for (const name of ['trained', 'moving'] as const) {
      if (this.#vectors[name] !== vectors[name]) this.#vectors[name].dispose();
    }
    this.#vectors = vectors;
    this.#forgetViews();
  }

  #forgetViews(): void {
    for (const tensor of this.#views?.values() ?? []) tensor.dispose();
    this.#views = null;
  }

  /** One batch forward, back, and a step of the optimizer. No step is taken where the loss is not finite. */
  async step(batch: Batch, optimizer: Optimizer, random: Random): Promise<StepResult> {
    const x = tf.tensor4d(batch.pixels, batch.shape);
    const tape = forwardTraining(this.plan, x, this.parameters, random);
    try {
      const { classCount } = this.plan;
      const { lossSum, correct, gradient } = softmaxCrossEntropy(
        await readBack(tape.logits),
        batch.labels,
        classCount,
      );
      const count = batch.labels.length;
      const result = { loss: lossSum / count, accuracy: correct / count };
      if (Number.isFinite(result.loss)) this.#update(tape, gradient, optimizer);
      return result;
    } finally {
      tape.dispose();
      x.dispose();
    }
  }

  #update(tape: Tape, logitsGradient: Float32Array, optimizer: Optimizer): void {
    const dLogits = tf.tensor2d(logitsGradient, tape.logits.shape);
    const gradients = tape.backward(dLogits);
    dLogits.dispose();
    const gradient = join(this.layout.trained, (key) => gradients.get(key));
    for (const tensor of gradients.values()) tensor.dispose();
    const trained = optimizer.step(this.#vectors.trained, gradient);
    gradient.dispose();
    this.#replace({ trained, moving: this.#moved(tape) });
  }

  #moved({ statistics }: Tape): tf.Tensor1D {
    const { moving } = this.#vectors;
    if (statistics.size === 0) return moving;
    return tf.tidy(() => {
      const batch = join(this.layout.moving, (key) => {
        const cut = key.lastIndexOf('/');
        const found = statistics.get(key.slice(0, cut));
        return key.slice(cut + 1) === 'movingMean' ? found?.mean : found?.variance;
      });
      return tf.add(tf.mul(moving, MOVING_MOMENTUM), tf.mul(batch, 1 - MOVING_MOMENTUM)) as tf.Tensor1D;
    });
  }

  /** The logits of a batch as inference computes them. */
  async logits(batch: Batch): Promise<Float32Array> {
    const x = tf.tensor4d(batch.pixels, batch.shape);
    const logits = infer(this.plan, x, this.parameters);
    x.dispose();
    try {
      return await readBack(logits);
    } finally {
      logits.dispose();
    }
  }

  /** A copy of the parameters in JS memory. */
  async weights(): Promise<Weights> {
    const trained = await readBack(this.#vectors.trained);
    return weightsOf(this.layout, trained, await readBack(this.#vectors.moving));
  }

  dispose(): void {
    this.#forgetViews();
    this.#vectors.trained.dispose();
    this.#vectors.moving.dispose();
  }
}

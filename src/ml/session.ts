import * as tf from '@tensorflow/tfjs-core';
import type { FeatureMap, LayerId, Network, Weights } from '../core/network/network.ts';
import { geometryAt } from '../core/network/shapes.ts';
import type { Random } from '../core/random.ts';
import { FaultError } from '../core/result.ts';
import { type Distillation, type TaughtBatch, Teachers } from './distill.ts';
import { forwardTraining, infer, type Parameters, type Tape } from './forward.ts';
import type { Augment, Batch, BatchBuffers, ImageSet } from './images.ts';
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
  /** Where there are teachers: what they and what the labels make of the loss, weighted; together it. */
  readonly softLoss?: number;
  readonly hardLoss?: number;
}

/** How a session trains; evaluation needs none of it. */
export interface SessionOptions {
  /** Share of the target spread evenly over all classes, 0 to below 1. */
  readonly labelSmoothing?: number | undefined;
  /** What an image of each class counts, one number above 0 a class. */
  readonly classWeights?: readonly number[] | undefined;
  /**
   * Layers whose parameters stay as they are, to the bit: batch norms among them use and keep their moving statistics,
   * dropouts among them are off, and the way back ends where all before is frozen.
   */
  readonly frozen?: ReadonlySet<LayerId> | undefined;
  /** Trained networks that this one learns from. */
  readonly teachers?: Distillation | undefined;
}

function check(
  { labelSmoothing = 0, classWeights, frozen }: SessionOptions,
  { classCount }: Plan,
  layout: Layout,
) {
  const fault = (code: string, message: string) => {
    throw new FaultError({ code, message, where: 'recipe' });
  };
  if (!(labelSmoothing >= 0 && labelSmoothing < 1))
    fault('label-smoothing', `The label smoothing ${labelSmoothing} is not from 0 to below 1; try 0.1.`);
  if (classWeights && classWeights.length !== classCount)
    fault(
      'class-weights',
      `There are ${classWeights.length} class weights for ${classCount} classes; give one a class.`,
    );
  const odd = classWeights?.findIndex((weight) => !(weight > 0 && Number.isFinite(weight))) ?? -1;
  if (odd >= 0)
    fault(
      'class-weights',
      `The weight ${classWeights?.[odd]} of class ${odd + 1} is not a number above 0; 1 counts it like the others.`,
    );
  if (frozen && frozen.size > 0 && layout.trained.length === 0)
    fault(
      'all-frozen',
      'Every layer with weights is frozen and nothing could be trained; free the last one.',
    );
}

/** A network with its parameters on the backend. Call {@link dispose} when done. */
export class Session {
  readonly plan: Plan;
  readonly layout: Layout;
  readonly teachers: Teachers | null;
  readonly #options: SessionOptions;
  #vectors: Vectors;
  #views: Parameters | null = null;

  /** Throws a fault for options that can't be and for weights that do not fit. */
  constructor(network: Network, weights: Weights, options: SessionOptions = {}) {
    this.plan = planOf(network);
    this.layout = layoutOf(network, this.plan.geometry, options.frozen);
    this.#options = options;
    check(options, this.plan, this.layout);
    this.teachers = options.teachers ? new Teachers(options.teachers, this.plan) : null;
    try {
      this.#vectors = upload(weights, this.layout);
    } catch (error) {
      this.teachers?.dispose();
      throw error;
    }
  }

  /** The chosen images as {@link step} reads them, augmented; the teachers see them too. */
  prepare(
    images: ImageSet,
    indices: Uint32Array,
    augment: Augment | null = null,
    buffers?: BatchBuffers,
  ): Promise<TaughtBatch> {
    if (this.teachers) return this.teachers.prepare(images, indices, augment, buffers);
    return images.prepare(indices, this.#input, augment, buffers);
  }

  /** As {@link prepare}, without augmentation and at once: for sets in memory. */
  batch(images: ImageSet, indices: Uint32Array): TaughtBatch {
    if (this.teachers) return this.teachers.batch(images, indices);
    return images.batch(indices, this.#input);
  }

  get #input(): FeatureMap {
    return geometryAt(this.plan.geometry, this.plan.inputId).ofm;
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
  async step(batch: TaughtBatch, optimizer: Optimizer, random: Random): Promise<StepResult> {
    const { frozen, labelSmoothing = 0, classWeights } = this.#options;
    const soft = await this.teachers?.softTargets(batch);
    const x = tf.tensor4d(batch.pixels, batch.shape);
    const tape = forwardTraining(this.plan, x, this.parameters, random, frozen);
    try {
      const { lossSum, softSum, hardSum, correct, gradient } = softmaxCrossEntropy(
        await readBack(tape.logits),
        batch.labels,
        this.plan.classCount,
        { labelSmoothing, classWeights, soft },
      );
      const count = batch.labels.length;
      const parts = soft ? { softLoss: softSum / count, hardLoss: hardSum / count } : {};
      const result = { loss: lossSum / count, accuracy: correct / count, ...parts };
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
    this.#replace({ ...this.#vectors, trained, moving: this.#moved(tape) });
  }

  #moved({ statistics }: Tape): tf.Tensor1D {
    const { moving } = this.#vectors;
    if (this.layout.moving.length === 0) return moving;
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
    const moving = await readBack(this.#vectors.moving);
    return weightsOf(this.layout, { trained, moving, fixed: await readBack(this.#vectors.fixed) });
  }

  dispose(): void {
    this.#forgetViews();
    this.#vectors.trained.dispose();
    this.#vectors.moving.dispose();
    this.#vectors.fixed.dispose();
    this.teachers?.dispose();
  }
}

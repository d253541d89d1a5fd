import * as tf from '@tensorflow/tfjs-core';
import { canAdapt } from '../core/data/adapter.ts';
import type { FeatureMap, Network, Weights } from '../core/network/network.ts';
import { describeMap, geometryAt } from '../core/network/shapes.ts';
import { FaultError } from '../core/result.ts';
import { inOrder } from '../core/training/classOrder.ts';
import { infer, type Parameters } from './forward.ts';
import type { Augment, Batch, BatchBuffers, ImageSet } from './images.ts';
import { type SoftTargets, softened } from './loss.ts';
import { type Layout, layoutOf, upload, type Vectors, views, weightsOf } from './parameters.ts';
import { type Plan, planOf } from './plan.ts';
import { readBack } from './readBack.ts';

/** A trained network that a student learns from. */
export interface Teacher {
  readonly network: Network;
  readonly weights: Weights;
  /** Where it reads its pixels: the student's images with another normalization. Left out, from the student's. */
  readonly images?: ImageSet | undefined;
  /** Its outputs in the order of the student's classes. Left out, both have the same order. */
  readonly classOrder?: readonly number[] | undefined;
}

/** The teachers of a training and how much they count; source 002 takes T = 2, 0.25 soft and 0.75 hard. */
export interface Distillation {
  readonly teachers: readonly Teacher[];
  readonly temperature: number;
  readonly softWeight: number;
  readonly hardWeight: number;
}

/** A student's batch, and the same images as teachers with another input see them, by the teacher's place. */
export interface TaughtBatch extends Batch {
  readonly views?: ReadonlyMap<number, Batch>;
}

const fault = (message: string): FaultError =>
  new FaultError({ code: 'distillation', message, where: 'distillation' });

const unchanged = (bytes: Uint8Array): Uint8Array => bytes;

/** Nothing can be learned from NaN, which the student's gradient would take over without its loss showing it. */
function checkShares(shares: Float64Array, { name }: Network): void {
  if (shares.every((share) => Number.isFinite(share))) return;
  throw fault(
    `The answers of the teacher ${name} are not numbers for these images: its weights are damaged, or it expects pixels of another range; choose another teacher.`,
  );
}

interface Ready {
  readonly teacher: Teacher;
  readonly plan: Plan;
  readonly input: FeatureMap;
  readonly layout: Layout;
  readonly vectors: Vectors;
  readonly parameters: Parameters;
}

function readyOf(teacher: Teacher, plan: Plan): Ready {
  const layout = layoutOf(plan.network, plan.geometry);
  const vectors = upload(teacher.weights, layout);
  const input = geometryAt(plan.geometry, plan.inputId).ofm;
  return { teacher, plan, input, layout, vectors, parameters: views(vectors, layout) };
}

/** The teachers of a student on the backend: inference only, no gradients, weights that nobody writes to. */
export class Teachers {
  readonly distillation: Distillation;
  readonly #ready: Ready[] = [];
  readonly #student: Plan;

  /** Throws a fault for settings out of range and for a teacher with other classes than the student. */
  constructor(distillation: Distillation, student: Plan) {
    const { teachers, temperature, softWeight, hardWeight } = distillation;
    if (teachers.length === 0) throw fault('Distillation needs a teacher; choose a trained network.');
    if (!(temperature > 0 && Number.isFinite(temperature)))
      throw fault(`The temperature ${temperature} is not a number above 0; try 2.`);
    for (const weight of [softWeight, hardWeight])
      if (!(weight >= 0 && Number.isFinite(weight)))
        throw fault(`The weight ${weight} of a loss is not a number of at least 0; try 0.25 and 0.75.`);
    if (softWeight + hardWeight === 0)
      throw fault('Both weights of the loss are 0, which teaches nothing; try 0.25 and 0.75.');
    const plans = teachers.map(({ network }) => planOf(network));
    for (const { network, classCount } of plans)
      if (classCount !== student.classCount)
        throw fault(
          `The teacher ${network.name} tells ${classCount} classes apart and the student ${student.classCount}; give both the same classes.`,
        );
    this.distillation = distillation;
    this.#student = student;
    try {
      for (const [i, plan] of plans.entries()) this.#ready.push(readyOf(teachers[i] as Teacher, plan));
    } catch (error) {
      this.dispose(); // those before one whose weights do not fit
      throw error;
    }
  }

  get #input(): FeatureMap {
    return geometryAt(this.#student.geometry, this.#student.inputId).ofm;
  }

  /** The places of the teachers that can't be shown the student's batch as it is. */
  #withOwnView(): number[] {
    const input = describeMap(this.#input);
    return [...this.#ready.keys()].filter((place) => {
      const { teacher, input: wanted } = this.#ready[place] as Ready;
      return teacher.images || describeMap(wanted) !== input;
    });
  }

  /** Throws a fault where the images can't be what a teacher reads. */
  check(images: ImageSet): void {
    const { channels } = images.images.image;
    for (const { teacher, input } of this.#ready) {
      if (!canAdapt(channels, input.channels))
        throw fault(
          `The teacher ${teacher.network.name} reads ${input.channels} channels and the images have ${channels}; choose a teacher that reads these images.`,
        );
      (teacher.images ?? images).check(input, this.#student.classCount);
    }
  }

  /** The chosen images for the student, and for each teacher with another input or normalization as well. */
  batch(images: ImageSet, indices: Uint32Array): TaughtBatch {
    const seen = new Map<number, Batch>();
    for (const place of this.#withOwnView()) {
      const { teacher, input } = this.#ready[place] as Ready;
      seen.set(place, (teacher.images ?? images).batch(indices, input));
    }
    const batch = images.batch(indices, this.#input);
    return seen.size > 0 ? { ...batch, views: seen } : batch;
  }

  /**
   * As {@link batch}, augmented. Teachers see what the student sees: the same images changed alike, each in the size and
   * the channels of its own input.
   */
  async prepare(
    images: ImageSet,
    indices: Uint32Array,
    augment: Augment | null,
    buffers?: BatchBuffers,
  ): Promise<TaughtBatch> {
    const own = this.#input;
    const original = await images.bytes(indices, own, buffers);
    const change = augment?.(indices.length) ?? unchanged;
    const bytes = change(original, own);
    const seen = new Map<number, Batch>();
    for (const place of this.#withOwnView()) {
      const { teacher, input } = this.#ready[place] as Ready;
      const shown = teacher.images ?? images;
      const isAlike = describeMap(input) === describeMap(own);
      const seenBytes = isAlike ? bytes : change(await shown.bytes(indices, input), input);
      seen.set(place, shown.normalized(seenBytes, indices, input));
    }
    const batch = images.normalized(bytes, indices, own, buffers);
    return seen.size > 0 ? { ...batch, views: seen } : batch;
  }

  /** Mean over the teachers of softmax(logits / T), [batch, classes]. */
  async shares(batch: TaughtBatch): Promise<Float64Array> {
    const { temperature } = this.distillation;
    const mean = new Float64Array(batch.labels.length * this.#student.classCount);
    for (const [place, { teacher, plan, input, parameters }] of this.#ready.entries()) {
      const view = batch.views?.get(place) ?? batch;
      const [, height, width, channels] = view.shape;
      if (height !== input.height || width !== input.width || channels !== input.channels)
        throw fault(
          `The teacher ${teacher.network.name} reads ${describeMap(input)} and the batch is ${height}x${width}x${channels}; ask the session for its batches.`,
        );
      const x = tf.tensor4d(view.pixels, view.shape);
      const logits = infer(plan, x, parameters);
      x.dispose();
      try {
        const own = softened(await readBack(logits), plan.classCount, temperature);
        checkShares(own, teacher.network);
        inOrder(own, plan.classCount, teacher.classOrder).forEach((share, i) => {
          mean[i] = (mean[i] as number) + share / this.#ready.length;
        });
      } finally {
        logits.dispose();
      }
    }
    return mean;
  }

  async softTargets(batch: TaughtBatch): Promise<SoftTargets> {
    return { ...this.distillation, shares: await this.shares(batch) };
  }

  /** Each teacher's weights as they are on the backend now. */
  async weights(): Promise<readonly Weights[]> {
    const all: Weights[] = [];
    for (const { layout, vectors } of this.#ready) {
      const trained = await readBack(vectors.trained);
      const moving = await readBack(vectors.moving);
      all.push(weightsOf(layout, { trained, moving, fixed: await readBack(vectors.fixed) }));
    }
    return all;
  }

  dispose(): void {
    for (const { vectors, parameters } of this.#ready)
      for (const tensor of [...parameters.values(), ...Object.values(vectors)]) tensor.dispose();
  }
}

import type { Chosen } from './batchOrder.ts';
import type { TaughtBatch } from './distill.ts';
import { type Augment, type ImageSet, noBuffers } from './images.ts';
import type { Session } from './session.ts';

/**
 * The batches of an epoch, one prepared ahead: while the backend computes a step, the next batch is read, augmented and
 * normalized. Batches are prepared in their order, so that random streams give what they would without.
 *
 * What it gains: on WebGL and WebGPU the processor is free while the graphics compute, and with a set that is read in
 * chunks the disk is. On wasm and cpu a step is computed by the very thread that prepares: there it gains nothing.
 */
export class BatchFeed {
  readonly #session: Session;
  readonly #images: ImageSet;
  readonly #order: Iterator<Chosen>;
  readonly #augment: Augment | null;
  /** A batch's arrays are used again two batches later, when no step reads them any more. */
  #free = noBuffers();
  #busy = noBuffers();
  #prepared: Promise<TaughtBatch | null> | null = null;

  constructor(session: Session, images: ImageSet, order: Iterator<Chosen>, augment: Augment | null) {
    this.#session = session;
    this.#images = images;
    this.#order = order;
    this.#augment = augment;
  }

  async #prepare(): Promise<TaughtBatch | null> {
    const { done, value } = this.#order.next();
    if (done) return null;
    const buffers = this.#free;
    this.#free = this.#busy;
    this.#busy = buffers;
    this.#images.chunks?.want(value.chunks);
    return this.#session.prepare(this.#images, value.indices, this.#augment, buffers);
  }

  /** Begins with the next batch. To be called while a step computes: its arrays are not those of the batch before. */
  ahead(): void {
    this.#prepared ??= this.#prepare();
    this.#prepared.catch(() => {}); // next() tells, if it is asked at all
  }

  /** The next batch, or null after the last one. */
  next(): Promise<TaughtBatch | null> {
    const prepared = this.#prepared ?? this.#prepare();
    this.#prepared = null;
    return prepared;
  }
}

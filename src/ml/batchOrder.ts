import type { Random } from '../core/random.ts';
import type { EpochImages, Order } from './epochImages.ts';

/** The images of a batch. */
export interface Chosen {
  readonly indices: Uint32Array;
  /** Where images are read from chunks: those of these images' windows, and of the next one. */
  readonly chunks: readonly number[];
}

/**
 * The images of an epoch's batches in a random order, each once before one comes again. Batches are whole: a last,
 * smaller one is left out, for its batch statistics would be poor and WebGL would compile for its shape. An epoch of
 * more batches than the images give begins a new order.
 */
export function* batchOrder(
  images: EpochImages,
  batchSize: number,
  batches: number,
  random: Random,
): Generator<Chosen> {
  let order: Order = images.draw(random);
  let at = 0;
  let window = 0;
  const startOf = (place: number) => order.windows[place]?.start ?? Number.POSITIVE_INFINITY;
  for (let batch = 0; batch < batches; batch++) {
    if (at + batchSize > order.indices.length) {
      order = images.draw(random);
      at = 0;
      window = 0;
    }
    const end = at + batchSize;
    while (startOf(window + 1) <= at) window++;
    let last = window;
    while (startOf(last + 1) < end) last++;
    const chunks = order.windows.slice(window, last + 2).flatMap((one) => one.chunks);
    yield { indices: order.indices.slice(at, end), chunks };
    at = end;
  }
}

import { permutation, type Random } from '../core/random.ts';

/**
 * The images of an epoch's batches in a random order, each once before one comes again. Batches are whole: a last,
 * smaller one is left out, for its batch statistics would be poor and WebGL would compile for its shape. An epoch of
 * more batches than the images give begins a new order.
 */
export function* batchOrder(
  images: Uint32Array,
  batchSize: number,
  batches: number,
  random: Random,
): Generator<Uint32Array> {
  let order = permutation(images.length, random);
  let at = 0;
  for (let batch = 0; batch < batches; batch++) {
    if (at + batchSize > order.length) {
      order = permutation(images.length, random);
      at = 0;
    }
    yield order.slice(at, at + batchSize).map((i) => images[i] as number);
    at += batchSize;
  }
}

import { type Balance, balancedIndices } from '../core/data/compile/balance.ts';
import { permutation, type Random } from '../core/random.ts';
import { unwrap } from '../core/result.ts';
import type { ImageSet } from './images.ts';

/** The images of an epoch in the order in which they come. */
export interface Order {
  readonly indices: Uint32Array;
  /** Of a set that is read chunk by chunk: images that are shuffled together, and the chunks they lie in. */
  readonly windows: readonly { readonly start: number; readonly chunks: readonly number[] }[];
}

/** Which images make an epoch. */
export interface EpochImages {
  /** Images of an epoch. */
  readonly count: number;
  /** The images and order of the next epoch: all its chance comes from this stream, in whose state a checkpoint has it. */
  draw(random: Random): Order;
}

const shuffled = (items: Uint32Array, random: Random): Uint32Array =>
  permutation(items.length, random).map((place) => items[place] as number);

/**
 * Chunks in a random order; as many at a time as fit into memory, whose images are shuffled together. Each chunk is read
 * once an epoch, where any order would read one for nearly each image.
 */
function windowed(items: Uint32Array, chunkImages: number, windowChunks: number, random: Random): Order {
  const byChunk = new Map<number, number[]>();
  for (const index of items) {
    const chunk = Math.floor(index / chunkImages);
    const members = byChunk.get(chunk);
    if (members) members.push(index);
    else byChunk.set(chunk, [index]);
  }
  const chunks = shuffled(Uint32Array.from([...byChunk.keys()].sort((a, b) => a - b)), random);
  const indices = new Uint32Array(items.length);
  const windows: { start: number; chunks: number[] }[] = [];
  let start = 0;
  for (let first = 0; first < chunks.length; first += windowChunks) {
    const own = [...chunks.subarray(first, first + windowChunks)];
    const members = Uint32Array.from(own.flatMap((chunk) => byChunk.get(chunk) ?? []));
    indices.set(shuffled(members, random), start);
    windows.push({ start, chunks: own });
    start += members.length;
  }
  return { indices, windows };
}

/**
 * The training images of each epoch. Where classes are balanced they are drawn anew for every epoch: with undersampling
 * all images come up in time, with oversampling the same ones are not always the doubled ones. Throws a fault where
 * oversampling would make too many.
 */
export function epochImages(images: ImageSet, balance: Balance): EpochImages {
  const { train } = images.split;
  const { chunks } = images;
  const classCount = images.images.classNames.length;
  const labels = images.labelsAt(train);
  const balanced = (seed: number) => unwrap(balancedIndices(labels, classCount, balance, seed));
  const order = (items: Uint32Array, random: Random): Order =>
    chunks
      ? windowed(items, chunks.stored.chunkImages, chunks.windowChunks, random)
      : { indices: shuffled(items, random), windows: [] };
  if (balance === 'as is') return { count: train.length, draw: (random) => order(train, random) };
  return {
    count: balanced(0).length,
    draw: (random) => {
      const chosen = balanced(random.integer(2 ** 32));
      return order(
        chosen.map((place) => train[place] as number),
        random,
      );
    },
  };
}

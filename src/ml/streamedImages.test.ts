import { beforeAll, describe, expect, test } from 'vitest';
import { DEFAULT_DATA_OPTIONS } from '../core/exploration/defaultDesign.ts';
import { NetworkBuilder } from '../core/network/builder.ts';
import { createRandom } from '../core/random.ts';
import { batchOrder } from './batchOrder.ts';
import { epochImages } from './epochImages.ts';
import { evaluate, predict } from './evaluate.ts';
import { ImageSet } from './images.ts';
import { imagesAt } from './imagesAt.ts';
import { initializeWeights } from './initialize.ts';
import { useWasmInNode } from './nodeWasm.ts';
import { stored } from './testing/stored.ts';
import { stripes } from './testing/stripes.ts';

beforeAll(useWasmInNode);

const CHOICE = { ...DEFAULT_DATA_OPTIONS, splitSeed: 1, validationShare: 0.2 };
const INPUT = { height: 12, width: 12, channels: 1 };
const CHUNK = 20;
const CHUNK_BYTES = CHUNK * 144;
/** Four chunks at a time, of the 15 that there are: two in use and two that come. */
const LIMIT = 4 * CHUNK_BYTES;

const all = stripes(300);
const streamed = async (source = stored(all, CHUNK)) => {
  const images = await ImageSet.open(source, CHOICE, { limit: LIMIT });
  return { images, source, chunks: images.chunks! };
};

const network = () => {
  const b = new NetworkBuilder('small', { height: 6, width: 6, channels: 1 });
  b.convBlock(4, 3);
  b.globalAveragePool();
  b.dense(2);
  return b.build();
};

describe('a kept set that fits into memory', () => {
  test('is read whole, and is the same as one that was given', async () => {
    const source = stored(all, CHUNK);
    const images = await ImageSet.open(source, CHOICE);
    expect(images.chunks).toBeNull();
    expect(source.reads).toEqual(Array.from({ length: 15 }, (_, i) => i));
    const given = await ImageSet.open(all, CHOICE);
    expect(images.split).toEqual(given.split);
    const chosen = given.split.train.slice(30, 60);
    const [a, b] = [images, given].map((set) => set.batch(chosen, INPUT));
    expect(a!.pixels).toEqual(b!.pixels);
    expect([...a!.labels]).toEqual([...b!.labels]);
  });

  test('is refused in a sentence where a part of it is not what it should be', async () => {
    const source = { ...stored(all, CHUNK), chunk: async () => new Uint8Array(7) };
    await expect(ImageSet.open(source, CHOICE)).rejects.toThrow(
      'Part 1 of stripes has 7 bytes for 20 images; compile the set again.',
    );
  });

  test('stops being read when nobody waits any more', async () => {
    const source = stored(all, CHUNK);
    const abort = new AbortController();
    const opening = ImageSet.open(source, CHOICE, { signal: abort.signal });
    abort.abort();
    await expect(opening).rejects.toThrow(/abort/i);
    expect(source.reads).toEqual([0]);
  });
});

describe('a kept set that is larger than memory', () => {
  test('gives the same batches, resized too, wherever their images lie', async () => {
    const { images } = await streamed();
    const given = new ImageSet(all, 1, 0.2);
    expect(images.split).toEqual(given.split);
    const chosen = Uint32Array.of(299, 0, 150, 21, 20, 0);
    for (const input of [INPUT, { height: 6, width: 5, channels: 3 }]) {
      const [a, b] = [await images.prepare(chosen, input), given.batch(chosen, input)];
      expect(a.pixels).toEqual(b.pixels);
      expect([...a.labels]).toEqual([...b.labels]);
    }
    expect(await imagesAt(images, chosen)).toEqual(await imagesAt(given, chosen));
  });

  test('is trained with in an order that takes each image once and reads each chunk once an epoch', async () => {
    const { images, source, chunks } = await streamed();
    const random = createRandom(4);
    const orders: number[][] = [];
    for (let epoch = 1; epoch <= 2; epoch++) {
      source.reads.length = 0;
      const seen: number[] = [];
      for (const { indices, chunks: wanted } of batchOrder(epochImages(images, 'as is'), 8, 30, random)) {
        chunks.want(wanted);
        await images.prepare(indices, INPUT);
        seen.push(...indices);
        expect(chunks.keptBytes).toBeLessThanOrEqual(LIMIT + 2 * CHUNK_BYTES);
        await new Promise((resolve) => setTimeout(resolve, 3));
      }
      expect(seen.slice().sort((a, b) => a - b)).toEqual([...images.split.train]);
      expect(new Set(source.reads).size).toBe(source.reads.length);
      // what the epoch before had left is not read again
      expect(source.reads.length).toBeGreaterThanOrEqual(epoch === 1 ? 15 : 11);
      orders.push(seen);
    }
    expect(orders[0]).not.toEqual(orders[1]);
    // images are shuffled within a window and not only their chunks
    const chunkOf = (index: number) => Math.floor(index / CHUNK);
    const window = orders[0]!.slice(0, 24).map(chunkOf);
    expect(new Set(window).size).toBe(2);
    expect(window.slice(0, 16)).not.toEqual(window.slice(0, 16).sort((a, b) => a - b));
    const again = [...batchOrder(epochImages(images, 'as is'), 8, 30, createRandom(4))];
    expect(again.flatMap(({ indices }) => [...indices])).toEqual(orders[0]);
  });

  test('has its next chunks read while the first ones are trained with', async () => {
    const { images, source, chunks } = await streamed();
    const [first] = batchOrder(epochImages(images, 'as is'), 8, 30, createRandom(4));
    expect(first!.chunks).toHaveLength(4);
    chunks.want(first!.chunks);
    await images.prepare(first!.indices, INPUT);
    await expect.poll(() => source.reads.slice().sort()).toEqual(first!.chunks.slice().sort());
  });

  test('is measured as it would be in memory, with a cache that stays within its limit', async () => {
    const { images, chunks } = await streamed();
    const given = new ImageSet(all, 1, 0.2);
    const weights = initializeWeights(network(), 3);
    expect(await evaluate(network(), weights, images)).toEqual(await evaluate(network(), weights, given));
    const [a, b] = [await predict(network(), weights, images), await predict(network(), weights, given)];
    expect(a.probabilities).toEqual(b.probabilities);
    expect(a.report).toEqual(b.report);
    expect(chunks.keptBytes).toBeLessThanOrEqual(LIMIT);
  });

  test('tells where a part of it is gone, also when that was read ahead', async () => {
    const whole = stored(all, CHUNK);
    const source = {
      ...whole,
      chunk: async (index: number) => {
        if (index === 7) throw new Error('stripes is gone');
        return whole.chunk(index);
      },
    };
    const { images, chunks } = await streamed(source);
    chunks.want([7, 8]);
    await new Promise((resolve) => setTimeout(resolve, 5));
    await expect(images.prepare(Uint32Array.of(7 * CHUNK), INPUT)).rejects.toThrow('stripes is gone');
    await expect(evaluate(network(), initializeWeights(network(), 3), images)).rejects.toThrow(
      'stripes is gone',
    );
  });
});

test('more than 256 classes are told apart, in memory and in chunks', async () => {
  const classNames = Array.from({ length: 300 }, (_, i) => `class ${i}`);
  const many = { ...all, classNames, labels: Uint16Array.from({ length: 300 }, (_, i) => i) };
  const b = new NetworkBuilder('wide', INPUT);
  b.flatten();
  b.dense(300);
  const wide = b.build();
  const weights = initializeWeights(wide, 1);
  const choice = { ...CHOICE, validationShare: 1 };
  const images = await ImageSet.open(stored(many, CHUNK), choice, { limit: LIMIT });
  const found = await predict(wide, weights, images);
  expect([...found.labels]).toEqual([...many.labels]);
  expect(found.report).toEqual((await predict(wide, weights, await ImageSet.open(many, choice))).report);
  const outside = { ...many, classNames: classNames.slice(0, 299) };
  await expect(ImageSet.open(outside, choice)).rejects.toThrow(
    'Image 300 of stripes is of class 299, and the set names 299 classes from 0 on; read it again.',
  );
});

import { expect, test } from 'vitest';
import { BatchFeed } from './batchFeed.ts';
import { type BatchBuffers, ImageSet } from './images.ts';
import type { Session } from './session.ts';
import { stripes } from './testing/stripes.ts';

const images = new ImageSet(stripes(40), 1, 0.25);
const INPUT = { height: 12, width: 12, channels: 1 };

/** A session of which only the batches are wanted. */
const session = {
  prepare: (set: ImageSet, indices: Uint32Array, augment: null, buffers: BatchBuffers) =>
    set.prepare(indices, INPUT, augment, buffers),
} as unknown as Session;

function feedOf(count: number) {
  const asked: number[] = [];
  function* order() {
    for (let i = 0; i < count; i++) {
      asked.push(i);
      yield { indices: Uint32Array.of(i, i + 1), chunks: [] };
    }
  }
  return { feed: new BatchFeed(session, images, order(), null), asked };
}

const expected = (i: number) => images.batch(Uint32Array.of(i, i + 1), INPUT);

test('the next batch is made while a step computes, and no more than one', async () => {
  const { feed, asked } = feedOf(5);
  const first = await feed.next();
  expect(asked).toEqual([0]);
  feed.ahead();
  // of a set in memory before ahead() returns: a GPU computes meanwhile
  expect(asked).toEqual([0, 1]);
  feed.ahead();
  await Promise.resolve();
  expect(asked).toEqual([0, 1]);
  // what the step reads is not written to
  expect(first).toEqual(expected(0));
  expect(await feed.next()).toEqual(expected(1));
});

test('batches come in order, ahead or not, in two arrays that take turns, until none is left', async () => {
  const { feed } = feedOf(6);
  const arrays = new Set<Float32Array>();
  for (let i = 0; i < 6; i++) {
    const batch = await feed.next();
    expect(batch).toEqual(expected(i));
    arrays.add(batch!.pixels);
    if (i % 3 !== 1) feed.ahead();
  }
  expect(arrays.size).toBe(2);
  expect(await feed.next()).toBeNull();
});

test('a batch that can not be made is told to whoever asks for it, and to nobody else', async () => {
  function* order() {
    yield { indices: Uint32Array.of(0), chunks: [] };
    throw new Error('stripes is gone');
  }
  const feed = new BatchFeed(session, images, order(), null);
  await feed.next();
  feed.ahead();
  await new Promise((resolve) => setTimeout(resolve, 5));
  await expect(feed.next()).rejects.toThrow('stripes is gone');
});

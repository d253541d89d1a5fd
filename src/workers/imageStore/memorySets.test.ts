import { expect, test } from 'vitest';
import { faultIn } from '../../formats/testing/fuzz/judge.ts';
import { memorySets } from './memorySets.ts';
import { openStoredImages } from './openStoredImages.ts';
import { setStore } from './storing.ts';
import { begun, chunk, header, keep, origin } from './testing/sets.ts';

// this file has no IndexedDB: as in some private windows
test('where the browser keeps nothing, sets stay in memory and say so', async () => {
  expect(await setStore()).toBe(memorySets);
  const set = await keep(memorySets, 2, 3);
  expect(set).toMatchObject({ isKept: false, bytes: 0, imageCount: 8 });
  expect(await memorySets.list()).toEqual([set]);
  const chunks = [];
  for await (const one of memorySets.chunks(set)) chunks.push(one.pixels);
  expect(chunks).toEqual([chunk(0, 3).pixels, chunk(1, 3).pixels]);
  const stored = await memorySets.images(set);
  expect([...stored.labels]).toEqual([0, 1, 0, 1, 0, 1, 0, 1]);
  expect([...stored.parts]).toEqual([0, 1, 2, 0, 0, 1, 2, 0]);
  expect(await stored.chunk(1)).toEqual(chunk(1, 3).pixels);
  await (await begun(memorySets, 1)).abort();
  expect(await memorySets.list()).toHaveLength(1);
  const opened = await openStoredImages(set.id);
  expect(opened.ok ? null : faultIn(opened.error)).toBeNull();
  await memorySets.delete(set.id);
  expect(await memorySets.list()).toEqual([]);
  await expect(memorySets.images(set)).rejects.toThrow(/are gone/);
});

test('a set that does not fit into memory is refused in one sentence', async () => {
  const refused = await memorySets.sink({ ...origin, neededBytes: 6e8 }).begin(header());
  if (refused.ok) throw new Error('expected a fault');
  expect(refused.error.message).toContain('600 MB does not fit into the 537 MB of memory');
  expect(faultIn(refused.error)).toBeNull();
});

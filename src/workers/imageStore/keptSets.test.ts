import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FaultError, type Result, unwrap } from '../../core/result.ts';
import { faultIn } from '../../formats/testing/fuzz/judge.ts';
import { openDatabase } from './database.ts';
import { keptSets } from './keptSets.ts';
import { openStoredImages } from './openStoredImages.ts';
import { begun, chunk, compiledSet, header, keep, origin } from './testing/sets.ts';

const STORES = ['sets', 'details', 'pixels', 'paths', 'marks'] as const;

/** Records in all stores together. */
async function recordCount(): Promise<number> {
  const db = await openDatabase();
  const counts = await Promise.all(STORES.map((name) => db.count(name)));
  return counts.reduce((a, b) => a + b);
}

/** Locks as a browser has them, shared by all tabs: who closes a tab lets go of them. */
function fakeLocks() {
  const held = new Set<string>();
  return {
    held,
    async request(name: string, ...rest: unknown[]): Promise<unknown> {
      const use = rest.at(-1) as (lock: object | null) => unknown;
      if (rest.length > 1 && held.has(name)) return use(null);
      held.add(name);
      try {
        return await use({ name });
      } finally {
        held.delete(name);
      }
    },
  };
}

function fault(result: Result<unknown>) {
  if (result.ok) throw new Error('expected a fault');
  expect(faultIn(result.error)).toBeNull();
  return result.error;
}

let locks = fakeLocks();
let estimate: { usage: number; quota: number } | undefined;

beforeEach(async () => {
  locks = fakeLocks();
  estimate = undefined;
  vi.stubGlobal('navigator', { locks, storage: { estimate: async () => estimate ?? {} } });
  const db = await openDatabase();
  for (const name of STORES) await db.clear(name);
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe('a set', () => {
  test('that is whole is listed, and read chunk by chunk', async () => {
    const set = await keep(keptSets, 3, 5);
    expect(await keptSets.list()).toEqual([set]);
    expect(set).toMatchObject({ isKept: true, imageCount: 12, chunkCount: 3, sourceNames: ['s'] });
    expect(set.choice).toEqual({ height: 2, width: 2, channels: 3, fit: 'crop', classes: {} });
    expect(set.samples.map((sheet) => sheet.length)).toEqual([6, 6]);
    const images = unwrap(await openStoredImages(set.id));
    expect([...images.labels]).toEqual([0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1]);
    expect([...images.parts.slice(0, 5)]).toEqual([0, 1, 2, 0, 0]);
    expect(images).toMatchObject({ name: 'set', chunkImages: 4, classNames: ['a', 'b'] });
    const pixels = await images.chunk(2);
    expect(pixels).toEqual(new Uint8Array(48).fill(82));
    expect(pixels.buffer.byteLength).toBe(48); // nothing around it is stored
    const chunks = [];
    for await (const one of keptSets.chunks(set)) chunks.push(one);
    expect(chunks).toEqual(
      [0, 1, 2].map((index) => ({ ...chunk(index, 5), pixels: chunk(index, 5).pixels.slice() })),
    );
  });

  test('that is not finished is never listed, and aborted it leaves nothing', async () => {
    const sink = await begun(keptSets, 2);
    expect(await recordCount()).toBe(5);
    expect(await keptSets.list()).toEqual([]);
    await sink.abort();
    expect(await recordCount()).toBe(0);
    expect(locks.held.size).toBe(0);
  });

  test('equal to a kept one takes no room: that one gets the new name', async () => {
    const first = await keep(keptSets, 2, 1, 'before');
    const records = await recordCount();
    const second = await keep(keptSets, 2, 1, 'after');
    expect([second.id, second.fingerprint]).toEqual([first.id, first.fingerprint]);
    expect(await recordCount()).toBe(records);
    expect((await keptSets.list()).map((set) => set.header.name)).toEqual(['after']);
    const other = await keep(keptSets, 2, 2);
    expect(await keptSets.list()).toHaveLength(2);
    expect(other.fingerprint).not.toBe(first.fingerprint);
  });

  test('deleted leaves nothing, and who reads it is told instead of waiting', async () => {
    const set = await keep(keptSets, 3);
    const images = unwrap(await openStoredImages(set.id));
    const reading = keptSets.chunks(set);
    await images.chunk(0);
    await reading.next();
    await keptSets.delete(set.id);
    expect(await recordCount()).toBe(0);
    for (const read of [() => images.chunk(1), () => reading.next()]) {
      const error = await read().then(
        () => null,
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(FaultError);
      expect((error as FaultError).fault.code).toBe('set-gone');
      expect(faultIn((error as FaultError).fault)).toBeNull();
    }
    expect(fault(await openStoredImages(set.id)).code).toBe('set-gone');
  });
});

describe('parallel tabs', () => {
  test('write at the same time, and neither removes what the other writes', async () => {
    const [one, other] = await Promise.all([begun(keptSets, 2, 1), begun(keptSets, 3, 2)]);
    await keptSets.list();
    unwrap(await one.end(compiledSet(2)));
    expect(await keptSets.list()).toHaveLength(1);
    unwrap(await other.end(compiledSet(3)));
    for (const { id, chunkCount } of await keptSets.list()) {
      const images = unwrap(await openStoredImages(id));
      for (let index = 0; index < chunkCount; index++)
        expect(await images.chunk(index)).toEqual(chunk(index, chunkCount === 2 ? 1 : 2).pixels.slice());
    }
  });

  test('what a closed one has left half-written is removed at the next start', async () => {
    const whole = await keep(keptSets, 1, 7);
    const before = await recordCount();
    await begun(keptSets, 2);
    locks.held.clear(); // the tab is closed
    expect(await keptSets.list()).toEqual([whole]);
    expect(await recordCount()).toBe(before);
  });

  test('without locks it is removed once nobody can be writing it', async () => {
    vi.stubGlobal('navigator', {});
    await begun(keptSets, 2);
    await keptSets.list();
    expect(await recordCount()).toBe(5);
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 25 * 3600 * 1000);
    await keptSets.list();
    expect(await recordCount()).toBe(0);
  });
});

describe('a full disk', () => {
  test.each([1, 2, 4, 5, 7, 10, 11, 12])(
    'at the %i. write is told, and nothing half-written remains',
    async (n) => {
      const put = IDBObjectStore.prototype.put;
      let writes = 0;
      vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
        this: IDBObjectStore,
        ...parameters
      ) {
        if (++writes === n) throw new DOMException('full', 'QuotaExceededError');
        return put.apply(this, parameters);
      });
      const sink = keptSets.sink({ ...origin, neededBytes: 332e6 });
      let result: Result<void> = await sink.begin(header());
      for (let index = 0; index < 3 && result.ok; index++) result = await sink.write(chunk(index));
      if (result.ok) result = await sink.end(compiledSet(3));
      const { code, message } = fault(result);
      expect(code).toBe('quota');
      expect(message).toMatch(/^set needs about 332 MB.*Delete kept sets/);
      await sink.abort();
      expect(await recordCount()).toBe(0);
      expect(await keptSets.list()).toEqual([]);
      expect(locks.held.size).toBe(0);
    },
  );

  test('that can be foreseen is told before anything is written', async () => {
    estimate = { usage: 80e6, quota: 100e6 };
    const sink = keptSets.sink({ ...origin, neededBytes: 332e6 });
    expect(fault(await sink.begin(header())).message).toContain('332 MB, and the browser has 20 MB left');
    await sink.abort();
    expect(await recordCount()).toBe(0);
  });
});

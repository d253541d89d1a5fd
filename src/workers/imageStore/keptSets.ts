import { type Gathered, Gathering } from '../../core/data/compile/gather.ts';
import type { CompiledChunk, CompiledSet, SetHeader } from '../../core/data/compile/sink.ts';
import { ok, type Result, unwrap } from '../../core/result.ts';
import type { StoredSet } from '../protocol.ts';
import { chunksOf, type ImagesDatabase, openDatabase, type SetRecord } from './database.ts';
import { digest, newId } from './digest.ts';
import { hold, whereAbandoned } from './locks.ts';
import { openStoredImages } from './openStoredImages.ts';
import type { SetOrigin, SetStore, StoringSink } from './setStore.ts';
import { freeBytes, goneFault, quotaFault, type Space, storeFault } from './storeFault.ts';

/** Bytes of its own: of a view the whole buffer would be stored. */
const own = (bytes: Uint8Array): Uint8Array =>
  bytes.length === bytes.buffer.byteLength ? bytes : bytes.slice();

const ALL = ['sets', 'details', 'pixels', 'paths', 'marks'] as const;

/** Removes all of a set, or of what was written of it, at once. */
async function remove(db: ImagesDatabase, id: string): Promise<void> {
  const change = db.transaction(ALL, 'readwrite');
  const range = chunksOf(id);
  const steps = [
    change.objectStore('sets').delete(id),
    change.objectStore('details').delete(id),
    change.objectStore('pixels').delete(range),
    change.objectStore('paths').delete(range),
    change.objectStore('marks').delete(id),
  ];
  await Promise.all([...steps, change.done]);
}

/** Waits for a transaction; the error is the transaction's (a full disk), not that its requests were aborted. */
async function settled(done: Promise<void>, steps: readonly Promise<unknown>[]): Promise<void> {
  for (const step of steps) step.catch(() => {});
  await done;
}

class KeepingSink implements StoringSink {
  stored: StoredSet | null = null;
  readonly #origin: SetOrigin;
  readonly #id = newId();
  #name = '';
  #space: Space;
  #gathering: Gathering | null = null;
  #release = () => {};

  constructor(origin: SetOrigin) {
    this.#origin = origin;
    this.#space = { neededBytes: origin.neededBytes, freeBytes: null };
  }

  async begin(header: SetHeader): Promise<Result<void>> {
    this.#name = header.name;
    this.#space = { ...this.#space, freeBytes: await freeBytes() };
    const { neededBytes, freeBytes: free } = this.#space;
    if (free !== null && neededBytes > free) return quotaFault(header.name, this.#space);
    this.#gathering = new Gathering(header, digest);
    this.#release = await hold(this.#id);
    return this.#attempt(async (db) => {
      await db.put('marks', Date.now(), this.#id);
    });
  }

  async write(chunk: CompiledChunk): Promise<Result<void>> {
    await this.#gathering?.add(chunk);
    return this.#attempt(async (db) => {
      const change = db.transaction(['pixels', 'paths', 'marks'], 'readwrite');
      await settled(change.done, [
        change.objectStore('pixels').put(own(chunk.pixels), [this.#id, chunk.index]),
        change.objectStore('paths').put(chunk.paths, [this.#id, chunk.index]),
        change.objectStore('marks').put(Date.now(), this.#id),
      ]);
    });
  }

  async end(set: CompiledSet): Promise<Result<void>> {
    const gathered = (await this.#gathering?.end()) as Gathered;
    const { fingerprint, bytes, labels, parts, samples } = gathered;
    const record = recordOf(set, this.#origin, this.#id, fingerprint, bytes);
    const ended = await this.#attempt(async (db) => {
      const change = db.transaction(ALL, 'readwrite');
      const sets = change.objectStore('sets');
      const finished = change.done;
      finished.catch(() => {});
      const equal = await sets.index('fingerprint').get(fingerprint);
      const kept = equal ? { ...record, id: equal.id } : record;
      const range = chunksOf(this.#id);
      await settled(finished, [
        sets.put(kept, kept.id),
        change.objectStore('details').put({ labels, parts, samples }, kept.id),
        change.objectStore('marks').delete(this.#id),
        ...(equal
          ? [change.objectStore('pixels').delete(range), change.objectStore('paths').delete(range)]
          : []),
      ]);
      this.stored = { ...kept, samples, isKept: true };
    });
    if (ended.ok) this.#release();
    return ended;
  }

  async abort(): Promise<void> {
    try {
      await remove(await openDatabase(), this.#id);
    } catch {
      // its mark is still there: the next start removes it
    } finally {
      this.#release();
    }
  }

  async #attempt(write: (db: ImagesDatabase) => Promise<void>): Promise<Result<void>> {
    try {
      await write(await openDatabase());
      return ok(undefined);
    } catch (error) {
      return storeFault(error, this.#name, this.#space);
    }
  }
}

/** A set's record, all but where it is kept. */
export function recordOf(
  set: CompiledSet,
  origin: SetOrigin,
  id: string,
  fingerprint: string,
  bytes: number,
): SetRecord {
  const { image, fit } = set.header;
  const { height, width } = image;
  return {
    ...set,
    id,
    fingerprint,
    bytes,
    createdAt: Date.now(),
    choice: { height, width, channels: image.channels === 1 ? 1 : 3, fit, classes: origin.classes },
    sourceNames: origin.sourceNames,
  };
}

/** Removes what closed tabs have left half-written. */
async function removeAbandoned(db: ImagesDatabase): Promise<void> {
  for (const id of await db.getAllKeys('marks')) {
    const touchedAt = (await db.get('marks', id)) ?? 0;
    await whereAbandoned(id, touchedAt, async () => {
      // its writer may have ended it meanwhile
      if ((await db.get('marks', id)) !== undefined) await remove(db, id);
    });
  }
}

/** Sets in the browser's database. */
export const keptSets: SetStore = {
  sink: (origin) => new KeepingSink(origin),

  async list() {
    const db = await openDatabase();
    await removeAbandoned(db);
    const read = db.transaction(['sets', 'details']);
    const [records, keys, details] = await Promise.all([
      read.objectStore('sets').getAll(),
      read.objectStore('details').getAllKeys(),
      read.objectStore('details').getAll(),
      read.done,
    ]);
    return records
      .map((record): StoredSet => {
        const samples = details[keys.indexOf(record.id)]?.samples ?? [];
        return { ...record, samples, isKept: true };
      })
      .sort((a, b) => b.createdAt - a.createdAt);
  },

  async delete(id) {
    await remove(await openDatabase(), id);
  },

  images: async ({ id }) => unwrap(await openStoredImages(id)),

  async *chunks({ id, header, chunkCount }) {
    const db = await openDatabase();
    const details = await db.get('details', id);
    for (let index = 0; index < chunkCount; index++) {
      const [pixels, paths] = await Promise.all([
        db.get('pixels', [id, index]),
        db.get('paths', [id, index]),
      ]);
      if (!details || !pixels || !paths) throw goneFault(header.name);
      const first = index * header.chunkImages;
      const end = first + paths.length;
      yield {
        index,
        pixels,
        labels: details.labels.slice(first, end),
        parts: details.parts.slice(first, end),
        paths,
      };
    }
  },
};

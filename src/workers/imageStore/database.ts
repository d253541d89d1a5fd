import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { StoredSet } from '../protocol.ts';

/** A set as it is kept; what is large of it lies beside it. */
export type SetRecord = Omit<StoredSet, 'samples' | 'isKept'>;

/**
 * The images of compiled sets. A set is there when its record is; while it is written only its mark is, by which a
 * later page finds what a closed one has left.
 */
export interface ImagesSchema extends DBSchema {
  sets: { key: string; value: SetRecord; indexes: { fingerprint: string } };
  details: {
    key: string;
    value: {
      readonly labels: Uint16Array;
      readonly parts: Uint8Array;
      readonly samples: StoredSet['samples'];
    };
  };
  /** By set and chunk: pixels, NHWC. */
  pixels: { key: [string, number]; value: Uint8Array };
  /** By set and chunk: where each image came from. */
  paths: { key: [string, number]; value: readonly string[] };
  /** By set: when its last chunk was written, in milliseconds since 1970. */
  marks: { key: string; value: number };
}

export type ImagesDatabase = IDBPDatabase<ImagesSchema>;

const NAME = 'sweetspot-images';

let opening: Promise<ImagesDatabase> | null = null;

const forget = () => {
  opening = null;
};

// asynchronous, for a browser without IndexedDB throws at once
const open = async (): Promise<ImagesDatabase> =>
  openDB<ImagesSchema>(NAME, 1, {
    upgrade: (db) => {
      db.createObjectStore('sets').createIndex('fingerprint', 'fingerprint');
      for (const name of ['details', 'pixels', 'paths', 'marks'] as const) db.createObjectStore(name);
    },
    // a newer version of the page in another tab must not wait for this one
    blocking: (_current, _blocked, event) => {
      (event.target as IDBDatabase).close();
      forget();
    },
    terminated: forget,
  });

/** The database, opened once a worker and again after the browser closed it. Rejects where the browser has none. */
export function openDatabase(): Promise<ImagesDatabase> {
  opening ??= open().catch((error: unknown) => {
    forget();
    throw error;
  });
  return opening;
}

/** All chunks of a set. */
export const chunksOf = (id: string): IDBKeyRange =>
  IDBKeyRange.bound([id, 0], [id, Number.MAX_SAFE_INTEGER]);

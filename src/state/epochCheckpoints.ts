import { type IDBPDatabase, openDB } from 'idb';
import { keepCheckpoint, keptCheckpoint } from './storedCheckpoint.ts';
import { forgetModel, type ModelsSchema, modelBytes } from './storedModels.ts';
import type { Checkpoint } from './trainingStore.ts';

/**
 * The checkpoints of single epochs, to go back to: in a database of their own, for they may go at any time. Nothing that
 * a design needs is only here.
 */
const DATABASE = 'sweetspot-epochs';

/** Of all runs together; the oldest go first. */
const MOST_BYTES = 256 * 2 ** 20;

/** Larger ones are not kept: writing each would take longer than an epoch of a small set. */
const LARGEST_BYTES = 32 * 2 ** 20;

let database: Promise<IDBPDatabase<ModelsSchema>> | null = null;

function open(): Promise<IDBPDatabase<ModelsSchema>> {
  database ??= openDB<ModelsSchema>(DATABASE, 1, {
    upgrade: (db) => void db.createObjectStore('models'),
  });
  return database;
}

/** Oldest first; what earlier pages have kept comes before all, in no order. */
let order: string[] | null = null;

const idOf = (runId: string, epoch: number) => `${runId}@${epoch}`;
const runOf = (id: string) => id.slice(0, id.lastIndexOf('@'));
const epochOf = (id: string) => Number(id.slice(id.lastIndexOf('@') + 1));

const sizeOf = ({ weights, state }: Checkpoint): number => {
  const numbers = (lengths: readonly number[]) => lengths.reduce((sum, length) => sum + length, 0);
  const best = state.bestWeights && state.bestWeights !== weights ? state.bestWeights : {};
  return (
    Float32Array.BYTES_PER_ELEMENT *
    numbers([
      ...Object.values(weights).map(({ values }) => values.length),
      ...Object.values(best).map(({ values }) => values.length),
      ...Object.values(state.optimizer.vectors).map(({ length }) => length),
    ])
  );
};

async function makeRoom(db: IDBPDatabase<ModelsSchema>, bytes: number, kept: string[]): Promise<string[]> {
  const sizes = await modelBytes(db);
  let used = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  const left = [...kept];
  while (used + bytes > MOST_BYTES && left.length > 0) {
    const oldest = left.shift() as string;
    used -= sizes.get(oldest) ?? 0;
    await forgetModel(db, oldest);
  }
  return left;
}

/** Keeps the checkpoint of an epoch beside the others. Tells whether it did: a full disk and large networks are no fault. */
export async function keepEpoch(checkpoint: Checkpoint): Promise<boolean> {
  const { runId, state } = checkpoint;
  if (!runId) return false;
  try {
    const bytes = sizeOf(checkpoint);
    if (bytes > LARGEST_BYTES) return false;
    const db = await open();
    order ??= [...(await modelBytes(db)).keys()];
    const id = idOf(runId, state.epoch);
    order = await makeRoom(
      db,
      bytes,
      order.filter((other) => other !== id),
    );
    await keepCheckpoint(db, checkpoint, id);
    order.push(id);
    return true;
  } catch {
    return false;
  }
}

/** The epochs of a run that can be gone back to, ascending; none where the browser keeps nothing. */
export async function keptEpochs(runId: string): Promise<readonly number[]> {
  try {
    const ids = [...(await modelBytes(await open())).keys()];
    return ids
      .filter((id) => runOf(id) === runId)
      .map(epochOf)
      .sort((a, b) => a - b);
  } catch {
    return [];
  }
}

/** The checkpoint of an epoch; null where it is gone. */
export async function fetchEpoch(runId: string, epoch: number): Promise<Checkpoint | null> {
  try {
    return await keptCheckpoint(await open(), idOf(runId, epoch));
  } catch {
    return null;
  }
}

/** Forgets the epochs of all runs but these. */
export async function forgetEpochsBut(runIds: ReadonlySet<string>): Promise<void> {
  try {
    const db = await open();
    for (const id of (await modelBytes(db)).keys()) if (!runIds.has(runOf(id))) await forgetModel(db, id);
    order = null;
  } catch {
    // What can't be opened holds nothing.
  }
}

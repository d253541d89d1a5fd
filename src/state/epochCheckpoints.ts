import { type IDBPDatabase, openDB } from 'idb';
import { isFull } from './sessionDatabase.ts';
import { keepCheckpoint, keptCheckpoint } from './storedCheckpoint.ts';
import { bytesOf, forgetModel, keptIds, type ModelsSchema, modelBytes } from './storedModels.ts';
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

/** Where epochs follow each other faster than the disk writes, those that find so many before them are left out. */
const MOST_WAITING = 4;

let database: Promise<IDBPDatabase<ModelsSchema>> | null = null;

function open(): Promise<IDBPDatabase<ModelsSchema>> {
  database ??= openDB<ModelsSchema>(DATABASE, 1, {
    upgrade: (db) => void db.createObjectStore('models'),
  });
  return database;
}

/**
 * Bytes of what is kept, the oldest first; what earlier pages have kept comes before all, in no order. Read once: to read
 * all checkpoints after every epoch would keep the page waiting.
 */
let sizes: Map<string, number> | null = null;

async function known(db: IDBPDatabase<ModelsSchema>): Promise<Map<string, number>> {
  sizes ??= new Map(await modelBytes(db));
  return sizes;
}

/** `:` in place of an epoch comes after all of them. */
const idOf = (runId: string, epoch: number | ':') => `${runId}@${epoch}`;
const runOf = (id: string) => id.slice(0, id.lastIndexOf('@'));
const epochOf = (id: string) => Number(id.slice(id.lastIndexOf('@') + 1));

const sizeOf = ({ weights, state }: Checkpoint): number => {
  const best = state.bestWeights && state.bestWeights !== weights ? state.bestWeights : {};
  const vectors = Object.entries(state.optimizer.vectors).map(([name, { length }]) => [
    name,
    { shape: [length] },
  ]);
  return bytesOf(weights) + bytesOf(best) + bytesOf(Object.fromEntries(vectors));
};

async function forget(db: IDBPDatabase<ModelsSchema>, ids: Iterable<string>): Promise<void> {
  for (const id of ids) {
    await forgetModel(db, id);
    sizes?.delete(id);
  }
}

async function makeRoom(db: IDBPDatabase<ModelsSchema>, bytes: number): Promise<void> {
  const kept = await known(db);
  let used = [...kept.values()].reduce((sum, size) => sum + size, 0);
  for (const [id, size] of [...kept]) {
    if (used + bytes <= MOST_BYTES) return;
    await forget(db, [id]);
    used -= size;
  }
}

/** One change after the other: two at a time would count the same room twice. */
let changes: Promise<unknown> = Promise.resolve();
let waiting = 0;

function inTurn<T>(change: () => Promise<T>): Promise<T> {
  const turn = changes.then(change);
  changes = turn.catch(() => {});
  return turn;
}

/** Every step's loss once an epoch would soon be more than the weights; the run's model has them. */
const withoutStepLosses = (checkpoint: Checkpoint): Checkpoint => ({
  ...checkpoint,
  curves: { ...checkpoint.curves, stepLosses: [] },
});

/**
 * Keeps the checkpoint of an epoch beside the others, without the losses of its steps. Tells whether it did: a full disk,
 * large networks and very short epochs are no fault.
 */
export async function keepEpoch(checkpoint: Checkpoint): Promise<boolean> {
  const { runId, state } = checkpoint;
  if (!runId || waiting >= MOST_WAITING) return false;
  waiting++;
  try {
    const bytes = sizeOf(checkpoint);
    if (bytes > LARGEST_BYTES) return false;
    return await inTurn(async () => {
      const db = await open();
      const id = idOf(runId, state.epoch);
      (await known(db)).delete(id);
      await makeRoom(db, bytes);
      await keepCheckpoint(db, withoutStepLosses(checkpoint), id);
      sizes?.set(id, bytes);
      return true;
    });
  } catch {
    return false;
  } finally {
    waiting--;
  }
}

/** The epochs of a run that can be gone back to, ascending; none where the browser keeps nothing. */
export async function keptEpochs(runId: string): Promise<readonly number[]> {
  try {
    // From the disk: another tab may have trained the run since this one looked. Behind what is being kept here.
    const all = IDBKeyRange.bound(idOf(runId, 0), idOf(runId, ':'), false, true);
    const ids = await inTurn(async () => keptIds(await open(), all));
    return ids.map(epochOf).sort((a, b) => a - b);
  } catch {
    return [];
  }
}

/** The checkpoint of an epoch, without the losses of its steps; null where it is gone. */
export async function fetchEpoch(runId: string, epoch: number): Promise<Checkpoint | null> {
  try {
    return await keptCheckpoint(await open(), idOf(runId, epoch));
  } catch {
    return null;
  }
}

async function forgetWhere(isGone: (runId: string) => boolean): Promise<void> {
  try {
    await inTurn(async () => {
      const db = await open();
      await forget(
        db,
        [...(await known(db)).keys()].filter((id) => isGone(runOf(id))),
      );
    });
  } catch {
    // What can't be opened holds nothing.
  }
}

/** Keeps something that a reload needs: where the disk is full the epochs make room for it. */
export async function withRoom(keep: () => Promise<void>): Promise<void> {
  try {
    await keep();
  } catch (error) {
    if (!isFull(error) || !(await forgetAllEpochs())) throw error;
    await keep();
  }
}

/** Forgets all epochs; tells whether there were any. */
async function forgetAllEpochs(): Promise<boolean> {
  try {
    const hadSome = (await known(await open())).size > 0;
    await forgetWhere(() => true);
    return hadSome;
  } catch {
    return false;
  }
}

/** Forgets the epochs of all runs but these. */
export const forgetEpochsBut = (runIds: ReadonlySet<string>): Promise<void> =>
  forgetWhere((id) => !runIds.has(id));

/** Forgets the epochs of a run. */
export const forgetEpochsOf = (runId: string): Promise<void> => forgetWhere((id) => id === runId);

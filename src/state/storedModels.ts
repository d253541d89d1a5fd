import type { DBSchema, IDBPDatabase } from 'idb';
import type { Weights, WeightTensor } from '../core/network/network.ts';
import type { Model } from './modelStore.ts';
import type { SlimCheckpoint } from './storedCheckpoint.ts';

/** By parameter key: the shape, and the piece that its numbers begin with. */
export type Places = Readonly<
  Record<string, { readonly shape: readonly number[]; readonly firstPiece: number }>
>;

/** A model whose numbers lie beside it in pieces. */
interface SlimModel extends Omit<Model, 'weights'> {
  readonly stored: Places;
}

/** The store of models: whole ones as they were kept before, slim ones, pieces of their weights, and a checkpoint. */
export interface ModelsSchema extends DBSchema {
  models: { key: string; value: Model | SlimModel | SlimCheckpoint | Float32Array };
}

/**
 * Numbers kept at a time. The browser copies what it stores while the page waits: 100 MB at once take half a second,
 * a piece 3 ms.
 */
const PIECE = 2 ** 20;

const pieceKey = (id: string, n: number) => `${id}/${n}`;
/** What comes after a record and all of its pieces, and before any other id: '0' comes after '/'. */
const afterPieces = (id: string) => `${id}0`;
const ownerOf = (key: string): string => key.split('/')[0] ?? '';

const pieceCount = (length: number) => Math.ceil(length / PIECE);

/**
 * Keeps a model; its numbers only where they are not those of `before`, which was kept or read. Where another tab has
 * trained that one on meanwhile it stays as it is: what is known of the numbers of before is not told of the new ones.
 */
export async function keepModel(
  db: IDBPDatabase<ModelsSchema>,
  model: Model,
  before: Model | undefined,
): Promise<void> {
  const { weights, ...rest } = model;
  const parts = before?.weights === weights ? partsBeside(before) : EVERYTHING;
  await keepPieces(db, model.id, weights, parts, (stored) => ({ ...rest, stored }));
}

type Kept = ModelsSchema['models']['value'] | undefined;
type Parts = 'all' | 'record' | 'none';

/** Keeps numbers and record, whatever is there. */
export const EVERYTHING = (): Parts => 'all';

/** What is to be kept where the numbers of a model should be there already, by what is there. */
const partsBeside =
  ({ epochs }: Model) =>
  (found: Kept): Parts => {
    // deleted in another tab, or kept whole by an older version
    if (!found || !('stored' in found) || !('epochs' in found)) return 'all';
    return found.epochs === epochs ? 'record' : 'none';
  };

/**
 * Keeps tensors in pieces and the record that tells where they are, in place of what was kept there. All or nothing: a
 * page closed on the way must not leave weights of two epochs mixed.
 */
export async function keepPieces(
  db: IDBPDatabase<ModelsSchema>,
  id: string,
  tensors: Weights,
  partsFor: (found: Kept) => Parts,
  record: (stored: Places) => SlimModel | SlimCheckpoint,
): Promise<void> {
  const stored: Record<string, Places[string]> = {};
  let piece = 0;
  const change = db.transaction('models', 'readwrite');
  try {
    const parts = partsFor(await change.store.get(id));
    for (const [key, { shape, values }] of Object.entries(tensors)) {
      stored[key] = { shape, firstPiece: piece };
      if (parts === 'all')
        for (let i = 0; i < pieceCount(values.length); i++)
          // a copy: of a view the whole buffer would be stored
          await change.store.put(values.slice(i * PIECE, (i + 1) * PIECE), pieceKey(id, piece + i));
      piece += pieceCount(values.length);
    }
    if (parts !== 'none') await change.store.put(record(stored), id);
  } catch (error) {
    // Where the disk is full it has ended itself, and only it knows why.
    const reason = change.error;
    change.done.catch(() => {});
    tryToAbort(change);
    throw reason ?? error;
  }
  await change.done;
}

function tryToAbort(change: { abort(): void }): void {
  try {
    change.abort();
  } catch {
    // Already ended.
  }
}

/** The store within one transaction: another tab may be keeping the numbers of the next epoch in the same place. */
interface Reading {
  get(key: string): Promise<Kept>;
}

async function tensorOf(
  read: Reading,
  id: string,
  { shape, firstPiece }: Places[string],
): Promise<WeightTensor | null> {
  const values = new Float32Array(shape.reduce((product, n) => product * n, 1));
  for (let i = 0; i < pieceCount(values.length); i++) {
    const part = await read.get(pieceKey(id, firstPiece + i));
    if (!(part instanceof Float32Array) || i * PIECE + part.length > values.length) return null;
    values.set(part, i * PIECE);
  }
  return { shape, values };
}

/** A model that was kept, by this version or an older one; null where it, or a part of it, is gone. */
export async function keptModel(db: IDBPDatabase<ModelsSchema>, id: string): Promise<Model | null> {
  const read = db.transaction('models').store;
  const found = await read.get(id);
  if (!found || found instanceof Float32Array) return null;
  if ('run' in found) return null;
  if (!('stored' in found)) return found;
  const { stored, ...rest } = found;
  const weights = await piecesAt(read, id, stored);
  return weights && { ...rest, weights };
}

/** Tensors that were kept; null where one, or a part of one, is gone. */
export async function piecesAt(read: Reading, id: string, stored: Places): Promise<Weights | null> {
  const tensors: Record<string, WeightTensor> = {};
  for (const [key, place] of Object.entries(stored)) {
    const tensor = await tensorOf(read, id, place);
    if (!tensor) return null;
    tensors[key] = tensor;
  }
  return tensors;
}

/** Forgets a model with its pieces. */
export async function forgetModel(db: IDBPDatabase<ModelsSchema>, id: string): Promise<void> {
  await db.delete('models', IDBKeyRange.bound(id, afterPieces(id), false, true));
}

/** Bytes that the numbers of tensors take. */
export const bytesOf = (tensors: Readonly<Record<string, { readonly shape: readonly number[] }>>): number =>
  Object.values(tensors).reduce(
    (sum, { shape }) => sum + Float32Array.BYTES_PER_ELEMENT * shape.reduce((product, n) => product * n, 1),
    0,
  );

/**
 * Ids of what is kept, also of what only pieces are left of. Goes from one to the next past all pieces between: many models
 * have very many of those.
 */
export async function keptIds(
  db: IDBPDatabase<ModelsSchema>,
  among: IDBKeyRange | null = null,
): Promise<readonly string[]> {
  const ids: string[] = [];
  let cursor = await db.transaction('models').store.openKeyCursor(among);
  while (cursor) {
    const id = ownerOf(cursor.key);
    ids.push(id);
    cursor = await cursor.continue(afterPieces(id));
  }
  return ids;
}

/** Bytes of the weights that are kept, by model; those of models that are `known` do not change. */
export async function modelBytes(
  db: IDBPDatabase<ModelsSchema>,
  known: ReadonlyMap<string, number> = new Map(),
): Promise<ReadonlyMap<string, number>> {
  const bytes = new Map<string, number>();
  for (const id of await keptIds(db)) {
    const before = known.get(id);
    const found = before === undefined ? await db.get('models', id) : undefined;
    if (before !== undefined) bytes.set(id, before);
    else if (found && !(found instanceof Float32Array))
      bytes.set(id, bytesOf('stored' in found ? found.stored : found.weights));
  }
  return bytes;
}

/** Forgets models, and pieces of models, that nothing needs any more. */
export async function forgetModels(db: IDBPDatabase<ModelsSchema>, used: ReadonlySet<string>): Promise<void> {
  for (const id of await keptIds(db)) if (!used.has(id)) await forgetModel(db, id);
}

import type { DBSchema, IDBPDatabase } from 'idb';
import type { Weights, WeightTensor } from '../core/network/network.ts';
import type { Model } from './modelStore.ts';

/** A model whose numbers lie beside it in pieces. */
interface SlimModel extends Omit<Model, 'weights'> {
  /** By parameter key: the shape, and the piece that its numbers begin with. */
  readonly stored: Readonly<
    Record<string, { readonly shape: readonly number[]; readonly firstPiece: number }>
  >;
}

/** The store of models: whole ones as they were kept before, slim ones, and pieces of their weights. */
export interface ModelsSchema extends DBSchema {
  models: { key: string; value: Model | SlimModel | Float32Array };
}

/**
 * Numbers kept at a time. The browser copies what it stores while the page waits: 100 MB at once take half a second,
 * a piece 3 ms.
 */
const PIECE = 2 ** 20;

const pieceKey = (id: string, n: number) => `${id}/${n}`;
const ownerOf = (key: string): string => key.split('/')[0] ?? '';

const pieceCount = (length: number) => Math.ceil(length / PIECE);

/**
 * Keeps a model; its numbers only where they are not those of `before`, which is kept already. All or nothing: a page
 * closed on the way must not leave weights of two epochs mixed.
 */
export async function keepModel(
  db: IDBPDatabase<ModelsSchema>,
  model: Model,
  before: Model | undefined,
): Promise<void> {
  const { weights, ...rest } = model;
  const stored: Record<string, SlimModel['stored'][string]> = {};
  let piece = 0;
  const change = db.transaction('models', 'readwrite');
  try {
    for (const [key, { shape, values }] of Object.entries(weights)) {
      stored[key] = { shape, firstPiece: piece };
      if (before?.weights !== weights)
        for (let i = 0; i < pieceCount(values.length); i++)
          // a copy: of a view the whole buffer would be stored
          await change.store.put(values.slice(i * PIECE, (i + 1) * PIECE), pieceKey(model.id, piece + i));
      piece += pieceCount(values.length);
    }
    await change.store.put({ ...rest, stored }, model.id);
  } catch (error) {
    // It may have ended itself, as where the disk is full.
    change.done.catch(() => {});
    tryToAbort(change);
    throw error;
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

async function tensorOf(
  db: IDBPDatabase<ModelsSchema>,
  id: string,
  { shape, firstPiece }: SlimModel['stored'][string],
): Promise<WeightTensor | null> {
  const values = new Float32Array(shape.reduce((product, n) => product * n, 1));
  for (let i = 0; i < pieceCount(values.length); i++) {
    const part = await db.get('models', pieceKey(id, firstPiece + i));
    if (!(part instanceof Float32Array) || i * PIECE + part.length > values.length) return null;
    values.set(part, i * PIECE);
  }
  return { shape, values };
}

/** A model that was kept, by this version or an older one; null where it, or a part of it, is gone. */
export async function keptModel(db: IDBPDatabase<ModelsSchema>, id: string): Promise<Model | null> {
  const found = await db.get('models', id);
  if (!found || found instanceof Float32Array) return null;
  if (!('stored' in found)) return found;
  const { stored, ...rest } = found;
  const weights: Record<string, WeightTensor> = {};
  for (const [key, place] of Object.entries(stored)) {
    const tensor = await tensorOf(db, id, place);
    if (!tensor) return null;
    weights[key] = tensor;
  }
  return { ...rest, weights: weights as Weights };
}

/** Forgets models, and pieces of models, that nothing needs any more. */
export async function forgetModels(db: IDBPDatabase<ModelsSchema>, used: ReadonlySet<string>): Promise<void> {
  for (const key of await db.getAllKeys('models'))
    if (!used.has(ownerOf(key))) await db.delete('models', key);
}

import type { IDBPDatabase } from 'idb';
import type { Weights, WeightTensor } from '../core/network/network.ts';
import type { RunState } from '../core/training/checkpoint.ts';
import {
  EVERYTHING,
  forgetModel,
  keepPieces,
  type ModelsSchema,
  type Places,
  piecesAt,
} from './storedModels.ts';
import type { Checkpoint } from './trainingStore.ts';

/** The key of the first tab's checkpoint among the models, whose ids are UUIDs. There is one a tab: the last run's. */
export const CHECKPOINT = 'checkpoint';

/** A checkpoint whose numbers lie beside it in pieces. */
export interface SlimCheckpoint {
  readonly run: Omit<Checkpoint, 'weights' | 'state'>;
  readonly state: Omit<RunState, 'optimizer' | 'bestWeights'>;
  readonly optimizerSteps: number;
  /** Whether the best weights are none, these, or stored on their own. */
  readonly best: 'none' | 'these' | 'stored';
  readonly stored: Places;
}

type Part = 'weights' | 'best' | 'optimizer';

const prefixed = (part: Part, tensors: Weights): [string, WeightTensor][] =>
  Object.entries(tensors).map(([key, tensor]) => [`${part}:${key}`, tensor]);

const partOf = (part: Part, tensors: Weights): Weights =>
  Object.fromEntries(
    Object.entries(tensors).flatMap(([key, tensor]) =>
      key.startsWith(`${part}:`) ? [[key.slice(part.length + 1), tensor]] : [],
    ),
  );

/** Keeps a checkpoint in place of the one with its id, all or nothing. */
export async function keepCheckpoint(
  db: IDBPDatabase<ModelsSchema>,
  checkpoint: Checkpoint,
  id = CHECKPOINT,
): Promise<void> {
  const { weights, state, ...run } = checkpoint;
  const { optimizer, bestWeights, ...rest } = state;
  const best = bestWeights === null ? 'none' : bestWeights === weights ? 'these' : 'stored';
  const vectors = Object.fromEntries(
    Object.entries(optimizer.vectors).map(([name, values]) => [name, { shape: [values.length], values }]),
  );
  const tensors: Weights = Object.fromEntries([
    ...prefixed('weights', weights),
    ...prefixed('optimizer', vectors),
    ...(best === 'stored' && bestWeights ? prefixed('best', bestWeights) : []),
  ]);
  await keepPieces(db, id, tensors, EVERYTHING, (stored) => ({
    run,
    state: rest,
    optimizerSteps: optimizer.steps,
    best,
    stored,
  }));
}

/** A checkpoint that was kept; null where there is none, or a part of it is gone. */
export async function keptCheckpoint(
  db: IDBPDatabase<ModelsSchema>,
  id = CHECKPOINT,
): Promise<Checkpoint | null> {
  const read = db.transaction('models').store;
  const found = await read.get(id);
  if (!found || !('run' in found)) return null;
  const tensors = await piecesAt(read, id, found.stored);
  if (!tensors) return null;
  const weights = partOf('weights', tensors);
  const vectors = Object.fromEntries(
    Object.entries(partOf('optimizer', tensors)).map(([name, { values }]) => [name, values]),
  );
  const best = { none: null, these: weights, stored: partOf('best', tensors) }[found.best];
  const optimizer = { steps: found.optimizerSteps, vectors };
  return { ...found.run, weights, state: { ...found.state, optimizer, bestWeights: best } };
}

/** Forgets a checkpoint: its run has ended. */
export const forgetCheckpoint = (db: IDBPDatabase<ModelsSchema>, id = CHECKPOINT): Promise<void> =>
  forgetModel(db, id);

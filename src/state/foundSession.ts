import type { IDBPDatabase } from 'idb';
import { interruption } from './interruption.ts';
import { checkpointOf, usedBy } from './keptSessions.ts';
import { type Model, newId } from './modelStore.ts';
import { noteSaved } from './persistence.ts';
import { checkpointKey, modelsOf, type Session, type Stored } from './sessionDatabase.ts';
import { keptCheckpoint } from './storedCheckpoint.ts';
import { keptModel } from './storedModels.ts';
import type { Checkpoint } from './trainingStore.ts';

/** A session with all that it needs to be shown. */
export interface FoundSession {
  readonly session: Session;
  readonly models: Readonly<Record<string, Model>>;
  readonly checkpoint: Checkpoint | null;
  /** What there is to say of a training that was interrupted; null for nothing. */
  readonly sentence: string | null;
}

async function modelsFor(db: IDBPDatabase<Stored>, ids: Iterable<string>): Promise<Record<string, Model>> {
  const found: Record<string, Model> = {};
  for (const id of ids) {
    const model = await keptModel(modelsOf(db), id);
    if (model) found[id] = model;
  }
  return found;
}

/** The checkpoint, where its model is there; the model has its weights then, for it was kept first. */
function restoreCheckpoint(checkpoint: Checkpoint | null, found: Record<string, Model>): Checkpoint | null {
  const model = checkpoint && found[checkpoint.modelId];
  if (!model) return null;
  const { curves, earlierEpochs, recipe, state } = checkpoint;
  const best = recipe.checkpoint === 'best-only' ? state.callbacks.best : null;
  const isBest = best !== null && best.epoch < state.epoch && state.bestWeights !== null;
  const weights = isBest ? state.bestWeights : checkpoint.weights;
  const epochs = earlierEpochs + (isBest ? best.epoch : state.epoch);
  if (model.epochs !== epochs)
    found[model.id] = { ...model, weights, curves, epochs, validation: null, apoz: null };
  return checkpoint;
}

/** What a tab left, for itself or for the tab that takes it up; `elsewhere` are the runs that another page trains. */
export async function leftBy(
  db: IDBPDatabase<Stored>,
  tab: string,
  session: Session,
  elsewhere: ReadonlySet<string>,
): Promise<FoundSession> {
  const last = await keptCheckpoint(modelsOf(db), checkpointKey(tab));
  const goesOn = elsewhere.has(last?.runId ?? '');
  const models = await modelsFor(db, usedBy(session, goesOn ? null : last));
  const kept = Object.values(models);
  const checkpoint = goesOn ? null : restoreCheckpoint(last, models);
  noteSaved(kept, checkpoint);
  return { session, models, checkpoint, sentence: goesOn ? null : interruption(session, checkpoint) };
}

/** The session with another name for a model. */
function renamed(session: Session, from: string, to: string): Session {
  const other = <T extends string | null | undefined>(id: T) => (id === from ? to : id) as T;
  return {
    ...session,
    modelId: other(session.modelId),
    baselineModelId: other(session.baselineModelId),
    startModelId: other(session.startModelId ?? null),
    teacherIds: (session.teacherIds ?? []).map(other),
    evaluations: session.evaluations.map((evaluation) => ({
      ...evaluation,
      modelId: other(evaluation.modelId),
      baselineModelId: other(evaluation.baselineModelId),
    })),
  };
}

/**
 * What a tab that lives shows, for another one, which gets no training: two would train the same. The model that the tab
 * trains, or may train on, has another name: points and accuracies of the other tab are those of its weights of now.
 */
export async function copyOf(db: IDBPDatabase<Stored>, tab: string, session: Session): Promise<FoundSession> {
  const shown: Session = { ...session, queue: [], sequence: null, interrupted: null, running: null };
  const trained = (await checkpointOf(db, tab))?.modelId ?? '';
  const { [trained]: model, ...models } = await modelsFor(db, usedBy(shown, null));
  noteSaved(Object.values(models), null);
  if (!model) return { session: shown, models, checkpoint: null, sentence: null };
  const id = newId();
  return {
    session: renamed(shown, trained, id),
    models: { ...models, [id]: { ...model, id } },
    checkpoint: null,
    sentence: null,
  };
}

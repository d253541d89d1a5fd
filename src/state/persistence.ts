import { type IDBPDatabase, openDB } from 'idb';
import type { Design } from '../core/exploration/design.ts';
import { parseDesign } from '../formats/design/parse.ts';
import { designStore, openEntry, present } from './designStore.ts';
import { distillationStore, dropGoneTeachers, setTeachers } from './distillationStore.ts';
import { forgetEpochsBut } from './epochCheckpoints.ts';
import { type Evaluation, evaluationStore } from './evaluationStore.ts';
import { type Model, modelStore, reunite } from './modelStore.ts';
import { notify } from './noticeStore.ts';
import { runsStore } from './runsStore.ts';
import { CHECKPOINT, forgetCheckpoint, keepCheckpoint, keptCheckpoint } from './storedCheckpoint.ts';
import {
  forgetModel,
  forgetModels,
  keepModel,
  keptModel,
  type ModelsSchema,
  modelBytes,
} from './storedModels.ts';
import { keepSavingRuns, restoreRuns } from './storedRuns.ts';
import { type Checkpoint, type QueuedTraining, trainingStore } from './trainingStore.ts';

/** What a reload brings back. */
interface Session {
  readonly design: Design;
  readonly modelId: string | null;
  readonly baselineModelId: string | null;
  readonly startModelId?: string | null;
  readonly evaluations: readonly Evaluation[];
  readonly teacherIds?: readonly string[];
  readonly queue?: readonly QueuedTraining[];
  /** The training that was running, if one was: its last finished epoch and its goal. */
  readonly running: { readonly epoch: number; readonly epochs: number } | null;
}

interface Stored extends ModelsSchema {
  session: { key: string; value: Session };
}

const SESSION = 'session';
const SAVE_AFTER_MS = 300;

let database: Promise<IDBPDatabase<Stored>> | null = null;

function open(): Promise<IDBPDatabase<Stored>> {
  database ??= openDB<Stored>('sweetspot', 1, {
    upgrade: (db) => {
      db.createObjectStore('models');
      db.createObjectStore('session');
    },
  });
  return database;
}

/** The part of the database that holds models. */
const models = (db: IDBPDatabase<Stored>) => db as unknown as IDBPDatabase<ModelsSchema>;

let told = false;

function tellOnce(error: unknown): void {
  if (told) return;
  told = true;
  const full = error instanceof DOMException && error.name === 'QuotaExceededError';
  notify(
    'error',
    full
      ? 'The browser has no room left to keep the weights: a reload would lose them. Free some space for this site.'
      : 'This browser does not let the page keep data (a private window?): a reload will lose the weights. Copy the link to keep the design.',
  );
}

const sessionNow = (): Session => {
  const { design, modelId, baselineModelId, startModelId = null } = present();
  const { live, queue } = trainingStore.getState();
  return {
    design,
    modelId,
    baselineModelId,
    startModelId,
    evaluations: evaluationStore.getState().evaluations,
    teacherIds: distillationStore.getState().teacherIds,
    queue,
    running: live ? { epoch: live.curves.epochs.length, epochs: live.epochs } : null,
  };
};

let timer: ReturnType<typeof setTimeout> | undefined;
let saving: Promise<void> = Promise.resolve();
const saved = new Map<string, Model>();
let savedCheckpoint: Checkpoint | null = null;

async function save(): Promise<void> {
  try {
    const db = await open();
    await saveCheckpoint(db);
    for (const model of Object.values(modelStore.getState().models)) {
      if (saved.get(model.id) === model) continue;
      await keepModel(models(db), model, saved.get(model.id));
      saved.set(model.id, model);
    }
    await db.put('session', sessionNow(), SESSION);
  } catch (error) {
    tellOnce(error);
  }
}

/** Before the models: what a page closed between the two leaves is then the later of both. */
async function saveCheckpoint(db: IDBPDatabase<Stored>): Promise<void> {
  const { checkpoint } = trainingStore.getState();
  if (checkpoint === savedCheckpoint) return;
  if (checkpoint) await keepCheckpoint(models(db), checkpoint);
  else await forgetCheckpoint(models(db));
  savedCheckpoint = checkpoint;
}

function saveSoon(): void {
  // Not put off by later changes: short epochs follow each other faster than the wait, and all would be lost.
  if (timer !== undefined) return;
  // one after the other: large weights take a while, in pieces
  timer = setTimeout(() => {
    timer = undefined;
    saving = saving.then(save);
  }, SAVE_AFTER_MS);
}

/** A model with its weights, from memory or as it was kept; null where it is gone. */
export async function fetchModel(id: string): Promise<Model | null> {
  const known = modelStore.getState().models[id];
  if (known) return known;
  try {
    const model = await keptModel(models(await open()), id);
    if (!model) return null;
    saved.set(id, model);
    modelStore.setState((state) => ({ models: { ...state.models, [id]: model } }));
    return model;
  } catch (error) {
    tellOnce(error);
    return null;
  }
}

/** Forgets a model and its weights, here and on disk. */
export function dropModel(id: string): Promise<void> {
  modelStore.setState((state) => {
    const { [id]: _, ...others } = state.models;
    return { models: others };
  });
  // after what is being saved: it may be this model
  saving = saving.then(async () => {
    saved.delete(id);
    try {
      await forgetModel(models(await open()), id);
    } catch (error) {
      tellOnce(error);
    }
  });
  return saving;
}

/** Bytes of weights that are kept, by model; empty where nothing can be read. */
export async function keptBytes(): Promise<ReadonlyMap<string, number>> {
  try {
    return await modelBytes(models(await open()));
  } catch {
    return new Map();
  }
}

/** Saves after every change, from now on. */
export function keepSaving(): void {
  keepSavingRuns();
  let { live, checkpoint, queue } = trainingStore.getState();
  designStore.subscribe(saveSoon);
  modelStore.subscribe(saveSoon);
  evaluationStore.subscribe(saveSoon);
  distillationStore.subscribe(saveSoon);
  trainingStore.subscribe((state) => {
    const isNew = state.checkpoint !== checkpoint || state.queue !== queue;
    if (Boolean(state.live) !== Boolean(live) || isNew) saveSoon();
    ({ live, checkpoint, queue } = state);
  });
}

/** The checkpoint, where its model is there; the model has its weights then, for it was kept first. */
async function restoreCheckpoint(
  db: IDBPDatabase<Stored>,
  found: Record<string, Model>,
): Promise<Checkpoint | null> {
  const checkpoint = await keptCheckpoint(models(db));
  const model = checkpoint && found[checkpoint.modelId];
  if (!model) return null;
  const { curves, earlierEpochs, recipe, state } = checkpoint;
  const best = recipe.checkpoint === 'best-only' ? state.callbacks.best : null;
  const isBest = best !== null && best.epoch < state.epoch && state.bestWeights !== null;
  const weights = isBest ? state.bestWeights : checkpoint.weights;
  const epochs = earlierEpochs + (isBest ? best.epoch : state.epoch);
  if (model.epochs !== epochs)
    found[model.id] = { ...model, weights, curves, epochs, validation: null, apoz: null };
  savedCheckpoint = checkpoint;
  return checkpoint;
}

function interrupted(
  { epoch, epochs }: { epoch: number; epochs: number },
  checkpoint: Checkpoint | null,
): string {
  if (checkpoint)
    return `A training was interrupted after epoch ${checkpoint.state.epoch} of ${checkpoint.recipe.epochs}; in Train it can be continued as if nothing had happened.`;
  return epoch === 0
    ? `A training of ${epochs} epochs was interrupted before its first epoch ended; nothing was lost but that. Start it again.`
    : `A training was interrupted after epoch ${epoch} of ${epochs}; the weights of epoch ${epoch} are here. Train on from them.`;
}

/** What waited when the page was closed waits again, until somebody starts it; designs that no longer open are dropped. */
const restoredQueue = (queue: readonly QueuedTraining[]): readonly QueuedTraining[] =>
  queue.flatMap((waiting) => {
    const design = parseDesign(waiting.entry.design);
    return design.ok ? [{ ...waiting, entry: { ...waiting.entry, design: design.value } }] : [];
  });

/** Brings back the last session; with a design of its own (a link), only the evaluated points. True where it did. */
export async function restoreSession(): Promise<boolean> {
  try {
    const ofRuns = await restoreRuns();
    const db = await open();
    const session = await db.get('session', SESSION);
    if (!session) return false;
    const used = new Set(
      [
        session.modelId,
        session.baselineModelId,
        session.startModelId ?? null,
        ...(session.teacherIds ?? []),
        ...(session.queue ?? []).flatMap(({ entry, teacherIds }) => [entry.modelId, ...teacherIds]),
        ...session.evaluations.flatMap((e) => [e.modelId, e.baselineModelId]),
      ].filter((id) => id !== null),
    );
    const found: Record<string, Model> = {};
    for (const id of used) {
      const model = await keptModel(models(db), id);
      if (model) {
        found[id] = model;
        saved.set(id, model);
      }
    }
    const checkpoint = await restoreCheckpoint(db, found);
    if (ofRuns)
      await forgetModels(models(db), new Set([...used, ...ofRuns, ...(checkpoint ? [CHECKPOINT] : [])]));
    if (ofRuns) void forgetEpochsBut(new Set(runsStore.getState().runs.map(({ id }) => id)));
    const design = parseDesign(session.design);
    if (!design.ok) return false;
    modelStore.setState({ models: found });
    setTeachers(session.teacherIds ?? []);
    dropGoneTeachers();
    evaluationStore.setState({ evaluations: session.evaluations });
    trainingStore.setState({ checkpoint, queue: restoredQueue(session.queue ?? []) });
    openEntry({
      ...reunite(design.value, session.modelId, session.baselineModelId),
      startModelId: session.startModelId ?? null,
    });
    if (session.running) notify('info', interrupted(session.running, checkpoint));
    return true;
  } catch (error) {
    tellOnce(error);
    return false;
  }
}

import type { IDBPDatabase } from 'idb';
import { parseDesign } from '../formats/design/parse.ts';
import { designStore, openEntry, present } from './designStore.ts';
import { distillationStore, dropGoneTeachers, setTeachers } from './distillationStore.ts';
import { forgetEpochsBut } from './epochCheckpoints.ts';
import { evaluationStore } from './evaluationStore.ts';
import { interruption } from './interruption.ts';
import { type Model, modelStore, reunite } from './modelStore.ts';
import { notify } from './noticeStore.ts';
import { joinPages } from './pageLocks.ts';
import { runsStore } from './runsStore.ts';
import { modelsOf, openSession, SESSION, type Session, type Stored, tellOnce } from './sessionDatabase.ts';
import { CHECKPOINT, forgetCheckpoint, keepCheckpoint, keptCheckpoint } from './storedCheckpoint.ts';
import { bytesOf, forgetModel, forgetModels, keepModel, keptModel, modelBytes } from './storedModels.ts';
import { keepSavingRuns, restoreRuns } from './storedRuns.ts';
import { type Checkpoint, type QueuedTraining, trainingStore } from './trainingStore.ts';

const SAVE_AFTER_MS = 300;

const sessionNow = (): Session => {
  const { design, modelId, baselineModelId, startModelId = null } = present();
  const { live, queue, begun, sequence } = trainingStore.getState();
  return {
    design,
    modelId,
    baselineModelId,
    startModelId,
    evaluations: evaluationStore.getState().evaluations,
    teacherIds: distillationStore.getState().teacherIds,
    queue: begun ? [begun, ...queue] : queue,
    sequence,
    running: live ? { epoch: live.curves.epochs.length, epochs: live.epochs } : null,
  };
};

let timer: ReturnType<typeof setTimeout> | undefined;
let saving: Promise<void> = Promise.resolve();
const saved = new Map<string, Model>();
let savedCheckpoint: Checkpoint | null = null;
/** Bytes of the weights that are kept, by model; null until somebody asks. */
let sizes: Map<string, number> | null = null;

async function save(): Promise<void> {
  try {
    const db = await openSession();
    await saveCheckpoint(db);
    for (const model of Object.values(modelStore.getState().models)) {
      if (saved.get(model.id) === model) continue;
      await keepModel(modelsOf(db), model, saved.get(model.id));
      saved.set(model.id, model);
      sizes?.set(model.id, bytesOf(model.weights));
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
  if (checkpoint) await keepCheckpoint(modelsOf(db), checkpoint);
  else await forgetCheckpoint(modelsOf(db));
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
    const model = await keptModel(modelsOf(await openSession()), id);
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
    sizes?.delete(id);
    try {
      await forgetModel(modelsOf(await openSession()), id);
    } catch (error) {
      tellOnce(error);
    }
  });
  return saving;
}

/** Bytes of weights that are kept, by model; empty where nothing can be read. */
export async function keptBytes(): Promise<ReadonlyMap<string, number>> {
  try {
    // Read once: each of many models with its curves would keep the page waiting after every epoch. Not while some are
    // being saved: one that is saved behind the reading would be missed for ever.
    const reading = saving.then(async () => {
      sizes ??= new Map(await modelBytes(modelsOf(await openSession())));
    });
    saving = reading.catch(() => {});
    await reading;
    return new Map(sizes ?? []);
  } catch {
    return new Map();
  }
}

/** Saves after every change, from now on. */
export function keepSaving(): void {
  keepSavingRuns();
  let { live, checkpoint, queue, begun, sequence } = trainingStore.getState();
  designStore.subscribe(saveSoon);
  modelStore.subscribe(saveSoon);
  evaluationStore.subscribe(saveSoon);
  distillationStore.subscribe(saveSoon);
  trainingStore.subscribe((state) => {
    const isNew =
      state.checkpoint !== checkpoint ||
      state.queue !== queue ||
      state.begun !== begun ||
      state.sequence !== sequence;
    if (Boolean(state.live) !== Boolean(live) || isNew) saveSoon();
    ({ live, checkpoint, queue, begun, sequence } = state);
  });
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
  savedCheckpoint = checkpoint;
  return checkpoint;
}

/** What waited when the page was closed waits again, until somebody starts it; designs that no longer open are dropped. */
const restoredQueue = (queue: readonly QueuedTraining[]): readonly QueuedTraining[] =>
  queue.flatMap((waiting) => {
    const design = parseDesign(waiting.entry.design);
    return design.ok ? [{ ...waiting, entry: { ...waiting.entry, design: design.value } }] : [];
  });

/** The models that must be there before anything is shown. */
function usedBy(session: Session, checkpoint: Checkpoint | null): ReadonlySet<string> {
  const { modelId, baselineModelId, startModelId = null, teacherIds = [], queue = [] } = session;
  const ids = [
    modelId,
    baselineModelId,
    startModelId,
    checkpoint?.modelId ?? null,
    ...(checkpoint?.teacherIds ?? []),
    ...teacherIds,
    ...queue.flatMap((waiting) => [waiting.entry.modelId, ...waiting.teacherIds]),
    ...session.evaluations.flatMap((e) => [e.modelId, e.baselineModelId]),
  ];
  return new Set(ids.filter((id) => id !== null));
}

/** Forgets what nobody needs any more. Not where other tabs are open: they need what only they know. */
async function tidy(db: IDBPDatabase<Stored>, used: ReadonlySet<string>): Promise<void> {
  await forgetModels(modelsOf(db), used);
  sizes = null;
  void forgetEpochsBut(new Set(runsStore.getState().runs.map(({ id }) => id)));
}

/** Brings back the last session; with a design of its own (a link), only the evaluated points. True where it did. */
export async function restoreSession(): Promise<boolean> {
  try {
    const isAlone = await joinPages();
    const runs = await restoreRuns();
    const db = await openSession();
    const session = await db.get('session', SESSION);
    if (!session) return false;
    const last = await keptCheckpoint(modelsOf(db));
    const interrupted = runs.elsewhere.has(last?.runId ?? '') ? null : last;
    const used = usedBy(session, interrupted);
    const found: Record<string, Model> = {};
    for (const id of used) {
      const model = await keptModel(modelsOf(db), id);
      if (model) {
        found[id] = model;
        saved.set(id, model);
      }
    }
    const checkpoint = restoreCheckpoint(interrupted, found);
    if (runs.modelIds && isAlone)
      await tidy(db, new Set([...used, ...runs.modelIds, ...(checkpoint ? [CHECKPOINT] : [])]));
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
    const sentence = runs.elsewhere.size > 0 ? null : interruption(session, checkpoint);
    if (sentence !== null) notify('info', sentence, 'interruption');
    return true;
  } catch (error) {
    tellOnce(error);
    return false;
  }
}

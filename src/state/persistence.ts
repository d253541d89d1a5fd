import type { IDBPDatabase } from 'idb';
import { designStore, present } from './designStore.ts';
import { distillationStore } from './distillationStore.ts';
import { withRoom } from './epochCheckpoints.ts';
import { evaluationStore } from './evaluationStore.ts';
import { isNeededElsewhere } from './keptSessions.ts';
import { type Model, modelStore } from './modelStore.ts';
import {
  checkpointKey,
  modelsOf,
  openSession,
  type Session,
  type Stored,
  sessionKey,
  tellOnce,
} from './sessionDatabase.ts';
import { forgetCheckpoint, keepCheckpoint } from './storedCheckpoint.ts';
import { forgetModel, keepModel, keptModel, modelBytes } from './storedModels.ts';
import { keepSavingRuns } from './storedRuns.ts';
import { ownTab } from './tabs.ts';
import { type Checkpoint, trainingStore } from './trainingStore.ts';

const SAVE_AFTER_MS = 300;

const sessionNow = (): Session => {
  const { design, modelId, baselineModelId, startModelId = null } = present();
  const { live, queue, begun, sequence, interrupted } = trainingStore.getState();
  return {
    design,
    modelId,
    baselineModelId,
    startModelId,
    evaluations: evaluationStore.getState().evaluations,
    teacherIds: distillationStore.getState().teacherIds,
    queue: begun ? [begun, ...queue] : queue,
    sequence,
    interrupted,
    running: live ? { epoch: live.curves.epochs.length, epochs: live.epochs } : null,
  };
};

const partsOf = ({ queue = [], running, ...rest }: Session): readonly unknown[] => [
  ...Object.values(rest),
  ...queue,
  running?.epoch,
  running?.epochs,
];

const isSame = (a: Session, b: Session): boolean => {
  const [before, after] = [partsOf(a), partsOf(b)];
  return before.length === after.length && before.every((part, i) => part === after[i]);
};

let timer: ReturnType<typeof setTimeout> | undefined;
let saving: Promise<void> = Promise.resolve();
const saved = new Map<string, Model>();
let savedCheckpoint: Checkpoint | null = null;
/** The session as it was last saved, or begun with; null before. */
let lastSession: Session | null = null;
let changedAt = 0;
let isKept = true;
/** Bytes of the weights that are kept, by model, as far as somebody asked. */
let sizes: ReadonlyMap<string, number> = new Map();

/** Notes what is on disk as it is in memory: only later changes are saved. */
export function noteSaved(models: Iterable<Model>, checkpoint: Checkpoint | null): void {
  for (const model of models) saved.set(model.id, model);
  savedCheckpoint = checkpoint ?? savedCheckpoint;
}

/** Notes that the page shows a session as it was changed last at `savedAt`, and whether the disk has it under this tab. */
export function noteBegun(savedAt: number, isOnDisk: boolean): void {
  lastSession = sessionNow();
  changedAt = savedAt;
  isKept = isOnDisk;
}

async function save(): Promise<void> {
  try {
    const db = await openSession();
    const { checkpoint } = trainingStore.getState();
    // Before the models: what a page closed between the two leaves is then the later of both.
    if (checkpoint) await attempt(() => saveCheckpoint(db, checkpoint));
    for (const model of Object.values(modelStore.getState().models))
      await attempt(() => saveModel(db, model));
    await attempt(() => saveSession(db));
    // Last: a session that says what has ended is there then.
    if (!checkpoint) await attempt(() => saveCheckpoint(db, null));
  } catch (error) {
    tellOnce(error);
  }
}

/**
 * Saves a part. The others are saved also where it can't be: a disk that is too full for weights has room for choices.
 * Epochs that only wait to be gone back to make room for what a reload needs.
 */
async function attempt(part: () => Promise<void>): Promise<void> {
  try {
    await withRoom(part);
  } catch (error) {
    tellOnce(error);
  }
}

async function saveCheckpoint(db: IDBPDatabase<Stored>, checkpoint: Checkpoint | null): Promise<void> {
  if (checkpoint === savedCheckpoint) return;
  if (checkpoint) await keepCheckpoint(modelsOf(db), checkpoint, checkpointKey(ownTab()));
  else await forgetCheckpoint(modelsOf(db), checkpointKey(ownTab()));
  savedCheckpoint = checkpoint;
}

async function saveModel(db: IDBPDatabase<Stored>, model: Model): Promise<void> {
  if (saved.get(model.id) === model) return;
  await keepModel(modelsOf(db), model, saved.get(model.id));
  saved.set(model.id, model);
}

async function saveSession(db: IDBPDatabase<Stored>): Promise<void> {
  const session = sessionNow();
  if (!lastSession || !isSame(session, lastSession)) changedAt = Date.now();
  lastSession = session;
  await db.put('session', { ...session, savedAt: changedAt }, sessionKey(ownTab()));
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

/** Without the wait: what has taken long to make is not lost to a tab that is closed at the next moment. */
function saveNow(): void {
  clearTimeout(timer);
  timer = undefined;
  saving = saving.then(save);
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

/** Forgets a model and its weights, here and on disk; there it stays while the session of another tab needs it. */
export function dropModel(id: string): Promise<void> {
  modelStore.setState((state) => {
    const { [id]: _, ...others } = state.models;
    return { models: others };
  });
  // after what is being saved: it may be this model
  saving = saving.then(async () => {
    saved.delete(id);
    try {
      const db = await openSession();
      if (!(await isNeededElsewhere(db, ownTab(), id))) await forgetModel(modelsOf(db), id);
    } catch (error) {
      tellOnce(error);
    }
  });
  return saving;
}

/** Bytes of weights that are kept by this tab and all others, by model; empty where nothing can be read. */
export async function keptBytes(): Promise<ReadonlyMap<string, number>> {
  try {
    // Behind what is being saved, which is counted then.
    const reading = saving.then(async () => {
      sizes = await modelBytes(modelsOf(await openSession()), sizes);
    });
    saving = reading.catch(() => {});
    await reading;
    return sizes;
  } catch {
    return new Map();
  }
}

/** Saves after every change, from now on. */
export function keepSaving(): void {
  keepSavingRuns();
  let { live, checkpoint, queue, begun, sequence, interrupted } = trainingStore.getState();
  designStore.subscribe(saveSoon);
  modelStore.subscribe(saveSoon);
  evaluationStore.subscribe(saveSoon);
  distillationStore.subscribe(saveSoon);
  trainingStore.subscribe((state) => {
    const isNew =
      state.checkpoint !== checkpoint ||
      state.queue !== queue ||
      state.begun !== begun ||
      state.sequence !== sequence ||
      state.interrupted !== interrupted;
    if (live && !state.live) saveNow();
    else if (Boolean(state.live) !== Boolean(live) || isNew) saveSoon();
    ({ live, checkpoint, queue, begun, sequence, interrupted } = state);
  });
  // A link's design, or a copy of another tab's session, is this tab's from its first moment on.
  if (!isKept || (lastSession && !isSame(sessionNow(), lastSession))) saveSoon();
}

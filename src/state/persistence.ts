import { type IDBPDatabase, openDB } from 'idb';
import type { Design } from '../core/exploration/design.ts';
import { parseDesign } from '../formats/design/parse.ts';
import { designStore, openEntry, present } from './designStore.ts';
import { type Evaluation, evaluationStore } from './evaluationStore.ts';
import { type Model, modelStore, reunite } from './modelStore.ts';
import { notify } from './noticeStore.ts';
import { forgetModels, keepModel, keptModel, type ModelsSchema } from './storedModels.ts';
import { trainingStore } from './trainingStore.ts';

/** What a reload brings back. */
interface Session {
  readonly design: Design;
  readonly modelId: string | null;
  readonly baselineModelId: string | null;
  readonly evaluations: readonly Evaluation[];
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
  const { design, modelId, baselineModelId } = present();
  const { live } = trainingStore.getState();
  return {
    design,
    modelId,
    baselineModelId,
    evaluations: evaluationStore.getState().evaluations,
    running: live ? { epoch: live.curves.epochs.length, epochs: live.epochs } : null,
  };
};

let timer: ReturnType<typeof setTimeout> | undefined;
let saving: Promise<void> = Promise.resolve();
const saved = new Map<string, Model>();

async function save(): Promise<void> {
  try {
    const db = await open();
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

function saveSoon(): void {
  clearTimeout(timer);
  // one after the other: large weights take a while, in pieces
  timer = setTimeout(() => {
    saving = saving.then(save);
  }, SAVE_AFTER_MS);
}

/** Saves after every change, from now on. */
export function keepSaving(): void {
  let { live } = trainingStore.getState();
  designStore.subscribe(saveSoon);
  modelStore.subscribe(saveSoon);
  evaluationStore.subscribe(saveSoon);
  trainingStore.subscribe((state) => {
    if (Boolean(state.live) !== Boolean(live)) saveSoon();
    live = state.live;
  });
}

/** Brings back the last session; with a design of its own (a link), only the evaluated points. True where it did. */
export async function restoreSession(): Promise<boolean> {
  try {
    const db = await open();
    const session = await db.get('session', SESSION);
    if (!session) return false;
    const used = new Set(
      [
        session.modelId,
        session.baselineModelId,
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
    await forgetModels(models(db), used);
    const design = parseDesign(session.design);
    if (!design.ok) return false;
    modelStore.setState({ models: found });
    evaluationStore.setState({ evaluations: session.evaluations });
    openEntry(reunite(design.value, session.modelId, session.baselineModelId));
    if (session.running) {
      const { epoch, epochs } = session.running;
      notify(
        'info',
        epoch === 0
          ? `A training of ${epochs} epochs was interrupted before its first epoch ended; nothing was lost but that. Start it again.`
          : `A training was interrupted after epoch ${epoch} of ${epochs}; the weights of epoch ${epoch} are here. Train on from them.`,
      );
    }
    return true;
  } catch (error) {
    tellOnce(error);
    return false;
  }
}

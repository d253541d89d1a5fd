import { type IDBPDatabase, openDB } from 'idb';
import type { Design } from '../core/exploration/design.ts';
import type { Evaluation } from './evaluationStore.ts';
import { notify } from './noticeStore.ts';
import type { ModelsSchema } from './storedModels.ts';
import type { PhaseAt, QueuedTraining } from './trainingStore.ts';

/** What a reload brings back. */
export interface Session {
  readonly design: Design;
  readonly modelId: string | null;
  readonly baselineModelId: string | null;
  readonly startModelId?: string | null;
  readonly evaluations: readonly Evaluation[];
  readonly teacherIds?: readonly string[];
  readonly queue?: readonly QueuedTraining[];
  /** The phase that was running or about to begin, if one was. */
  readonly sequence?: PhaseAt | null;
  /** The training that was running, if one was: its last finished epoch and its goal. */
  readonly running: { readonly epoch: number; readonly epochs: number } | null;
}

export interface Stored extends ModelsSchema {
  session: { key: string; value: Session };
}

export const SESSION = 'session';

let database: Promise<IDBPDatabase<Stored>> | null = null;

export function openSession(): Promise<IDBPDatabase<Stored>> {
  database ??= openDB<Stored>('sweetspot', 1, {
    upgrade: (db) => {
      db.createObjectStore('models');
      db.createObjectStore('session');
    },
  });
  return database;
}

/** The part of the database that holds models. */
export const modelsOf = (db: IDBPDatabase<Stored>) => db as unknown as IDBPDatabase<ModelsSchema>;

let told = false;

/** Tells, once a page, that nothing can be kept, and why. */
export function tellOnce(error: unknown): void {
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

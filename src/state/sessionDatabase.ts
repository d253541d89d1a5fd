import { type IDBPDatabase, openDB } from 'idb';
import type { Design } from '../core/exploration/design.ts';
import type { Evaluation } from './evaluationStore.ts';
import { notify } from './noticeStore.ts';
import { CHECKPOINT } from './storedCheckpoint.ts';
import type { ModelsSchema } from './storedModels.ts';
import type { InterruptedPhases, QueuedTraining, SequenceAt } from './trainingStore.ts';

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
  readonly sequence?: SequenceAt | null;
  /** One that an earlier page left, and that was not gone on with. */
  readonly interrupted?: InterruptedPhases | null;
  /** The training that was running, if one was: its last finished epoch and its goal. */
  readonly running: { readonly epoch: number; readonly epochs: number } | null;
  /**
   * When something of it was last changed, in milliseconds since 1970. 0 where its tab only showed what it began with;
   * sessions of older versions do not tell.
   */
  readonly savedAt?: number;
}

export interface Stored extends ModelsSchema {
  session: { key: string; value: Session };
}

/** The tab whose records have the names of the only ones that there were before each tab had its own. */
export const FIRST = 'first';

const SESSION = 'session';

/** Where the session of a tab is kept. */
export const sessionKey = (tab: string): string => (tab === FIRST ? SESSION : `${SESSION}/${tab}`);

/** The tab whose session is kept under a key. */
export const tabOf = (key: string): string => (key === SESSION ? FIRST : key.slice(SESSION.length + 1));

/** Where the checkpoint of a tab is kept among the models: no piece of another one, and no id of a model. */
export const checkpointKey = (tab: string): string => (tab === FIRST ? CHECKPOINT : `${CHECKPOINT}@${tab}`);

let database: Promise<IDBPDatabase<Stored>> | null = null;

const forget = () => {
  database = null;
};

export function openSession(): Promise<IDBPDatabase<Stored>> {
  database ??= openDB<Stored>('sweetspot', 1, {
    upgrade: (db) => {
      db.createObjectStore('models');
      db.createObjectStore('session');
    },
    // a newer version of the page in another tab must not wait for this one
    blocking: (_current, _blocked, event) => {
      (event.target as IDBDatabase).close();
      forget();
    },
    terminated: forget,
  });
  return database;
}

/** The part of the database that holds models. */
export const modelsOf = (db: IDBPDatabase<Stored>) => db as unknown as IDBPDatabase<ModelsSchema>;

/** Whether the disk, or what the browser gives of it, is full. */
export const isFull = (error: unknown): boolean =>
  error instanceof DOMException && error.name === 'QuotaExceededError';

const SENTENCES: Readonly<Record<string, string>> = {
  QuotaExceededError:
    'The browser has no room left to keep the weights: a reload would lose them. Free some space for this site.',
  VersionError:
    'A newer version of this page was opened in another tab, so this one can keep nothing any more: copy the link to keep the design, then reload.',
};

let told = false;

/** Tells, once a page, that nothing can be kept, and why. */
export function tellOnce(error: unknown): void {
  if (told) return;
  told = true;
  const known = error instanceof DOMException ? SENTENCES[error.name] : undefined;
  notify(
    'error',
    known ??
      'This browser does not let the page keep data (a private window?): a reload will lose the weights. Copy the link to keep the design.',
  );
}

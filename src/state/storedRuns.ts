import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import { parseDesign } from '../formats/design/parse.ts';
import { notify } from './noticeStore.ts';
import { runsStore, type TrainingRun } from './runsStore.ts';

interface RunsSchema extends DBSchema {
  runs: { key: string; value: TrainingRun };
}

const SAVE_AFTER_MS = 300;

/** Beside the session's database: runs are many, and none is needed before the page is there. */
const open = (): Promise<IDBPDatabase<RunsSchema>> =>
  openDB<RunsSchema>('sweetspot-runs', 1, {
    upgrade: (db) => {
      db.createObjectStore('runs', { keyPath: 'id' });
    },
  });

/** What is kept already, by id. */
let saved = new Map<string, TrainingRun>();
let saving: Promise<void> = Promise.resolve();
let timer: ReturnType<typeof setTimeout> | undefined;
let told = false;

async function save(): Promise<void> {
  const { runs } = runsStore.getState();
  try {
    const db = await open();
    try {
      for (const run of runs) if (saved.get(run.id) !== run) await db.put('runs', run);
      const gone = [...saved.keys()].filter((id) => !runs.some((run) => run.id === id));
      for (const id of gone) await db.delete('runs', id);
    } finally {
      db.close();
    }
    saved = new Map(runs.map((run) => [run.id, run]));
  } catch {
    if (told) return;
    told = true;
    notify(
      'error',
      'This browser has no room left for the runs, or does not let the page keep data: a reload would lose them. Export those that matter.',
    );
  }
}

/** Saves runs after every change, from now on. */
export function keepSavingRuns(): void {
  runsStore.subscribe(({ runs }, before) => {
    if (runs === before.runs || timer !== undefined) return;
    timer = setTimeout(() => {
      timer = undefined;
      saving = saving.then(save);
    }, SAVE_AFTER_MS);
  });
}

const INTERRUPTED = 'The page was closed before it ended; its curves end where it was.';

/** A run as an earlier page left it; null where this version does not understand its design. */
function revived(run: TrainingRun): TrainingRun | null {
  const design = parseDesign(run.design);
  if (!design.ok) return null;
  const known = { ...run, design: design.value };
  return run.result === 'running' ? { ...known, result: 'interrupted', sentence: INTERRUPTED } : known;
}

/**
 * Brings back the runs of earlier pages, and tells which models their weights are; null where they can't be read: then
 * nobody knows which weights are still needed.
 */
export async function restoreRuns(): Promise<ReadonlySet<string> | null> {
  try {
    const db = await open();
    const stored = await db.getAll('runs').finally(() => db.close());
    const runs = stored.flatMap((run) => revived(run) ?? []).sort((a, b) => a.startedAt - b.startedAt);
    saved = new Map(runs.map((run) => [run.id, run]));
    runsStore.setState({ runs, chosen: [] });
    return new Set(stored.flatMap(({ modelId }) => modelId ?? []));
  } catch {
    return null;
  }
}

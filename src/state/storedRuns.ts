import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import { parseDesign } from '../formats/design/parse.ts';
import { withRoom } from './epochCheckpoints.ts';
import { notify } from './noticeStore.ts';
import { runsElsewhere } from './pageLocks.ts';
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

async function write(runs: readonly TrainingRun[]): Promise<void> {
  const db = await open();
  try {
    for (const run of runs) if (saved.get(run.id) !== run) await db.put('runs', run);
    const gone = [...saved.keys()].filter((id) => !runs.some((run) => run.id === id));
    for (const id of gone) await db.delete('runs', id);
  } finally {
    db.close();
  }
}

async function save(): Promise<void> {
  const { runs } = runsStore.getState();
  try {
    await withRoom(() => write(runs));
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

const ELSEWHERE = 'It was going on in another tab when this page was opened; its curves end there.';

/** A run as an earlier page left it; null where this version does not understand its design. */
function revived(run: TrainingRun, elsewhere: ReadonlySet<string>): TrainingRun | null {
  const design = parseDesign(run.design);
  if (!design.ok) return null;
  const known = { ...run, design: design.value };
  if (run.result !== 'running') return known;
  return { ...known, result: 'interrupted', sentence: elsewhere.has(run.id) ? ELSEWHERE : INTERRUPTED };
}

export interface RestoredRuns {
  /** The models that their weights are; null where the runs can't be read: then nobody knows which are still needed. */
  readonly modelIds: ReadonlySet<string> | null;
  /** Those that another tab trains. */
  readonly elsewhere: ReadonlySet<string>;
}

/** Brings back the runs of earlier pages. */
export async function restoreRuns(): Promise<RestoredRuns> {
  try {
    const db = await open();
    const stored = await db.getAll('runs').finally(() => db.close());
    const going = stored.filter(({ result }) => result === 'running').map(({ id }) => id);
    const elsewhere = await runsElsewhere(going);
    const runs = stored
      .flatMap((run) => revived(run, elsewhere) ?? [])
      .sort((a, b) => a.startedAt - b.startedAt);
    saved = new Map(runs.map((run) => [run.id, run]));
    runsStore.setState({ runs, chosen: [] });
    return { modelIds: new Set(stored.flatMap(({ modelId }) => modelId ?? [])), elsewhere };
  } catch {
    return { modelIds: null, elsewhere: new Set() };
  }
}

import { filesAtHand } from '../../workers/imageStore/filesAtHand.ts';
import type { StoredSet } from '../../workers/protocol.ts';
import type { JobContext } from '../jobStore.ts';
import { notify } from '../noticeStore.ts';
import { dataWorker } from '../services.ts';
import { type OpenedSource, setsStore } from '../setsStore.ts';

interface Opening {
  readonly files: readonly File[];
  readonly ids: readonly string[];
}

/** Files are kept as handles: a data worker that had to be started anew opens them again. */
let openings: readonly Opening[] = [];
let openedIn = 0;

export const pathOf = (file: File): string => file.webkitRelativePath || file.name;

/** Of a folder its own name instead of its thousands of files. */
const fileNames = (files: readonly File[]): readonly string[] => [
  ...new Set(files.map((file) => pathOf(file).split('/')[0] || file.name)),
];

async function call(files: readonly File[], { signal, report }: JobContext, instead: readonly string[] = []) {
  await filesAtHand(files, signal);
  return dataWorker.call(
    'openSources',
    { files: files.map((file) => ({ path: pathOf(file), file })), instead },
    { signal, onProgress: ({ done, total }) => report(done / Math.max(1, total)) },
  );
}

const closeInWorker = (id: string) => void dataWorker.call('closeSource', { id }).catch(() => undefined);

export interface Opened {
  readonly sources: readonly OpenedSource[];
  /** Compiled before, or now from a list of paths. */
  readonly sets: readonly StoredSet[];
  /** Sources that were open before and stay so, as a list of paths names them too. */
  readonly beside: readonly OpenedSource[];
  /** Whether a list of paths names all that was opened. */
  readonly areListed: boolean;
}

/**
 * Opens files in the data worker: sources that can be compiled, and sets that were compiled before. Sources that they
 * come `instead` of are closed when they are open, but those that a list of paths names.
 */
export async function openFiles(
  files: readonly File[],
  job: JobContext,
  instead: readonly OpenedSource[] = [],
): Promise<Opened> {
  if (instead.length === 0) await sourcesInWorker(setsStore.getState().sources, job.signal);
  const reply = await call(
    files,
    job,
    instead.map(({ id }) => id),
  );
  for (const note of reply.notes) notify('info', note);
  const listed = new Set(reply.listed);
  // a worker that was started anew gives ids again
  const others = openedIn === dataWorker.generation ? setsStore.getState().sources : [];
  const names = fileNames(files);
  const sources = reply.sources.map((source) => ({
    ...source,
    fileNames: reply.sources.length === 1 ? names : [source.name],
  }));
  if (sources.length > 0) {
    if (others.length === 0) openings = [];
    else closeSources(instead.filter(({ id }) => !listed.has(id)));
    openings = [...openings, { files, ids: sources.map(({ id }) => id) }];
    openedIn = dataWorker.generation;
  }
  return {
    sources,
    sets: reply.sets,
    beside: others.filter(({ id }) => listed.has(id)),
    areListed: sources.every(({ id }) => listed.has(id)),
  };
}

export function closeSources(sources: readonly OpenedSource[]): void {
  const closed = new Set(sources.map(({ id }) => id));
  closed.forEach(closeInWorker);
  openings = openings.filter(({ ids }) => ids.some((id) => !closed.has(id)));
}

/** The sources as the present data worker knows them: opened again where the one that had them is gone. */
export async function sourcesInWorker(
  sources: readonly OpenedSource[],
  signal: AbortSignal,
): Promise<readonly OpenedSource[]> {
  if (sources.length === 0 || openedIn === dataWorker.generation) return sources;
  const renewed = new Map<string, string>();
  const again: Opening[] = [];
  const wanted = new Set(setsStore.getState().sources.map(({ id }) => id));
  for (const { files, ids } of openings.filter((opening) => opening.ids.some((id) => wanted.has(id)))) {
    const reply = await call(files, { signal, report: () => {} });
    reply.sources.forEach(({ id }, i) => {
      const before = ids[i];
      if (before !== undefined) renewed.set(before, id);
    });
    again.push({ files, ids: reply.sources.map(({ id }) => id) });
  }
  openings = again;
  openedIn = dataWorker.generation;
  const rename = (id: string) => renewed.get(id) ?? id;
  const renamed = (list: readonly OpenedSource[]) =>
    list.map((source) => ({ ...source, id: rename(source.id) }));
  setsStore.setState(({ sources: open, compiled }) => ({
    sources: renamed(open),
    compiled: compiled && { ...compiled, sourceIds: compiled.sourceIds.map(rename) },
  }));
  return renamed(sources);
}

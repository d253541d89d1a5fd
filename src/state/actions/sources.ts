import { ORDER_SEED } from '../../core/data/compile/combine.ts';
import { howOther } from '../../core/data/compile/otherImages.ts';
import type { CompileChoice } from '../../core/exploration/design.ts';
import { formatInteger } from '../../core/quantity.ts';
import { plainName } from '../../formats/datasets/setReferences.ts';
import type { StoredSet } from '../../workers/protocol.ts';
import { draftProblem, plainChoice, sameChoice, usualChoice } from '../compileDraft.ts';
import { dataStore } from '../dataStore.ts';
import { present } from '../designStore.ts';
import { type JobContext, runJob } from '../jobStore.ts';
import { notify } from '../noticeStore.ts';
import { dataWorker } from '../services.ts';
import { type OpenedSource, type Sets, setsStore } from '../setsStore.ts';
import { trainingStore } from '../trainingStore.ts';
import { chooseSet } from './data.ts';
import { closeSources, openFiles, sourcesInWorker } from './openSources.ts';
import { askToPersistOnce } from './persist.ts';
import { type FileSource, listSets, sourceOf } from './sets.ts';

const LONGEST_NAME = 200;
const NAMED_SKIPS = 3;

/** The source of the design whose images are not here; null where none is missing. */
function awaited(): FileSource | null {
  const { source } = present().design.data;
  return source.kind === 'file' && dataStore.getState().data.status === 'empty' ? source : null;
}

function tellSkipped({ count, named }: StoredSet['skipped']): void {
  if (count === 0) return;
  const names = named.slice(0, NAMED_SKIPS).map(({ path }) => path);
  const more = count - names.length;
  notify(
    'info',
    `${count === 1 ? '1 picture' : `${formatInteger(count)} pictures`} could not be read and ${count === 1 ? 'was' : 'were'} left out: ${names.join(', ')}${more > 0 ? ` and ${formatInteger(more)} more` : ''}.`,
  );
}

const nameOf = (sources: readonly OpenedSource[]): string =>
  sources
    .map(({ name }) => name)
    .join(' + ')
    .slice(0, LONGEST_NAME);

/** Makes a set the design's data, and says what a user would else not notice. */
function choose(
  set: StoredSet,
  wanted: FileSource | null = null,
  format: FileSource['format'] = 'pictures',
): void {
  const { source } = present().design.data;
  const isPresent = source.kind === 'file' && source.fingerprint === set.fingerprint;
  chooseSet(set, isPresent ? source : sourceOf(set, format));
  if (wanted && set.fingerprint === wanted.fingerprint) {
    notify('info', `${set.header.name}: the very images that this design was made with.`);
  } else if (wanted?.fingerprint) {
    notify(
      'info',
      `${set.header.name}: other images than this design was made with, ${howOther(set.imageCount, wanted.imageCount)}. Weights that were trained on those were put aside; undo brings them back.`,
    );
  }
  if (set.isKept) void askToPersistOnce();
  else {
    notify(
      'info',
      'This browser keeps no images for the page, as in a private window; after a reload the files have to be opened again.',
    );
  }
  tellSkipped(set.skipped);
}

/** Compiles open sources. A set that is kept already is not kept twice. */
async function compile(
  sources: readonly OpenedSource[],
  choice: CompileChoice,
  wanted: FileSource | null,
  { signal, report }: JobContext,
): Promise<void> {
  const current = await sourcesInWorker(sources, signal);
  const set = await dataWorker.call(
    'compile',
    { sourceIds: current.map(({ id }) => id), name: nameOf(current), choice, seed: ORDER_SEED },
    {
      signal,
      onProgress: ({ done, total, skipped }) =>
        report(
          done / Math.max(1, total),
          `${formatInteger(done)} of ${formatInteger(total)}${skipped > 0 ? `, ${formatInteger(skipped)} left out` : ''}`,
        ),
    },
  );
  const same = setsStore
    .getState()
    .kept?.find((kept) => kept.fingerprint === set.fingerprint && kept.id !== set.id && kept.isKept);
  if (same) await dataWorker.call('deleteSet', { id: set.id });
  // what a design asks for when the set is gone are files, and the store knows sources
  const used = { ...(same ?? set), sourceNames: current.flatMap(({ fileNames }) => fileNames) };
  setsStore.setState({ compiled: { sourceIds: current.map(({ id }) => id), choice, set: used } });
  choose(used, wanted, current.every(({ kind }) => kind === 'arrays') ? 'arrays' : 'pictures');
  await listSets();
}

async function busily(title: string, work: (job: JobContext) => Promise<void>): Promise<void> {
  if (trainingStore.getState().live !== null) {
    notify('info', 'A training is running; open or compile images when it has ended.');
    return;
  }
  if (setsStore.getState().isBusy) {
    notify('info', 'Images are being opened already; wait for them, or cancel that first.');
    return;
  }
  setsStore.setState({ isBusy: true });
  try {
    await runJob(title, work);
  } finally {
    setsStore.setState({ isBusy: false });
  }
}

/** The source of the design whose images are here and whose files were opened again; null where it is another one's. */
function openedAgain(sources: readonly OpenedSource[]): FileSource | null {
  const { source } = present().design.data;
  if (source.kind !== 'file' || source.compile === null) return null;
  const { used, missing } = matched(sources, source);
  return missing.length === 0 && used.length === sources.length ? source : null;
}

/** The sources that a design names, in its order, and the names that are not open yet. */
function matched(sources: readonly OpenedSource[], { fileNames }: FileSource) {
  const namesOf = (source: OpenedSource) => [...source.fileNames, source.name].map(plainName);
  const placeOf = (source: OpenedSource) => {
    const names = namesOf(source);
    return fileNames.findIndex((name) => names.includes(plainName(name)));
  };
  const open = new Set(sources.flatMap(namesOf));
  return {
    used: sources.filter((source) => placeOf(source) >= 0).sort((a, b) => placeOf(a) - placeOf(b)),
    missing: fileNames.filter((name) => !open.has(plainName(name))),
  };
}

/**
 * Opens the user's own files as new data: compiled at once, as they are or as the design says that waits for them. What
 * a list of paths waits for is compiled when the last of its files is there, dropped together or one after the other.
 * The files of the present set, opened again after a reload, keep what was chosen for them. What can't be read changes
 * nothing.
 */
export async function openImageFiles(chosen: readonly File[]): Promise<void> {
  if (chosen.length === 0) return;
  await busily('Opening images', async (job) => {
    const wanted = awaited();
    const opened = await openFiles(chosen, job, wanted ? [] : setsStore.getState().sources);
    const { sources, sets, beside } = opened;
    const before = setsStore.getState().sources;
    const set = sets.at(-1);
    if (sources.length > 0 && wanted && !set && matched(sources, wanted).used.length > 0) {
      const { used, missing } = matched([...before, ...sources], wanted);
      const choice = wanted.compile ?? usualChoice(used);
      closeSources(before.filter((source) => !used.includes(source)));
      setsStore.setState({ sources: used, draft: choice, compiled: null });
      if (missing.length === 0) await compile(used, choice, wanted, job);
      else notify('info', `This design also needs ${missing.slice(0, 5).join(', ')}; open that too.`);
      return;
    }
    const again = wanted || set || opened.areListed || beside.length > 0 ? null : openedAgain(sources);
    if (again?.compile) {
      const { used } = matched(sources, again);
      setsStore.setState({ sources: used, draft: again.compile, compiled: null });
      await compile(used, again.compile, again, job);
      return;
    }
    if (sources.length > 0) {
      if (wanted) closeSources(before.filter((source) => !beside.includes(source)));
      const all = [...beside, ...sources];
      setsStore.setState({ sources: all, draft: set?.choice ?? usualChoice(all), compiled: null });
    }
    if (set) {
      await listSets(job.signal);
      choose(set, wanted);
    } else if (sources.length > 0 && !opened.areListed)
      await compile(sources, usualChoice(sources), null, job);
  });
}

/** Opens more files beside the open ones; nothing is compiled before the user says so. */
export async function addSources(chosen: readonly File[]): Promise<void> {
  if (chosen.length === 0) return;
  await busily('Opening images', async (job) => {
    const { sources, sets } = await openFiles(chosen, job);
    if (sets.length > 0) await listSets(job.signal);
    const all = [...setsStore.getState().sources, ...sources];
    if (sources.length > 0)
      setsStore.setState(({ draft }) => ({ sources: all, draft: draft ?? usualChoice(all) }));
    for (const set of sets)
      notify('info', `${set.header.name} is a compiled set: it is among the kept sets now.`);
  });
}

export function removeSource(id: string): void {
  const { sources, draft } = setsStore.getState();
  closeSources(sources.filter((source) => source.id === id));
  const left = sources.filter((source) => source.id !== id);
  setsStore.setState({ sources: left, draft: left.length > 0 ? draft : null });
}

export const setDraft = (draft: CompileChoice): void => setsStore.setState({ draft });

/** Compiles the open sources as the draft says; the set becomes the design's data. */
export async function compileDraft(): Promise<void> {
  const { sources, draft } = setsStore.getState();
  if (!draft) return;
  const problem = draftProblem(sources, draft);
  if (problem !== null) {
    notify('error', problem);
    return;
  }
  await busily('Compiling images', (job) => compile(sources, plainChoice(draft), null, job));
}

/** Whether the draft would make another set than was last compiled. */
export function isDraftNew({ sources, draft, compiled }: Sets = setsStore.getState()): boolean {
  if (!draft || !compiled) return draft !== null;
  const ids = sources.map(({ id }) => id);
  return ids.join() !== compiled.sourceIds.join() || !sameChoice(draft, compiled.choice);
}

import type { DataSource } from '../../core/exploration/design.ts';
import type { StoredSet } from '../../workers/protocol.ts';
import { dataStore, loadedData } from '../dataStore.ts';
import { runJob } from '../jobStore.ts';
import { dataWorker } from '../services.ts';
import { setsStore } from '../setsStore.ts';

export type FileSource = Extract<DataSource, { readonly kind: 'file' }>;

/** Names as a design keeps them. */
const MOST_NAMES = 100;
const LONGEST_NAME = 260;

/** What a design says of a kept set: what it was made of, how, and what tells it apart. */
export function sourceOf(set: StoredSet, format: FileSource['format'] = 'pictures'): FileSource {
  const names = [...new Set(set.sourceNames)]
    .filter((name) => name !== '')
    .slice(0, MOST_NAMES)
    .map((name) => name.slice(-LONGEST_NAME));
  return {
    kind: 'file',
    format,
    fileNames: names.length > 0 ? names : [set.header.name.slice(0, LONGEST_NAME) || 'a kept set'],
    imageCount: set.imageCount,
    compile: set.choice,
    fingerprint: set.fingerprint,
  };
}

/** The sentence for a design whose images are not here. */
export const missingFiles = ({ fileNames }: FileSource): string =>
  `This design was made with ${fileNames.slice(0, 5).join(', ')}${fileNames.length > 5 ? ` and ${fileNames.length - 5} more` : ''}, and images do not travel with a design. Drop the same ${fileNames.length === 1 ? 'file' : 'files'} here to train or measure, or choose a synthetic set.`;

/** Looks which sets the browser keeps, and how much room they take. */
export async function listSets(signal?: AbortSignal): Promise<readonly StoredSet[]> {
  const { sets, use } = await dataWorker.call('storedSets', null, signal ? { signal } : {});
  setsStore.setState({ kept: sets, use });
  return sets;
}

/** The set whose images a design was made with, where it is here; null where it isn't. */
export async function findSet({ fingerprint }: FileSource, signal?: AbortSignal): Promise<StoredSet | null> {
  if (fingerprint === null) return null;
  const isIt = (set: StoredSet) => set.fingerprint === fingerprint;
  const known = setsStore.getState().kept?.find(isIt);
  return known ?? (await listSets(signal)).find(isIt) ?? null;
}

/** Forgets a kept set; where it is the present one, the design waits for its files. */
export async function deleteSet(set: StoredSet): Promise<void> {
  await runJob(`Deleting ${set.header.name}`, async ({ signal }) => {
    await dataWorker.call('deleteSet', { id: set.id }, { signal });
    setsStore.setState(({ kept, compiled }) => ({
      kept: kept?.filter(({ id }) => id !== set.id) ?? null,
      compiled: compiled?.set.id === set.id ? null : compiled,
    }));
    const loaded = loadedData();
    if (loaded?.stored?.id === set.id && loaded.source.kind === 'file') {
      dataStore.setState({ data: { status: 'empty', reason: missingFiles(loaded.source) } });
    }
    await listSets(signal);
  });
}

const ENDINGS = { data: 'sweetset', paths: 'sweetset.json' } as const;

/** A kept set as a file, with its images or with their paths only; null where it was canceled or failed, which is told. */
export async function exportSet(
  set: StoredSet,
  content: 'data' | 'paths',
): Promise<{ readonly name: string; readonly blob: Blob } | null> {
  const { name } = set.header;
  const blob = await runJob(`Exporting ${name}`, ({ signal, report }) =>
    dataWorker.call(
      'exportSet',
      { id: set.id, content },
      { signal, onProgress: ({ done, total }) => report(done / Math.max(1, total)) },
    ),
  );
  return blob && { name: `${name.replace(/[^\w.-]+/g, '-') || 'set'}.${ENDINGS[content]}`, blob };
}

import { unwrap } from '../../core/result.ts';
import { SetFileWriter } from '../../formats/datasets/setFile.ts';
import { writeSetReferences } from '../../formats/datasets/setReferences.ts';
import type { StoredSet } from '../protocol.ts';
import type { SetStore } from './setStore.ts';

type Advance = (done: number) => Promise<void>;

/** A kept set with its images. The browser holds what is written, on disk where it is much. */
export async function withImages(store: SetStore, set: StoredSet, advance: Advance): Promise<Blob> {
  const written: Blob[] = [];
  const writer = new SetFileWriter(
    async (bytes) => {
      written.push(new Blob([bytes as Uint8Array<ArrayBuffer>]));
    },
    async () => {},
  );
  unwrap(await writer.begin(set.header));
  let done = 0;
  for await (const chunk of store.chunks(set)) {
    unwrap(await writer.write(chunk));
    done += chunk.labels.length;
    await advance(done);
  }
  unwrap(await writer.end(set));
  return new Blob(written, { type: 'application/octet-stream' });
}

/** Parts "source/path" where a source's name ends; names may have slashes, so the longest that fits counts. */
function splitPath(whole: string, sourceNames: readonly string[]): { source: string; path: string } {
  let source = '';
  for (const name of sourceNames)
    if (name.length > source.length && whole.startsWith(`${name}/`)) source = name;
  if (source === '') source = whole.split('/', 1)[0] ?? '';
  return { source, path: whole.slice(source.length + 1) };
}

/** A kept set as a list of where its images are. */
export async function asReferences(store: SetStore, set: StoredSet, advance: Advance): Promise<Blob> {
  const { header, normalization, sourceNames } = set;
  const { name, synthetic, classNames, image, fit } = header;
  const names = header.sourceNames ?? sourceNames;
  const items = [];
  for await (const { labels, parts, paths } of store.chunks(set)) {
    for (const [i, whole] of paths.entries()) {
      const { source, path } = splitPath(whole, names);
      items.push({ source, entry: { path }, label: labels[i] as number, part: parts[i] as number });
    }
    await advance(items.length);
  }
  const plan = { name, synthetic, classNames, items };
  const bytes = writeSetReferences(plan, { image, fit, normalization });
  return new Blob([bytes], { type: 'application/json' });
}

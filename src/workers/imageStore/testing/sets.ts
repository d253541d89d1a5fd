import type { CompiledChunk, CompiledSet, SetHeader } from '../../../core/data/compile/sink.ts';
import { unwrap } from '../../../core/result.ts';
import type { StoredSet } from '../../protocol.ts';
import type { SetStore, StoringSink } from '../setStore.ts';

export const CHUNK_IMAGES = 4;
const size = 12;

export const header = (name = 'set'): SetHeader => ({
  name,
  synthetic: false,
  image: { height: 2, width: 2, channels: 3 },
  fit: 'crop',
  classNames: ['a', 'b'],
  chunkImages: CHUNK_IMAGES,
});

/** A full chunk whose pixels depend on its index and a number of the set. */
export const chunk = (index: number, number = 0): CompiledChunk => ({
  index,
  // a part of a larger buffer, as a chunk may be
  pixels: new Uint8Array(1000).fill(16 * number + index).subarray(10, 10 + CHUNK_IMAGES * size),
  labels: Uint16Array.from({ length: CHUNK_IMAGES }, (_, i) => i % 2),
  parts: Uint8Array.from({ length: CHUNK_IMAGES }, (_, i) => i % 3),
  paths: Array.from({ length: CHUNK_IMAGES }, (_, i) => `s/${index}.${i}`),
});

export const compiledSet = (chunkCount: number, name = 'set'): CompiledSet => ({
  header: header(name),
  imageCount: chunkCount * CHUNK_IMAGES,
  chunkCount,
  countByPart: [],
  statistics: { pixelCount: 0, mean: [], deviation: [] },
  normalization: { kind: 'unit' },
  skipped: { count: 0, named: [] },
});

export const origin = { classes: {}, sourceNames: ['s'], neededBytes: 1000 };

/** Begins a set and writes so many chunks of it. */
export async function begun(store: SetStore, chunks: number, number = 0, name = 'set'): Promise<StoringSink> {
  const sink = store.sink(origin);
  unwrap(await sink.begin(header(name)));
  for (let index = 0; index < chunks; index++) unwrap(await sink.write(chunk(index, number)));
  return sink;
}

/** A whole set. */
export async function keep(store: SetStore, chunks = 3, number = 0, name = 'set'): Promise<StoredSet> {
  const sink = await begun(store, chunks, number, name);
  unwrap(await sink.end(compiledSet(chunks, name)));
  return sink.stored as StoredSet;
}

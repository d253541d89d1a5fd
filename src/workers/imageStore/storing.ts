import type { SetPlan } from '../../core/data/compile/combine.ts';
import { type CompileProgress, compileImages } from '../../core/data/compile/compileImages.ts';
import type { CancelSignal, ImageDecoder } from '../../core/data/compile/entries.ts';
import { keptChunkImages, RechunkingSink } from '../../core/data/compile/rechunk.ts';
import type { CompiledSet } from '../../core/data/compile/sink.ts';
import type { CompileChoice } from '../../core/exploration/design.ts';
import { ok, type Result } from '../../core/result.ts';
import { type ByteSource, pieces } from '../../formats/datasets/byteSource.ts';
import { guardedDecoder } from '../../formats/datasets/pictureHeader.ts';
import { readSetFile } from '../../formats/datasets/setFile.ts';
import type { StoredSet } from '../protocol.ts';
import { openDatabase } from './database.ts';
import { keptSets } from './keptSets.ts';
import { memorySets } from './memorySets.ts';
import type { SetStore, StoringSink } from './setStore.ts';

let chosen: Promise<SetStore> | null = null;

/** The browser's database; memory where it has none, as in some private windows. */
export function setStore(): Promise<SetStore> {
  chosen ??= openDatabase().then(
    () => keptSets,
    () => memorySets,
  );
  return chosen;
}

/** Paths, labels and the database's own records, beside an image's pixels. */
const BYTES_BESIDE = 100;

async function* stored<Step>(
  steps: AsyncGenerator<Step, Result<CompiledSet>>,
  sink: StoringSink,
): AsyncGenerator<Step, Result<StoredSet>> {
  const set = yield* steps;
  if (!set.ok) return set;
  return ok(sink.stored as StoredSet);
}

/** How pictures become a set's images, and how many are decoded at a time. */
export interface Decoding {
  readonly decoder: ImageDecoder;
  readonly lookahead: number;
}

/** Compiles a plan into the store; yields how far it is. Canceled or failed it leaves nothing. */
export async function* compileStored(
  plan: SetPlan,
  { height, width, channels, fit, classes }: CompileChoice,
  { decoder, lookahead }: Decoding,
  signal: CancelSignal,
): AsyncGenerator<CompileProgress, Result<StoredSet>> {
  const image = { height, width, channels };
  const sink = (await setStore()).sink({
    classes,
    sourceNames: [...new Set(plan.items.map(({ source }) => source))],
    neededBytes: plan.items.length * (height * width * channels + BYTES_BESIDE),
  });
  const options = { image, fit, lookahead, chunkImages: keptChunkImages(image) };
  const rechunking = new RechunkingSink(sink);
  return yield* stored(compileImages(plan, guardedDecoder(decoder), options, rechunking, signal), sink);
}

/** Reads a container with its images into the store; yields the bytes that were read. */
export async function* storeContainer(
  file: ByteSource,
  signal: CancelSignal,
): AsyncGenerator<number, Result<StoredSet>> {
  const sink = (await setStore()).sink({ classes: {}, sourceNames: [file.name], neededBytes: file.size });
  return yield* stored(readSetFile(pieces(file), file.name, new RechunkingSink(sink), signal), sink);
}

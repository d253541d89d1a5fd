import { planSet, type SetPlan } from '../core/data/compile/combine.ts';
import { type CompiledChunk, labeledImages } from '../core/data/compile/sink.ts';
import { type GeneratedSource, LARGEST_GENERATED_COUNT } from '../core/data/generatedSets.ts';
import type { LabeledImages } from '../core/data/labeledImages.ts';
import { PAINTERS } from '../core/data/paintSet.ts';
import type { StoredImages } from '../core/data/storedImages.ts';
import {
  asStored,
  type ImageMoments,
  imageMoments,
  trainingStatistics,
} from '../core/data/trainingStatistics.ts';
import type { CompileChoice } from '../core/exploration/design.ts';
import { FaultError, type Result, unwrap } from '../core/result.ts';
import { blobSource } from '../formats/datasets/byteSource.ts';
import { openSource, sortFiles } from '../formats/datasets/openSources.ts';
import {
  readSetReferences,
  resolveReferences,
  type SetReferences,
} from '../formats/datasets/setReferences.ts';
import { decodePicture } from './decodePicture.ts';
import { asReferences, withImages } from './imageStore/exportSet.ts';
import { OpenedSources } from './imageStore/openedSources.ts';
import type { SetStore } from './imageStore/setStore.ts';
import { storageUse } from './imageStore/storeFault.ts';
import { compileStored, type Decoding, setStore, storeContainer } from './imageStore/storing.ts';
import type { DataCalls, OpenSource, StoredSet } from './protocol.ts';
import { serve } from './serve.ts';
import { breathe, driven, SLICE_MILLISECONDS } from './slices.ts';

/** Files are read and decoded beside this worker: enough of them at a time keep it busy. */
const DECODING: Decoding = { decoder: decodePicture, lookahead: 16 };

const transferred = <Reply>(reply: Reply, images: LabeledImages) => ({
  reply,
  transfer: [images.pixels.buffer, images.labels.buffer] as Transferable[],
});

const opened = new OpenedSources();
/** Sets that tell only where their images are, and wait for these. */
let waiting: SetReferences[] = [];

async function kept(id: string): Promise<{ readonly store: SetStore; readonly set: StoredSet }> {
  const store = await setStore();
  const set = (await store.list()).find((one) => one.id === id);
  if (set) return { store, set };
  throw new FaultError({
    code: 'set-gone',
    message: 'This kept set is gone; it was deleted here or in another tab. Compile it again.',
    where: id,
  });
}

/** What a list of images was compiled with; the names of its classes are those of the set already. */
const choiceOf = ({ image, fit }: SetReferences): CompileChoice => ({
  height: image.height,
  width: image.width,
  channels: image.channels === 1 ? 1 : 3,
  fit,
  classes: {},
});

/** Compiles the waiting lists whose images are all open now. */
async function compileWaiting(
  report: (step: { readonly done: number; readonly total: number }) => void,
  signal: AbortSignal,
): Promise<{ readonly sets: readonly StoredSet[]; readonly notes: readonly string[] }> {
  const sets: StoredSet[] = [];
  const notes: string[] = [];
  for (const references of waiting) {
    const plan: Result<SetPlan> = resolveReferences(references, opened.all());
    if (!plan.ok) {
      notes.push(plan.error.message);
      continue;
    }
    const steps = compileStored(plan.value, choiceOf(references), DECODING, signal);
    sets.push(await driven(steps, report, signal));
    waiting = waiting.filter((other) => other !== references);
  }
  return { sets, notes };
}

/** The images of a generated set, drawn in slices. */
async function painted(
  { kind, imageCount, seed }: GeneratedSource,
  progress: (progress: { done: number; total: number }) => void,
  signal: AbortSignal,
): Promise<LabeledImages> {
  if (!Number.isInteger(imageCount) || imageCount < 1 || imageCount > LARGEST_GENERATED_COUNT) {
    throw new FaultError({
      code: 'image-count',
      message: `${imageCount} images cannot be generated; ask for 1 to ${LARGEST_GENERATED_COUNT}.`,
      where: 'imageCount',
    });
  }
  const painting = PAINTERS[kind](imageCount, seed);
  let pause = performance.now() + SLICE_MILLISECONDS;
  for (;;) {
    const step = painting.next();
    if (step.done) return step.value;
    if (performance.now() < pause) continue;
    progress({ done: step.value, total: imageCount });
    await breathe();
    signal.throwIfAborted();
    pause = performance.now() + SLICE_MILLISECONDS;
  }
}

/** Of the images that were looked at last: another split of them needs no pixels. */
const moments = new Map<string, ImageMoments>();
const MOST_MOMENTS = 4;

async function momentsOf(
  asked: DataCalls['trainingStatistics']['request']['images'],
  read: () => Promise<StoredImages>,
  signal: AbortSignal,
  progress: (progress: { done: number; total: number }) => void = () => {},
): Promise<ImageMoments> {
  const key = JSON.stringify(asked);
  const found = moments.get(key) ?? (await driven(imageMoments(await read(), signal), progress, signal));
  moments.delete(key);
  moments.set(key, found);
  for (const oldest of moments.keys()) if (moments.size > MOST_MOMENTS) moments.delete(oldest);
  return found;
}

serve<DataCalls>({
  async openSources({ files, instead = [] }, { progress, signal }) {
    const sorted = await sortFiles(files.map(({ path, file }) => blobSource(path, file)));
    const sources: OpenSource[] = [];
    const sets: StoredSet[] = [];
    const isEmpty = sorted.containers.length + sorted.references.length + sorted.groups.length === 0;
    try {
      for (const group of isEmpty ? [[]] : sorted.groups) {
        sources.push(opened.add(unwrap(await openSource(group)), instead));
        signal.throwIfAborted();
      }
      for (const file of sorted.containers) {
        const report = (done: number) => progress({ done, total: file.size });
        sets.push(await driven(storeContainer(file, signal), report, signal));
      }
      for (const file of sorted.references) {
        const references = unwrap(readSetReferences(await file.read(0, file.size), file.name));
        waiting = [...waiting.filter(({ name }) => name !== references.name), references];
      }
      const listed = opened.idsOf(new Set(waiting.flatMap(({ items }) => items.map(([source]) => source))));
      const found = await compileWaiting(progress, signal);
      signal.throwIfAborted();
      return { sources, sets: [...sets, ...found.sets], notes: found.notes, listed };
    } catch (error) {
      for (const { id } of sources) opened.close(id);
      throw error;
    }
  },

  closeSource({ id }) {
    opened.close(id);
    return null;
  },

  async compile({ sourceIds, name, choice, seed }, { progress, signal }) {
    const sources = opened.named(sourceIds);
    const plan = planSet(sources, {
      name: name.trim() || sources.map((source) => source.name).join(' and '),
      classes: new Map(Object.entries(choice.classes)),
      // the training splits by the design's seed
      shares: { validation: 0, test: 0 },
      seed,
      keepsParts: true,
    });
    return driven(compileStored(unwrap(plan), choice, DECODING, signal), progress, signal);
  },

  async storedSets() {
    const sets = await (await setStore()).list();
    return { sets, use: await storageUse() };
  },

  async deleteSet({ id }) {
    await (await setStore()).delete(id);
    return null;
  },

  async exportSet({ id, content }, { progress, signal }) {
    const { store, set } = await kept(id);
    const advance = async (done: number) => {
      progress({ done, total: set.imageCount });
      await breathe();
      signal.throwIfAborted();
    };
    return content === 'data' ? withImages(store, set, advance) : asReferences(store, set, advance);
  },

  async takeSet({ id }) {
    const { store, set } = await kept(id);
    const chunks: CompiledChunk[] = [];
    for await (const chunk of store.chunks(set)) chunks.push(chunk);
    const images = unwrap(labeledImages(set, chunks));
    return transferred(images, images);
  },

  async generate(source, { progress, signal }) {
    const images = await painted(source, progress, signal);
    await momentsOf(source, async () => asStored(images), signal);
    return transferred(images, images);
  },

  async trainingStatistics({ images: asked, ...choice }, { progress, signal }) {
    const images = async () => {
      if (!('setId' in asked)) return asStored(await painted(asked, progress, signal));
      const { store, set } = await kept(asked.setId);
      return store.images(set);
    };
    return trainingStatistics(await momentsOf(asked, images, signal, progress), choice);
  },
});

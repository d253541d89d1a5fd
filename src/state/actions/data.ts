import type { LabeledImages } from '../../core/data/labeledImages.ts';
import type { DataSource } from '../../core/exploration/design.ts';
import { FaultError } from '../../core/result.ts';
import type { StoredSet } from '../../workers/protocol.ts';
import { dataStore, type LoadedData, loadedData, type Samples } from '../dataStore.ts';
import { present } from '../designStore.ts';
import { runJob } from '../jobStore.ts';
import { dataWorker, trainWorker } from '../services.ts';
import { findSet, missingFiles } from './sets.ts';
import { changeDataChoice } from './standardize.ts';

const SAMPLES_PER_CLASS = 12;

/** Generated images on their way to the train worker. Handed over once; drawn again when needed. */
let waiting: { readonly source: DataSource; readonly images: LabeledImages } | null = null;
/** What the train worker holds now: the worker's generation, the images and their split. */
let handed = '';

const sameSource = (one: DataSource, other: DataSource) => JSON.stringify(one) === JSON.stringify(other);

function pickSamples(images: LabeledImages): Samples {
  const { height, width, channels } = images.image;
  const size = height * width * channels;
  const byClass: Uint8Array[][] = images.classNames.map(() => []);
  for (let i = 0; i < images.labels.length; i++) {
    const sheet = byClass[images.labels[i] as number];
    if (sheet && sheet.length < SAMPLES_PER_CLASS) sheet.push(images.pixels.slice(i * size, (i + 1) * size));
    if (byClass.every((others) => others.length >= SAMPLES_PER_CLASS)) break;
  }
  return { image: images.image, classNames: images.classNames, byClass };
}

function summarize(source: DataSource, images: LabeledImages): LoadedData {
  const countByClass = images.classNames.map(() => 0);
  for (const label of images.labels) countByClass[label] = (countByClass[label] ?? 0) + 1;
  return {
    source,
    name: images.name,
    synthetic: images.synthetic,
    image: images.image,
    classNames: images.classNames,
    countByClass,
    imageCount: images.labels.length,
    samples: pickSamples(images),
    stored: null,
  };
}

function acceptGenerated(source: DataSource, images: LabeledImages): void {
  waiting = { source, images };
  handed = '';
  dataStore.setState({ data: { status: 'ready', data: summarize(source, images) } });
}

/** Shows a kept set as the images of a source; the train worker reads them when it needs them. */
export function acceptStored(source: DataSource, set: StoredSet): void {
  loading?.abort();
  waiting = null;
  handed = '';
  const { name, synthetic, image, classNames } = set.header;
  const countByClass = classNames.map((_, label) =>
    set.countByPart.reduce((sum, counts) => sum + (counts[label] ?? 0), 0),
  );
  const samples: Samples = { image, classNames, byClass: set.samples };
  dataStore.setState({
    data: {
      status: 'ready',
      data: {
        source,
        name,
        synthetic,
        image,
        classNames,
        countByClass,
        imageCount: set.imageCount,
        samples,
        stored: set,
      },
    },
  });
}

const generate = (
  source: Exclude<DataSource, { kind: 'file' }>,
  signal: AbortSignal,
  onProgress: (fraction: number) => void,
) =>
  dataWorker.call('generate', source, { signal, onProgress: ({ done, total }) => onProgress(done / total) });

/** The images of a generated source, drawn again where they are not at hand. */
async function generatedImages(
  source: Exclude<DataSource, { kind: 'file' }>,
  signal: AbortSignal,
): Promise<LabeledImages> {
  if (waiting && sameSource(waiting.source, source)) return waiting.images;
  return generate(source, signal, () => {});
}

let loading: AbortController | null = null;

/** Makes the images of the present design, or finds them among the kept sets, unless they are there already. */
export async function loadData(): Promise<void> {
  const { source } = present().design.data;
  const loaded = loadedData();
  if (loaded && sameSource(loaded.source, source)) return;
  loading?.abort();
  const current = new AbortController();
  loading = current;
  dataStore.setState({ data: { status: 'loading' } });
  await runJob(source.kind === 'file' ? 'Looking for the images' : 'Generating images', async (job) => {
    const signal = AbortSignal.any([job.signal, current.signal]);
    if (source.kind !== 'file') {
      acceptGenerated(source, await generate(source, signal, job.report));
      return;
    }
    const set = await findSet(source, signal);
    signal.throwIfAborted();
    if (set) acceptStored(source, set);
    else dataStore.setState({ data: { status: 'empty', reason: missingFiles(source) } });
  });
  if (loading === current && dataStore.getState().data.status === 'loading') {
    const reason =
      source.kind === 'file' ? missingFiles(source) : 'No images were loaded. Choose a set on the left.';
    dataStore.setState({ data: { status: 'empty', reason } });
  }
}

/** Makes a kept set the design's data: a step of undo, where the design had other images. */
export function chooseSet(set: StoredSet, source: DataSource): void {
  acceptStored(source, set);
  if (!sameSource(present().design.data.source, source)) changeDataChoice({ source });
}

async function imagesForTrainer(
  source: DataSource,
  signal: AbortSignal,
): Promise<LabeledImages | { readonly setId: string }> {
  if (source.kind !== 'file') {
    const images = await generatedImages(source, signal);
    waiting = null;
    return images;
  }
  const stored = loadedData()?.stored;
  const set = stored?.fingerprint === source.fingerprint ? stored : await findSet(source, signal);
  if (!set) throw new FaultError({ code: 'files-missing', message: missingFiles(source) });
  return set.isKept ? { setId: set.id } : dataWorker.call('takeSet', { id: set.id }, { signal });
}

let handing: Promise<unknown> = Promise.resolve();

/**
 * Sees to it that the train worker holds the design's images, split as the design says. One after the other: of two at a
 * time the worker might keep the first and the page remember the second.
 */
export function handImagesToTrainer(signal: AbortSignal): Promise<void> {
  const turn = handing.then(() => handOver(signal));
  handing = turn.catch(() => {});
  return turn;
}

async function handOver(signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { data } = present().design;
  const key = () => `${trainWorker.generation}:${JSON.stringify(data)}`;
  if (handed === key()) return;
  const images = await imagesForTrainer(data.source, signal);
  const transfer = 'setId' in images ? [] : [images.pixels.buffer, images.labels.buffer];
  await trainWorker.call('setImages', { ...data, images }, { signal, transfer });
  handed = key();
}

import type { LabeledImages } from '../../core/data/labeledImages.ts';
import type { DataSource } from '../../core/exploration/design.ts';
import { FaultError } from '../../core/result.ts';
import type { OpenedImages } from '../../formats/datasets/openInMemory.ts';
import { dataStore, type LoadedData, loadedData, type Samples } from '../dataStore.ts';
import { changeData, present } from '../designStore.ts';
import { runJob } from '../jobStore.ts';
import { notify } from '../noticeStore.ts';
import { dataWorker, trainWorker } from '../services.ts';

const SAMPLES_PER_CLASS = 12;

/** The images on their way to the train worker. Handed over once; made again from their source when needed. */
let waiting: LabeledImages | null = null;
/** Files the user gave: kept as handles, so that a restarted worker can have their images again. */
let files: readonly File[] = [];
/** What the train worker holds now: the worker's generation, the images and their split. */
let handed = '';

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
  };
}

function accept(source: DataSource, images: LabeledImages): void {
  waiting = images;
  handed = '';
  dataStore.setState({ data: { status: 'ready', data: summarize(source, images) } });
}

const missingFiles = (names: readonly string[]) =>
  `This design was made with ${names.join(', ')}, and images do not travel with a design. Drop the same file here to train or measure, or choose a synthetic set.`;

async function produce(
  source: DataSource,
  signal: AbortSignal,
  onProgress: (fraction: number) => void,
): Promise<LabeledImages> {
  if (source.kind !== 'file') {
    return dataWorker.call('generate', source, {
      signal,
      onProgress: ({ done, total }) => onProgress(done / total),
    });
  }
  if (files.length === 0)
    throw new FaultError({ code: 'files-missing', message: missingFiles(source.fileNames) });
  return (await readFiles(files, signal, onProgress)).images;
}

const pathOf = (file: File): string => file.webkitRelativePath || file.name;

const readFiles = (chosen: readonly File[], signal: AbortSignal, onProgress: (fraction: number) => void) =>
  dataWorker.call(
    'openImages',
    { files: chosen.map((file) => ({ path: pathOf(file), file })) },
    { signal, onProgress: ({ done, total }) => onProgress(done / Math.max(1, total)) },
  );

/** Names as a design keeps them: of a folder its own instead of its thousands of files. */
const MOST_NAMES = 20;
const LONGEST_NAME = 260;

function namesOf(chosen: readonly File[]): readonly string[] {
  const names = chosen.map(pathOf);
  const shown =
    names.length <= MOST_NAMES ? names : [...new Set(names.map((name) => name.split('/')[0] ?? name))];
  return shown.slice(0, MOST_NAMES).map((name) => name.slice(-LONGEST_NAME));
}

function tellSkipped({ count, named }: OpenedImages['skipped']): void {
  if (count === 0) return;
  const names = named.slice(0, 3).map(({ path }) => path);
  const more = count - names.length;
  notify(
    'info',
    `${count === 1 ? '1 picture' : `${count} pictures`} could not be read and ${count === 1 ? 'was' : 'were'} left out: ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`,
  );
}

let loading: AbortController | null = null;

/** Makes the images of the present design, unless they are there already. */
export async function loadData(): Promise<void> {
  const { source } = present().design.data;
  const loaded = loadedData();
  if (loaded && JSON.stringify(loaded.source) === JSON.stringify(source)) return;
  loading?.abort();
  if (source.kind === 'file' && files.length === 0) {
    dataStore.setState({ data: { status: 'empty', reason: missingFiles(source.fileNames) } });
    return;
  }
  const current = new AbortController();
  loading = current;
  dataStore.setState({ data: { status: 'loading' } });
  await runJob(
    source.kind === 'file' ? 'Reading images' : 'Generating images',
    async ({ signal, report }) => {
      const images = await produce(source, AbortSignal.any([signal, current.signal]), report);
      accept(source, images);
    },
  );
  if (loading === current && dataStore.getState().data.status === 'loading') {
    dataStore.setState({
      data: { status: 'empty', reason: 'No images were loaded. Choose a set on the left.' },
    });
  }
}

/** Reads the user's own files; a file that can't be read changes nothing. */
export async function openImageFiles(chosen: readonly File[]): Promise<void> {
  if (chosen.length === 0) return;
  await runJob('Reading images', async ({ signal, report }) => {
    const { format, images, skipped } = await readFiles(chosen, signal, report);
    loading?.abort();
    files = [...chosen];
    const source: DataSource = {
      kind: 'file',
      format,
      fileNames: namesOf(chosen),
      imageCount: images.labels.length,
      compile: null,
      fingerprint: null,
    };
    accept(source, images);
    changeData({ ...present().design.data, source });
    tellSkipped(skipped);
  });
}

/** Sees to it that the train worker holds the design's images, split as the design says. */
export async function handImagesToTrainer(signal: AbortSignal): Promise<void> {
  const { data } = present().design;
  const key = () => `${trainWorker.generation}:${JSON.stringify(data)}`;
  if (handed === key()) return;
  const images = waiting ?? (await produce(data.source, signal, () => {}));
  waiting = null;
  await trainWorker.call(
    'setImages',
    { ...data, images },
    { signal, transfer: [images.pixels.buffer, images.labels.buffer] },
  );
  handed = key();
}

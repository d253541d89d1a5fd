import { beforeEach, expect, test, vi } from 'vitest';
import { defaultDesign } from '../../core/exploration/defaultDesign.ts';
import type { CompileChoice } from '../../core/exploration/design.ts';
import { FaultError } from '../../core/result.ts';
import type { OpenSource, StoredSet } from '../../workers/protocol.ts';
import { withClass } from '../compileDraft.ts';
import { dataStore, loadedData } from '../dataStore.ts';
import { changeDesign, openEntry, present, undoDesign } from '../designStore.ts';
import { jobStore } from '../jobStore.ts';
import { noticeStore } from '../noticeStore.ts';
import { setsStore } from '../setsStore.ts';
import { statisticsStore } from '../statisticsStore.ts';
import { eventually } from '../testing/eventually.ts';
import { trainingStore } from '../trainingStore.ts';
import { handImagesToTrainer, loadData } from './data.ts';
import { deleteSet } from './sets.ts';
import { addSources, compileDraft, isDraftNew, openImageFiles, removeSource, setDraft } from './sources.ts';
import { changeDataChoice, standardize } from './standardize.ts';

/** A data worker that knows classes by file name and keeps sets of what it compiles; a train worker that notes. */
const worker = vi.hoisted(() => ({
  generation: 1,
  nextId: 1,
  open: new Map<string, { name: string }>(),
  kept: [] as StoredSet[],
  handed: [] as unknown[],
  /** The next call of this method waits until it is canceled. */
  hanging: '',
  isKept: true,
  skipped: 0,
}));

const CLASSES: Record<string, Record<string, number>> = {
  'fruit.zip': { Apple: 10, Lime: 20, Plum: 30 },
  'more.zip': { apples: 5, Lime: 7 },
  'lone.zip': { Apple: 4 },
};

/** Files that a list of paths waits for; it is compiled when all are open. */
let listed: string[] = [];

function sourceOf(name: string, instead: string[]): OpenSource {
  const id = `source ${worker.nextId++}`;
  if ([...worker.open].some(([other, open]) => open.name === name && !instead.includes(other)))
    name += ' (2)';
  worker.open.set(id, { name });
  const classes = CLASSES[name.replace(' (2)', '')] ?? {};
  const counts = Object.values(classes);
  const imageCount = counts.reduce((a, b) => a + b, 0);
  return {
    id,
    name,
    kind: 'pictures',
    synthetic: false,
    imageCount,
    classNames: Object.keys(classes),
    countByClass: counts,
    image: null,
    countByPart: { train: 0, validation: 0, test: 0 },
  };
}

interface CompileRequest {
  sourceIds: string[];
  name: string;
  choice: CompileChoice;
}

function compiled({ sourceIds, name, choice }: CompileRequest): StoredSet {
  const counts = new Map<string, number>();
  const names = sourceIds.map((id) => {
    const source = worker.open.get(id);
    if (!source) throw new Error(`${id} is not open`);
    return source.name.replace(' (2)', '');
  });
  for (const source of names)
    for (const [from, count] of Object.entries(CLASSES[source] ?? {})) {
      const to = choice.classes[from] === undefined ? from : choice.classes[from];
      if (to !== null) counts.set(to, (counts.get(to) ?? 0) + count);
    }
  const image = { height: choice.height, width: choice.width, channels: choice.channels };
  const classNames = [...counts.keys()];
  const set: StoredSet = {
    header: { name, synthetic: false, image, fit: choice.fit, classNames, chunkImages: 64 },
    imageCount: [...counts.values()].reduce((a, b) => a + b, 0),
    chunkCount: 1,
    countByPart: [[...counts.values()], classNames.map(() => 0), classNames.map(() => 0)],
    statistics: { pixelCount: 1, mean: [100, 90, 80], deviation: [50, 40, 0] },
    normalization: { kind: 'signed' },
    skipped: {
      count: worker.skipped,
      named: worker.skipped > 0 ? [{ path: 'a/torn.png', reason: 'It is damaged.' }] : [],
    },
    id: `set ${worker.nextId++}`,
    fingerprint: Buffer.from(JSON.stringify([names, choice]))
      .toString('hex')
      .slice(0, 4000),
    bytes: 1000,
    isKept: worker.isKept,
    createdAt: 0,
    choice,
    sourceNames: names,
    samples: classNames.map(() => []),
  };
  worker.kept.unshift(set);
  return set;
}

function openAll({ files, instead = [] }: { files: { path: string }[]; instead?: string[] }) {
  if (files.some(({ path }) => path === 'torn.zip'))
    throw new FaultError({ code: 'torn', message: 'torn.zip is torn.' });
  return files.filter(({ path }) => path in CLASSES).map(({ path }) => sourceOf(path, instead));
}

const ANSWERS: Record<string, (request: never) => unknown> = {
  openSources: (request: { files: { path: string }[] }) => {
    const sources = openAll(request);
    const ids = [...worker.open].filter(([, { name }]) => listed.includes(name)).map(([id]) => id);
    if (listed.length === 0 || ids.length < listed.length)
      return { sources, sets: [], notes: listed.length > 0 ? ['Images are missing.'] : [], listed: ids };
    const choice = { height: 8, width: 8, channels: 3, fit: 'crop', classes: {} } as const;
    listed = [];
    const set = compiled({ sourceIds: ids, name: 'a list', choice });
    return { sources, sets: [set], notes: [], listed: ids };
  },
  trainingStatistics: (request: { images: { setId: string }; splitSeed: number }) => {
    const set = worker.kept.find(({ id }) => id === request.images.setId)!;
    const mean = [set.imageCount, request.splitSeed, 0];
    return { pixelCount: 1, mean, deviation: [50, 40, 0], part: 'train', imageCount: set.imageCount };
  },
  closeSource: ({ id }: { id: string }) => worker.open.delete(id),
  compile: compiled,
  storedSets: () => ({ sets: worker.kept.filter(({ isKept }) => isKept), use: null }),
  deleteSet: ({ id }: { id: string }) => {
    worker.kept = worker.kept.filter((set) => set.id !== id);
  },
  takeSet: ({ id }: { id: string }) => ({ name: id, pixels: new Uint8Array(1), labels: new Uint8Array(1) }),
};

vi.mock('../services.ts', () => ({
  dataWorker: {
    get generation() {
      return worker.generation;
    },
    call: (method: string, request: never, { signal }: { signal?: AbortSignal } = {}) =>
      new Promise((resolve, reject) => {
        signal?.addEventListener('abort', () => reject(new DOMException('Canceled', 'AbortError')));
        if (worker.hanging !== method)
          queueMicrotask(() => {
            try {
              resolve(ANSWERS[method]?.(request));
            } catch (error) {
              reject(error);
            }
          });
      }),
  },
  trainWorker: {
    generation: 1,
    call: async (_: string, request: { images: unknown }) => worker.handed.push(request.images),
  },
}));

const files = (...names: string[]) => names.map((name) => new File(['x'], name));
const notices = () =>
  noticeStore
    .getState()
    .notices.map(({ message }) => message)
    .join(' | ');
const fileSource = () => {
  const { source } = present().design.data;
  if (source.kind !== 'file') throw new Error('the design has no files');
  return source;
};

beforeEach(() => {
  listed = [];
  statisticsStore.setState({ known: {} });
  Object.assign(worker, { open: new Map(), kept: [], handed: [], hanging: '', isKept: true, skipped: 0 });
  openEntry({ design: defaultDesign(), modelId: null, baselineModelId: null });
  setsStore.setState({ sources: [], draft: null, compiled: null, kept: null, use: null, isBusy: false });
  dataStore.setState({ data: { status: 'loading' } });
  noticeStore.setState({ notices: [] });
  trainingStore.setState({ live: null });
});

test('what is opened is compiled at once, is the design’s data, and undo takes it back', async () => {
  await openImageFiles(files('fruit.zip'));
  expect(loadedData()).toMatchObject({ name: 'fruit.zip', imageCount: 60, countByClass: [10, 20, 30] });
  expect(fileSource()).toMatchObject({
    fileNames: ['fruit.zip'],
    compile: { height: 64, width: 64, channels: 3, fit: 'crop', classes: {} },
    fingerprint: worker.kept[0]!.fingerprint,
  });
  expect(isDraftNew()).toBe(false);
  undoDesign();
  expect(present().design.data.source.kind).toBe('land-cover');
});

test('two sources are combined, a class renamed into another and one left out (SX-26)', async () => {
  await openImageFiles(files('fruit.zip'));
  await addSources(files('more.zip'));
  expect(loadedData()?.imageCount).toBe(60);
  expect(isDraftNew()).toBe(true);
  const { draft } = setsStore.getState();
  setDraft(withClass(withClass(draft!, 'apples', 'Apple'), 'Plum', null));
  await compileDraft();
  expect(loadedData()).toMatchObject({ classNames: ['Apple', 'Lime'], countByClass: [15, 27] });
  expect(fileSource().fileNames).toEqual(['fruit.zip', 'more.zip']);
  expect(fileSource().compile?.classes).toEqual({ apples: 'Apple', Plum: null });
});

test('a set that is kept already is not kept twice', async () => {
  await openImageFiles(files('fruit.zip'));
  const [first] = worker.kept;
  await openImageFiles(files('fruit.zip'));
  expect(worker.kept).toEqual([first]);
  expect(loadedData()?.stored?.id).toBe(first!.id);
});

test('a file opened in place of its like keeps its name, and one that can not be read changes nothing', async () => {
  await openImageFiles(files('fruit.zip'));
  await openImageFiles(files('fruit.zip'));
  expect(loadedData()?.name).toBe('fruit.zip');
  const before = present();
  await openImageFiles(files('torn.zip'));
  expect(notices()).toMatch(/torn\.zip is torn/);
  expect(present()).toBe(before);
  await addSources(files('more.zip'));
  expect(setsStore.getState().sources.map(({ name }) => name)).toEqual(['fruit.zip', 'more.zip']);
  await compileDraft();
  expect(loadedData()?.imageCount).toBe(72);
});

test('files that are opened again after a reload keep what was chosen for them', async () => {
  await openImageFiles(files('fruit.zip', 'more.zip'));
  setDraft(withClass({ ...setsStore.getState().draft!, height: 16, width: 16 }, 'Plum', null));
  await compileDraft();
  const before = present();
  worker.open.clear();
  worker.generation++;
  setsStore.setState({ sources: [], draft: null, compiled: null });
  await openImageFiles(files('more.zip', 'fruit.zip'));
  expect(present()).toBe(before);
  expect(setsStore.getState()).toMatchObject({
    sources: [{ name: 'fruit.zip' }, { name: 'more.zip' }],
    draft: { height: 16, classes: { Plum: null } },
  });
  expect(isDraftNew()).toBe(false);
  expect(worker.kept).toHaveLength(2);
  // one of them alone is something else
  await openImageFiles(files('fruit.zip'));
  expect(loadedData()).toMatchObject({ imageCount: 60, image: { height: 64 } });
});

test('one class is no set, but its source stays open for another one to join', async () => {
  await openImageFiles(files('lone.zip'));
  setDraft(setsStore.getState().draft!);
  await compileDraft();
  expect(notices()).toMatch(/one class/);
  await addSources(files('more.zip'));
  await compileDraft();
  expect(loadedData()?.classNames).toEqual(['Apple', 'apples', 'Lime']);
});

test('a canceled compilation leaves the design and the sources as they are', async () => {
  await openImageFiles(files('fruit.zip'));
  const before = present();
  setDraft({ ...setsStore.getState().draft!, channels: 1 });
  worker.hanging = 'compile';
  const compiling = compileDraft();
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(jobStore.getState().jobs.map(({ title }) => title)).toEqual(['Compiling images']);
  jobStore.getState().jobs[0]!.cancel();
  await compiling;
  expect(present()).toBe(before);
  expect(setsStore.getState()).toMatchObject({ isBusy: false, sources: [{ name: 'fruit.zip' }] });
  expect(isDraftNew()).toBe(true);
});

test('after a reload the design’s set is found again by its fingerprint and the trainer reads it itself', async () => {
  await openImageFiles(files('fruit.zip'));
  const { design } = present();
  dataStore.setState({ data: { status: 'loading' } });
  setsStore.setState({ sources: [], draft: null, compiled: null, kept: null });
  openEntry({ design, modelId: 'trained', baselineModelId: 'trained' });
  await loadData();
  expect(loadedData()?.name).toBe('fruit.zip');
  expect(present().modelId).toBe('trained');
  await handImagesToTrainer(new AbortController().signal);
  expect(worker.handed).toEqual([{ setId: worker.kept[0]!.id }]);
});

test('what the browser does not keep is handed over whole, and a reload asks for the files', async () => {
  worker.isKept = false;
  await openImageFiles(files('fruit.zip'));
  expect(notices()).toMatch(/keeps no images/);
  await handImagesToTrainer(new AbortController().signal);
  expect(worker.handed).toMatchObject([{ name: worker.kept[0]!.id }]);
  dataStore.setState({ data: { status: 'loading' } });
  await loadData();
  expect(dataStore.getState().data).toMatchObject({ reason: expect.stringMatching(/fruit\.zip/) });
});

/** A design from another machine: fruit.zip and more.zip, small and gray. */
async function foreignDesign() {
  await openImageFiles(files('fruit.zip', 'more.zip'));
  setDraft({ ...setsStore.getState().draft!, height: 16, width: 16, channels: 1 });
  await compileDraft();
  const { design } = present();
  worker.kept = [];
  worker.open.clear();
  worker.generation++;
  setsStore.setState({ sources: [], draft: null, compiled: null, kept: null });
  dataStore.setState({ data: { status: 'loading' } });
  noticeStore.setState({ notices: [] });
  openEntry({ design, modelId: 'trained', baselineModelId: 'trained' });
  await loadData();
  return design;
}

test('a link from another machine says its files, and compiles them its own way when all are there', async () => {
  const design = await foreignDesign();
  expect(dataStore.getState().data).toMatchObject({
    status: 'empty',
    reason: expect.stringMatching(/fruit\.zip, more\.zip/),
  });
  await openImageFiles(files('more.zip'));
  expect(notices()).toMatch(/also needs fruit\.zip/);
  expect(worker.kept).toEqual([]);
  await openImageFiles(files('fruit.zip'));
  expect(loadedData()?.image).toEqual({ height: 16, width: 16, channels: 1 });
  expect(notices()).toMatch(/the very images/);
  expect(present()).toMatchObject({ design, modelId: 'trained' });
});

test('files of the same name with other images are told, and the weights are put aside', async () => {
  await foreignDesign();
  const before = CLASSES['fruit.zip']!;
  CLASSES['fruit.zip'] = { Apple: 11, Lime: 20, Plum: 30 };
  changeDesign((design) => ({
    ...design,
    data: { ...design.data, source: { ...fileSource(), fingerprint: 'f'.repeat(64) } },
  }));
  await openImageFiles(files('fruit.zip', 'more.zip'));
  CLASSES['fruit.zip'] = before;
  expect(notices()).toMatch(/other images than this design was made with, 73 instead of 72/);
  expect(present().modelId).toBeNull();
  undoDesign();
  expect(present().modelId).toBe('trained');
});

test('files that the waiting design does not name are new data', async () => {
  await foreignDesign();
  await openImageFiles(files('lone.zip'));
  expect(setsStore.getState().draft).toMatchObject({ height: 64, channels: 3 });
});

test('the present set is deleted: the design waits for its files', async () => {
  await openImageFiles(files('fruit.zip'));
  await deleteSet(loadedData()!.stored!);
  expect(dataStore.getState().data).toMatchObject({ reason: expect.stringMatching(/Drop the same file/) });
  expect(setsStore.getState().kept).toEqual([]);
  await compileDraft();
  expect(loadedData()?.imageCount).toBe(60);
});

test('a data worker that was started anew opens the files again', async () => {
  await openImageFiles(files('fruit.zip'));
  worker.generation++;
  worker.open.clear();
  await addSources(files('more.zip'));
  setDraft(withClass(setsStore.getState().draft!, 'Plum', null));
  await compileDraft();
  expect(loadedData()?.imageCount).toBe(42);
  removeSource(setsStore.getState().sources[0]!.id);
  expect(setsStore.getState().sources.map(({ name }) => name)).toEqual(['more.zip']);
});

const untilIdle = () => eventually(() => expect(jobStore.getState().jobs).toEqual([]));

test('a measured mean and deviation are measured anew with another split or set, in the same step', async () => {
  await openImageFiles(files('fruit.zip'));
  await standardize();
  // a channel of one value only is shifted and not divided
  expect(present().design.data.standardization).toEqual({ mean: [60, 1, 0], deviation: [50, 40, 1] });
  changeDataChoice({ splitSeed: 2 });
  changeDataChoice({ splitSeed: 3 });
  await untilIdle();
  expect(present().design.data.standardization?.mean).toEqual([60, 3, 0]);
  await openImageFiles(files('more.zip'));
  await untilIdle();
  expect(present().design.data.standardization?.mean).toEqual([12, 3, 0]);
  undoDesign();
  expect(present().design.data).toMatchObject({ splitSeed: 3, standardization: { mean: [60, 3, 0] } });
});

test('a training that has begun meanwhile keeps its numbers', async () => {
  await openImageFiles(files('fruit.zip'));
  await standardize();
  changeDataChoice({ splitSeed: 2 });
  trainingStore.setState({ busy: true });
  await untilIdle();
  trainingStore.setState({ busy: false });
  expect(present().design.data).toMatchObject({ splitSeed: 2, standardization: { mean: [60, 1, 0] } });
});

test('typed numbers stay with another split, after a reload too, and are replaced where channels do not fit', async () => {
  await openImageFiles(files('fruit.zip'));
  await standardize();
  const own = { mean: [1, 2, 3], deviation: [4, 5, 6] };
  changeDataChoice({ standardization: own });
  statisticsStore.setState({ known: {} });
  changeDataChoice({ splitSeed: 2 });
  await untilIdle();
  expect(present().design.data.standardization).toEqual(own);
  setDraft({ ...setsStore.getState().draft!, channels: 1 });
  await compileDraft();
  await untilIdle();
  expect(present().design.data.standardization?.mean).toEqual([60, 2, 0]);
});

test('a list of paths is compiled when the last of its files is dropped, one after the other', async () => {
  listed = ['fruit.zip', 'more.zip'];
  await openImageFiles(files('mine.sweetset.json'));
  expect(notices()).toMatch(/Images are missing/);
  await openImageFiles(files('more.zip'));
  expect(worker.kept).toEqual([]); // it waits, and is no data of its own
  expect(present().design.data.source.kind).toBe('land-cover');
  await openImageFiles(files('fruit.zip'));
  expect(loadedData()).toMatchObject({ name: 'a list', imageCount: 72 });
  expect(setsStore.getState().sources.map(({ name }) => name)).toEqual(['more.zip', 'fruit.zip']);
  expect(worker.open.size).toBe(2);
});

test('a list of paths finds files that are open already, and what it does not name is new data', async () => {
  await openImageFiles(files('fruit.zip'));
  listed = ['fruit.zip'];
  await openImageFiles(files('mine.sweetset.json'));
  expect(loadedData()?.name).toBe('a list');
  listed = ['never.zip'];
  await openImageFiles(files('more.zip'));
  expect(loadedData()).toMatchObject({ name: 'more.zip', imageCount: 12 });
  expect([...worker.open.values()].map(({ name }) => name)).toEqual(['more.zip']);
});

test('pictures that could not be read are named', async () => {
  worker.skipped = 5;
  await openImageFiles(files('fruit.zip'));
  expect(notices()).toMatch(/5 pictures could not be read and were left out: a\/torn\.png and 4 more/);
});

test('nothing is opened under a running training', async () => {
  trainingStore.setState({ live: {} as never });
  await openImageFiles(files('fruit.zip'));
  expect(worker.open.size).toBe(0);
  expect(notices()).toMatch(/training is running/);
});

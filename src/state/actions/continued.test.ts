import 'fake-indexeddb/auto';
import { beforeEach, expect, test, vi } from 'vitest';
import { dataStore } from '../dataStore.ts';
import { changeDesign, type Entry, openEntry, present } from '../designStore.ts';
import { evaluationStore } from '../evaluationStore.ts';
import { type Model, modelById, modelStore, putModel } from '../modelStore.ts';
import { noticeStore } from '../noticeStore.ts';
import { runsStore } from '../runsStore.ts';
import { modelsOf, openSession } from '../sessionDatabase.ts';
import { keepModel } from '../storedModels.ts';
import { eventually } from '../testing/eventually.ts';
import { type InterruptedPhases, trainingStore } from '../trainingStore.ts';
import { continueInPhases, trainInPhases } from './phases.ts';
import { continueThenQueue, runQueue } from './queue.ts';
import { numberIn, resetTrainer, trainer } from './testing/fakeTrainer.ts';
import { isTraining, startTraining, stopTraining } from './train.ts';

vi.mock('../services.ts', () => import('./testing/fakeTrainer.ts'));
vi.mock('./backend.ts', () => import('./testing/fakeTrainer.ts'));
vi.mock('./measure.ts', () => import('./testing/fakeMeasure.ts'));

const start = present();
const lines = () => runsStore.getState().runs;
const notices = () => noticeStore.getState().notices.map(({ message }) => message);
const untilIdle = () => eventually(() => expect(isTraining()).toBe(false));

beforeEach(() => {
  openEntry(start);
  dataStore.setState({
    data: {
      status: 'ready',
      data: { classNames: Array.from({ length: 10 }, (_, i) => `class ${i}`) } as never,
    },
  });
  modelStore.setState({ models: {} });
  runsStore.setState({ runs: [], chosen: [] });
  evaluationStore.setState({ evaluations: [] });
  noticeStore.setState({ notices: [] });
  trainingStore.setState({
    live: null,
    checkpoint: null,
    queue: [],
    busy: false,
    sequence: null,
    interrupted: null,
  });
  resetTrainer();
});

/** What a page that is closed leaves in the middle of phases. */
interface Left {
  readonly entry: Entry;
  readonly models: Readonly<Record<string, Model>>;
  readonly interrupted: InterruptedPhases;
}

/** What is there each time that the phases say where they stand, by phase and how far it has come. */
async function phasesWatched(): Promise<ReadonlyMap<string, Left>> {
  const left = new Map<string, Left>();
  const unsubscribe = trainingStore.subscribe(({ sequence, checkpoint }) => {
    if (!sequence || checkpoint) return;
    const entry = present();
    const interrupted = { at: sequence, modelId: entry.modelId };
    const key = `${sequence.step} ${sequence.done}`;
    if (!left.has(key)) left.set(key, { entry, models: modelStore.getState().models, interrupted });
  });
  await trainInPhases();
  unsubscribe();
  return left;
}

const outcome = () => ({
  number: numberIn(modelById(present().modelId)?.weights ?? {}),
  layers: present().design.network.layers,
});

test('phases that were interrupted between two trainings go on where they were, to the same end (SX-47)', async () => {
  changeDesign((design) => ({ ...design, phases: { pruneRounds: 2, channelShare: 0.2, finalEpochs: 1 } }));
  const left = await phasesWatched();
  const whole = outcome();
  const all = lines().map(({ phase }) => `${phase?.name} ${phase?.round}`);
  expect(all).toHaveLength(4);
  const places = [
    ['1 nothing', 0],
    ['1 trained', 1],
    ['2 nothing', 1],
    ['2 pruned', 1],
    ['2 trained', 2],
    ['3 pruned', 2],
    ['4 nothing', 3],
  ] as const;
  for (const [place, done] of places) {
    const { entry, models, interrupted } = left.get(place) as Left;
    modelStore.setState({ models });
    runsStore.setState({ runs: [] });
    openEntry(entry);
    trainingStore.setState({ interrupted });
    await continueInPhases();
    expect(notices()).toEqual([]);
    expect(lines().map(({ phase }) => `${phase?.name} ${phase?.round}`)).toEqual(all.slice(done));
    expect(outcome()).toEqual(whole);
    expect(trainingStore.getState()).toMatchObject({ sequence: null, interrupted: null });
  }
});

test('phases of other weights than the present ones are not gone on with', async () => {
  const at = {
    name: 'Prune and fine-tune',
    round: 1,
    rounds: 3,
    step: 2,
    steps: 5,
    fromScratch: true,
    done: 'nothing',
  } as const;
  trainingStore.setState({ interrupted: { at, modelId: 'another' } });
  await continueInPhases();
  expect(lines()).toEqual([]);
});

test('phases whose next training can not begin can be gone on with later', async () => {
  const at = {
    name: 'Final fine-tuning',
    round: 1,
    rounds: 1,
    step: 5,
    steps: 5,
    fromScratch: true,
    done: 'nothing',
  } as const;
  const interrupted = { at, modelId: null };
  trainingStore.setState({ interrupted });
  trainer.preparing = () => Promise.reject(new Error('No images.'));
  await continueInPhases();
  expect(trainer.seeds).toEqual([]);
  expect(trainingStore.getState()).toMatchObject({ interrupted, sequence: null });
  trainer.preparing = null;
  await continueInPhases();
  expect(lines()).toMatchObject([{ phase: { name: 'Final fine-tuning' }, result: 'finished' }]);
  expect(trainingStore.getState().interrupted).toBeNull();
});

test('trainings that waited follow the interrupted one that is gone on with', async () => {
  changeDesign((design) => ({ ...design, recipe: { ...design.recipe, epochs: 3 } }));
  trainer.losses = [{ in: 2, code: 'internal' }];
  await startTraining('train');
  const waiting = { id: 'q', title: 'q', entry: start, teacherIds: [] };
  trainingStore.setState({ queue: [waiting] });
  trainer.waits = true;
  const going = continueThenQueue();
  await eventually(() => expect(trainer.stops).toHaveLength(1));
  expect(trainingStore.getState()).toMatchObject({ queue: [waiting], queueRuns: true });
  trainer.waits = false;
  trainer.proceed();
  await going;
  await eventually(() => expect(lines()).toHaveLength(2));
  await untilIdle();
  expect(lines().map(({ result }) => result)).toEqual(['finished', 'finished']);
  await eventually(() => expect(trainingStore.getState().queueRuns).toBe(false));
});

const onDisk = (id: string): Model => ({
  id,
  network: start.design.network,
  weights: { 'only/kernel': { shape: [1], values: Float32Array.of(40) } },
  origin: 'trained',
  epochs: 1,
  backend: 'wasm',
  curves: null,
  validation: null,
  apoz: null,
});

test('a teacher, and weights to start from, that only the disk has are found there', async () => {
  const db = modelsOf(await openSession());
  for (const id of ['teaches', 'begins']) await keepModel(db, onDisk(id), undefined);
  expect(await startTraining('train', { teacherIds: ['teaches'] })).toBe('over');
  expect(lines()[0]).toMatchObject({ kind: 'distill', teachers: [start.design.network.name] });
  const entry = { ...start, modelId: 'begins' };
  expect(await startTraining('train', { entry, teacherIds: [] })).toBe('over');
  const made = modelById(lines()[1]?.modelId ?? null);
  expect(numberIn(made?.weights ?? {})).toBe(40 + start.design.recipe.epochs);
});

test('a training of an edited network is not begun without the weights that it was to start from', async () => {
  const entry = { ...start, startModelId: 'gone' };
  trainingStore.setState({ queue: [{ id: 'q', title: 'q', entry, teacherIds: [] }] });
  await runQueue();
  expect(notices()).toEqual([expect.stringMatching(/weights .* was to start from are no longer kept/)]);
  expect(trainer.seeds).toEqual([]);
});

test('an interrupted training after its last epoch is finished without another one, and measured', async () => {
  changeDesign((design) => ({ ...design, recipe: { ...design.recipe, epochs: 2 } }));
  trainer.waits = true;
  trainer.waitsAfter = 1;
  const training = startTraining('train');
  await eventually(() => expect(trainer.stops).toHaveLength(1));
  const { checkpoint } = trainingStore.getState();
  stopTraining();
  await training;
  if (!checkpoint) throw new Error('no checkpoint');
  const last = { ...checkpoint, state: { ...checkpoint.state, epoch: 2 } };
  const model = modelById(last.modelId) as Model;
  putModel({ ...model, validation: null });
  trainingStore.setState({ checkpoint: last });
  trainer.waits = false;
  await continueInPhases();
  expect(lines().at(-1)).toMatchObject({ result: 'finished', validation: { correct: 8 } });
  expect(numberIn(modelById(last.modelId)?.weights ?? {})).toBe(1);
  expect(trainingStore.getState().checkpoint).toBeNull();
});

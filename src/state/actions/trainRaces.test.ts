import { beforeEach, expect, test, vi } from 'vitest';
import { FaultError, WORKER_LOST } from '../../core/result.ts';
import { dataStore } from '../dataStore.ts';
import { changeData, changeDesign, openEntry, present } from '../designStore.ts';
import { setTeachers } from '../distillationStore.ts';
import { evaluationStore } from '../evaluationStore.ts';
import { jobStore } from '../jobStore.ts';
import { modelById, modelStore } from '../modelStore.ts';
import { noticeStore, notify } from '../noticeStore.ts';
import { runsStore } from '../runsStore.ts';
import { eventually } from '../testing/eventually.ts';
import { trainingStore } from '../trainingStore.ts';
import { continueInPhases, trainInPhases } from './phases.ts';
import { clearQueue, enqueueTraining, runQueue } from './queue.ts';
import { numberIn, resetTrainer, trainer } from './testing/fakeTrainer.ts';
import { continueTraining, isTraining, setPaused, startTraining, stepOnce, stopTraining } from './train.ts';

vi.mock('../services.ts', () => import('./testing/fakeTrainer.ts'));
vi.mock('./backend.ts', () => import('./testing/fakeTrainer.ts'));
vi.mock('./measure.ts', () => ({ measureApoz: async () => {} }));

const start = present();
const notices = () => noticeStore.getState().notices.map(({ message }) => message);
const epochs = (count: number) =>
  changeDesign((design) => ({ ...design, recipe: { ...design.recipe, epochs: count } }));
const untilIdle = () => eventually(() => expect(isTraining()).toBe(false));
const untilItWaits = () => eventually(() => expect(trainer.stops).toHaveLength(1));
const otherImages = () => changeData({ ...present().design.data, splitSeed: 9 });
const lines = () => runsStore.getState().runs;

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
  setTeachers([]);
  trainingStore.setState({ live: null, checkpoint: null, queue: [], busy: false, sequence: null });
  resetTrainer();
});

test('weights of other images are not given to a design whose images were changed while it trained', async () => {
  epochs(3);
  trainer.waits = true;
  trainer.waitsAfter = 1;
  const training = startTraining('train');
  await untilItWaits();
  expect(present().modelId).not.toBeNull();
  otherImages();
  expect(present().modelId).toBeNull();
  stopTraining();
  await training;
  expect(present().modelId).toBeNull();
  expect(lines()).toMatchObject([{ result: 'stopped' }]);
});

test('images that change while the weights are drawn are not trained with', async () => {
  trainer.preparing = async () => otherImages();
  expect(await startTraining('train')).toBe('failed');
  expect(trainer.seeds).toEqual([]);
  expect(lines()).toEqual([]);
  expect(notices()).toEqual([expect.stringMatching(/images or their split were changed/)]);
});

test('a first step that could not start does not hold up the next training', async () => {
  const { data } = dataStore.getState();
  dataStore.setState({ data: { status: 'ready', data: { classNames: ['one'] } as never } });
  stepOnce('train');
  await untilIdle();
  dataStore.setState({ data });
  await startTraining('train');
  expect(trainer.heard).toEqual([]);
});

test('trainings that wait for other images stay where they are, and the others are run', async () => {
  trainer.waits = true;
  const first = startTraining('train');
  await untilItWaits();
  enqueueTraining({ fromScratch: true, seeds: 2 });
  otherImages();
  enqueueTraining({ fromScratch: true });
  trainer.waits = false;
  stopTraining();
  await first;
  await eventually(() => expect(trainer.seeds).toHaveLength(2));
  await untilIdle();
  await eventually(() => expect(notices()).toHaveLength(1));
  expect(notices()[0]).toMatch(/2 trainings wait for other images/);
  expect(trainingStore.getState().queue).toHaveLength(2);
  expect(lines().map(({ result }) => result)).toEqual(['stopped', 'finished']);
  changeData(start.design.data);
  await runQueue();
  expect(trainingStore.getState().queue).toEqual([]);
  expect(trainer.seeds).toHaveLength(4);
});

test('a training of a pair goes before those that wait', async () => {
  trainer.waits = true;
  const first = startTraining('train');
  await untilItWaits();
  enqueueTraining({ fromScratch: true });
  trainer.waits = false;
  stopTraining();
  await first;
  // as many turns as lie between the two trainings of trainBoth, and some more
  for (let turn = 0; turn < 15; turn++) await null;
  expect(await startTraining('train')).toBe('over');
  await eventually(() => expect(trainer.seeds).toHaveLength(3));
  await untilIdle();
  clearQueue();
});

test('a queued training whose weights are gone is told, and not begun without them', async () => {
  await startTraining('train');
  enqueueTraining({ fromScratch: false });
  modelStore.setState({ models: {} });
  await eventually(() => expect(notices().at(-1)).toMatch(/weights .* no longer kept/));
  await untilIdle();
  expect(trainer.seeds).toHaveLength(1);
});

test('a queued training whose teacher is gone is told, and not begun without it', async () => {
  trainer.waits = true;
  const first = startTraining('train');
  await untilItWaits();
  trainingStore.setState({ queue: [{ id: 'q', title: 'q', entry: start, teacherIds: ['gone'] }] });
  void runQueue();
  stopTraining();
  await first;
  await eventually(() => expect(notices().at(-1)).toMatch(/1 of the 1 teachers .* no longer kept/));
  expect(trainer.seeds).toHaveLength(1);
});

test('a cancel of phases is heard while a phase is being prepared', async () => {
  let preparing = false;
  let proceed = () => {};
  trainer.preparing = () => {
    preparing = true;
    return new Promise<void>((resolve) => {
      proceed = resolve;
    });
  };
  const all = trainInPhases();
  await eventually(() => expect(preparing).toBe(true));
  jobStore
    .getState()
    .jobs.find(({ title }) => title === 'Training in phases')
    ?.cancel();
  proceed();
  await all;
  expect(trainer.seeds).toEqual([]);
  expect(isTraining()).toBe(false);
  expect(notices()).toEqual([
    expect.stringMatching(/was stopped, and the phases that were left are not run/),
  ]);
});

test('a stop while a lost worker is replaced is heard, and the last epoch is kept to go on from', async () => {
  epochs(3);
  trainer.losses = [{ in: 2, code: WORKER_LOST }];
  let calls = 0;
  trainer.preparing = async () => {
    if (++calls === 2) stopTraining();
  };
  expect(await startTraining('train')).toBe('stopped');
  expect(trainer.seeds).toHaveLength(1);
  expect(lines()).toMatchObject([{ result: 'stopped', modelId: present().modelId }]);
  trainer.preparing = null;
  expect(await continueTraining()).toBe('over');
  expect(numberIn(modelById(present().modelId)?.weights ?? {})).toBe(3);
});

test('seconds of a training that is paused are not counted', async () => {
  vi.useFakeTimers({ toFake: ['performance', 'Date'] });
  try {
    trainer.waits = true;
    const training = startTraining('train');
    await eventually(() => expect(trainer.stops).toHaveLength(1));
    vi.advanceTimersByTime(5000);
    setPaused(true);
    vi.advanceTimersByTime(60_000);
    setPaused(false);
    vi.advanceTimersByTime(2000);
    stopTraining();
    await training;
    expect(lines()[0]?.seconds).toBeCloseTo(7, 0);
  } finally {
    vi.useRealTimers();
  }
});

test('a training that goes on is going on in its line, and what was said of its interruption is gone', async () => {
  epochs(3);
  trainer.losses = [{ in: 2, code: 'internal' }];
  await startTraining('train');
  expect(lines()).toMatchObject([{ result: 'failed', sentence: 'Lost.' }]);
  trainer.waits = true;
  const going = continueTraining();
  await untilItWaits();
  expect(lines()).toMatchObject([{ result: 'running', sentence: '' }]);
  stopTraining();
  await going;
});

test('a new worker that is lost too, before it trains, is replaced', async () => {
  epochs(2);
  trainer.losses = [{ in: 2, code: WORKER_LOST }];
  let calls = 0;
  trainer.preparing = async () => {
    if (++calls === 2) throw new FaultError({ code: WORKER_LOST, message: 'Lost again.' });
  };
  expect(await startTraining('train')).toBe('over');
  expect(calls).toBe(3);
  expect(numberIn(modelById(present().modelId)?.weights ?? {})).toBe(2);
});

test('phases whose images are changed on the way end with a sentence', async () => {
  trainer.waits = true;
  trainer.waitsAfter = 1;
  const all = trainInPhases();
  await untilItWaits();
  otherImages();
  trainer.waits = false;
  trainer.proceed();
  await all;
  expect(notices()).toEqual([expect.stringMatching(/images were changed while it was trained in phases/)]);
});

test('phases that are others than those that were interrupted are not run, and that is said', async () => {
  const phases = (pruneRounds: number) =>
    changeDesign((design) => ({ ...design, phases: { ...design.phases, pruneRounds, finalEpochs: 1 } }));
  phases(2);
  epochs(2);
  trainer.losses = [{ in: 2, code: 'internal' }];
  await trainInPhases();
  phases(1);
  await continueInPhases();
  expect(lines()).toHaveLength(1);
  expect(notices().at(-1)).toMatch(/There are 3 phases now and were 4/);
});

test('what was said of an interrupted training goes when one begins: it is gone on with, or can no longer be', async () => {
  notify('info', 'A training was interrupted.', 'interruption');
  notify('info', 'Something else.');
  await startTraining('train');
  expect(notices()).toEqual(['Something else.']);
});

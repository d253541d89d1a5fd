import { beforeEach, expect, test, vi } from 'vitest';
import { GRAPHICS_LOST, WORKER_LOST } from '../../core/result.ts';
import { dataStore } from '../dataStore.ts';
import { changeDesign, openEntry, present } from '../designStore.ts';
import { evaluationStore } from '../evaluationStore.ts';
import { modelById, modelStore } from '../modelStore.ts';
import { noticeStore } from '../noticeStore.ts';
import { runsStore } from '../runsStore.ts';
import { eventually } from '../testing/eventually.ts';
import { type Checkpoint, trainingStore } from '../trainingStore.ts';
import { trainInPhases } from './phases.ts';
import { enqueueTraining } from './queue.ts';
import { numberIn, resetTrainer, trainer } from './testing/fakeTrainer.ts';
import { continueTraining, isTraining, startTraining, stopTraining } from './train.ts';

vi.mock('../services.ts', () => import('./testing/fakeTrainer.ts'));
vi.mock('./backend.ts', () => import('./testing/fakeTrainer.ts'));
vi.mock('./measure.ts', () => import('./testing/fakeMeasure.ts'));

const start = present();
const notices = () => noticeStore.getState().notices.map(({ message }) => message);
const epochs = (count: number) =>
  changeDesign((design) => ({ ...design, recipe: { ...design.recipe, epochs: count } }));
const result = () => numberIn(modelById(present().modelId)?.weights ?? {});
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
  trainingStore.setState({ live: null, checkpoint: null, queue: [], busy: false, sequence: null });
  resetTrainer();
});

test('a lost graphics processor and a lost worker are replaced, and the run goes on from its last epoch', async () => {
  epochs(6);
  trainer.losses = [
    { in: 3, code: GRAPHICS_LOST },
    { in: 5, code: WORKER_LOST },
  ];
  expect(await startTraining('train')).toBe('over');
  expect(result()).toBe(6);
  expect(notices()[0]).toMatch(/graphics processor away; the training goes on from epoch 2,/);
  expect(notices()[1]).toMatch(/ended the training worker; the training goes on from epoch 4,/);
  expect(runsStore.getState().runs).toMatchObject([{ result: 'finished', validation: { correct: 8 } }]);
});

test('a worker that is lost before its first epoch has ended starts again from the same weights', async () => {
  epochs(2);
  trainer.losses = [{ in: 1, code: WORKER_LOST }];
  expect(await startTraining('train')).toBe('over');
  expect(result()).toBe(2);
  expect(notices()[0]).toMatch(/started again from its first epoch/);
});

test('a worker that is lost again and again in the same epoch is given up, and the last epoch is kept', async () => {
  epochs(4);
  const loss = { in: 2, code: WORKER_LOST };
  trainer.losses = [loss, loss, loss, loss];
  expect(await startTraining('train')).toBe('failed');
  expect(trainer.losses).toHaveLength(1);
  expect(result()).toBe(1);
  expect(trainingStore.getState()).toMatchObject({ live: null, busy: false });
  expect(runsStore.getState().runs).toMatchObject([{ result: 'failed' }]);
  trainer.losses = [];
  expect(await continueTraining()).toBe('over');
  expect(result()).toBe(4);
});

test('other faults are not met with another worker', async () => {
  trainer.losses = [{ in: 2, code: 'internal' }];
  expect(await startTraining('train')).toBe('failed');
  expect(trainer.seeds).toHaveLength(1);
});

test('trainings wait for the one that runs, each with its own seed, and leave its weights to the design', async () => {
  epochs(2);
  trainer.waits = true;
  const first = startTraining('train');
  await eventually(() => expect(trainer.stops).toHaveLength(1));
  enqueueTraining({ fromScratch: true, seeds: 2 });
  expect(trainingStore.getState().queue.map(({ title }) => title)).toEqual([
    'Tiny CNN, seed 1, from the start',
    'Tiny CNN, seed 2, from the start',
  ]);
  expect(await startTraining('train')).toBe('failed');
  trainer.waitsAfter = 1;
  const begun = new Set<string | undefined>();
  const unsubscribe = trainingStore.subscribe((state) => begun.add(state.begun?.title));
  stopTraining();
  expect(await first).toBe('stopped');
  await eventually(() => expect(trainer.stops).toHaveLength(1));
  unsubscribe();
  expect(begun).toContain('Tiny CNN, seed 1, from the start');
  // It has an epoch, and with it a checkpoint to go on from.
  expect(trainingStore.getState().begun).toBeNull();
  trainer.waits = false;
  trainer.proceed();
  await eventually(() => expect(runsStore.getState().runs.map((run) => run.result)).toContain('finished'));
  await eventually(() => expect(trainer.seeds).toEqual([1, 1, 2]));
  await untilIdle();
  expect(trainingStore.getState().queue).toEqual([]);
  expect(evaluationStore.getState().evaluations).toHaveLength(2);
});

test('phases train, prune the share with the highest APoZ and fine-tune, round by round (SX-47)', async () => {
  changeDesign((design) => ({ ...design, phases: { pruneRounds: 2, channelShare: 0.2, finalEpochs: 1 } }));
  await trainInPhases();
  expect(notices()).toEqual([]);
  const names = runsStore.getState().runs.map(({ phase }) => phase?.name);
  expect(names).toEqual([
    'First training',
    'Prune and fine-tune',
    'Prune and fine-tune',
    'Final fine-tuning',
  ]);
  const sizes = runsStore.getState().runs.map(({ parameterCount }) => parameterCount);
  expect(sizes[1]).toBeLessThan(sizes[0] as number);
  expect(sizes[2]).toBeLessThan(sizes[1] as number);
  expect(sizes[3]).toBe(sizes[2]);
  expect(trainingStore.getState().sequence).toBeNull();
});

test('a stop ends the phases that were left', async () => {
  changeDesign((design) => ({ ...design, phases: { pruneRounds: 2, channelShare: 0.2, finalEpochs: 1 } }));
  trainer.waits = true;
  const all = trainInPhases();
  await eventually(() => expect(trainer.stops).toHaveLength(1));
  expect(trainingStore.getState().sequence).toMatchObject({ name: 'First training', step: 1, steps: 4 });
  stopTraining();
  await all;
  expect(runsStore.getState().runs).toHaveLength(1);
  expect(notices().join(' ')).toMatch(/phases that were left are not run/);
});

test('a checkpoint whose teacher is gone is not gone on from', async () => {
  epochs(3);
  trainer.losses = [{ in: 2, code: 'internal' }];
  await startTraining('train');
  trainingStore.setState(({ checkpoint }) => ({
    checkpoint: { ...(checkpoint as Checkpoint), teacherIds: ['gone'] },
  }));
  expect(await continueTraining()).toBe('failed');
  expect(notices().at(-1)).toMatch(/1 of the 1 teachers of this training are no longer kept/);
});

import { beforeEach, expect, test, vi } from 'vitest';
import type { Recipe } from '../../core/exploration/design.ts';
import type { Network, Weights } from '../../core/network/network.ts';
import type { TrainEpoch, TrainResult } from '../../workers/protocol.ts';
import { dataStore } from '../dataStore.ts';
import { openEntry, present } from '../designStore.ts';
import { distillationStore } from '../distillationStore.ts';
import { dataKeyOf } from '../metricsStore.ts';
import { type Model, modelStore, putModel } from '../modelStore.ts';
import { noticeStore } from '../noticeStore.ts';
import { runsStore } from '../runsStore.ts';
import { eventually } from '../testing/eventually.ts';
import { trainingStore } from '../trainingStore.ts';
import { measureModels, trainBoth } from './distillation.ts';
import { isTraining, stopTraining } from './train.ts';

interface TrainRequest {
  readonly weights: Weights;
  readonly recipe: Recipe;
  readonly teachers: readonly { readonly network: Network }[];
}

/** Ends at once with what its call says: 2 more than it began with, and 10 for each teacher. */
const worker = vi.hoisted(() => ({
  trained: [] as TrainRequest[],
  predicted: [] as number[],
  viewpoints: [] as unknown[],
  /** Calls of `train`, counted from 1, that wait until somebody stops them. */
  waitsIn: 0,
  stop: null as (() => void) | null,
}));

const numbered = (value: number): Weights => ({
  'only/kernel': { shape: [1], values: Float32Array.of(value) },
});
const numberIn = (weights: Weights): number => weights['only/kernel']?.values[0] ?? Number.NaN;

vi.mock('../services.ts', () => {
  const train = async (request: TrainRequest, tell: (event: TrainEpoch) => void): Promise<TrainResult> => {
    worker.trained.push(request);
    await null; // as a worker, it tells nothing before start has returned
    const stopped = worker.trained.length === worker.waitsIn;
    const weights = numbered(numberIn(request.weights) + 2 + 10 * request.teachers.length);
    const checkpoint = { epoch: 1, bestWeights: null, callbacks: { best: null } };
    tell({ kind: 'epoch', epoch: 1, weights, saves: true, checkpoint } as unknown as TrainEpoch);
    if (stopped) await new Promise<void>((resolve) => Object.assign(worker, { stop: resolve }));
    return {
      weights,
      epochs: 1,
      steps: 1,
      validation: { correct: 8, total: 10, loss: 0.5 },
      seconds: 1,
      backend: 'wasm',
      stopped: stopped ? 'by the user' : null,
      restoredEpoch: null,
    };
  };
  return {
    trainWorker: {
      generation: 0,
      call: async (method: string, { weights, viewpoint }: { weights: Weights; viewpoint?: unknown }) => {
        if (method === 'initialize') return numbered(0);
        if (method === 'checkActivations') return { fits: [], imageCount: 0 };
        if (method !== 'predict') throw new Error(`Nobody expects ${method}.`);
        worker.predicted.push(numberIn(weights));
        worker.viewpoints.push(viewpoint);
        return {};
      },
      start: (
        _: string,
        request: TrainRequest,
        { onProgress }: { onProgress: (event: TrainEpoch) => void },
      ) => ({
        reply: train(request, onProgress),
        control: (control: string) => control === 'stop' && worker.stop?.(),
      }),
    },
  };
});
vi.mock('./backend.ts', () => ({ prepareTrainer: async () => 'wasm' }));
vi.mock('./measure.ts', () => ({ measureApoz: async () => {} }));

const start = present();
const teacher: Model = {
  id: 'teacher',
  network: { ...start.design.network, name: 'Teacher' },
  weights: numbered(7),
  origin: 'trained',
  epochs: 3,
  backend: 'wasm',
  curves: null,
  validation: null,
  apoz: null,
};
const pair = () => distillationStore.getState().pair;
const numberOf = (id: string | null | undefined) =>
  numberIn(modelStore.getState().models[id ?? '']?.weights ?? {});

beforeEach(() => {
  Object.assign(worker, { trained: [], predicted: [], viewpoints: [], waitsIn: 0, stop: null });
  openEntry({ ...start, modelId: null, baselineModelId: null });
  const classNames = Array.from({ length: 10 }, (_, i) => `class ${i}`);
  dataStore.setState({ data: { status: 'ready', data: { classNames } as never } });
  modelStore.setState({ models: {} });
  runsStore.setState({ runs: [], chosen: [] });
  noticeStore.setState({ notices: [] });
  trainingStore.setState({ live: null, checkpoint: null, queue: [], busy: false, sequence: null });
  putModel(teacher);
  distillationStore.setState({
    teacherIds: ['teacher'],
    listens: false,
    measured: {},
    pair: null,
    trials: [],
  });
});

test('the same student is trained from the same weights with the same seed, first without and then with its teachers', async () => {
  await trainBoth();
  const { seed } = present().design.recipe;
  expect(worker.trained.map(({ recipe }) => recipe.seed)).toEqual([seed, seed]);
  expect(worker.trained.map(({ weights }) => numberIn(weights))).toEqual([0, 0]);
  expect(worker.trained.map(({ teachers }) => teachers.map(({ network }) => network.name))).toEqual([
    [],
    ['Teacher'],
  ]);
  expect([numberOf(pair()?.withoutId), numberOf(pair()?.withId)]).toEqual([2, 12]);
  expect(pair()).toMatchObject({ seed, teacherNames: ['Teacher'], dataKey: dataKeyOf(start.design.data) });
  expect(worker.predicted).toEqual([2, 12]);
  expect(present().modelId).toBe(pair()?.withId);
  expect(isTraining()).toBe(false);
});

test.each([
  ['first', 1, false],
  ['second', 2, true],
])('a stop in the %s of both ends both, and nothing is compared', async (_, call, hasFirst) => {
  worker.waitsIn = call;
  const both = trainBoth();
  await eventually(() => expect(worker.stop).not.toBeNull());
  stopTraining();
  await both;
  expect(worker.trained).toHaveLength(call);
  expect(pair() !== null).toBe(hasFirst);
  expect(pair()?.withId ?? null).toBeNull();
  expect(worker.predicted).toEqual([]);
  expect(isTraining()).toBe(false);
  expect(noticeStore.getState().notices.at(-1)?.message).toMatch(/did not come to its end/);
});

test('a student that somebody has trained before goes on from its own weights both times', async () => {
  const own = { ...teacher, id: 'own', network: start.design.network, weights: numbered(100) };
  putModel(own);
  openEntry({ ...start, modelId: 'own', baselineModelId: null });
  await trainBoth();
  expect(worker.trained.map(({ weights }) => numberIn(weights))).toEqual([100, 100]);
  expect([numberOf(pair()?.withoutId), numberOf(pair()?.withId)]).toEqual([102, 112]);
});

test('a teacher with other pixels and another order of the classes is trained with, and measured, as it reads them', async () => {
  const { classNames } = (dataStore.getState().data as { data: { classNames: readonly string[] } }).data;
  const reads = { normalization: 'none', standardization: null } as const;
  putModel({ ...teacher, reads, classNames: classNames.toReversed() });
  await trainBoth();
  const viewpoint = { normalization: reads, classOrder: [9, 8, 7, 6, 5, 4, 3, 2, 1, 0] };
  expect(worker.trained[1]?.teachers).toMatchObject([viewpoint]);
  await measureModels([modelStore.getState().models.teacher as Model]);
  const plain = { normalization: null, classOrder: null };
  expect(worker.viewpoints).toEqual([plain, plain, viewpoint]);
  const student = modelStore.getState().models[pair()?.withId ?? ''];
  expect(student).toMatchObject({ reads: { normalization: 'signed' }, classNames });
});

test('over several seeds each pair begins at the same place, and the design keeps the first taught student', async () => {
  const own = { ...teacher, id: 'own', network: start.design.network, weights: numbered(100) };
  putModel(own);
  openEntry({ ...start, modelId: 'own', baselineModelId: null });
  const { seed } = present().design.recipe;
  await trainBoth(3);
  expect(worker.trained.map(({ recipe }) => recipe.seed - seed)).toEqual([0, 0, 1, 1, 2, 2]);
  expect(worker.trained.map(({ weights }) => numberIn(weights))).toEqual(Array(6).fill(100));
  expect(worker.trained.map(({ teachers }) => teachers.length)).toEqual([0, 1, 0, 1, 0, 1]);
  const { trials } = distillationStore.getState();
  expect(trials.map((trial) => trial.seed - seed)).toEqual([0, 1, 2]);
  expect(new Set(trials.map(({ question }) => question)).size).toBe(1);
  expect(present().modelId).toBe(trials[0]?.withId);
  expect(worker.predicted).toHaveLength(6);
  // the same question once more takes the place of the first pair; another lesson is another question
  openEntry({ ...start, modelId: 'own', baselineModelId: null });
  await trainBoth();
  expect(distillationStore.getState().trials.map((trial) => trial.seed - seed)).toEqual([1, 2, 0]);
  const { recipe } = start.design;
  const warmer = { ...recipe, distillation: { ...recipe.distillation, temperature: 4 } };
  openEntry({ ...start, design: { ...start.design, recipe: warmer }, modelId: 'own', baselineModelId: null });
  await trainBoth();
  const questions = distillationStore.getState().trials.map(({ question }) => question);
  expect(new Set(questions).size).toBe(2);
});

test('a stop in a later pair leaves the pairs before it compared', async () => {
  worker.waitsIn = 4;
  const both = trainBoth(3);
  await eventually(() => expect(worker.stop).not.toBeNull());
  stopTraining();
  await both;
  expect(worker.trained).toHaveLength(4);
  expect(distillationStore.getState().trials).toHaveLength(1);
  expect(worker.predicted).toEqual([2, 12]);
  expect(noticeStore.getState().notices.at(-1)?.message).toBe(
    'A training of pair 2 did not come to its end; what came before it is compared.',
  );
});

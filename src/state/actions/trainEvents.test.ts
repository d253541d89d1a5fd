import { beforeEach, expect, test } from 'vitest';
import type { TrainEpoch, TrainResult, TrainStep } from '../../workers/protocol.ts';
import { present } from '../designStore.ts';
import { modelById, modelStore } from '../modelStore.ts';
import { type LiveRun, trainingStore } from '../trainingStore.ts';
import { EMPTY_CURVES, finish, onEpoch, onStep, type Run, snapshot } from './trainEvents.ts';

const { network, recipe, data } = present().design;
const job = { signal: new AbortController().signal, report: () => {} };
const run = {
  id: 'm',
  runId: 'r',
  kind: 'train',
  network,
  recipe,
  data,
  backend: 'wasm',
  earlierEpochs: 0,
  startedFrom: null,
  teachers: [],
  phase: null,
  curves: EMPTY_CURVES,
  clock: { seconds: 1 },
} as unknown as Run;

const step = (epoch: number, at: number, loss: number): TrainStep => ({
  kind: 'step',
  epoch,
  step: at,
  stepsPerEpoch: 2,
  loss,
  accuracy: 0.5,
  learningRate: 0.1,
  imagesPerSecond: 100,
});

const epochEnd = (epoch: number): TrainEpoch =>
  ({ kind: 'epoch', epoch, weights: {}, saves: true, checkpoint: { epoch } }) as unknown as TrainEpoch;

beforeEach(() => {
  modelStore.setState({ models: {} });
  trainingStore.setState({
    live: { curves: snapshot(EMPTY_CURVES), imagesPerSecond: 0 } as LiveRun,
    checkpoint: null,
  });
});

test('losses of steps grow in one array, and what is kept of an epoch does not grow with them', () => {
  onStep(step(1, 1, 3), recipe, job);
  const growing = trainingStore.getState().live?.curves.stepLosses;
  onStep(step(1, 2, 2), recipe, job);
  onEpoch(epochEnd(1), run);
  const { checkpoint } = trainingStore.getState();
  const model = modelById('m');
  onStep(step(2, 1, 1), recipe, job);
  expect(trainingStore.getState().live?.curves.stepLosses).toBe(growing);
  expect(growing).toEqual([3, 2, 1]);
  expect(model?.curves?.stepLosses).toEqual([3, 2]);
  expect(checkpoint?.curves.stepLosses).toEqual([3, 2]);
  expect(EMPTY_CURVES.stepLosses).toEqual([]);
});

test('steps that were not reported repeat the loss that follows them, each at its own place', () => {
  onStep(step(1, 1, 3), recipe, job);
  onStep(step(2, 2, 1), recipe, job);
  expect(trainingStore.getState().live?.curves.stepLosses).toEqual([3, 1, 1, 1]);
});

test('restored weights have seen no epoch after the one they are of', () => {
  const validation = { correct: 1, total: 2, loss: 1 };
  const result = { weights: {}, epochs: 3, steps: 6, validation, stopped: 'early', restoredEpoch: 2 };
  finish({ ...run, earlierEpochs: 4 }, result as unknown as TrainResult);
  expect(modelById('m')?.epochs).toBe(6);
});

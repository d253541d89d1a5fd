import { expect, test } from 'vitest';
import type { Network } from '../../core/network/network.ts';
import type { LearningCurves, Model } from '../../state/modelStore.ts';
import type { TrainingRun } from '../../state/runsStore.ts';
import type { LiveRun } from '../../state/trainingStore.ts';
import { liveFacts, modelFacts } from './runFacts.ts';
import { trainedFor } from './trainedFor.ts';

const network = { name: 'Tiny CNN' } as Network;

const curvesOf = (accuracies: readonly number[], steps: number): LearningCurves => ({
  stepLosses: Array.from({ length: steps }, () => 1),
  stepsPerEpoch: 10,
  epochs: accuracies.map((validationAccuracy, i) => ({
    epoch: i + 1,
    trainLoss: 1,
    trainAccuracy: 0.5,
    validationLoss: 2,
    validationAccuracy,
  })),
});

const modelWith = (patch: Partial<Model>): Model => ({
  id: 'm',
  network,
  weights: {},
  origin: 'trained',
  epochs: 2,
  backend: 'wasm',
  curves: curvesOf([0.4, 0.3], 20),
  validation: { correct: 30, total: 100, loss: 2 } as Model['validation'],
  apoz: null,
  ...patch,
});

const finished = { result: 'finished' } as TrainingRun;
const stopped = { result: 'stopped' } as TrainingRun;
const textOf = (facts: readonly (readonly [string, string])[]) => facts.map((fact) => fact.join(': '));

const live = (patch: Partial<LiveRun>): LiveRun =>
  ({
    network,
    kind: 'train',
    recipe: { seed: 2 },
    curves: curvesOf([], 0),
    epochs: 6,
    epoch: 1,
    step: 0,
    imagesPerSecond: 0,
    secondsLeft: null,
    learningRate: null,
    tensorCount: null,
    paused: false,
    phase: null,
    note: '',
    ...patch,
  }) as LiveRun;

test('weights of the last epoch have the numbers of that epoch, once', () => {
  expect(textOf(modelFacts(modelWith({}), finished))).toEqual([
    'State: trained, 2 epochs on wasm',
    'Training: loss 1, accuracy 50.0 %',
    'Validation: loss 2, accuracy 30.0 %',
  ]);
});

test('weights of another moment have numbers of their own, beside those of the last epoch', () => {
  const validation = { correct: 40, total: 100, loss: 1.5 } as Model['validation'];
  expect(textOf(modelFacts(modelWith({ validation }), finished)).slice(1)).toEqual([
    'Training of epoch 2: loss 1, accuracy 50.0 %',
    'Validation of epoch 2: loss 2, accuracy 30.0 %',
    'Validation of these weights: loss 1.5, accuracy 40.0 %',
  ]);
  const within = modelWith({ epochs: 0, curves: curvesOf([], 3), validation });
  expect(textOf(modelFacts(within, stopped))).toEqual([
    'State: trained, part of an epoch on wasm',
    'Validation of these weights: loss 1.5, accuracy 40.0 %',
  ]);
});

test('a run that was stopped within an epoch is not said to be as long as its whole epochs', () => {
  const within = modelWith({ curves: curvesOf([0.4, 0.3], 23) });
  expect(trainedFor(within, 'stopped')).toBe('2 epochs and part of the next');
  // What failed goes back to its last whole epoch.
  expect(trainedFor(within, 'failed')).toBe('2 epochs');
  expect(trainedFor(modelWith({ epochs: 1 }), 'finished')).toBe('1 epoch');
  expect(trainedFor(modelWith({ epochs: 0, origin: 'imported', curves: null }), undefined)).toBe('imported');
});

test('a run that goes on says what it trains, also where the design has another network by now', () => {
  const [first, second] = textOf(liveFacts(live({}), network));
  expect(first).toBe('Network: Tiny CNN, seed 2');
  // Nobody has told yet how many batches there are.
  expect(second).toBe('State: epoch 1 of 6 begins');
  const [other] = textOf(liveFacts(live({ kind: 'fine-tune' }), { name: 'LeNet' } as Network));
  expect(other).toBe('Network: Tiny CNN, seed 2, fine-tuning; not the network of the design');
});

test('a paused run says where it is', () => {
  const facts = textOf(liveFacts(live({ paused: true, epoch: 3, step: 2 }), network));
  expect(facts).toContain('State: paused in epoch 3 of 6, batch 2 of 10');
});

import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import { expect, test } from 'vitest';
import { NO_EPOCHS } from '../core/training/callbacks.ts';
import { resumable } from './actions/train.ts';
import { changeEntry, openEntry, present } from './designStore.ts';
import { evaluationStore, recordEvaluation } from './evaluationStore.ts';
import { type Model, modelStore, putModel, reunite } from './modelStore.ts';
import { noticeStore } from './noticeStore.ts';
import { keepSaving } from './persistence.ts';
import { restoreSession } from './restoreSession.ts';
import { eventually } from './testing/eventually.ts';
import { type Checkpoint, trainingStore } from './trainingStore.ts';

function trained(id: string): Model {
  return {
    id,
    network: present().design.network,
    weights: { 'conv1/kernel': { shape: [2], values: Float32Array.of(1, -2) } },
    origin: 'trained',
    epochs: 3,
    backend: 'wasm',
    curves: null,
    validation: { correct: 8, total: 10, loss: 0.5 },
    apoz: null,
  };
}

/** What a reload does to memory. */
function forget(): void {
  modelStore.setState({ models: {} });
  evaluationStore.setState({ evaluations: [] });
  noticeStore.setState({ notices: [] });
}

test('a reload brings back design, weights and points, and says that a training was interrupted', async () => {
  keepSaving();
  const model = trained('a');
  putModel(model);
  changeEntry((entry) => ({ ...entry, modelId: 'a', baselineModelId: 'a' }));
  const { design } = present();
  recordEvaluation({
    id: 'point',
    label: 'first',
    design,
    modelId: 'a',
    baselineModelId: 'a',
    accuracy: { correct: 8, total: 10, loss: 0.5 },
    parameterCount: 1,
    macCount: 1,
  });
  const live = { curves: { stepLosses: [], stepsPerEpoch: 1, epochs: [{}, {}, {}] }, epochs: 8 };
  trainingStore.setState({ live: live as never });
  await eventually(async () => {
    // Opened too early, the database would be made here, without its stores.
    expect(await indexedDB.databases()).toHaveLength(1);
    const db = await openDB('sweetspot', 1);
    expect(await db.get('session', 'session')).toMatchObject({
      modelId: 'a',
      running: { epoch: 3, epochs: 8 },
    });
    db.close();
  });
  forget();
  openEntry({ design, modelId: null, baselineModelId: null });

  expect(await restoreSession()).toBe(true);
  expect(present().modelId).toBe('a');
  expect(modelStore.getState().models.a?.weights['conv1/kernel']?.values).toEqual(Float32Array.of(1, -2));
  expect(evaluationStore.getState().evaluations.map(({ id }) => id)).toEqual(['point']);
  expect(noticeStore.getState().notices[0]?.message).toMatch(/interrupted after epoch 3 of 8/);
});

test('a reload brings back the last checkpoint, and its model catches up with it (SX-30)', async () => {
  const model = trained('run');
  putModel(model);
  changeEntry((entry) => ({ ...entry, modelId: 'run', baselineModelId: 'run' }));
  const { design } = present();
  const checkpoint: Checkpoint = {
    modelId: 'run',
    kind: 'train',
    recipe: design.recipe,
    data: design.data,
    backend: 'wasm',
    earlierEpochs: 0,
    curves: { stepLosses: [], stepsPerEpoch: 1, epochs: [] },
    weights: { 'conv1/kernel': { shape: [2], values: Float32Array.of(4, -5) } },
    state: {
      epoch: 4,
      steps: 4,
      optimizer: { steps: 4, vectors: { mean: Float32Array.of(0.5, 0.25) } },
      shuffling: [1, 2, 3, 4],
      dropout: [5, 6, 7, 8],
      augmenting: [5, 6, 7, 8],
      callbacks: NO_EPOCHS,
      bestWeights: null,
    },
  };
  // The page was closed after the checkpoint of epoch 4 and before its model: that one is still of epoch 3.
  const live = { curves: { stepLosses: [], stepsPerEpoch: 1, epochs: [{}, {}, {}] }, epochs: 8 };
  trainingStore.setState({ checkpoint, live: live as never });
  await eventually(async () => {
    const db = await openDB('sweetspot', 1);
    expect(await db.get('models', 'checkpoint')).toBeDefined();
    expect(await db.get('session', 'session')).toMatchObject({ modelId: 'run' });
    db.close();
  });
  forget();
  trainingStore.setState({ checkpoint: null });
  openEntry({ design, modelId: null, baselineModelId: null });

  expect(await restoreSession()).toBe(true);
  expect(trainingStore.getState().checkpoint).toEqual(checkpoint);
  expect(modelStore.getState().models.run).toMatchObject({
    epochs: 4,
    weights: checkpoint.weights,
    validation: null,
  });
  expect(noticeStore.getState().notices[0]?.message).toMatch(/interrupted after epoch 4 of 8; in Train/);

  expect(resumable(present(), checkpoint)).toBe(checkpoint);
  const elsewhere = { ...design, data: { ...design.data, splitSeed: 77 } };
  expect(resumable({ ...present(), design: elsewhere }, checkpoint)).toBeNull();
  expect(resumable({ ...present(), modelId: 'other' }, checkpoint)).toBeNull();
  // Its result is still to be measured.
  const over = { ...checkpoint, state: { ...checkpoint.state, epoch: 8 } };
  expect(resumable(present(), over)).toBe(over);
});

test('where only better epochs are kept, the model has the best one and the checkpoint the last one (VT-36)', async () => {
  const best = { 'conv1/kernel': { shape: [2], values: Float32Array.of(8, 9) } };
  const before = trainingStore.getState().checkpoint!;
  const callbacks = { ...NO_EPOCHS, epoch: 4, best: { epoch: 2, loss: 0.5 } };
  const checkpoint: Checkpoint = {
    ...before,
    recipe: { ...before.recipe, checkpoint: 'best-only' },
    state: { ...before.state, callbacks, bestWeights: best },
  };
  trainingStore.setState({ checkpoint });
  await eventually(async () => {
    const db = await openDB('sweetspot', 1);
    expect(await db.get('models', 'checkpoint')).toMatchObject({ best: 'stored' });
    db.close();
  });
  forget();
  expect(await restoreSession()).toBe(true);
  expect(modelStore.getState().models.run).toMatchObject({ epochs: 2, weights: best });
  expect(trainingStore.getState().checkpoint).toEqual(checkpoint);
});

test('a stored design and its model share one network again, so that the weights are known to fit', () => {
  const model = trained('b');
  putModel(model);
  const copy = structuredClone(present().design);
  const { design, modelId } = reunite(copy, 'b', 'b');
  expect(design.network).toBe(model.network);
  expect(design.baseline).toBe(design.network);
  expect(modelId).toBe('b');
});

test('a model that is gone leaves the choices without weights', () => {
  const { design, modelId } = reunite(present().design, 'lost', null);
  expect(modelId).toBeNull();
  expect(design.network).toBe(present().design.network);
});

test('trainings that wait are there after a reload, and wait for somebody to start them', async () => {
  const entry = present();
  trainingStore.setState({ queue: [{ id: 'q', title: 'Tiny CNN, seed 4', entry, teacherIds: [] }] });
  await eventually(async () => {
    const db = await openDB('sweetspot', 1);
    const session = await db.get('session', 'session');
    db.close();
    expect(session.queue).toHaveLength(1);
  });
  trainingStore.setState({ queue: [] });
  expect(await restoreSession()).toBe(true);
  expect(trainingStore.getState()).toMatchObject({ queue: [{ title: 'Tiny CNN, seed 4' }], busy: false });
});

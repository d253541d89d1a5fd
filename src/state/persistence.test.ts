import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import { expect, test, vi } from 'vitest';
import { changeEntry, openEntry, present } from './designStore.ts';
import { evaluationStore, recordEvaluation } from './evaluationStore.ts';
import { type Model, modelStore, putModel, reunite } from './modelStore.ts';
import { noticeStore } from './noticeStore.ts';
import { keepSaving, restoreSession } from './persistence.ts';
import { trainingStore } from './trainingStore.ts';

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
  await vi.waitFor(async () => {
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

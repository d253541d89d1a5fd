import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import { expect, test } from 'vitest';
import { defaultDesign } from '../core/exploration/defaultDesign.ts';
import type { Weights } from '../core/network/network.ts';
import { forgetCheckpoint, keepCheckpoint, keptCheckpoint } from './storedCheckpoint.ts';
import { forgetModels, keptModel, type ModelsSchema } from './storedModels.ts';
import type { Checkpoint } from './trainingStore.ts';

const open = (name: string) =>
  openDB<ModelsSchema>(name, 1, { upgrade: (db) => void db.createObjectStore('models') });

const weightsOf = (value: number): Weights => ({
  'a/kernel': { shape: [1, 2], values: Float32Array.of(value, -value) },
});

function checkpoint(epoch: number, bestWeights: Weights | null, weights = weightsOf(epoch)): Checkpoint {
  const { recipe, data } = defaultDesign();
  return {
    modelId: 'm',
    kind: 'train',
    recipe,
    data,
    backend: 'wasm',
    earlierEpochs: 2,
    curves: { stepLosses: [1, 0.5], stepsPerEpoch: 2, epochs: [] },
    weights,
    state: {
      epoch,
      steps: 2 * epoch,
      optimizer: {
        steps: 2 * epoch,
        vectors: { mean: new Float32Array(5).fill(epoch), square: Float32Array.of(1e-38, epoch) },
      },
      shuffling: [1, 2, 3, 4],
      dropout: [5, 6, 7, 8],
      augmenting: [5, 6, 7, 8],
      callbacks: {
        epoch,
        best: { epoch: 1, loss: 0.1 + 0.2 },
        plateauEpochs: 1,
        reductions: 0,
        saves: epoch,
      },
      bestWeights,
    },
  };
}

test('a checkpoint comes back to the last bit: weights, best weights, optimizer, random streams (SX-30)', async () => {
  const db = await open('whole');
  expect(await keptCheckpoint(db)).toBeNull();
  for (const best of [null, weightsOf(9)]) {
    await keepCheckpoint(db, checkpoint(3, best));
    expect(await keptCheckpoint(db)).toEqual(checkpoint(3, best));
  }
});

test('weights that are the best ones are stored once', async () => {
  const db = await open('same');
  const weights = weightsOf(3);
  await keepCheckpoint(db, checkpoint(3, weights, weights));
  const found = await keptCheckpoint(db);
  expect(found).toEqual(checkpoint(3, weights, weights));
  expect(found?.state.bestWeights).toBe(found?.weights);
});

test('a page closed while it stores leaves the checkpoint before', async () => {
  const db = await open('torn');
  await keepCheckpoint(db, checkpoint(3, null));
  const broken = checkpoint(4, weightsOf(4));
  Object.defineProperty(broken.state.bestWeights?.['a/kernel'], 'values', {
    get: () => {
      throw new Error('the page was closed');
    },
  });
  await expect(keepCheckpoint(db, broken)).rejects.toThrow('the page was closed');
  expect(await keptCheckpoint(db)).toEqual(checkpoint(3, null));
});

test('it is no model, is forgotten with all its pieces, and outlives models that nobody needs', async () => {
  const db = await open('forgotten');
  await keepCheckpoint(db, checkpoint(3, weightsOf(1)));
  expect(await keptModel(db, 'checkpoint')).toBeNull();
  await db.put('models', Float32Array.of(1), 'checkpoint-like/0');
  await forgetModels(db, new Set(['checkpoint']));
  expect(await keptCheckpoint(db)).toEqual(checkpoint(3, weightsOf(1)));
  await db.put('models', Float32Array.of(1), 'd/0');
  await forgetCheckpoint(db);
  expect(await db.getAllKeys('models')).toEqual(['d/0']);
});

test('one without a piece is none', async () => {
  const db = await open('piece');
  await keepCheckpoint(db, checkpoint(3, null));
  await db.delete('models', 'checkpoint/1');
  expect(await keptCheckpoint(db)).toBeNull();
});

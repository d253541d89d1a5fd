import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import { defaultDesign } from '../core/exploration/defaultDesign.ts';
import { fetchEpoch, forgetEpochsBut, keepEpoch, keptEpochs } from './epochCheckpoints.ts';
import type { Checkpoint } from './trainingStore.ts';

function checkpoint(runId: string, epoch: number, numbers = 4): Checkpoint {
  const { recipe, data } = defaultDesign();
  return {
    modelId: 'm',
    runId,
    kind: 'train',
    recipe,
    data,
    backend: 'wasm',
    earlierEpochs: 0,
    curves: { stepLosses: [], stepsPerEpoch: 1, epochs: [] },
    weights: { 'a/kernel': { shape: [numbers], values: new Float32Array(numbers).fill(epoch) } },
    state: {
      epoch,
      steps: epoch,
      optimizer: { steps: epoch, vectors: { mean: new Float32Array(numbers).fill(-epoch) } },
      shuffling: [1, 2, 3, 4],
      dropout: [5, 6, 7, 8],
      augmenting: [5, 6, 7, 8],
      callbacks: { epoch, best: null, plateauEpochs: 0, reductions: 0, saves: epoch },
      bestWeights: null,
    },
  };
}

test('a run of ten epochs leaves ten checkpoints, and each can be gone back to (SX-30)', async () => {
  for (let epoch = 1; epoch <= 10; epoch++) expect(await keepEpoch(checkpoint('ten', epoch))).toBe(true);
  await keepEpoch(checkpoint('other', 1));
  expect(await keptEpochs('ten')).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(await fetchEpoch('ten', 6)).toEqual(checkpoint('ten', 6));
  expect(await fetchEpoch('ten', 11)).toBeNull();
  await forgetEpochsBut(new Set(['other']));
  expect(await keptEpochs('ten')).toEqual([]);
  expect(await keptEpochs('other')).toEqual([1]);
});

test('the oldest epochs go where all would take too much room, and huge ones are not kept', async () => {
  const numbers = 2 ** 21; // 16 MB with the optimizer's vector
  for (let epoch = 1; epoch <= 18; epoch++) await keepEpoch(checkpoint('large', epoch, numbers));
  const kept = await keptEpochs('large');
  expect(kept).toHaveLength(16);
  expect(kept.at(-1)).toBe(18);
  expect(kept[0]).toBe(3);
  expect(await keepEpoch(checkpoint('huge', 1, 2 * numbers + 1))).toBe(false);
});

import 'fake-indexeddb/auto';
import { expect, test, vi } from 'vitest';
import { defaultDesign } from '../core/exploration/defaultDesign.ts';
import {
  fetchEpoch,
  forgetEpochsBut,
  forgetEpochsOf,
  keepEpoch,
  keptEpochs,
  withRoom,
} from './epochCheckpoints.ts';
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

test('epochs that end while others are written are kept or left out, and room is counted once', async () => {
  const numbers = 2 ** 20;
  const kept = await Promise.all(
    Array.from({ length: 10 }, (_, i) => keepEpoch(checkpoint('fast', i + 1, numbers))),
  );
  expect(kept.filter(Boolean)).toHaveLength(4);
  expect(await keptEpochs('fast')).toEqual([1, 2, 3, 4]);
  expect(await keepEpoch(checkpoint('fast', 11))).toBe(true);
});

test('epochs make room for what a reload needs, once, and only on a full disk', async () => {
  const full = new DOMException('Full', 'QuotaExceededError');
  const keep = (...errors: Error[]) =>
    vi.fn(async () => {
      const error = errors.shift();
      if (error) throw error;
    });
  await keepEpoch(checkpoint('waits', 1));
  await expect(withRoom(keep(new Error('other')))).rejects.toThrow('other');
  expect(await keptEpochs('waits')).toEqual([1]);
  const kept = keep(full);
  await withRoom(kept);
  expect(kept).toHaveBeenCalledTimes(2);
  expect(await keptEpochs('waits')).toEqual([]);
  const hopeless = keep(full, full);
  await expect(withRoom(hopeless)).rejects.toBe(full);
  expect(hopeless).toHaveBeenCalledTimes(1);
});

test('epochs do not repeat the losses of all steps before them, and go with their run', async () => {
  const one = checkpoint('curves', 1);
  await keepEpoch({ ...one, curves: { ...one.curves, stepLosses: Array(5000).fill(0.5) } });
  expect((await fetchEpoch('curves', 1))?.curves.stepLosses).toEqual([]);
  await forgetEpochsOf('curves');
  expect(await keptEpochs('curves')).toEqual([]);
  expect(await fetchEpoch('curves', 1)).toBeNull();
});

import { beforeEach, expect, test, vi } from 'vitest';
import { changeData, changeEntry, openEntry, present } from '../designStore.ts';
import { modelById, putModel } from '../modelStore.ts';
import { noticeStore } from '../noticeStore.ts';
import { measureAccuracy, measureApoz } from './measure.ts';

const worker = vi.hoisted(() => ({ asked: 0, preparing: () => {} }));

vi.mock('../services.ts', () => ({
  trainWorker: {
    call: async () => {
      worker.asked++;
      return { correct: 1, total: 2, loss: 1 };
    },
  },
}));
vi.mock('./backend.ts', () => ({ prepareTrainer: async () => worker.preparing() }));

beforeEach(() => {
  Object.assign(worker, { asked: 0, preparing: () => {} });
  const { design } = present();
  openEntry({ design, modelId: null, baselineModelId: null });
  putModel({
    id: 'm',
    network: design.network,
    weights: {},
    origin: 'trained',
    epochs: 1,
    backend: 'wasm',
    curves: null,
    validation: null,
    apoz: null,
  });
  changeEntry((entry) => ({ ...entry, modelId: 'm' }));
});

test('weights are not measured with images that were chosen while the worker was prepared', async () => {
  for (const measure of [measureAccuracy, measureApoz]) {
    changeEntry((entry) => ({ ...entry, modelId: 'm' }));
    worker.preparing = () => changeData({ ...present().design.data, splitSeed: 99 + Math.random() });
    await measure();
  }
  expect(worker.asked).toBe(0);
  expect(modelById('m')).toMatchObject({ validation: null, apoz: null });
  expect(noticeStore.getState().notices).toEqual([]);
});

test('with the images that they were asked to be measured with they are', async () => {
  await measureAccuracy();
  expect(modelById('m')?.validation).toMatchObject({ correct: 1, total: 2 });
});

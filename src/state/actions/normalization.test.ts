import { beforeEach, expect, test, vi } from 'vitest';
import { plainChoice } from '../../core/data/normalizationChoice.ts';
import { FaultError } from '../../core/result.ts';
import type { NormalizationCheck, NormalizationFit } from '../../core/training/normalizationFit.ts';
import { dataStore, type LoadedData } from '../dataStore.ts';
import { changeData, changeEntry, present, undoDesign } from '../designStore.ts';
import { jobStore } from '../jobStore.ts';
import { type Model, newId, putModel } from '../modelStore.ts';
import { normalizationStore, verdictFor } from '../normalizationStore.ts';
import { noticeStore } from '../noticeStore.ts';
import { chooseNormalization, followNormalization } from './normalization.ts';

interface Asked {
  readonly method: string;
  readonly request: { readonly chosen: { readonly normalization: string } };
  readonly answer: (value: NormalizationCheck) => void;
  readonly fail: (error: Error) => void;
}

const worker = vi.hoisted(() => ({ calls: [] as Asked[], handed: 0 }));

vi.mock('../services.ts', () => ({
  trainWorker: {
    generation: 0,
    call: (method: string, request: Asked['request'], { signal }: { signal?: AbortSignal } = {}) =>
      new Promise((answer, fail) => {
        worker.calls.push({ method, request, answer, fail });
        signal?.addEventListener('abort', () => fail(new DOMException('Canceled', 'AbortError')));
      }),
  },
}));
vi.mock('./data.ts', () => ({
  handImagesToTrainer: async () => {
    worker.handed++;
  },
}));

const settle = () => new Promise((resolve) => setTimeout(resolve, 5));
const verdict = () => verdictFor(normalizationStore.getState().answer, present());

const fitOf = (normalization: 'none' | 'signed', distance: number): NormalizationFit => ({
  choice: plainChoice(normalization),
  distance,
  correct: null,
  confidence: null,
  oneAnswer: null,
});
const wrong = { fits: [fitOf('signed', 3), fitOf('none', 0.2)], imageCount: 20 };
const right = { fits: [fitOf('none', 0.2), fitOf('signed', 3)], imageCount: 20 };

/** A step of undo with weights of their own. */
function adopt(origin: Model['origin']): void {
  const { network } = present().design;
  const measured = { epochs: 0, backend: null, curves: null, validation: null, apoz: null };
  const id = newId();
  putModel({ id, network, weights: {}, origin, ...measured });
  changeEntry(({ design }) => ({ design, modelId: id, baselineModelId: id }));
}

followNormalization();

beforeEach(async () => {
  changeEntry(({ design }) => ({
    design: { ...design, data: { ...design.data, normalization: 'signed' } },
    modelId: null,
    baselineModelId: null,
  }));
  const { source } = present().design.data;
  dataStore.setState({ data: { status: 'ready', data: { source } as LoadedData } });
  await settle();
  worker.calls.length = 0;
});

test('weights from a file are checked once; trained ones, and none, are not', async () => {
  adopt('trained');
  await settle();
  expect(worker.calls).toHaveLength(0);
  adopt('imported');
  await settle();
  changeEntry((entry) => ({ ...entry }));
  await settle();
  expect(worker.calls.map(({ method, request }) => [method, request.chosen.normalization])).toEqual([
    ['checkActivations', 'signed'],
  ]);
  expect(jobStore.getState().jobs.map(({ title }) => title)).toEqual(['Checking the normalization']);
  worker.calls[0]?.answer(wrong);
  await settle();
  expect(verdict()?.better).toEqual(plainChoice('none'));
  expect(jobStore.getState().jobs).toEqual([]);
});

test('what is better is chosen in a step of undo, and checked again', async () => {
  adopt('imported');
  await settle();
  worker.calls[0]?.answer(wrong);
  await settle();
  chooseNormalization(verdict()?.better ?? plainChoice('signed'));
  expect(present().design.data.normalization).toBe('none');
  expect(verdict()).toBeNull();
  await settle();
  worker.calls[1]?.answer(right);
  await settle();
  expect(verdict()).toBeNull();
  undoDesign();
  expect(present().design.data.normalization).toBe('signed');
  await settle();
  expect(worker.calls[2]?.request.chosen.normalization).toBe('signed');
});

test('weights from a file are still checked under a new head, whose training starts from them', async () => {
  adopt('imported');
  await settle();
  worker.calls[0]?.answer(wrong);
  await settle();
  const { modelId } = present();
  changeEntry(({ design }) => ({ design, modelId: null, baselineModelId: null, startModelId: modelId }));
  expect(verdict()?.better).toEqual(plainChoice('none'));
  chooseNormalization(plainChoice('none'));
  await settle();
  expect(present().startModelId).toBe(modelId);
  expect(worker.calls[1]?.request.chosen.normalization).toBe('none');
  worker.calls[1]?.answer(right);
  await settle();
  expect(verdict()).toBeNull();
});

test('what comes late for another choice is not shown', async () => {
  adopt('imported');
  await settle();
  changeData({ ...present().design.data, normalization: 'none' });
  await settle();
  worker.calls[0]?.answer(wrong);
  worker.calls[1]?.answer(right);
  await settle();
  expect(verdict()).toBeNull();
});

test('nothing is checked while there are no images, and a check that fails says nothing', async () => {
  dataStore.setState({ data: { status: 'loading' } });
  adopt('imported');
  await settle();
  expect(worker.calls).toHaveLength(0);
  const { source } = present().design.data;
  dataStore.setState({ data: { status: 'ready', data: { source } as LoadedData } });
  await settle();
  expect(worker.calls).toHaveLength(1);
  worker.calls[0]?.fail(new FaultError({ code: 'one-input-one-output', message: 'Two outputs.' }));
  await settle();
  expect(verdict()).toBeNull();
  expect(noticeStore.getState().notices).toEqual([]);
});

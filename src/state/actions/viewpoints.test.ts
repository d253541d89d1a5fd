import { beforeEach, expect, test, vi } from 'vitest';
import { type PLAIN_NORMALIZATIONS, plainChoice } from '../../core/data/normalizationChoice.ts';
import type { NormalizationFit } from '../../core/training/normalizationFit.ts';
import { dataStore } from '../dataStore.ts';
import { openEntry, present } from '../designStore.ts';
import type { JobContext } from '../jobStore.ts';
import { type Model, modelById, modelStore, putModel } from '../modelStore.ts';
import { noticeStore } from '../noticeStore.ts';
import { readyToLook, viewpointOf } from './viewpoints.ts';

const worker = vi.hoisted(() => ({ fits: [] as unknown[], asked: 0 }));
vi.mock('../services.ts', () => ({
  trainWorker: {
    call: async (method: string) => {
      if (method !== 'checkActivations') throw new Error(`Nobody expects ${method}.`);
      worker.asked++;
      return { fits: worker.fits, imageCount: 96 };
    },
  },
}));

const job = { signal: new AbortController().signal, report: () => {} } as unknown as JobContext;
const NAMES = Array.from({ length: 10 }, (_, k) => `class ${k}`);
const start = present();
const { data } = start.design;
const model = (more: Partial<Model> = {}): Model => ({
  id: 'teacher',
  network: start.design.network,
  weights: {},
  origin: 'imported',
  epochs: 3,
  backend: 'wasm',
  curves: null,
  validation: null,
  apoz: null,
  ...more,
});

/** As the check tells: signed is the design's. */
const seen = (
  normalization: (typeof PLAIN_NORMALIZATIONS)[number],
  more: Partial<NormalizationFit>,
): NormalizationFit => ({
  choice: plainChoice(normalization),
  distance: null,
  correct: null,
  confidence: null,
  oneAnswer: null,
  ...more,
});

beforeEach(() => {
  Object.assign(worker, { fits: [], asked: 0 });
  openEntry({ ...start, modelId: null, baselineModelId: null });
  dataStore.setState({ data: { status: 'ready', data: { classNames: NAMES } as never } });
  modelStore.setState({ models: {} });
  noticeStore.setState({ notices: [] });
});

test('a teacher is shown the pixels it was trained with, its classes in the order of the images', () => {
  const signed = { normalization: 'signed', standardization: null } as const;
  expect(viewpointOf(model(), data)).toEqual({ normalization: null, classOrder: null });
  expect(viewpointOf(model({ reads: signed, classNames: NAMES }), data)).toEqual({
    normalization: null,
    classOrder: null,
  });
  const standardized = {
    normalization: 'standardized',
    standardization: { mean: [120], deviation: [60] },
  } as const;
  expect(viewpointOf(model({ reads: standardized, classNames: NAMES.toReversed() }), data)).toEqual({
    normalization: standardized,
    classOrder: [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
  });
  // the same numbers said in another way
  const alike = {
    normalization: 'standardized',
    standardization: { mean: [127.5], deviation: [127.5] },
  } as const;
  expect(viewpointOf(model({ reads: alike }), data).normalization).toBeNull();
});

test('a teacher of other classes is refused with the names of both', () => {
  const other = model({ classNames: NAMES.map((name) => `other ${name}`) });
  expect(() => viewpointOf(other, data)).toThrow(
    /^Tiny CNN can't teach here: It was trained on other classes \(other class 0, .*than the images have \(class 0/,
  );
});

test('of a teacher from a file, of which nobody said what it reads, that is found out once and told', async () => {
  worker.fits = [
    seen('signed', { distance: 9 }),
    seen('none', { distance: 0.3 }),
    seen('unit', { distance: 12 }),
  ];
  putModel(model());
  const [ready] = await readyToLook([model()], job);
  expect(viewpointOf(ready as Model, data).normalization).toEqual(plainChoice('none'));
  expect(modelById('teacher')?.reads).toEqual(plainChoice('none'));
  expect(noticeStore.getState().notices.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^Tiny CNN as a teacher: .*0 to 255, not −1 to 1.* It is shown pixels of 0 to 255/),
  ]);
  await readyToLook([ready as Model], job);
  expect(worker.asked).toBe(1);
});

test('a teacher that takes the pixels of the design well is shown these, and nothing is said', async () => {
  worker.fits = [seen('signed', { distance: 0.3 }), seen('none', { distance: 40 })];
  putModel(model());
  const [ready] = await readyToLook([model()], job);
  expect(viewpointOf(ready as Model, data).normalization).toBeNull();
  expect(noticeStore.getState().notices).toEqual([]);
});

test('a teacher that surely reads other pixels, but nobody knows which, is refused in a sentence', async () => {
  const stuck = { confidence: 1, oneAnswer: 1 };
  const free = { confidence: 0.5, oneAnswer: 0.2 };
  worker.fits = [seen('signed', stuck), seen('none', free), seen('unit', free)];
  putModel(model());
  await expect(readyToLook([model()], job)).rejects.toThrow(
    /^Tiny CNN can't teach here\. .*0 to 255 or 0 to 1\. Choose its normalization in Data, or another teacher\.$/,
  );
});

import { beforeEach, expect, test, vi } from 'vitest';
import type { Weights } from '../../core/network/network.ts';
import type { HeldPart } from '../../workers/protocol.ts';
import { changeDesign, present } from '../designStore.ts';
import { answerFor, answerKey, dataKeyOf, metricsStore } from '../metricsStore.ts';
import type { Model } from '../modelStore.ts';
import { dropMetricsRequest, requestMetrics, requestPictures } from './metrics.ts';

const worker = vi.hoisted(() => ({
  calls: [] as {
    method: string;
    request: unknown;
    answer: (value: unknown) => void;
    fail: (e: Error) => void;
  }[],
}));

vi.mock('../services.ts', () => ({
  trainWorker: {
    generation: 0,
    call: (method: string, request: unknown, { signal }: { signal?: AbortSignal } = {}) =>
      new Promise((answer, fail) => {
        worker.calls.push({ method, request, answer, fail });
        signal?.addEventListener('abort', () => fail(new DOMException('Canceled', 'AbortError')));
      }),
  },
}));
vi.mock('./backend.ts', () => ({ prepareTrainer: async () => 'wasm' }));

const modelOf = (id: string, weights: Weights = {}): Model => ({
  id,
  weights,
  network: { name: id, layers: [] },
  origin: 'trained',
  epochs: 1,
  backend: null,
  curves: null,
  validation: null,
  apoz: null,
});

const settle = () => new Promise((resolve) => setTimeout(resolve, 5));
const answer = (id: string, part: HeldPart = 'validation') =>
  metricsStore.getState().answers[answerKey(id, part)]?.status;

beforeEach(() => {
  dropMetricsRequest();
  metricsStore.setState({ answers: {}, pictures: null });
  worker.calls.length = 0;
});

test('models are measured one after the other, and what is known is not measured again', async () => {
  const models = [modelOf('a'), modelOf('b')];
  void requestMetrics(models);
  void requestMetrics(models);
  await settle();
  expect(worker.calls.map(({ method }) => method)).toEqual(['predict']);
  expect(answer('b')).toBe('computing');
  worker.calls[0]!.answer('of a');
  await settle();
  expect(answer('a')).toEqual({ done: 'of a' });
  worker.calls[1]!.answer('of b');
  await settle();
  await requestMetrics(models);
  expect(worker.calls).toHaveLength(2);
});

test('what comes late for other weights is dropped', async () => {
  const before = modelOf('a');
  void requestMetrics([before]);
  await settle();
  const after = modelOf('a', { 'conv1/kernel': { shape: [1], values: new Float32Array(1) } });
  void requestMetrics([after]);
  await settle();
  worker.calls[0]!.answer('late');
  worker.calls[1]!.answer('right');
  await settle();
  const { answers } = metricsStore.getState();
  const key = dataKeyOf(present().design.data);
  expect(answerFor(answers, after, key, 'validation')?.status).toEqual({ done: 'right' });
  expect(answerFor(answers, before, key, 'validation')).toBeNull();
});

test('answers about other images are not shown, and are forgotten with the next question', async () => {
  const model = modelOf('a');
  void requestMetrics([model]);
  await settle();
  worker.calls[0]!.answer('old split');
  await settle();
  changeDesign((design) => ({ ...design, data: { ...design.data, splitSeed: design.data.splitSeed + 1 } }));
  const key = dataKeyOf(present().design.data);
  expect(answerFor(metricsStore.getState().answers, model, key, 'validation')).toBeNull();
  void requestMetrics([model]);
  await settle();
  expect(answer('a')).toBe('computing');
  expect(worker.calls).toHaveLength(2);
});

test('test images are measured when they are asked for, and answers are kept a part', async () => {
  const model = modelOf('a');
  void requestMetrics([model]);
  await settle();
  void requestMetrics([model], 'test'); // before the first is known: it is not waited for
  await settle();
  expect(worker.calls.map(({ request }) => (request as { part: HeldPart }).part)).toEqual([
    'validation',
    'test',
  ]);
  worker.calls[0]!.answer('late');
  worker.calls[1]!.answer('on test');
  await settle();
  expect([answer('a'), answer('a', 'test')]).toEqual([undefined, { done: 'on test' }]);
  void requestMetrics([model], 'validation');
  await settle();
  worker.calls[2]!.answer('on validation');
  await settle();
  await requestMetrics([model], 'test');
  await requestMetrics([model]);
  expect(worker.calls).toHaveLength(3);
  expect([answer('a'), answer('a', 'test')]).toEqual([{ done: 'on validation' }, { done: 'on test' }]);
});

test('a failure is told, and asking again tries again', async () => {
  const model = modelOf('a');
  void requestMetrics([model]);
  await settle();
  worker.calls[0]!.fail(new Error('gone'));
  await settle();
  expect(answer('a')).toBe('failed');
  void requestMetrics([model]);
  await settle();
  expect(worker.calls).toHaveLength(2);
});

test('pictures are fetched once each', async () => {
  void requestPictures([4, 9]);
  await settle();
  const image = { height: 1, width: 2, channels: 1 };
  worker.calls[0]!.answer({ image, pixels: Uint8Array.of(1, 2, 3, 4) });
  await settle();
  void requestPictures([9, 5]);
  await settle();
  expect(worker.calls[1]!.request).toEqual({ indices: Uint32Array.of(5) });
  worker.calls[1]!.answer({ image, pixels: Uint8Array.of(5, 6) });
  await settle();
  const { byIndex } = metricsStore.getState().pictures!;
  expect([...byIndex].map(([index, pixels]) => [index, ...pixels])).toEqual([
    [4, 1, 2],
    [9, 3, 4],
    [5, 5, 6],
  ]);
});

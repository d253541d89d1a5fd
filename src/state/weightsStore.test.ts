import { beforeEach, expect, test, vi } from 'vitest';
import type { Weights } from '../core/network/network.ts';
import { distributionOf, momentsOf, weightStatistics } from '../core/network/weightStatistics.ts';
import { createRandom } from '../core/random.ts';
import type { FileCalls } from '../workers/protocol.ts';
import type { Model } from './modelStore.ts';
import { HISTOGRAM_BINS, requestWeightStatistics, weightsStore } from './weightsStore.ts';

const calls = vi.hoisted(() => ({ sent: [] as number[], broken: false }));

vi.mock('./services.ts', () => ({
  fileWorker: {
    async call(method: keyof FileCalls, request: never): Promise<unknown> {
      if (calls.broken) throw new Error('The worker is gone.');
      if (method === 'weightMoments') {
        const { values, channelCount, offset } = request as FileCalls['weightMoments']['request'];
        calls.sent.push(values.length);
        return momentsOf(values, channelCount, offset);
      }
      const { values, largest, binCount } = request as FileCalls['weightDistribution']['request'];
      return distributionOf(values, largest, binCount);
    },
  },
}));

const random = createRandom(11);
const weightsOf = (shapes: Readonly<Record<string, readonly number[]>>): Weights =>
  Object.fromEntries(
    Object.entries(shapes).map(([key, shape]) => {
      const length = shape.reduce((a, b) => a * b, 1);
      return [key, { shape, values: Float32Array.from({ length }, () => random.next() - 0.5) }];
    }),
  );
const modelOf = (id: string, weights: Weights): Model => ({
  id,
  weights,
  network: { name: id, layers: [] },
  origin: 'imported',
  epochs: 0,
  backend: null,
  curves: null,
  validation: null,
  apoz: null,
});

beforeEach(() => {
  calls.sent.length = 0;
  calls.broken = false;
});

test('a tensor too large for one piece gives what the whole would give', async () => {
  const weights = weightsOf({ 'fc1/kernel': [1100, 1000], 'fc1/bias': [1000] });
  await requestWeightStatistics(modelOf('large', weights));
  expect(calls.sent).toEqual([2 ** 20, 1_100_000 - 2 ** 20, 1000]);
  const { modelId, statistics, status } = weightsStore.getState().answer!;
  expect({ modelId, status }).toEqual({ modelId: 'large', status: 'done' });
  const whole = weightStatistics(weights['fc1/kernel']!.values, 1000, HISTOGRAM_BINS);
  const found = statistics['fc1/kernel']!;
  expect(found).toMatchObject({ count: 1_100_000, min: whole.min, max: whole.max, bins: whole.bins });
  expect(found.standardDeviation).toBeCloseTo(whole.standardDeviation, 10);
  expect(found.channelL1[999]).toBeCloseTo(whole.channelL1[999]!, 8);
  expect(weights['fc1/kernel']!.values).toHaveLength(1_100_000); // sent as a copy, never moved away
});

test('the answer is about the weights that were asked for last', async () => {
  const first = requestWeightStatistics(modelOf('first', weightsOf({ 'conv1/kernel': [3, 3, 1, 4] })));
  const second = requestWeightStatistics(modelOf('second', weightsOf({ 'conv1/kernel': [3, 3, 1, 4] })));
  await Promise.all([first, second]);
  expect(weightsStore.getState().answer).toMatchObject({ modelId: 'second', status: 'done' });
});

test('the same weights are measured once, and new ones of the same model again', async () => {
  const weights = weightsOf({ 'conv1/kernel': [3, 3, 1, 4] });
  await requestWeightStatistics(modelOf('trained', weights));
  await requestWeightStatistics(modelOf('trained', weights));
  expect(calls.sent).toEqual([36]);
  const later = weightsOf({ 'conv1/kernel': [3, 3, 1, 4] });
  await requestWeightStatistics(modelOf('trained', later));
  expect(weightsStore.getState().answer?.weights).toBe(later);
  expect(calls.sent).toEqual([36, 36]);
});

test('a worker that fails is told in one sentence, and asked again the next time', async () => {
  const model = modelOf('unlucky', weightsOf({ 'conv1/kernel': [3, 3, 1, 4] }));
  calls.broken = true;
  await requestWeightStatistics(model);
  expect(weightsStore.getState().answer?.status).toEqual({
    failed: 'The weights could not be measured: The worker is gone.',
  });
  calls.broken = false;
  await requestWeightStatistics(model);
  expect(weightsStore.getState().answer?.status).toBe('done');
});

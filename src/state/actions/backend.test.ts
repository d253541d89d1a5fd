import { beforeEach, expect, test, vi } from 'vitest';
import type { JobContext } from '../jobStore.ts';
import { trainWorker } from '../services.ts';
import { trainingStore } from '../trainingStore.ts';
import { chooseBackend, measureBackendsAgain } from './backend.ts';

const worker = vi.hoisted(() => ({ asked: [] as (string | null)[] }));

vi.mock('../services.ts', () => ({
  dataWorker: {},
  trainWorker: {
    generation: 1,
    call: async (_: string, { override }: { readonly override: string | null }) => {
      worker.asked.push(override);
      return { active: override ?? 'webgl' };
    },
  },
}));

const job: JobContext = { signal: new AbortController().signal, report: () => {} };

beforeEach(() => {
  trainWorker.generation++;
  worker.asked = [];
  trainingStore.setState({ live: null, busy: false, backend: null, backendOverride: null });
});

test('a backend is asked for once a worker and wish', async () => {
  expect(await chooseBackend(job)).toBe('webgl');
  expect(await chooseBackend(job)).toBe('webgl');
  expect(await chooseBackend(job, 'wasm')).toBe('wasm');
  trainWorker.generation++;
  await chooseBackend(job, 'wasm');
  expect(worker.asked).toEqual([null, 'wasm', 'wasm']);
});

test('what is measured while a training runs takes the backend of the training', async () => {
  await chooseBackend(job, 'wasm');
  trainingStore.setState({ live: {} as never, busy: true });
  expect(await chooseBackend(job)).toBe('wasm');
  await measureBackendsAgain();
  expect(worker.asked).toEqual(['wasm']);
});

test('a worker that took the place of a lost one is asked, also while a training runs', async () => {
  await chooseBackend(job, 'wasm');
  trainingStore.setState({ live: {} as never });
  trainWorker.generation++;
  expect(await chooseBackend(job, 'wasm')).toBe('wasm');
  expect(worker.asked).toEqual(['wasm', 'wasm']);
});

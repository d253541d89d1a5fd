import { beforeEach, expect, test, vi } from 'vitest';
import { FaultError, WORKER_SPENT } from '../core/result.ts';
import { isAbort, WorkerClient } from './client.ts';
import type { FromWorker } from './protocol.ts';

interface Calls {
  readonly double: { request: number; progress: number; reply: number };
}

const UNSENDABLE = -1;

/** Stands in for a Worker: remembers what it was told, answers when the test says so. */
class FakeWorker {
  static started: FakeWorker[] = [];
  readonly told: unknown[] = [];
  terminated = false;
  onmessage: ((event: { data: FromWorker }) => void) | null = null;
  onerror: ((event: { message: string; preventDefault(): void }) => void) | null = null;

  constructor() {
    FakeWorker.started.push(this);
  }

  onmessageerror: (() => void) | null = null;

  postMessage(message: unknown): void {
    if ((message as { request?: unknown }).request === UNSENDABLE)
      throw new DOMException('', 'DataCloneError');
    this.told.push(message);
  }

  terminate(): void {
    this.terminated = true;
  }
}

const client = () => new WorkerClient<Calls>(() => new FakeWorker() as unknown as Worker);
const last = () => FakeWorker.started.at(-1)!;

beforeEach(() => {
  FakeWorker.started = [];
});

test('the worker starts with the first call and hands progress and the reply back', async () => {
  const calls = client();
  expect(FakeWorker.started).toHaveLength(0);
  const seen: number[] = [];
  const reply = calls.call('double', 21, { onProgress: (n) => seen.push(n) });
  last().onmessage?.({ data: { id: 1, kind: 'progress', progress: 5 } });
  last().onmessage?.({ data: { id: 1, kind: 'done', reply: 42 } });
  expect(await reply).toBe(42);
  expect(seen).toEqual([5]);
});

test('an abort rejects at once, tells the worker, and a late answer is dropped', async () => {
  const calls = client();
  const controller = new AbortController();
  const reply = calls.call('double', 1, { signal: controller.signal });
  controller.abort();
  await expect(reply).rejects.toSatisfy(isAbort);
  expect(last().told.at(-1)).toEqual({ id: 1, control: 'cancel' });
  last().onmessage?.({ data: { id: 1, kind: 'done', reply: 2 } });
});

test('a worker that dies fails its calls with a sentence, and the next call starts another', async () => {
  const calls = client();
  const reply = calls.call('double', 1);
  const before = calls.generation;
  last().onerror?.({ message: 'out of memory', preventDefault: () => {} });
  await expect(reply).rejects.toThrow(/stopped unexpectedly \(out of memory\)/);
  // at once: who asks before the next call must not believe that the old worker's state is there
  expect(calls.generation).toBe(before + 1);
  expect(last().terminated).toBe(true);
  const again = calls.call('double', 2);
  expect(FakeWorker.started).toHaveLength(2);
  last().onmessage?.({ data: { id: 2, kind: 'done', reply: 4 } });
  expect(await again).toBe(4);
  expect(calls.generation).toBe(before + 1);
});

test('a fault of the worker arrives as one', async () => {
  const calls = client();
  const reply = calls.call('double', 1);
  last().onmessage?.({ data: { id: 1, kind: 'failed', fault: { code: 'x', message: 'Too odd.' } } });
  await expect(reply).rejects.toBeInstanceOf(FaultError);
});

test('a worker that hangs over a canceled call is ended, and one that stops is kept', async () => {
  vi.useFakeTimers();
  try {
    const calls = new WorkerClient<Calls>(() => new FakeWorker() as unknown as Worker, 1000);
    const cancel = async (id: number, answers: boolean) => {
      const controller = new AbortController();
      const reply = calls.call('double', 1, { signal: controller.signal });
      controller.abort();
      await expect(reply).rejects.toSatisfy(isAbort);
      if (answers) last().onmessage?.({ data: { id, kind: 'canceled' } });
      vi.advanceTimersByTime(1001);
    };
    await cancel(1, true);
    expect(last().terminated).toBe(false);
    await cancel(2, false);
    expect(last().terminated).toBe(true);
    const next = calls.call('double', 2);
    expect(FakeWorker.started).toHaveLength(2);
    last().onmessage?.({ data: { id: 3, kind: 'done', reply: 4 } });
    expect(await next).toBe(4);
  } finally {
    vi.useRealTimers();
  }
});

test('after a fault that spends the worker the next call has a new one', async () => {
  const calls = client();
  const reply = calls.call('double', 1);
  last().onmessage?.({ data: { id: 1, kind: 'failed', fault: { code: WORKER_SPENT, message: 'Damaged.' } } });
  await expect(reply).rejects.toThrow('Damaged.');
  expect(last().terminated).toBe(true);
  void calls.call('double', 2);
  expect(FakeWorker.started).toHaveLength(2);
});

test('an answer that can not be read fails what waits for it', async () => {
  const calls = client();
  const reply = calls.call('double', 1);
  last().onmessageerror?.();
  await expect(reply).rejects.toThrow(/could not be read/);
  expect(last().terminated).toBe(true);
});

test('a request that can not be sent fails, and a later abort says nothing to the worker', async () => {
  const calls = client();
  const controller = new AbortController();
  await expect(calls.call('double', UNSENDABLE, { signal: controller.signal })).rejects.toThrow();
  controller.abort();
  expect(last().told).toEqual([]);
});

test('the late error of a worker that was replaced does not end the one in its place', async () => {
  const calls = client();
  const lost = calls.call('double', 1);
  last().onerror?.({ message: 'first', preventDefault: () => {} });
  await expect(lost).rejects.toThrow();
  const reply = calls.call('double', 2);
  FakeWorker.started[0]?.onerror?.({ message: 'late', preventDefault: () => {} });
  expect(last().terminated).toBe(false);
  last().onmessage?.({ data: { id: 2, kind: 'done', reply: 4 } });
  expect(await reply).toBe(4);
});

import { beforeAll, expect, test } from 'vitest';
import type { LabeledImages } from '../core/data/labeledImages.ts';
import type { FromWorker } from './protocol.ts';

interface Port {
  onmessage: ((event: { data: unknown }) => void) | null;
  postMessage(message: FromWorker, options?: { transfer?: unknown[] }): void;
}

const heard: { message: FromWorker; transfer: unknown[] }[] = [];
let wake = () => {};
const port: Port = {
  onmessage: null,
  postMessage(message, options) {
    heard.push({ message, transfer: options?.transfer ?? [] });
    wake();
  },
};

async function next(id: number, ...kinds: FromWorker['kind'][]) {
  for (;;) {
    const found = heard.find(({ message }) => message.id === id && kinds.includes(message.kind));
    if (found) return found;
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
}

const say = (data: unknown) => port.onmessage?.({ data });

beforeAll(async () => {
  Object.assign(globalThis, { self: port });
  await import('./data.worker.ts');
});

test('the data worker generates images, reports progress and hands its buffers over', async () => {
  say({ id: 1, method: 'generate', request: { kind: 'land-cover', imageCount: 400, seed: 1 } });
  const { message } = await next(1, 'progress');
  expect(message).toMatchObject({ progress: { total: 400 } });
  const done = await next(1, 'done');
  const images = (done.message as { reply: LabeledImages }).reply;
  expect(images.labels).toHaveLength(400);
  expect(done.transfer).toEqual([images.pixels.buffer, images.labels.buffer]);
});

test.each([
  ['flowers', 14, 64],
  ['logos', 2, 32],
] as const)('the data worker generates %s too', async (kind, classCount, extent) => {
  say({ id: extent, method: 'generate', request: { kind, imageCount: 28, seed: 1 } });
  const { message } = await next(extent, 'done');
  const images = (message as { reply: LabeledImages }).reply;
  expect(images.classNames).toHaveLength(classCount);
  expect(images.pixels).toHaveLength(28 * extent * extent * 3);
  expect(images.synthetic).toBe(true);
});

test('a cancel is heard while it generates', async () => {
  say({ id: 2, method: 'generate', request: { kind: 'land-cover', imageCount: 20_000, seed: 1 } });
  await next(2, 'progress');
  const before = performance.now();
  say({ id: 2, control: 'cancel' });
  await next(2, 'canceled');
  expect(performance.now() - before).toBeLessThan(1000); // 20,000 images take many seconds
});

test('what it can not do arrives as a fault', async () => {
  say({ id: 3, method: 'generate', request: { kind: 'land-cover', imageCount: 0, seed: 1 } });
  expect((await next(3, 'failed')).message).toMatchObject({ fault: { code: 'image-count' } });
});

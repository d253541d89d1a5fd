import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import type { BackendChoice } from '../workers/protocol.ts';
import { type BackendMemory, chooseBackend } from './backend.ts';
import { useWasmInNode } from './nodeWasm.ts';

beforeAll(useWasmInNode);

test('the backend is chosen by a measurement, and what was left out says why', async () => {
  const before = tf.memory().numTensors;
  const messages: string[] = [];
  const choice = await chooseBackend(null, { progress: ({ message }) => messages.push(message) });
  expect(choice.active).toBe('wasm');
  expect(tf.getBackend()).toBe('wasm');
  const [webgpu, webgl, wasm, cpu] = choice.measurements;
  expect(webgpu).toMatchObject({ imagesPerSecond: null, reason: 'the browser offers no WebGPU' });
  expect(webgl).toMatchObject({
    backend: 'webgl',
    imagesPerSecond: null,
    reason: 'there is no graphics context in a worker here',
  });
  expect(wasm?.imagesPerSecond).toBeGreaterThan(0);
  expect(cpu?.imagesPerSecond).toBeNull();
  expect(choice.explanation).toMatch(/^wasm trains fastest here: [\d,]+ images\/s/);
  expect(choice.measuredWith).toContain('32x32');
  expect(messages).toEqual(['Measuring wasm …']);
  expect(tf.memory().numTensors).toBe(before);
});

test('a wish is followed where it can be and refused with the reason where it cannot', async () => {
  expect(await chooseBackend('cpu')).toMatchObject({
    active: 'cpu',
    explanation: expect.stringMatching(/^cpu, as you chose/),
  });
  for (const [backend, reason] of [
    ['webgl', 'there is no graphics context in a worker here'],
    ['webgpu', 'the browser offers no WebGPU'],
  ] as const)
    await expect(chooseBackend(backend)).rejects.toThrow(
      `The ${backend} backend does not run here: ${reason}; choose another one.`,
    );
  expect(tf.getBackend()).toBe('cpu');
  expect((await chooseBackend('wasm')).active).toBe('wasm');
  expect(tf.getBackend()).toBe('wasm');
});

test('a remembered measurement is not made again, unless somebody asks or it no longer runs', async () => {
  const kept = new Map<string, BackendChoice>();
  const memory: BackendMemory = {
    recall: async (key) => kept.get(key) ?? null,
    keep: async (key, choice) => void kept.set(key, choice),
  };
  const messages: string[] = [];
  const options = { memory, progress: ({ message }: { message: string }) => messages.push(message) };
  const first = await chooseBackend(null, options);
  expect([...kept.values()]).toEqual([first]);
  messages.length = 0;
  await tf.setBackend('cpu');
  expect(await chooseBackend(null, options)).toBe(first);
  expect(tf.getBackend()).toBe('wasm');
  expect(messages).toEqual([]);

  const again = await chooseBackend(null, { ...options, again: true });
  expect(messages).toHaveLength(1);
  expect(again.measuredAt).toBeGreaterThan(first.measuredAt);

  // a wish has an answer of its own
  expect((await chooseBackend('cpu', options)).active).toBe('cpu');
  expect(kept.size).toBe(2);

  for (const key of kept.keys()) kept.set(key, { ...first, active: 'webgl' });
  expect((await chooseBackend(null, options)).active).toBe('wasm');
});

import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { chooseBackend } from './backend.ts';
import { useWasmInNode } from './nodeWasm.ts';

beforeAll(useWasmInNode);

test('the backend is chosen by a measurement, and what was left out says why', async () => {
  const before = tf.memory().numTensors;
  const messages: string[] = [];
  const choice = await chooseBackend(null, ({ message }) => messages.push(message));
  expect(choice.active).toBe('wasm');
  expect(tf.getBackend()).toBe('wasm');
  const [webgl, wasm, cpu] = choice.measurements;
  expect(webgl).toEqual({
    backend: 'webgl',
    imagesPerSecond: null,
    reason: 'there is no graphics context in a worker here',
  });
  expect(wasm?.imagesPerSecond).toBeGreaterThan(0);
  expect(cpu?.imagesPerSecond).toBeNull();
  expect(choice.explanation).toMatch(/^wasm trains fastest here: [\d,]+ images\/s/);
  expect(messages).toHaveLength(2);
  expect(tf.memory().numTensors).toBe(before);
});

test('a wish is followed where it can be and refused with the reason where it cannot', async () => {
  expect(await chooseBackend('cpu')).toMatchObject({
    active: 'cpu',
    explanation: expect.stringMatching(/^cpu, as you chose/),
  });
  await expect(chooseBackend('webgl')).rejects.toThrow(
    'The webgl backend does not run here: there is no graphics context in a worker here; choose another one.',
  );
  expect((await chooseBackend('wasm')).active).toBe('wasm');
  expect(tf.getBackend()).toBe('wasm');
});

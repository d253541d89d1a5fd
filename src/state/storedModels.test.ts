import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import { expect, test } from 'vitest';
import type { Model } from './modelStore.ts';
import { forgetModels, keepModel, keptModel, type ModelsSchema } from './storedModels.ts';

const model = (id: string, values: Float32Array): Model => ({
  id,
  network: { name: 'n', layers: [] },
  weights: {
    'a/kernel': { shape: [values.length], values },
    'a/bias': { shape: [2], values: Float32Array.of(1, 2) },
  },
  origin: 'imported',
  epochs: 0,
  backend: null,
  curves: null,
  validation: null,
  apoz: null,
});

const open = (name: string) =>
  openDB<ModelsSchema>(name, 1, { upgrade: (db) => void db.createObjectStore('models') });

test('weights longer than a piece come back whole, and views store nothing around them', async () => {
  const db = await open('a');
  const around = Float32Array.from({ length: 2 ** 20 + 15 }, (_, i) => i);
  const kept = model('x', around.subarray(10, 2 ** 20 + 13));
  await keepModel(db, kept, undefined);
  expect(await keptModel(db, 'x')).toEqual({
    ...kept,
    weights: {
      ...kept.weights,
      'a/kernel': { shape: [2 ** 20 + 3], values: around.slice(10, 2 ** 20 + 13) },
    },
  });
  const first = (await db.get('models', 'x/0')) as Float32Array;
  expect(first.buffer.byteLength).toBe(4 * 2 ** 20);
});

test('the same weights are not stored again, and a model without a piece is gone', async () => {
  const db = await open('b');
  const before = model('x', Float32Array.of(1, 2, 3));
  await keepModel(db, before, undefined);
  await db.put('models', Float32Array.of(7, 8, 9), 'x/0');
  await keepModel(db, { ...before, epochs: 5 }, before);
  const again = await keptModel(db, 'x');
  expect(again?.epochs).toBe(5);
  expect(again?.weights['a/kernel']?.values).toEqual(Float32Array.of(7, 8, 9));
  await db.delete('models', 'x/1');
  expect(await keptModel(db, 'x')).toBeNull();
});

test('a model kept whole by an older version opens, and unused pieces are forgotten', async () => {
  const db = await open('c');
  const old = model('old', Float32Array.of(1));
  await db.put('models', old, 'old');
  expect(await keptModel(db, 'old')).toEqual(old);
  await keepModel(db, model('x', Float32Array.of(1)), undefined);
  await forgetModels(db, new Set(['old']));
  expect(await db.getAllKeys('models')).toEqual(['old']);
});

test('what can not be kept whole leaves what was kept before', async () => {
  const db = await open('interrupted');
  const kept = model('x', Float32Array.of(1, 2, 3));
  await keepModel(db, kept, undefined);
  const broken = model('x', Float32Array.of(7, 8, 9));
  Object.defineProperty(broken.weights['a/bias'], 'values', {
    get: () => {
      throw new Error('the page was closed');
    },
  });
  await expect(keepModel(db, broken, kept)).rejects.toThrow('the page was closed');
  expect(await keptModel(db, 'x')).toEqual(kept);
});

import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import { expect, test } from 'vitest';
import { present } from './designStore.ts';
import { chosenTeachers, distillationStore, setTeachers } from './distillationStore.ts';
import { modelStore, putModel } from './modelStore.ts';
import { noticeStore } from './noticeStore.ts';
import { keepSaving } from './persistence.ts';
import { restoreSession } from './restoreSession.ts';
import { eventually } from './testing/eventually.ts';

const kept = async () => {
  // Opened too early, the database would be made here, without its stores.
  expect((await indexedDB.databases()).map(({ name }) => name)).toContain('sweetspot');
  const db = await openDB('sweetspot', 1);
  const session = await db.get('session', 'session');
  const keys = await db.getAllKeys('models');
  db.close();
  return { session, keys };
};

test('a reload brings back the chosen teachers with their weights, and drops one that is gone with a sentence', async () => {
  keepSaving();
  putModel({
    id: 'teacher',
    network: present().design.network,
    weights: { 'conv1/kernel': { shape: [2], values: Float32Array.of(1, -2) } },
    origin: 'imported',
    epochs: 3,
    backend: 'wasm',
    curves: null,
    validation: null,
    apoz: null,
  });
  setTeachers(['gone', 'teacher']);
  await eventually(async () => {
    const { session, keys } = await kept();
    expect(session).toMatchObject({ teacherIds: ['gone', 'teacher'] });
    expect(keys).toContain('teacher');
  });
  modelStore.setState({ models: {} });
  distillationStore.setState({ teacherIds: [] });
  noticeStore.setState({ notices: [] });
  expect(await restoreSession()).toBe(true);
  expect(chosenTeachers().map(({ id }) => id)).toEqual(['teacher']);
  expect(chosenTeachers()[0]?.weights['conv1/kernel']?.values).toEqual(Float32Array.of(1, -2));
  expect(noticeStore.getState().notices.map(({ message }) => message)).toEqual([
    'A chosen teacher is no longer kept; 1 stays. Choose teachers in Train, Distillation.',
  ]);
});

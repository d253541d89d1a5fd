import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import { expect, test } from 'vitest';
import { newRun, recordRun, renameRun } from './actions/runs.ts';
import { openEntry, present } from './designStore.ts';
import { type Model, modelStore, putModel } from './modelStore.ts';
import { dropModel, fetchModel, keepSaving, keptBytes } from './persistence.ts';
import { restoreSession } from './restoreSession.ts';
import { runById, runsStore } from './runsStore.ts';
import { eventually } from './testing/eventually.ts';

const modelNamed = (id: string): Model => ({
  id,
  network: present().design.network,
  weights: { 'conv1/kernel': { shape: [2, 3], values: Float32Array.of(1, 2, 3, 4, 5, 6) } },
  origin: 'trained',
  epochs: 3,
  backend: 'wasm',
  curves: null,
  validation: null,
  apoz: null,
});

/** A run that ended, or with `result` one that did not. */
function begin(modelId: string, result: 'finished' | 'running' = 'finished') {
  const { design } = present();
  const run = newRun({ design, recipe: design.recipe, kind: 'train', backend: 'wasm', modelId });
  recordRun({ ...run, result });
  return run;
}

const onDisk = async () => {
  // Opened too early, the database would be made here, without its store.
  expect((await indexedDB.databases()).map(({ name }) => name)).toContain('sweetspot-runs');
  const db = await openDB('sweetspot-runs', 1);
  const runs = await db.getAll('runs');
  db.close();
  return runs as { id: string; name: string }[];
};

async function reload(): Promise<void> {
  modelStore.setState({ models: {} });
  runsStore.setState({ runs: [], chosen: [] });
  const { design } = present();
  openEntry({ design, modelId: null, baselineModelId: null });
  expect(await restoreSession()).toBe(true);
}

test('runs and their weights survive reloads, and weights that nobody has any more go', async () => {
  keepSaving();
  for (const id of ['kept', 'nobodys', 'deleted']) putModel(modelNamed(id));
  const ended = begin('kept');
  const running = begin('gone', 'running');
  const deleted = begin('deleted');
  renameRun(ended.id, 'the good one');
  await eventually(async () => {
    expect((await onDisk()).map(({ name }) => name)).toContain('the good one');
    expect([...(await keptBytes()).keys()].sort()).toEqual(['deleted', 'kept', 'nobodys']);
  });
  runsStore.setState(({ runs }) => ({ runs: runs.filter(({ id }) => id !== deleted.id) }));
  await eventually(async () => expect(await onDisk()).toHaveLength(2));

  await reload();
  expect(runById(ended.id)).toMatchObject({ name: 'the good one', result: 'finished', modelId: 'kept' });
  expect(runById(running.id)).toMatchObject({ result: 'interrupted' });
  expect(runById(running.id)?.sentence).not.toBe('');
  expect([...(await keptBytes())]).toEqual([['kept', 24]]);
  // The weights of 200 runs do not fill the memory: they are fetched when they are used.
  expect(modelStore.getState().models.kept).toBeUndefined();
  expect((await fetchModel('kept'))?.weights).toEqual(modelNamed('kept').weights);
  expect(modelStore.getState().models.kept).toBeDefined();
  expect(await fetchModel('nobodys')).toBeNull();
});

test('weights that are dropped are gone here and on disk, and are not saved again', async () => {
  putModel(modelNamed('twice'));
  await eventually(async () => expect((await keptBytes()).has('twice')).toBe(true));
  await dropModel('twice');
  expect((await keptBytes()).has('twice')).toBe(false);
  putModel(modelNamed('another'));
  await eventually(async () => expect((await keptBytes()).has('another')).toBe(true));
  expect((await keptBytes()).has('twice')).toBe(false);
  // A later model of the same id is kept whole: what was saved before does not count.
  putModel(modelNamed('twice'));
  await eventually(async () => expect((await keptBytes()).get('twice')).toBe(24));
  modelStore.setState({ models: {} });
  expect((await fetchModel('twice'))?.weights).toEqual(modelNamed('twice').weights);
});

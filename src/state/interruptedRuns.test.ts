import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import { beforeEach, expect, test, vi } from 'vitest';
import { NO_EPOCHS } from '../core/training/callbacks.ts';
import { newRun, recordRun } from './actions/runs.ts';
import { openEntry, present } from './designStore.ts';
import { type Model, modelById, modelStore, putModel } from './modelStore.ts';
import { noticeStore } from './noticeStore.ts';
import { holdRun } from './pageLocks.ts';
import { keepSaving, keptBytes } from './persistence.ts';
import { restoreSession } from './restoreSession.ts';
import { runById, runsStore } from './runsStore.ts';
import { eventually } from './testing/eventually.ts';
import { type Checkpoint, trainingStore } from './trainingStore.ts';

/** Locks as browsers have them, held by this tab and by others alike: the test says which. */
class Locks {
  readonly #held = new Map<string, { readonly mode: string; readonly until: Promise<unknown> }[]>();

  async query() {
    return {
      held: [...this.#held].flatMap(([name, holders]) => holders.map(({ mode }) => ({ name, mode }))),
    };
  }

  async request(name: string, ...rest: unknown[]) {
    const use = rest.at(-1) as () => Promise<unknown>;
    const { mode = 'exclusive', signal } = (rest.length > 1 ? rest[0] : {}) as LockOptions;
    const others = this.#held.get(name) ?? [];
    if (mode === 'exclusive' && others.length > 0) {
      const abort = new Promise((_, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason));
      });
      await Promise.race([abort, Promise.all(others.map(({ until }) => until))]);
    }
    const until = Promise.resolve(use());
    const holder = { mode, until };
    this.#held.set(name, [...(this.#held.get(name) ?? []), holder]);
    await until;
    this.#held.set(name, this.#held.get(name)?.filter((other) => other !== holder) ?? []);
  }
}

const modelNamed = (id: string): Model => ({
  id,
  network: present().design.network,
  weights: { 'conv1/kernel': { shape: [2], values: Float32Array.of(1, 2) } },
  origin: 'imported',
  epochs: 1,
  backend: 'wasm',
  curves: null,
  validation: null,
  apoz: null,
});

/** A page in the middle of a queued training with a teacher, while its user is at another design. */
async function trainsElsewhere(): Promise<string> {
  const { design } = present();
  for (const id of ['made', 'teacher']) putModel(modelNamed(id));
  const run = newRun({ design, recipe: design.recipe, kind: 'distill', backend: 'wasm', modelId: 'made' });
  recordRun(run);
  const checkpoint: Checkpoint = {
    modelId: 'made',
    runId: run.id,
    teacherIds: ['teacher'],
    kind: 'train',
    recipe: design.recipe,
    data: design.data,
    backend: 'wasm',
    earlierEpochs: 0,
    curves: { stepLosses: [], stepsPerEpoch: 1, epochs: [] },
    weights: modelNamed('made').weights,
    state: {
      epoch: 1,
      steps: 1,
      optimizer: { steps: 1, vectors: {} },
      shuffling: [1, 2, 3, 4],
      dropout: [1, 2, 3, 4],
      augmenting: [1, 2, 3, 4],
      callbacks: NO_EPOCHS,
      bestWeights: null,
    },
  };
  trainingStore.setState({
    checkpoint,
    live: { curves: { stepLosses: [], stepsPerEpoch: 1, epochs: [{}] }, epochs: 8 } as never,
  });
  await eventually(async () => {
    const names = (await indexedDB.databases()).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['sweetspot', 'sweetspot-runs']));
    const [session, runs] = [await openDB('sweetspot', 1), await openDB('sweetspot-runs', 1)];
    const found = await Promise.all([session.getAllKeys('models'), runs.getAllKeys('runs')]);
    session.close();
    runs.close();
    expect(found[0]).toEqual(expect.arrayContaining(['checkpoint', 'made', 'teacher']));
    expect(found[1]).toContain(run.id);
  });
  return run.id;
}

function forget(): void {
  modelStore.setState({ models: {} });
  runsStore.setState({ runs: [], chosen: [] });
  noticeStore.setState({ notices: [] });
  // Not through the store that saves: what a reload forgets stays on disk.
  const { design } = present();
  openEntry({ design, modelId: null, baselineModelId: null });
}

const notices = () => noticeStore.getState().notices.map(({ message }) => message);

keepSaving();

beforeEach(() => {
  vi.stubGlobal('navigator', { locks: new Locks() });
  forget();
});

test('a training of another design than the present one can be gone on with after a reload, with its teachers', async () => {
  const runId = await trainsElsewhere();
  forget();
  expect(await restoreSession()).toBe(true);
  expect(trainingStore.getState().checkpoint).toMatchObject({ modelId: 'made', runId });
  expect(modelById('teacher')).not.toBeNull();
  expect(notices()).toEqual([expect.stringMatching(/after epoch 1 of .*"Use" brings it back/)]);
  expect(runById(runId)).toMatchObject({ result: 'interrupted' });
});

test('a training that goes on in another tab is not called interrupted, nor its weights forgotten', async () => {
  const runId = await trainsElsewhere();
  putModel(modelNamed('undone'));
  await eventually(async () => expect((await keptBytes()).has('undone')).toBe(true));
  const release = holdRun(runId);
  void navigator.locks.request('sweetspot-page', { mode: 'shared' }, () => new Promise(() => {}));
  forget();
  expect(await restoreSession()).toBe(true);
  expect(trainingStore.getState().checkpoint).toBeNull();
  expect(notices()).toEqual([]);
  expect(runById(runId)?.sentence).toMatch(/in another tab/);
  expect((await keptBytes()).has('undone')).toBe(true);
  release();
});

test('a page that is closed between two phases tells which one was to come', async () => {
  const phase = { name: 'Final fine-tuning', round: 1, rounds: 1, step: 4, steps: 4, fromScratch: true };
  trainingStore.setState({ sequence: phase, live: null, checkpoint: null });
  await eventually(async () => {
    const db = await openDB('sweetspot', 1);
    const session = await db.get('session', 'session');
    const keys = await db.getAllKeys('models');
    db.close();
    expect(session).toMatchObject({ sequence: { step: 4 }, running: null });
    expect(keys).not.toContain('checkpoint');
  });
  forget();
  expect(await restoreSession()).toBe(true);
  expect(notices()).toEqual([expect.stringMatching(/before phase 4 of 4 \(Final fine-tuning\)/)]);
  trainingStore.setState({ sequence: null });
});

test('a training that was taken from the queue is in it again after a reload before its first epoch', async () => {
  const entry = present();
  const [first, second] = ['first', 'second'].map((id) => ({ id, title: id, entry, teacherIds: [] }));
  trainingStore.setState({ begun: first!, queue: [second!] });
  await eventually(async () => {
    const db = await openDB('sweetspot', 1);
    const session = await db.get('session', 'session');
    db.close();
    expect(session.queue).toHaveLength(2);
  });
  trainingStore.setState({ begun: null, queue: [] });
  expect(await restoreSession()).toBe(true);
  expect(trainingStore.getState().queue.map(({ id }) => id)).toEqual(['first', 'second']);
  trainingStore.setState({ queue: [] });
});

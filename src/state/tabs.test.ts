import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { NO_EPOCHS } from '../core/training/callbacks.ts';
import type { Model } from './modelStore.ts';
import { Page, stubBrowser } from './testing/browser.ts';
import type { Checkpoint } from './trainingStore.ts';

const open: Page[] = [];

async function newTab(notes?: Map<string, string>): Promise<Page> {
  const page = await Page.open(notes);
  open.push(page);
  return page;
}

async function reload(page: Page): Promise<Page> {
  const next = await page.reload();
  open.push(next);
  return next;
}

const database = async () => openDB('sweetspot', 1);

async function keys(store: 'session' | 'models'): Promise<string[]> {
  const db = await database();
  const found = await db.getAllKeys(store);
  db.close();
  return found.map(String);
}

beforeEach(() => stubBrowser());

afterEach(async () => {
  await Promise.all(open.splice(0).map((page) => page.close()));
  vi.unstubAllGlobals();
  const db = await database();
  await Promise.all([db.clear('session'), db.clear('models')]);
  db.close();
});

/** The design that tests tell from others. */
const choose = (page: Page, seed: number) =>
  page.act(({ changeDesign }) =>
    changeDesign((design) => ({ ...design, recipe: { ...design.recipe, seed } })),
  );
const chosen = (page: Page) => page.state.present().design.recipe.seed;

const model = (page: Page, id: string, value: number, epochs: number): Model => ({
  id,
  network: page.state.present().design.network,
  weights: { 'conv1/kernel': { shape: [1], values: Float32Array.of(value) } },
  origin: 'trained',
  epochs,
  backend: 'wasm',
  curves: null,
  validation: null,
  apoz: null,
});

/** An epoch of a training as the page notes it; its weights are its number. */
function trainEpoch(page: Page, id: string, epoch: number): void {
  page.act((state) => {
    const { design } = state.present();
    const trained = model(page, id, epoch, epoch);
    state.putModel(trained);
    if (state.present().modelId !== id)
      state.changeEntry((entry) => ({ ...entry, modelId: id, baselineModelId: id }));
    const curves = { stepLosses: [], stepsPerEpoch: 1, epochs: [] };
    const checkpoint: Checkpoint = {
      modelId: id,
      runId: `run of ${id}`,
      kind: 'train',
      recipe: { ...design.recipe, epochs: 8 },
      data: design.data,
      backend: 'wasm',
      earlierEpochs: 0,
      curves,
      weights: trained.weights,
      state: {
        epoch,
        steps: epoch,
        optimizer: { steps: epoch, vectors: {} },
        shuffling: [1, 2, 3, 4],
        dropout: [1, 2, 3, 4],
        augmenting: [1, 2, 3, 4],
        callbacks: NO_EPOCHS,
        bestWeights: null,
      },
    };
    const live = { curves: { ...curves, epochs: Array(epoch).fill({}) }, epochs: 8 } as never;
    state.trainingStore.setState({ checkpoint, live });
  });
}

const checkpointIn = (page: Page) => page.state.trainingStore.getState().checkpoint;
const notices = (page: Page) => page.state.noticeStore.getState().notices.map(({ message }) => message);
const weightIn = (page: Page) => {
  const { modelId } = page.state.present();
  return page.state.modelById(modelId)?.weights['conv1/kernel']?.values[0];
};

describe('one tab after the other', () => {
  test('has the records it always had, and gives its session with its training to the next one', async () => {
    const first = await newTab();
    choose(first, 11);
    trainEpoch(first, 'made', 3);
    await first.close();
    const second = await newTab();
    expect(chosen(second)).toBe(11);
    expect(checkpointIn(second)).toMatchObject({ modelId: 'made', state: { epoch: 3 } });
    expect(notices(second)).toEqual([expect.stringMatching(/interrupted after epoch 3 of 8/)]);
    choose(second, 12);
    const third = await reload(second);
    expect(chosen(third)).toBe(12);
    expect(checkpointIn(third)).toMatchObject({ modelId: 'made' });
    expect(await keys('session')).toEqual(['session']);
    expect((await keys('models')).filter((key) => !key.includes('/'))).toEqual(['checkpoint', 'made']);
  });

  test('takes over what a version without tabs has left', async () => {
    const first = await newTab();
    choose(first, 21);
    await first.close();
    const db = await database();
    const { savedAt: _, ...old } = await db.get('session', 'session');
    await db.put('session', old, 'session');
    db.close();
    const [second, third] = [await newTab(), await newTab()];
    expect([chosen(second), chosen(third)]).toEqual([21, 21]);
    choose(third, 22);
    expect(chosen(await reload(second))).toBe(21);
    expect(chosen(await reload(third))).toBe(22);
  });
});

describe('two tabs', () => {
  test('keep two designs, their points and their queues apart, however they are reloaded', async () => {
    const first = await newTab();
    choose(first, 1);
    first.act(({ trainingStore, present }) =>
      trainingStore.setState({ queue: [{ id: 'q', title: 'waits', entry: present(), teacherIds: [] }] }),
    );
    await first.settle();
    const second = await newTab();
    expect(chosen(second)).toBe(1);
    expect(second.state.trainingStore.getState().queue).toEqual([]);
    choose(second, 2);
    second.act(({ recordEvaluation, present }) =>
      recordEvaluation({
        id: 'point',
        label: 'of the second tab',
        design: present().design,
        modelId: 'm',
        baselineModelId: null,
        accuracy: { correct: 8, total: 10, loss: 0.5 },
        parameterCount: 1,
        macCount: 1,
      }),
    );
    choose(first, 3);
    const [again, secondAgain] = [await reload(first), await reload(second)];
    expect([chosen(again), chosen(secondAgain)]).toEqual([3, 2]);
    expect(again.state.trainingStore.getState().queue).toHaveLength(1);
    expect(again.state.evaluationStore.getState().evaluations).toEqual([]);
    expect(secondAgain.state.evaluationStore.getState().evaluations.map(({ id }) => id)).toEqual(['point']);
    const third = await reload(again);
    expect(chosen(third)).toBe(3);
  });

  test('that only shows what it was opened with keeps that too, and is not the last one that was changed', async () => {
    const first = await newTab();
    choose(first, 1);
    await first.settle();
    const second = await newTab();
    choose(first, 4);
    const again = await reload(second);
    expect(chosen(again)).toBe(1);
    await again.close();
    expect(chosen(await newTab())).toBe(4);
  });

  test('a training stays that of its tab, over a reload of either, and goes to the next new tab once its own is closed', async () => {
    const first = await newTab();
    choose(first, 1);
    const release = first.act(({ holdRun }) => holdRun('run of made'));
    trainEpoch(first, 'made', 2);
    await first.settle();
    const second = await newTab();
    expect(checkpointIn(second)).toBeNull();
    expect(notices(second)).toEqual([]);
    choose(second, 2);
    trainEpoch(first, 'made', 3);
    const secondAgain = await reload(second);
    expect(chosen(secondAgain)).toBe(2);
    expect(checkpointIn(secondAgain)).toBeNull();
    release();
    const again = await reload(first);
    expect(checkpointIn(again)).toMatchObject({ modelId: 'made', state: { epoch: 3 } });
    await again.close();
    choose(secondAgain, 5);
    await secondAgain.settle();
    const third = await newTab();
    expect(chosen(third)).toBe(1);
    expect(checkpointIn(third)).toMatchObject({ modelId: 'made', state: { epoch: 3 } });
    expect(chosen(await reload(secondAgain))).toBe(5);
  });

  test('both trainings of two tabs that crash are there again', async () => {
    const first = await newTab();
    const second = await newTab();
    trainEpoch(first, 'one', 2);
    trainEpoch(second, 'other', 4);
    await Promise.all([first.close(), second.close()]);
    const [third, fourth] = [await newTab(), await newTab()];
    const found = [third, fourth].map((page) => [checkpointIn(page)?.modelId, weightIn(page)]);
    expect(found.sort()).toEqual([
      ['one', 2],
      ['other', 4],
    ]);
  });

  test('opened at the same moment do not both take up one training', async () => {
    const first = await newTab();
    trainEpoch(first, 'made', 2);
    await first.close();
    const pages = [await Page.load(), await Page.load()];
    open.push(...pages);
    await Promise.all(pages.map((page) => page.start()));
    expect(pages.filter((page) => checkpointIn(page) !== null)).toHaveLength(1);
  });
});

test('a duplicated tab has the same design under a name of its own, and its training stays where it is', async () => {
  const first = await newTab();
  choose(first, 1);
  trainEpoch(first, 'made', 2);
  await first.settle();
  const other = await newTab();
  choose(other, 9);
  await other.settle();
  const twin = await first.duplicate();
  open.push(twin);
  expect(chosen(twin)).toBe(1);
  expect(checkpointIn(twin)).toBeNull();
  choose(twin, 7);
  expect(chosen(await reload(twin))).toBe(7);
  const again = await reload(first);
  expect(chosen(again)).toBe(1);
  expect(checkpointIn(again)).toMatchObject({ modelId: 'made' });
});

test('a reloaded tab waits for its page before, which may take a moment to go', async () => {
  const first = await newTab();
  trainEpoch(first, 'made', 2);
  await first.settle();
  const coming = first.duplicate();
  setTimeout(() => first.leave(), 500);
  const next = await coming;
  open.push(next);
  expect(checkpointIn(next)).toMatchObject({ modelId: 'made' });
});

test('weights that another tab trains on stay here as they were when they were opened', async () => {
  const first = await newTab();
  trainEpoch(first, 'made', 2);
  await first.settle();
  const second = await newTab();
  expect(weightIn(second)).toBe(2);
  trainEpoch(first, 'made', 3);
  await first.settle();
  second.act(({ patchModel, present }) =>
    patchModel(present().modelId as string, { validation: { correct: 2, total: 10, loss: 1 } }),
  );
  const secondAgain = await reload(second);
  expect(weightIn(secondAgain)).toBe(2);
  const again = await reload(first);
  expect(weightIn(again)).toBe(3);
  expect(again.state.modelById('made')).toMatchObject({ epochs: 3, validation: null });
});

test('weights that are deleted in one tab stay where the session of another one needs them', async () => {
  const first = await newTab();
  first.act((state) => {
    state.putModel(model(first, 'both', 1, 1));
    state.changeEntry((entry) => ({ ...entry, modelId: 'both', baselineModelId: 'both' }));
  });
  await first.settle();
  const second = await newTab();
  await second.act(({ dropModel }) => dropModel('both'));
  expect(weightIn(await reload(first))).toBe(1);
});

test('bytes on the disk and epochs of a run are told as they are, whichever tab wrote or deleted them', async () => {
  const first = await newTab();
  const second = await newTab();
  const bytes = async () => [...(await second.act(({ keptBytes }) => keptBytes()))];
  expect(await bytes()).toEqual([]);
  expect(await second.state.keptEpochs('run of made')).toEqual([]);
  trainEpoch(first, 'made', 1);
  await first.state.keepEpoch(checkpointIn(first) as Checkpoint);
  await first.settle();
  expect(await bytes()).toContainEqual(['made', 4]);
  expect(await second.state.keptEpochs('run of made')).toEqual([1]);
  first.act((state) => {
    state.trainingStore.setState({ checkpoint: null });
    state.changeEntry((entry) => ({ ...entry, modelId: null, baselineModelId: null }));
  });
  await first.settle();
  await first.act(({ dropModel }) => dropModel('made'));
  expect(await bytes()).toEqual([]);
});

test('what waits has what it needs after a reload: its weights to start from, and the very network of the design', async () => {
  const first = await newTab();
  first.act((state) => {
    for (const id of ['edited', 'baseline']) state.putModel(model(first, id, 3, 1));
    const entry = { ...state.present(), startModelId: 'edited', baselineModelId: 'baseline' };
    state.trainingStore.setState({ queue: [{ id: 'q', title: 'waits', entry, teacherIds: [] }] });
  });
  const again = await reload(first);
  const [waiting] = again.state.trainingStore.getState().queue;
  const { network } = again.state.present().design;
  expect(waiting?.entry.design.network).toBe(network);
  expect(waiting?.entry.design.baseline).toBe(network);
  expect(Object.keys(again.state.modelStore.getState().models).sort()).toEqual(['baseline', 'edited']);
});

const PHASE = {
  name: 'Prune and fine-tune',
  round: 2,
  rounds: 3,
  step: 3,
  steps: 5,
  fromScratch: true,
} as const;

test('phases that were interrupted between two trainings can be gone on with, once and by one tab', async () => {
  const first = await newTab();
  first.act((state) => {
    state.putModel(model(first, 'made', 1, 1));
    state.changeEntry((entry) => ({ ...entry, modelId: 'made' }));
    state.trainingStore.setState({ sequence: { ...PHASE, done: 'trained' } });
  });
  const again = await reload(first);
  const left = { at: { ...PHASE, done: 'trained' }, modelId: 'made' };
  expect(again.state.trainingStore.getState()).toMatchObject({ sequence: null, interrupted: left });
  expect(notices(again)).toEqual([
    expect.stringMatching(/interrupted after phase 3 of 5 .*can be gone on with/),
  ]);
  // Told once, and there until something is trained.
  choose(again, 8);
  const third = await reload(again);
  expect(notices(third)).toEqual([]);
  expect(third.state.trainingStore.getState().interrupted).toEqual(left);
  const other = await newTab();
  expect(other.state.trainingStore.getState().interrupted).toBeNull();
  third.act(({ trainingStore }) => trainingStore.setState({ interrupted: null }));
  expect((await reload(third)).state.trainingStore.getState().interrupted).toBeNull();
});

test('phases whose last one has ended leave nothing to go on with', async () => {
  const first = await newTab();
  first.act(({ trainingStore }) =>
    trainingStore.setState({ sequence: { ...PHASE, step: 5, done: 'trained' } }),
  );
  const again = await reload(first);
  expect(again.state.trainingStore.getState().interrupted).toBeNull();
  expect(notices(again)).toEqual([]);
});

test('a design that this version can not open is told, and not silently another one', async () => {
  const first = await newTab();
  choose(first, 5);
  await first.close();
  const db = await database();
  const session = await db.get('session', 'session');
  await db.put('session', { ...session, design: { ...session.design, version: 7 } }, 'session');
  db.close();
  expect(notices(await newTab())).toEqual([
    expect.stringMatching(/^The design of the last visit can't be opened.*made by a newer Sweetspot/),
  ]);
});

describe('a full disk', () => {
  const full = (isFull: (store: string, key: string) => boolean) => {
    const put = IDBObjectStore.prototype.put;
    return vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
      this: IDBObjectStore,
      value: unknown,
      key?: IDBValidKey,
    ) {
      if (isFull(this.transaction.db.name, String(key))) throw new DOMException('Full', 'QuotaExceededError');
      return put.call(this, value, key);
    });
  };
  afterEach(() => vi.restoreAllMocks());

  test('keeps the choices where it has no room for weights, and that is told', async () => {
    const first = await newTab();
    full((_, key) => key.includes('/'));
    trainEpoch(first, 'made', 1);
    choose(first, 77);
    await first.settle();
    expect(notices(first)).toEqual([expect.stringMatching(/no room left to keep the weights/)]);
    vi.restoreAllMocks();
    const again = await newTab();
    expect(chosen(again)).toBe(77);
  });

  test('gives the room of epochs that only wait to be gone back to for what a reload needs', async () => {
    const first = await newTab();
    trainEpoch(first, 'made', 1);
    await first.state.keepEpoch(checkpointIn(first) as Checkpoint);
    await first.settle();
    const epochsDatabase = await openDB('sweetspot-epochs');
    const epochs = () => epochsDatabase.getAllKeys('models');
    expect(await epochs()).not.toEqual([]);
    let room = 0;
    full((name, key) => name === 'sweetspot' && key.includes('/') && room === 0);
    const clear = IDBObjectStore.prototype.delete;
    vi.spyOn(IDBObjectStore.prototype, 'delete').mockImplementation(function (this: IDBObjectStore, key) {
      if (this.transaction.db.name === 'sweetspot-epochs') room++;
      return clear.call(this, key);
    });
    trainEpoch(first, 'made', 2);
    await first.settle();
    expect(notices(first)).toEqual([]);
    expect(await epochs()).toEqual([]);
    vi.restoreAllMocks();
    epochsDatabase.close();
    expect(checkpointIn(await reload(first))).toMatchObject({ state: { epoch: 2 } });
  });
});

test('a page of the version before tabs keeps its session while it is there', async () => {
  const old = await newTab();
  choose(old, 1);
  const notes = await old.close();
  notes.clear();
  // an old page says that it is there, and nothing else
  const untold = await Page.load();
  open.push(untold);
  void untold.act(() =>
    navigator.locks.request('sweetspot-page', { mode: 'shared' }, () => new Promise(() => {})),
  );
  const page = await newTab();
  expect(chosen(page)).toBe(1);
  choose(page, 2);
  await page.close();
  const db = await database();
  expect((await db.get('session', 'session')).design.recipe.seed).toBe(1);
  db.close();
});

test('of tabs long gone the eight that were changed last stay with their weights, interrupted trainings before all', async () => {
  const first = await newTab();
  trainEpoch(first, 'interrupted', 2);
  await first.close();
  const db = await database();
  const session = await db.get('session', 'session');
  const checkpoint = await db.get('models', 'checkpoint');
  const record = await db.get('models', 'interrupted');
  for (let n = 1; n <= 12; n++) {
    const id = `model${n}`;
    await db.put(
      'session',
      { ...session, running: null, modelId: id, baselineModelId: id, savedAt: n },
      `session/${n}`,
    );
    await db.put('models', { ...record, id }, id);
  }
  // the oldest of all was interrupted, and another one; a new tab can take up only one of them
  for (const tab of ['session/1', 'session'])
    await db.put('session', { ...session, savedAt: tab === 'session' ? 13 : 1 }, tab);
  await db.put('models', checkpoint, 'checkpoint@1');
  db.close();
  const next = await newTab();
  expect(checkpointIn(next)).toMatchObject({ modelId: 'interrupted' });
  const kept = [1, 6, 7, 8, 9, 10, 11, 12];
  expect((await keys('session')).sort()).toEqual(['session', ...kept.map((n) => `session/${n}`)].sort());
  const models = (await keys('models')).filter((key) => !key.includes('/'));
  expect(models.sort()).toEqual(
    ['checkpoint', 'checkpoint@1', 'interrupted', ...kept.slice(1).map((n) => `model${n}`)].sort(),
  );
});

test('where tabs can not be told apart, all have one record as ever', async () => {
  vi.stubGlobal('sessionStorage', undefined);
  const first = await newTab();
  choose(first, 1);
  await first.settle();
  const second = await newTab();
  choose(second, 2);
  await second.close();
  expect(chosen(await reload(first))).toBe(2);
  expect(await keys('session')).toEqual(['session']);
});

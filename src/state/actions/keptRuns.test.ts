import 'fake-indexeddb/auto';
import { beforeEach, expect, test, vi } from 'vitest';
import { changeNetwork, openEntry, present, undoDesign } from '../designStore.ts';
import { setTeachers } from '../distillationStore.ts';
import { keepEpoch, keptEpochs } from '../epochCheckpoints.ts';
import { modelById, putModel } from '../modelStore.ts';
import { noticeStore } from '../noticeStore.ts';
import { runById, runsStore, type TrainingRun } from '../runsStore.ts';
import { trainingStore } from '../trainingStore.ts';
import {
  deleteRun,
  deleteWeights,
  neededBecause,
  restoreRun,
  startsFromSeed,
  trainAgain,
} from './keptRuns.ts';
import { newRun, recordRun } from './runs.ts';

vi.mock('../services.ts', () => ({ trainWorker: {}, dataWorker: {}, fileWorker: {}, hardwareWorker: {} }));

const notice = () => noticeStore.getState().notices.at(-1)?.message ?? '';
const first = present().design;

function ended(modelId: string, changes: Partial<TrainingRun> = {}): TrainingRun {
  const { design } = present();
  putModel({
    id: modelId,
    network: design.network,
    weights: { 'conv1/kernel': { shape: [2], values: Float32Array.of(1, 2) } },
    origin: 'trained',
    epochs: 3,
    backend: 'wasm',
    curves: null,
    validation: null,
    apoz: null,
  });
  const run = newRun({ design, recipe: design.recipe, kind: 'train', backend: 'wasm', modelId });
  const kept: TrainingRun = { ...run, result: 'finished', ...changes };
  recordRun(kept);
  return kept;
}

beforeEach(() => {
  openEntry({ design: first, modelId: null, baselineModelId: null });
  runsStore.setState({ runs: [], chosen: [], paired: null });
  noticeStore.setState({ notices: [] });
});

test('a run that is used brings its network, weights and choices, and undo returns', async () => {
  const run = ended('used');
  changeNetwork({ ...first.network, name: 'Another' });
  await restoreRun(run.id);
  expect(present()).toMatchObject({ modelId: 'used', baselineModelId: 'used' });
  // By identity: only so do the weights belong to the network.
  expect(present().design.network).toBe(modelById('used')?.network);
  undoDesign();
  expect(present().design.network.name).toBe('Another');
});

test('without its weights a run brings its choices, and says so', async () => {
  const run = ended('forgotten');
  await deleteWeights(run.id);
  expect(runById(run.id)?.modelId).toBeNull();
  expect(modelById('forgotten')).toBeNull();
  changeNetwork({ ...first.network, name: 'Another' });
  await restoreRun(run.id);
  expect(present()).toMatchObject({ modelId: null, design: { network: { name: first.network.name } } });
  expect(notice()).toContain('no longer kept');
});

test('weights that something needs stay, and it is said what', async () => {
  const run = ended('needed');
  await restoreRun(run.id);
  expect(neededBecause(runById(run.id)!)).toBe('The design works with them.');
  await deleteWeights(run.id);
  expect(runById(run.id)?.modelId).toBe('needed');
  await deleteRun(run.id);
  expect(runById(run.id)).toBeNull();
  expect(modelById('needed')).not.toBeNull();
});

test('weights of a chosen teacher stay until it is none any more', async () => {
  const run = ended('teacher');
  setTeachers(['teacher']);
  expect(neededBecause(run)).toBe('They are a chosen teacher.');
  setTeachers([]);
  expect(neededBecause(run)).toBeNull();
});

test('a deleted run takes its weights with it', async () => {
  const run = ended('alone');
  await deleteRun(run.id);
  expect(modelById('alone')).toBeNull();
});

test('a run that goes on is not deleted', async () => {
  const run = ended('live', { result: 'running' });
  await deleteRun(run.id);
  await deleteWeights(run.id);
  expect(runById(run.id)?.modelId).toBe('live');
});

test('only a run that began from its seed is trained again as a whole; others give their recipe', async () => {
  const recipe = { ...first.fineTune, epochs: 77 };
  const run = ended('tuned', { kind: 'fine-tune', earlierEpochs: 8, recipe });
  expect(startsFromSeed(run)).toBe(false);
  expect(startsFromSeed({ ...run, kind: 'train', earlierEpochs: 0 })).toBe(true);
  await trainAgain(run.id);
  expect(present().design.fineTune).toEqual(recipe);
  expect(present().design.recipe).toEqual(first.recipe);
  expect(notice()).toContain('began with weights or teachers');
});

test('undo does not bring back the name of weights that were deleted', async () => {
  const run = ended('undone');
  await restoreRun(run.id);
  changeNetwork({ ...first.network, name: 'Another' });
  await deleteWeights(run.id);
  undoDesign();
  expect(present()).toMatchObject({ modelId: null, baselineModelId: null });
});

test('the epochs of a run go with it, and with its weights', async () => {
  for (const way of [deleteWeights, deleteRun]) {
    const run = ended('with epochs');
    const { recipe, data } = first;
    const state = { epoch: 1, optimizer: { steps: 1, vectors: {} }, bestWeights: null } as never;
    const weights = modelById('with epochs')?.weights ?? {};
    const curves = { stepLosses: [], stepsPerEpoch: 1, epochs: [] };
    const common = { kind: 'train', backend: 'wasm', earlierEpochs: 0 } as const;
    await keepEpoch({
      ...common,
      modelId: 'with epochs',
      runId: run.id,
      recipe,
      data,
      curves,
      weights,
      state,
    });
    expect(await keptEpochs(run.id)).toEqual([1]);
    await way(run.id);
    expect(await keptEpochs(run.id)).toEqual([]);
  }
});

test('weights that teach the training that runs, or an interrupted one, stay', () => {
  const run = ended('teaches');
  trainingStore.setState({ live: { teacherIds: ['teaches'] } as never });
  expect(neededBecause(run)).toMatch(/learns from them/);
  trainingStore.setState({ live: null, checkpoint: { teacherIds: ['teaches'] } as never });
  expect(neededBecause(run)).toMatch(/interrupted training/);
  trainingStore.setState({ checkpoint: null });
  expect(neededBecause(run)).toBeNull();
});

test('a run that began with weights of a file, or took some over, is not one from the seed', () => {
  const model = modelById(ended('source').modelId ?? '');
  const begun = (startModel: typeof model) => {
    const { design } = present();
    return newRun({
      design,
      recipe: design.recipe,
      kind: 'train',
      backend: 'wasm',
      modelId: 'new',
      startModel,
    });
  };
  expect(startsFromSeed(begun(null))).toBe(true);
  const transfer = begun(model);
  expect(transfer).toMatchObject({ earlierEpochs: 0, startWeights: runsStore.getState().runs[0]?.name });
  expect(startsFromSeed(transfer)).toBe(false);
  const file = model && { ...model, id: 'file', origin: 'imported' as const };
  expect(begun(file).startWeights).toBe(`${first.network.name} from a file`);
});

test('weights that a waiting training starts from, layer by layer, are needed', () => {
  const run = ended('start');
  expect(neededBecause(run)).toBeNull();
  const entry = { ...present(), modelId: null, startModelId: 'start' };
  trainingStore.setState({ queue: [{ id: 'q', title: 'q', entry, teacherIds: [] }] });
  expect(neededBecause(run)).toMatch(/training that waits needs them/);
  trainingStore.setState({ queue: [] });
});

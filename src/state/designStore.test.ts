import { beforeEach, describe, expect, test } from 'vitest';
import { changeKind, setAttribute } from '../core/network/editing/attributes.ts';
import { removeLayers } from '../core/network/editing/remove.ts';
import { replaceHead } from '../core/network/editing/replaceHead.ts';
import { unwrap } from '../core/result.ts';
import { initializeWeights } from '../ml/initialize.ts';
import {
  changeData,
  changeNetwork,
  editNetwork,
  openEntry,
  present,
  putHead,
  undoDesign,
} from './designStore.ts';
import { modelById, patchModel, putModel } from './modelStore.ts';
import { runsStore, type TrainingRun } from './runsStore.ts';

const { network } = present().design;

beforeEach(() => {
  putModel({
    id: 'trained',
    network,
    weights: initializeWeights(network, 1),
    origin: 'trained',
    epochs: 3,
    backend: 'wasm',
    curves: null,
    validation: { correct: 8, total: 10, loss: 1 },
    apoz: null,
  });
  openEntry({ design: present().design, modelId: 'trained', baselineModelId: 'trained' });
});

describe('an edited network', () => {
  test('keeps all its weights where all fit, and has to be measured again', () => {
    const { network: edited } = unwrap(changeKind(network, 'relu1', 'leakyRelu'));
    editNetwork(edited);
    const model = modelById(present().modelId);
    expect(model?.id).not.toBe('trained');
    expect(model?.network).toBe(edited);
    expect(model?.validation).toBeNull();
    expect(model?.weights).toEqual(modelById('trained')?.weights);
  });

  test('starts its next training from the weights that fit, through several edits', () => {
    editNetwork(unwrap(setAttribute(network, 'conv3', 'filters', '48')).network);
    expect(present()).toMatchObject({ modelId: null, startModelId: 'trained' });
    editNetwork(unwrap(removeLayers(present().design.network, ['relu1'])).network);
    expect(present()).toMatchObject({ modelId: null, startModelId: 'trained' });
    undoDesign();
    undoDesign();
    expect(present().modelId).toBe('trained');
  });

  test('is trained again as soon as an edit takes back what did not fit', () => {
    editNetwork(unwrap(setAttribute(network, 'conv3', 'filters', '48')).network);
    editNetwork(unwrap(setAttribute(present().design.network, 'conv3', 'filters', '64')).network);
    expect(modelById(present().modelId)?.weights).toEqual(modelById('trained')?.weights);
  });

  test('chosen anew carries nothing', () => {
    changeNetwork(network);
    expect(present()).toMatchObject({ modelId: null });
    expect(present().startModelId ?? null).toBeNull();
  });
});

describe('a transfer, when the images or their normalization are changed on the way (VT-05)', () => {
  const newHead = () => putHead(unwrap(replaceHead(network, 10)).network);
  const { data } = present().design;
  const start = () => present().startModelId ?? null;

  beforeEach(() => runsStore.setState({ runs: [] }));

  test('goes on from weights of a file', () => {
    patchModel('trained', { origin: 'imported' });
    newHead();
    expect(start()).toBe('trained');
    changeData({ ...data, normalization: 'none' });
    expect(start()).toBe('trained');
    changeData({ ...data, splitSeed: 7 });
    expect(start()).toBe('trained');
  });

  test('keeps the new head drawn anew through later edits, though it differs from the old one by its name only', () => {
    newHead();
    const relu = present().design.network.layers.find(({ kind }) => kind === 'relu')!.id;
    editNetwork(unwrap(changeKind(present().design.network, relu, 'leakyRelu')).network);
    editNetwork(unwrap(changeKind(present().design.network, relu, 'relu')).network);
    expect(present()).toMatchObject({ modelId: null, startModelId: 'trained' });
  });

  test('goes on from a run on other images, and not from one that has seen these in another split', () => {
    const { design } = present();
    const run = { id: 'run', modelId: 'trained', design } as TrainingRun;
    runsStore.setState({ runs: [run] });
    newHead();
    changeData({ ...data, splitSeed: 7 });
    expect(start()).toBeNull();
    undoDesign();
    expect(start()).toBe('trained');
    changeData({ ...data, source: { kind: 'flowers', imageCount: 100, seed: 1 } });
    expect(start()).toBe('trained');
  });
});

import { beforeEach, expect, test } from 'vitest';
import { parameterShapes } from '../../core/network/counts.ts';
import { type Network, parameterKey, type Weights, type WeightTensor } from '../../core/network/network.ts';
import { geometryAt } from '../../core/network/shapes.ts';
import { unwrap } from '../../core/result.ts';
import { SOURCE_DISTILLATION, studentOf } from '../../core/training/distillation.ts';
import { cachedGeometry, cachedGroups } from '../derived.ts';
import { openEntry, present, undoDesign } from '../designStore.ts';
import { chosenTeachers, distillationStore, setTeacher, setTeachers } from '../distillationStore.ts';
import { type Model, modelById, modelStore, putModel } from '../modelStore.ts';
import { noticeStore } from '../noticeStore.ts';
import { adoptStudent, changeDistillation, takeSourceValues, trainBoth } from './distillation.ts';

/** Weights 0, 1, 2 ... in every parameter. */
function counted(network: Network): Weights {
  const geometry = cachedGeometry(network);
  const tensors: Record<string, WeightTensor> = {};
  for (const layer of network.layers)
    for (const [name, shape] of Object.entries(parameterShapes(layer, geometryAt(geometry, layer.id)))) {
      const length = shape.reduce((product, n) => product * n, 1);
      tensors[parameterKey(layer.id, name)] = { shape, values: Float32Array.from({ length }, (_, i) => i) };
    }
  return tensors;
}

function trained(id: string): Model {
  const { network } = present().design;
  return {
    id,
    network,
    weights: counted(network),
    origin: 'trained',
    epochs: 3,
    backend: 'wasm',
    curves: null,
    validation: { correct: 8, total: 10, loss: 0.5 },
    apoz: null,
  };
}

beforeEach(() => {
  modelStore.setState({ models: {} });
  noticeStore.setState({ notices: [] });
  distillationStore.setState({ teacherIds: [], listens: true, pair: null });
  const { design } = present();
  const network = { ...design.network };
  openEntry({ design: { ...design, network, baseline: network }, modelId: null, baselineModelId: null });
});

test('chosen teachers are those that are still kept; one that is gone is dropped with a sentence', () => {
  putModel(trained('kept'));
  setTeachers(['gone', 'kept', 'kept']);
  expect(chosenTeachers().map(({ id }) => id)).toEqual(['kept']);
  expect(distillationStore.getState().teacherIds).toEqual(['kept']);
  expect(noticeStore.getState().notices.map(({ message }) => message)).toEqual([
    'A chosen teacher is no longer kept; 1 stays. Choose teachers in Train, Distillation.',
  ]);
  distillationStore.setState({ listens: false });
  expect(chosenTeachers()).toEqual([]);
  setTeacher('kept', false);
  expect(distillationStore.getState().teacherIds).toEqual([]);
});

test('a simplified student becomes the network without weights, measured against its teacher; undo returns', () => {
  const teacher = trained('teacher');
  putModel(teacher);
  const before = present();
  const student = unwrap(studentOf('simplified', teacher.network, { factor: 0.5 }));
  adoptStudent(student, teacher);
  const { design, modelId, baselineModelId } = present();
  expect(design.network).toBe(student.network);
  expect(design.baseline).toBe(teacher.network);
  expect([modelId, baselineModelId]).toEqual([null, 'teacher']);
  undoDesign();
  expect(present()).toBe(before);
});

test('a student with other layers is its own baseline', () => {
  const teacher = trained('teacher');
  const student = unwrap(studentOf('basic', teacher.network));
  adoptStudent(student, teacher);
  expect(present().design.baseline).toBe(student.network);
  expect(present().baselineModelId).toBeNull();
});

test('a condensed student begins with the weights that pruning leaves', () => {
  const teacher = trained('teacher');
  const group = cachedGroups(teacher.network).groups.find(({ id }) => id === 'conv1')!;
  const plan = { keep: { [group.id]: [1, 3] } };
  const student = unwrap(studentOf('condensed', teacher.network, { plan }));
  adoptStudent(student, teacher);
  const kernel = modelById(present().modelId)?.weights['conv1/kernel'];
  expect(kernel?.shape).toEqual([3, 3, 3, 2]);
  expect([...(kernel?.values ?? [])].slice(0, 4)).toEqual([1, 3, 17, 19]);
  expect(modelById(present().modelId)?.validation).toBeNull();
});

test("the source's values come back in one step, for training and fine-tuning (VT-20)", () => {
  changeDistillation({ temperature: 8, softWeight: 1, transferShare: 0.5 });
  expect(present().design.recipe.distillation).toMatchObject({ temperature: 8, softWeight: 1 });
  takeSourceValues();
  const { temperature, softWeight, hardWeight } = SOURCE_DISTILLATION;
  for (const { distillation } of [present().design.recipe, present().design.fineTune])
    expect(distillation).toEqual({ temperature, softWeight, hardWeight, transferShare: 0.5 });
  undoDesign();
  expect(present().design.fineTune.distillation.temperature).toBe(8);
});

test('nothing is trained where there is nobody to learn from', async () => {
  await trainBoth();
  expect(noticeStore.getState().notices.at(-1)?.message).toMatch(/choose a teacher first/);
});

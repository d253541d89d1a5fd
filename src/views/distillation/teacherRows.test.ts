import { expect, test } from 'vitest';
import { replaceClassCount } from '../../core/network/edit.ts';
import type { Network } from '../../core/network/network.ts';
import { unwrap } from '../../core/result.ts';
import { present } from '../../state/designStore.ts';
import type { Evaluation } from '../../state/evaluationStore.ts';
import type { Model } from '../../state/modelStore.ts';
import { type TeacherSources, teacherProblem, teacherRows } from './teacherRows.ts';

const { design } = present();
const dataKey = JSON.stringify(design.data);
const NAMES = Array.from({ length: 10 }, (_, k) => `class ${k}`);

const trained = (id: string, network: Network = design.network, more: Partial<Model> = {}): Model => ({
  id,
  network,
  weights: {},
  origin: 'trained',
  epochs: 3,
  backend: 'wasm',
  curves: null,
  validation: { correct: 8, total: 10, loss: 0.5 },
  apoz: null,
  ...more,
});

const evaluated = (modelId: string, data = design.data): Evaluation => ({
  id: `point ${modelId}`,
  label: `Point of ${modelId}`,
  design: { ...design, data },
  modelId,
  baselineModelId: null,
  accuracy: { correct: 6, total: 10, loss: 1 },
  parameterCount: 1,
  macCount: 1,
});

const sources = (models: readonly Model[], more: Partial<TeacherSources> = {}): TeacherSources => ({
  models: Object.fromEntries(models.map((model) => [model.id, model])),
  modelId: null,
  baselineModelId: null,
  evaluations: [],
  runs: [],
  teacherIds: [],
  measured: {},
  classNames: NAMES,
  normalization: design.data,
  dataKey,
  ...more,
});

test('every kept model with a name is offered once: of the design, of runs, of Explore, from files, and those chosen', () => {
  const models = ['own', 'run', 'point', 'chosen', 'forgotten'].map((id) => trained(id));
  const rows = teacherRows(
    sources([...models, trained('file', design.network, { origin: 'imported', validation: null })], {
      modelId: 'own',
      baselineModelId: 'own',
      evaluations: [evaluated('own'), evaluated('point')],
      runs: [{ name: 'Second try', modelId: 'run', validation: null, dataKey }],
      teacherIds: ['chosen', 'gone'],
    }),
  );
  expect(rows.map(({ model }) => model.id)).toEqual(['own', 'run', 'point', 'file', 'chosen']);
  expect(rows.map(({ isChosen }) => isChosen)).toEqual([false, false, false, false, true]);
  expect(rows[1]!.name).toBe('Second try');
  expect(rows[2]!.name).toBe('Point of point');
  expect(rows[0]).toMatchObject({ parameterCount: 24570, problem: null });
  expect(rows[0]!.megabytes).toBeCloseTo((4 * 24570) / 1e6, 12);
});

test('an accuracy on other images is not passed off as one on these', () => {
  const other = { ...design.data, splitSeed: 99 };
  const model = trained('a');
  const seen = (more: Partial<TeacherSources>) => teacherRows(sources([model], more))[0]!.accuracy;
  expect(seen({ evaluations: [evaluated('a', other)] })).toBeNull();
  expect(seen({ evaluations: [evaluated('a')] })).toMatchObject({ correct: 6, total: 10 });
  const prediction = { report: { correct: 9, imageCount: 12 } } as never;
  const measured = (key: string) => ({ a: { weights: model.weights, dataKey: key, prediction } });
  expect(seen({ teacherIds: ['a'], measured: measured(dataKey) })).toEqual({ correct: 9, total: 12 });
  expect(seen({ teacherIds: ['a'], measured: measured('other images') })).toBeNull();
});

test('a network of other classes says why it can not teach', () => {
  const seven = unwrap(replaceClassCount(design.network, 7));
  expect(teacherProblem(seven, 10)).toBe(
    'It tells 7 classes apart and the images have 10; a teacher needs the same classes.',
  );
  expect(teacherProblem(seven, 7)).toBeNull();
  expect(teacherProblem(seven, null)).toBeNull();
  const headless = { ...design.network, layers: design.network.layers.slice(0, 3) };
  expect(teacherProblem(headless, 10)).toMatch(/no single list of classes/);
});

test('a teacher of the same classes in another order, or of other pixels, says how it is shown the images', () => {
  const reads = { normalization: 'none', standardization: null } as const;
  const row = (more: Partial<Model>) =>
    teacherRows(sources([trained('a', design.network, more)], { teacherIds: ['a'] }))[0]!;
  expect(row({ classNames: NAMES, reads: design.data })).toMatchObject({ problem: null, viewpoint: '' });
  expect(row({})).toMatchObject({ problem: null, viewpoint: '' });
  expect(row({ classNames: NAMES.toReversed(), reads })).toMatchObject({
    problem: null,
    viewpoint: "is shown pixels of 0 to 255; its classes are put in the order of the images'",
  });
  expect(row({ classNames: NAMES.map((name) => `other ${name}`) }).problem).toMatch(
    /^It was trained on other classes \(other class 0, .* than the images have \(class 0, /,
  );
});

test('a teacher that is right no more often than by guessing is told from one that knows something', () => {
  const { weights } = trained('a');
  const guesses = (correct: number) => {
    const prediction = { report: { correct, imageCount: 400 } } as never;
    const measured = { a: { weights, dataKey, prediction } };
    const model = { ...trained('a'), weights };
    return teacherRows(sources([model], { teacherIds: ['a'], measured }))[0]!.isGuessing;
  };
  expect([guesses(38), guesses(45), guesses(80), guesses(360)]).toEqual([true, true, false, false]);
  expect(teacherRows(sources([trained('b')], { teacherIds: ['b'] }))[0]!.isGuessing).toBe(false);
});

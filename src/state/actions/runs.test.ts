import { beforeEach, expect, test } from 'vitest';
import { present } from '../designStore.ts';
import type { LearningCurves } from '../modelStore.ts';
import { noticeStore } from '../noticeStore.ts';
import { MOST_CHOSEN, runById, runsStore, toggleChosen } from '../runsStore.ts';
import { MOST_LOSSES, thinCurves } from '../thinCurves.ts';
import { MOST_RUNS, newRun, recordRun, renameRun, updateRun } from './runs.ts';

const epoch = (n: number): LearningCurves['epochs'][number] => ({
  epoch: n,
  trainLoss: 1 / n,
  trainAccuracy: 0.5,
  validationLoss: 1 / n,
  validationAccuracy: 0.5,
});

const curvesOf = (epochs: number, steps = 0): LearningCurves => ({
  stepLosses: Array.from({ length: steps }, (_, i) => i),
  stepsPerEpoch: 10,
  epochs: Array.from({ length: epochs }, (_, i) => epoch(i + 1)),
});

function begin(seed = 1) {
  const { design } = present();
  const run = newRun({
    design,
    recipe: { ...design.recipe, seed },
    kind: 'train',
    backend: 'wasm',
    modelId: `model ${seed}`,
  });
  recordRun(run);
  return run;
}

beforeEach(() => {
  runsStore.setState({ runs: [], chosen: [] });
  noticeStore.setState({ notices: [] });
});

test('a run says by its name what was trained and how', () => {
  const { design } = present();
  expect(begin(7).name).toBe(`${design.network.name}, Adam, 8 epochs, seed 7`);
  const base = { design, recipe: design.fineTune, backend: null, modelId: 'm' };
  expect(newRun({ ...base, kind: 'distill' }).name).toMatch(/distilled$/);
  const phase = { name: 'Prune and fine-tune', round: 3 };
  expect(newRun({ ...base, kind: 'fine-tune', phase }).name).toMatch(/, Prune and fine-tune 3$/);
});

test('a run follows its training, and knows when its epochs ended', () => {
  const { id } = begin();
  updateRun(id, { seconds: 2, curves: curvesOf(1) });
  updateRun(id, { seconds: 5, curves: curvesOf(2) });
  updateRun(id, { seconds: 6, result: 'finished' });
  expect(runById(id)).toMatchObject({ seconds: 6, epochSeconds: [2, 5], result: 'finished' });
});

test('what a deleted run still has to tell is not heard', () => {
  updateRun('gone', { seconds: 2 });
  expect(runsStore.getState().runs).toEqual([]);
});

test('losses of long runs are thinned to means, and the run says of how many steps', () => {
  const { id } = begin();
  updateRun(id, { curves: curvesOf(1, 5 * MOST_LOSSES - 1) });
  const { curves, stepsPerLoss } = runById(id)!;
  expect(stepsPerLoss).toBe(5);
  expect(curves.stepLosses).toHaveLength(MOST_LOSSES);
  expect(curves.stepLosses.slice(0, 2)).toEqual([2, 7]);
  expect(curves.stepLosses.at(-1)).toBe(5 * MOST_LOSSES - 3.5);
  renameRun(id, 'renamed');
  expect(runById(id)).toMatchObject({ name: 'renamed', stepsPerLoss: 5, curves });
});

test('short runs keep every loss', () => {
  const curves = curvesOf(1, MOST_LOSSES);
  expect(thinCurves(curves)).toEqual({ curves, stepsPerLoss: 1 });
});

test('the oldest of too many runs goes, and that is said', () => {
  const first = begin(0);
  toggleChosen(first.id);
  for (let seed = 1; seed <= MOST_RUNS; seed++) begin(seed);
  expect(runsStore.getState().runs).toHaveLength(MOST_RUNS);
  expect(runById(first.id)).toBeNull();
  expect(runsStore.getState().chosen).toEqual([]);
  expect(noticeStore.getState().notices.at(-1)?.message).toContain('seed 0');
});

test('a name is what the user writes, an empty one is the default again', () => {
  const { id, name } = begin();
  renameRun(id, '  with more noise ');
  expect(runById(id)?.name).toBe('with more noise');
  renameRun(id, '   ');
  expect(runById(id)?.name).toBe(name);
});

test('no more runs are compared than a chart tells apart', () => {
  const ids = Array.from({ length: MOST_CHOSEN + 1 }, (_, i) => begin(i).id);
  for (const id of ids) toggleChosen(id);
  expect(runsStore.getState().chosen).toEqual(ids.slice(0, MOST_CHOSEN));
  toggleChosen(ids[0]!);
  toggleChosen(ids[MOST_CHOSEN]!);
  expect(runsStore.getState().chosen).toEqual(ids.slice(1));
});

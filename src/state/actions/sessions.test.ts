import { beforeEach, expect, test } from 'vitest';
import { changeDesign, openEntry, present } from '../designStore.ts';
import { noticeStore } from '../noticeStore.ts';
import { runsStore } from '../runsStore.ts';
import { uiStore } from '../uiStore.ts';
import { newRun, recordRun, updateRun } from './runs.ts';
import { openSessionFile, openSessionText, presentSession, sessionOfRun } from './sessions.ts';

const notice = () => noticeStore.getState().notices.at(-1)?.message ?? '';

beforeEach(() => {
  const { design } = present();
  openEntry({ design, modelId: null, baselineModelId: null });
  runsStore.setState({ runs: [], chosen: [], paired: null });
  noticeStore.setState({ notices: [] });
});

function trained(seed: number) {
  changeDesign((design) => ({ ...design, recipe: { ...design.recipe, seed } }));
  const { design } = present();
  const run = newRun({ design, recipe: design.recipe, kind: 'train', backend: 'wasm', modelId: 'm' });
  recordRun(run);
  const epoch = {
    epoch: 1,
    trainLoss: 1,
    trainAccuracy: 0.5,
    validationLoss: 1,
    validationAccuracy: 0.5,
  };
  updateRun(run.id, {
    seconds: 4,
    result: 'finished',
    curves: { stepLosses: [1.5, 1], stepsPerEpoch: 2, epochs: [epoch] },
    validation: { correct: 5, total: 10, loss: 1 },
  });
  return runsStore.getState().runs.at(-1)!;
}

test('a run goes to another machine with all but its weights, and opening it restores its settings (SX-28)', async () => {
  const run = trained(11);
  const file = new File([sessionOfRun(run)], 'run.json');
  changeDesign((design) => ({ ...design, recipe: { ...design.recipe, seed: 12, epochs: 3 } }));
  runsStore.setState({ runs: [] });

  expect(await openSessionFile(file)).toBe(true);
  expect(present().design).toEqual(run.design);
  expect(runsStore.getState().runs).toEqual([{ ...run, id: expect.any(String), modelId: null }]);
  expect(uiStore.getState().trainPage).toBe('runs');
  expect(notice()).toMatch(/run\.json: a session with all its choices, and its run without weights/);
  // Opened again, it is not there twice.
  expect(await openSessionFile(file)).toBe(true);
  expect(runsStore.getState().runs).toHaveLength(1);
});

test('what training tells of a run beside what a session knows does not make it unreadable', async () => {
  const run = trained(3);
  const epochs = run.curves.epochs.map((epoch) => ({ ...epoch, tensorCount: 7 }));
  const phase = { name: 'Prune', round: 2, steps: 6 };
  const told = { ...run, phase, curves: { ...run.curves, epochs } };
  runsStore.setState({ runs: [] });
  expect(openSessionText(sessionOfRun(told), 'told.json')).toBe(true);
  expect(runsStore.getState().runs[0]).toMatchObject({
    phase: { name: 'Prune', round: 2 },
    curves: run.curves,
  });
});

test('a run whose loss ran away, of a network with the longest name, can be opened again', () => {
  const design = present().design;
  changeDesign(() => ({ ...design, network: { ...design.network, name: 'n'.repeat(200) } }));
  const run = trained(4);
  expect(run.name).toMatch(/^n+…, Adam, 8 epochs, seed 4$/);
  expect(run.name).toHaveLength(120);
  const epochs = run.curves.epochs.map((epoch) => ({ ...epoch, trainLoss: 3e38, validationLoss: Infinity }));
  runsStore.setState({ runs: [] });
  const far = { ...run, curves: { ...run.curves, stepLosses: [1e300, Number.NaN], epochs } };
  expect(openSessionText(sessionOfRun(far), 'far.json')).toBe(true);
  expect(notice()).toMatch(/^far\.json: a session with all its choices, and its run/);
  expect(runsStore.getState().runs[0]?.curves).toMatchObject({
    stepLosses: [1e300, Number.NaN],
    epochs: [{ trainLoss: 3e38, validationLoss: Number.NaN }],
  });
});

test('the design before its training is a session too', () => {
  const { design } = present();
  const text = presentSession();
  changeDesign((now) => ({ ...now, recipe: { ...now.recipe, seed: 99 } }));
  expect(openSessionText(text, 'plan.json')).toBe(true);
  expect(present().design).toEqual(design);
  expect(runsStore.getState().runs).toEqual([]);
});

test('a broken session says what is wrong and changes nothing', () => {
  const before = present();
  const text = sessionOfRun(trained(5)).replace('"kind": "train"', '"kind": "magic"');
  const { design } = present();
  runsStore.setState({ runs: [] });
  expect(openSessionText(text, 'broken.json')).toBe(true);
  expect(notice()).toMatch(/^broken\.json: In this session run\.kind must be one of/);
  expect(present().design).toEqual(design);
  expect(present().modelId).toBe(before.modelId);
  expect(runsStore.getState().runs).toEqual([]);
});

test('other files are left to those who read them', async () => {
  expect(openSessionText('{"version": 1}', 'x.json')).toBe(false);
  expect(await openSessionFile(new File([new Uint8Array(2000)], 'model.onnx'))).toBe(false);
});

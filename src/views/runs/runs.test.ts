import { describe, expect, it } from 'vitest';
import { defaultDesign } from '../../core/exploration/defaultDesign.ts';
import { newRun } from '../../state/actions/runs.ts';
import type { TrainingRun } from '../../state/runsStore.ts';
import { curvesData, hasSpreadTimes } from './curvesData.ts';
import {
  bestAccuracy,
  lastAccuracy,
  nextRunOrder,
  RUN_COLUMNS,
  runsInOrder,
  runsWith,
} from './runColumns.ts';
import { differencesOf, verdictsOf } from './runDifferences.ts';
import { runsCsv } from './runsCsv.ts';

const design = defaultDesign();

function runOf(changes: Partial<TrainingRun> = {}, accuracies = [0.4, 0.7, 0.6]): TrainingRun {
  const run = newRun({ design, recipe: design.recipe, kind: 'train', backend: 'wasm', modelId: 'm' });
  const epochs = accuracies.map((accuracy, i) => ({
    epoch: i + 1,
    trainLoss: 1 / (i + 1),
    trainAccuracy: accuracy,
    validationLoss: 1 - accuracy,
    validationAccuracy: accuracy,
  }));
  return {
    ...run,
    seconds: 30,
    epochSeconds: accuracies.map((_, i) => 10 * (i + 1)),
    curves: { stepLosses: [3, 2, 1, 1, 1, 1], stepsPerEpoch: 2, epochs },
    validation: { correct: 60, total: 100, loss: 0.4 },
    result: 'finished',
    ...changes,
  };
}

const text = (name: string, run: TrainingRun) =>
  RUN_COLUMNS.find((column) => column.name === name)?.text(run);

describe('the table of runs', () => {
  it('tells best and kept accuracy with intervals of 95 %', () => {
    const run = runOf();
    expect(bestAccuracy(run)?.share).toBe(0.7);
    expect(lastAccuracy(run)?.share).toBe(0.6);
    // Wilson: 60 of 100 lies between 50.2 and 69.1 %
    expect(lastAccuracy(run)?.spread).toBeCloseTo((0.6906 - 0.502) / 2, 3);
    expect(lastAccuracy(runOf({ validation: null }))).toEqual({ share: 0.6, spread: null });
    expect(lastAccuracy(runOf({ validation: null }, []))).toBeNull();
    expect(text('Epochs', run)).toBe('3 / 8');
    expect(text('Recipe', run)).toBe('Adam, 0.002, 32');
    expect(text('Time', run)).toBe('0:30');
    expect(text('Loss', runOf({ validation: null }, []))).toBe('–');
  });

  it('never tells a best accuracy below that of the weights that are kept', () => {
    const run = runOf({ result: 'stopped', validation: { correct: 80, total: 100, loss: 0.3 } });
    expect(bestAccuracy(run)?.share).toBe(0.8);
  });

  it('tells both ends of a rate that moves in a range', () => {
    const schedule = { kind: 'range', low: 1e-4, high: 0.01, shape: 'cosine', cycles: 2 } as const;
    const run = runOf({ recipe: { ...design.recipe, schedule } });
    expect(text('Recipe', run)).toBe('Adam, 0.0001 to 0.01, 32');
  });

  it('orders by any column, and back to the newest first; what has no value stays at the end', () => {
    const [a, b, c] = [
      runOf({ name: 'a', startedAt: 1, validation: { correct: 6, total: 10, loss: 1 } }),
      runOf({ name: 'b', startedAt: 2, validation: { correct: 6, total: 10, loss: 3 } }),
      runOf({ name: 'c', startedAt: 3, validation: null }, []),
    ];
    const names = (order: Parameters<typeof runsInOrder>[1]) =>
      runsInOrder([a, b, c], order)
        .map(({ name }) => name)
        .join('');
    expect(names(null)).toBe('cba');
    const down = nextRunOrder(null, 'Loss');
    expect(names(down)).toBe('bac');
    const up = nextRunOrder(down, 'Loss');
    expect(names(up)).toBe('abc');
    expect(nextRunOrder(up, 'Loss')).toBeNull();
    expect(names({ name: 'Run', direction: 'descending' })).toBe('cba');
    expect(names({ name: 'Run', direction: 'ascending' })).toBe('abc');
  });

  it('finds runs by all their words', () => {
    const runs = [runOf({ name: 'noisy' }), runOf({ name: 'other', kind: 'distill', teachers: ['Wide'] })];
    expect(runsWith(runs, ' ')).toHaveLength(2);
    expect(runsWith(runs, 'NOISY adam').map(({ name }) => name)).toEqual(['noisy']);
    expect(runsWith(runs, 'wide distill').map(({ name }) => name)).toEqual(['other']);
    expect(runsWith(runs, 'noisy wide')).toEqual([]);
  });
});

describe('curves of runs', () => {
  const run = runOf();
  const points = (...args: Parameters<typeof curvesData>) => curvesData(...args).runs[0]?.points;

  it('go by epoch, by step or by time', () => {
    expect(points([run], 'validationAccuracy', 'epoch', 0)?.[1]).toEqual({ x: 2, y: 70 });
    expect(points([run], 'validationAccuracy', 'step', 0)?.[1]).toEqual({ x: 4, y: 70 });
    expect(points([run], 'trainLoss', 'time', 0)?.[1]).toEqual({ x: 20, y: 0.5 });
  });

  it('have a training loss at every step, or at the last of those that it is the mean of', () => {
    expect(points([run], 'trainLoss', 'step', 0)).toHaveLength(6);
    expect(points([{ ...run, stepsPerLoss: 5 }], 'trainLoss', 'step', 0)?.[1]).toEqual({ x: 10, y: 2 });
  });

  it('spread the time evenly where nobody told when the epochs ended', () => {
    const untold = runOf({ epochSeconds: [] });
    expect(hasSpreadTimes(untold)).toBe(true);
    expect(hasSpreadTimes(run)).toBe(false);
    expect(points([{ ...untold, seconds: 60 }], 'trainLoss', 'time', 0)?.map(({ x }) => x)).toEqual([
      20, 40, 60,
    ]);
  });
});

describe('differences of runs', () => {
  it('are only the choices that are not the same', () => {
    const other = runOf({
      recipe: {
        ...design.recipe,
        seed: 9,
        schedule: { kind: 'step', factor: 0.1, everyEpochs: 5 },
        earlyStopping: { patience: 15, restoreBest: true },
      },
    });
    const rows = differencesOf([runOf(), other]);
    expect(rows).toContainEqual({ field: 'seed', values: ['1', '9'] });
    expect(rows).toContainEqual({ field: 'schedule, kind', values: ['constant', 'step'] });
    expect(rows).toContainEqual({ field: 'schedule, every epochs', values: ['–', '5'] });
    expect(rows).toContainEqual({ field: 'early stopping', values: ['none', 'yes'] });
    expect(rows.map(({ field }) => field)).not.toContain('optimizer');
    expect(differencesOf([runOf(), runOf()])).toEqual([]);
  });

  it('of networks of one name and size are told by their layers', () => {
    const layers = design.network.layers.toReversed();
    const other = runOf({ design: { ...design, network: { ...design.network, layers } } });
    expect(differencesOf([runOf(), other])).toEqual([{ field: 'layers', values: ['form 1', 'form 2'] }]);
  });

  it('of accuracies are sure only where the images say so', () => {
    const close = [runOf(), runOf({ validation: { correct: 65, total: 100, loss: 1 } })];
    expect(verdictsOf(close, ['A', 'B'])).toMatchObject([{ first: 1, second: 0, isSure: false }]);
    const far = [runOf(), runOf({ validation: { correct: 90, total: 100, loss: 1 } })];
    const [verdict] = verdictsOf(far, ['A', 'B']);
    expect(verdict?.isSure).toBe(true);
    expect(verdict?.sentence).toMatch(/^B against A: 90\.0 % and 60\.0 %, \+30\.0 points.*So B is better/);
    expect(verdictsOf([runOf(), runOf({ validation: null })], ['A', 'B'])).toEqual([]);
    const elsewhere = { ...design, data: { ...design.data, splitSeed: 99 } };
    const [apart] = verdictsOf([runOf(), runOf({ design: elsewhere })], ['A', 'B']);
    expect(apart).toMatchObject({ isSure: false, sentence: expect.stringContaining('different images') });
  });
});

describe('runs as CSV', () => {
  const linesOf = (runs: readonly TrainingRun[]) =>
    [...runsCsv(runs)]
      .join('')
      .split('\r\n')
      .slice(0, -1)
      .map((line) => [...line.matchAll(/(?:^|,)("(?:[^"]|"")*"|[^,]*)/g)].map((found) => found[1]));

  it('are a row a run, place and metric', () => {
    const [columns, ...rows] = linesOf([runOf(), runOf({ name: 'second', stepsPerLoss: 3 })]);
    expect(rows.every((row) => row.length === columns?.length)).toBe(true);
    expect(rows.filter((row) => row[2] === 'epoch' && row[4] === 'validation accuracy')).toHaveLength(6);
    expect(rows.find((row) => row[4] === 'validation accuracy')?.[5]).toBe('0.6');
    expect(rows.at(-1)?.slice(1)).toEqual(['second', 'step', '18', '"training loss, mean of 3"', '1']);
  });

  it('does not become a formula by a name', () => {
    expect([...runsCsv([runOf({ name: '=1+1' })])].join('')).toContain("'=1+1");
  });

  it('of long runs come in pieces of a few milliseconds, which are one table', () => {
    const stepLosses = Array.from({ length: 9000 }, (_, i) => i);
    const long = runOf({ curves: { ...runOf().curves, stepLosses } });
    const pieces = [...runsCsv([long, runOf()])];
    expect(pieces.length).toBeGreaterThan(4);
    for (const piece of pieces) expect(piece.split('\r\n').length).toBeLessThanOrEqual(2001);
    const [columns, ...rows] = linesOf([long, runOf()]);
    expect(columns?.[0]).toBe('run');
    expect(rows.filter((row) => row[2] === 'step').map((row) => Number(row[5]))).toEqual([
      ...stepLosses,
      ...runOf().curves.stepLosses,
    ]);
    expect(rows.filter((row) => row[0] === 'run')).toEqual([]);
  });
});

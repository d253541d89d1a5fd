import { csvRows } from '../../charts/csv.ts';
import type { TrainingRun } from '../../state/runsStore.ts';
import { bestAccuracy } from './runColumns.ts';

type Row = readonly [
  id: string,
  name: string,
  at: string,
  x: number | string,
  metric: string,
  value: number | string,
];

function* rowsOf(run: TrainingRun): Generator<Row> {
  const { id, name, curves, stepsPerLoss, epochSeconds, validation, recipe, design } = run;
  const row = (at: string, x: number | string, metric: string, value: number | string | null): Row => [
    id,
    name,
    at,
    x,
    metric,
    value ?? '',
  ];
  yield* [
    row('run', '', 'network', design.network.name),
    row('run', '', 'parameters', run.parameterCount),
    row('run', '', 'MACs', run.macCount),
    row('run', '', 'optimizer', recipe.optimizer),
    row('run', '', 'learning rate', recipe.learningRate),
    row('run', '', 'batch size', recipe.batchSize),
    row('run', '', 'planned epochs', recipe.epochs),
    row('run', '', 'seed', recipe.seed),
    row('run', '', 'backend', run.backend),
    row('run', '', 'images per second', run.imagesPerSecond),
    row('run', '', 'seconds', run.seconds),
    row('run', '', 'started', new Date(run.startedAt).toISOString()),
    row('run', '', 'result', run.result),
    row('run', '', 'validation images', validation?.total ?? null),
    row('run', '', 'validation correct', validation?.correct ?? null),
    row('run', '', 'validation accuracy', validation ? validation.correct / validation.total : null),
    row('run', '', 'validation loss', validation?.loss ?? null),
    row('run', '', 'best validation accuracy', bestAccuracy(run)?.share ?? null),
  ];
  for (const [i, epoch] of curves.epochs.entries()) {
    yield row('epoch', epoch.epoch, 'training loss', epoch.trainLoss);
    yield row('epoch', epoch.epoch, 'training accuracy', epoch.trainAccuracy);
    yield row('epoch', epoch.epoch, 'validation loss', epoch.validationLoss);
    yield row('epoch', epoch.epoch, 'validation accuracy', epoch.validationAccuracy);
    if (epoch.validationMap !== undefined)
      yield row('epoch', epoch.epoch, 'validation mAP', epoch.validationMap);
    if (epoch.learningRate !== undefined)
      yield row('epoch', epoch.epoch, 'learning rate', epoch.learningRate);
    if (epochSeconds[i] !== undefined) yield row('epoch', epoch.epoch, 'seconds', epochSeconds[i]);
  }
  const loss = stepsPerLoss === 1 ? 'training loss' : `training loss, mean of ${stepsPerLoss}`;
  for (const [i, value] of curves.stepLosses.entries())
    yield row('step', (i + 1) * stepsPerLoss, loss, value);
}

const COLUMNS = ['run', 'name', 'at', 'epoch or step', 'metric', 'value'];

/** A piece is made in a few milliseconds. */
const ROWS_OF_PIECE = 2000;

/**
 * Curves and numbers of runs as CSV in long format: a row a run, place and metric. In pieces, between which the page can
 * do something else: long runs have a million rows.
 */
export function* runsCsv(runs: readonly TrainingRun[]): Generator<string> {
  let rows: (readonly (string | number)[])[] = [COLUMNS];
  for (const run of runs) {
    for (const row of rowsOf(run)) {
      rows.push(row);
      if (rows.length < ROWS_OF_PIECE) continue;
      yield csvRows(rows);
      rows = [];
    }
  }
  yield csvRows(rows);
}

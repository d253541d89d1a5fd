import type { Table } from '../../charts/types.ts';
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

function rowsOf(run: TrainingRun): Row[] {
  const { id, name, curves, stepsPerLoss, epochSeconds, validation, recipe, design } = run;
  const row = (at: string, x: number | string, metric: string, value: number | string | null): Row => [
    id,
    name,
    at,
    x,
    metric,
    value ?? '',
  ];
  return [
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
    ...curves.epochs.flatMap((epoch, i) => [
      row('epoch', epoch.epoch, 'training loss', epoch.trainLoss),
      row('epoch', epoch.epoch, 'training accuracy', epoch.trainAccuracy),
      row('epoch', epoch.epoch, 'validation loss', epoch.validationLoss),
      row('epoch', epoch.epoch, 'validation accuracy', epoch.validationAccuracy),
      ...(epoch.learningRate === undefined
        ? []
        : [row('epoch', epoch.epoch, 'learning rate', epoch.learningRate)]),
      ...(epochSeconds[i] === undefined ? [] : [row('epoch', epoch.epoch, 'seconds', epochSeconds[i])]),
    ]),
    ...curves.stepLosses.map((loss, i) =>
      row(
        'step',
        (i + 1) * stepsPerLoss,
        stepsPerLoss === 1 ? 'training loss' : `training loss, mean of ${stepsPerLoss}`,
        loss,
      ),
    ),
  ];
}

/** Curves and numbers of runs in long format: a row a run, place and metric. */
export const runsTable = (runs: readonly TrainingRun[]): Table => ({
  columns: ['run', 'name', 'at', 'epoch or step', 'metric', 'value'],
  rows: runs.flatMap(rowsOf),
});

import type { RunCurve, RunCurvesData } from '../../charts/types.ts';
import type { TrainingRun } from '../../state/runsStore.ts';

export type Quantity =
  | 'validationAccuracy'
  | 'validationLoss'
  | 'validationMap'
  | 'trainAccuracy'
  | 'trainLoss';
export type XName = RunCurvesData['xName'];

export const QUANTITIES: readonly { readonly value: Quantity; readonly label: string }[] = [
  { value: 'validationAccuracy', label: 'Validation accuracy' },
  { value: 'validationLoss', label: 'Validation loss' },
  { value: 'validationMap', label: 'Validation mAP' },
  { value: 'trainAccuracy', label: 'Training accuracy' },
  { value: 'trainLoss', label: 'Training loss' },
];

const isShare = (quantity: Quantity): boolean => !quantity.endsWith('Loss');

/** Letters of the chosen runs, by their place. */
export const keyOf = (place: number): string => 'ABCDEF'[place] ?? '?';

/** Seconds of training at the end of an epoch; spread evenly over the epochs where nobody told. */
function secondsAt({ epochSeconds, seconds, curves }: TrainingRun, index: number): number {
  const isTold = epochSeconds.length === curves.epochs.length;
  return isTold ? (epochSeconds[index] ?? 0) : (seconds * (index + 1)) / curves.epochs.length;
}

export const hasSpreadTimes = ({ epochSeconds, curves }: TrainingRun): boolean =>
  epochSeconds.length !== curves.epochs.length;

/** One loss a step, or the mean of as many steps as a long run keeps together; each at its last step. */
function stepPoints({ curves, stepsPerLoss }: TrainingRun): RunCurve['points'] {
  return curves.stepLosses.map((y, i) => ({ x: (i + 1) * stepsPerLoss, y }));
}

function pointsOf(run: TrainingRun, quantity: Quantity, xName: XName): RunCurve['points'] {
  if (xName === 'step' && quantity === 'trainLoss') return stepPoints(run);
  const scale = isShare(quantity) ? 100 : 1;
  return run.curves.epochs.flatMap((epoch, i) => {
    const x = { epoch: epoch.epoch, step: epoch.epoch * run.curves.stepsPerEpoch, time: secondsAt(run, i) };
    const y = epoch[quantity];
    return y === undefined ? [] : [{ x: x[xName], y: scale * y }];
  });
}

/** What the chart draws of the chosen runs. */
export function curvesData(
  runs: readonly TrainingRun[],
  quantity: Quantity,
  xName: XName,
  smoothing: number,
): RunCurvesData {
  const isAccuracy = isShare(quantity);
  return {
    runs: runs.map((run, place) => ({
      key: keyOf(place),
      name: run.name,
      points: pointsOf(run, quantity, xName),
    })),
    quantity: QUANTITIES.find(({ value }) => value === quantity)?.label ?? '',
    unit: isAccuracy ? '%' : '',
    better: isAccuracy ? 'higher' : 'lower',
    xName,
    smoothing,
    empty:
      runs.length === 0
        ? 'Choose runs in the table: their curves are laid over each other here.'
        : quantity === 'validationMap' && runs.some((run) => run.curves.epochs.length > 0)
          ? 'None of the chosen runs measured its mAP: turn "mAP each epoch" on in Advanced before a training.'
          : 'The chosen runs have not ended an epoch yet.',
  };
}

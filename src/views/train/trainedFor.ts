import { formatNumberOf } from '../../core/quantity.ts';
import type { Model } from '../../state/modelStore.ts';
import type { TrainingRun } from '../../state/runsStore.ts';

/**
 * How long weights were trained: "4 epochs", "1 epoch and part of the next" where the run was stopped in the middle of
 * one, which the batches beyond its last whole epoch tell; "imported" where nobody here trained them.
 */
export function trainedFor(
  { epochs, curves, origin }: Pick<Model, 'epochs' | 'curves' | 'origin'>,
  result: TrainingRun['result'] | undefined,
): string {
  if (epochs === 0 && origin === 'imported') return 'imported';
  const whole = formatNumberOf(epochs, 'epoch');
  const isWithin =
    result === 'stopped' &&
    curves !== null &&
    curves.stepLosses.length > curves.epochs.length * curves.stepsPerEpoch;
  if (!isWithin) return whole;
  return epochs === 0 ? 'part of an epoch' : `${whole} and part of the next`;
}

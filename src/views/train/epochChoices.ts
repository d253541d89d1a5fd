import { formatPercent } from '../../core/quantity.ts';
import type { Model } from '../../state/modelStore.ts';
import type { TrainingRun } from '../../state/runsStore.ts';

export interface EpochChoices {
  readonly options: readonly { readonly value: string; readonly label: string }[];
  /** The one to offer first; null where there is none to go back to. */
  readonly first: number | null;
}

/** The epochs of a run that weights can be taken back to, of those that are `kept`, ascending. */
export function epochChoices(model: Model, run: TrainingRun, kept: readonly number[]): EpochChoices {
  const isTaken = run.modelId !== model.id;
  const present = isTaken ? model.epochs - run.earlierEpochs : null;
  const options = kept.map((epoch) => {
    const found = run.curves.epochs.find((one) => one.epoch === epoch);
    const accuracy = found ? `, validation ${formatPercent(found.validationAccuracy)}` : '';
    return {
      value: String(epoch),
      label: `epoch ${epoch}${accuracy}${epoch === present ? ', these weights' : ''}`,
    };
  });
  // The weights are those of the last epoch already, unless it was left in the middle of the next one.
  const first = kept.at(isTaken || run.result === 'stopped' ? -1 : -2);
  return { options, first: first ?? null };
}

/** Whether a run ended before its time, and not by a fault: the user stopped it, or its page was closed. */
export const canGoOn = ({ result }: TrainingRun): boolean => result === 'stopped' || result === 'interrupted';

/** The epoch that a run which was stopped or interrupted goes on from; null for any other run. */
export function stoppedAt(
  model: Model | null,
  run: TrainingRun | undefined,
  kept: readonly number[],
): number | null {
  if (!model || !run || !canGoOn(run) || run.modelId !== model.id) return null;
  const last = kept.at(-1);
  return last !== undefined && last < run.recipe.epochs ? last : null;
}

import { formatNumberOf } from '../core/quantity.ts';
import { stopsEarly } from '../core/training/callbacks.ts';
import type { Session } from './sessionDatabase.ts';
import type { Checkpoint, InterruptedPhases } from './trainingStore.ts';

/** The phases that were left where no checkpoint says so; null where none were. */
export function leftPhases(
  { sequence = null, interrupted = null, modelId }: Pick<Session, 'sequence' | 'interrupted' | 'modelId'>,
  checkpoint: Checkpoint | null,
): InterruptedPhases | null {
  if (checkpoint) return null;
  if (!sequence) return interrupted;
  const isOver = sequence.done === 'trained' && sequence.step === sequence.steps;
  return isOver ? null : { at: sequence, modelId };
}

/** What there is to say of a training that was running when the page was closed, and of the phases; null for nothing. */
export function interruption(
  { running, sequence, modelId }: Session,
  checkpoint: Checkpoint | null,
): string | null {
  if (running && checkpoint) {
    const where =
      checkpoint.modelId === modelId
        ? 'in Train it can be continued as if nothing had happened'
        : 'in Train, Runs, "Use" brings it back, and then it can be continued as if nothing had happened';
    const { epoch, callbacks } = checkpoint.state;
    if (epoch >= checkpoint.recipe.epochs || stopsEarly(checkpoint.recipe, callbacks))
      return `A training was interrupted after its last epoch (${epoch}), before its result was measured; ${where}.`;
    return `A training was interrupted after epoch ${epoch} of ${checkpoint.recipe.epochs}; ${where}.`;
  }
  const left = sequence && !checkpoint ? leftPhases({ sequence, modelId }, null) : null;
  if (left) {
    const { step, steps, name } = left.at;
    const when = left.at.done === 'trained' ? `after phase ${step}` : `before phase ${step}`;
    const what = left.at.done === 'trained' ? '' : ' had an epoch';
    return `Training in phases was interrupted ${when} of ${steps} (${name})${what}; what was trained before is here, and in Train the phases that are left can be gone on with.`;
  }
  if (!running) return null;
  const { epoch, epochs } = running;
  return epoch === 0
    ? `A training of ${formatNumberOf(epochs, 'epoch')} was interrupted before its first epoch ended; nothing was lost but that. Start it again.`
    : `A training was interrupted after epoch ${epoch} of ${epochs}; the weights of epoch ${epoch} are here. Train on from them.`;
}

import { formatNumberOf } from '../core/quantity.ts';
import type { Session } from './sessionDatabase.ts';
import type { Checkpoint } from './trainingStore.ts';

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
    return `A training was interrupted after epoch ${checkpoint.state.epoch} of ${checkpoint.recipe.epochs}; ${where}.`;
  }
  if (sequence && !checkpoint)
    return `Training in phases was interrupted before phase ${sequence.step} of ${sequence.steps} (${sequence.name}) had an epoch; what was trained before is here. Run the phases that are left in Train.`;
  if (!running) return null;
  const { epoch, epochs } = running;
  return epoch === 0
    ? `A training of ${formatNumberOf(epochs, 'epoch')} was interrupted before its first epoch ended; nothing was lost but that. Start it again.`
    : `A training was interrupted after epoch ${epoch} of ${epochs}; the weights of epoch ${epoch} are here. Train on from them.`;
}

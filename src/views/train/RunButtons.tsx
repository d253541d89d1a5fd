import { useStore } from 'zustand';
import { formatNumberOf } from '../../core/quantity.ts';
import { stopsEarly } from '../../core/training/callbacks.ts';
import { goOnFromEpoch } from '../../state/actions/epochs.ts';
import { nextStep, phasesToGoOn } from '../../state/actions/phases.ts';
import { continueThenQueue } from '../../state/actions/queue.ts';
import {
  resetWeights,
  resumable,
  setPaused,
  startTraining,
  stepOnce,
  stopTraining,
} from '../../state/actions/train.ts';
import type { Model } from '../../state/modelStore.ts';
import { type Checkpoint, trainingStore } from '../../state/trainingStore.ts';
import { KeepFocus } from '../parts/KeepFocus.tsx';
import { useEntry } from '../useEntry.ts';
import { canGoOn, stoppedAt } from './epochChoices.ts';
import { useKeptEpochs } from './useKeptEpochs.ts';
import { useRunOf } from './useRunOf.ts';

const continueText = ({ state, recipe }: Checkpoint): string =>
  state.epoch < recipe.epochs && !stopsEarly(recipe, state.callbacks)
    ? `Continue at epoch ${state.epoch + 1} of ${recipe.epochs}`
    : 'Finish the training';

/** Start, or continue what was interrupted; pause, step and stop what runs. */
export function RunButtons({
  model,
  starting,
  ready,
}: {
  model: Model | null;
  starting: boolean;
  ready: boolean;
}) {
  const entry = useEntry();
  const isLive = useStore(trainingStore, (state) => state.live !== null);
  const isPaused = useStore(trainingStore, (state) => state.live?.paused ?? false);
  const { recipe } = entry.design;
  const checkpoint = resumable(
    entry,
    useStore(trainingStore, (state) => state.checkpoint),
  );
  const interrupted = useStore(trainingStore, (state) => state.interrupted);
  const left = checkpoint || starting ? null : phasesToGoOn(entry, interrupted);
  const run = useRunOf(model);
  const stopped = stoppedAt(model, run, useKeptEpochs(run && canGoOn(run) ? run.id : undefined));
  if (isLive) {
    return (
      <KeepFocus className="stack">
        <div className="button-row">
          <button type="button" className="primary" onClick={() => setPaused(!isPaused)}>
            {isPaused ? 'Resume' : 'Pause'}
          </button>
          <button type="button" onClick={() => stepOnce('train')}>
            Step
          </button>
          <button type="button" onClick={stopTraining}>
            Stop
          </button>
        </div>
      </KeepFocus>
    );
  }
  return (
    <KeepFocus className="stack">
      {checkpoint && (
        <button
          type="button"
          className="primary wide"
          disabled={starting || !ready}
          onClick={() => void continueThenQueue()}
        >
          {continueText(checkpoint)}
        </button>
      )}
      {left && (
        <button
          type="button"
          className="primary wide"
          disabled={starting || !ready}
          onClick={() => void continueThenQueue()}
        >
          {`Go on with phase ${nextStep(left)} of ${left.at.steps}`}
        </button>
      )}
      {checkpoint?.phase && checkpoint.phase.step < checkpoint.phase.steps && (
        <p className="hint">
          Phase {checkpoint.phase.step} of {checkpoint.phase.steps} ({checkpoint.phase.name}); those after it
          follow.
        </p>
      )}
      {!checkpoint && !left && run && stopped !== null && (
        <button
          type="button"
          className="primary wide"
          title={`What was learned after epoch ${stopped} is learned again; it becomes a run of its own`}
          disabled={starting || !ready}
          onClick={() => void goOnFromEpoch(run, stopped)}
        >
          {`Continue at epoch ${stopped + 1} of ${run.recipe.epochs}`}
        </button>
      )}
      <button
        type="button"
        className={checkpoint || left || stopped !== null ? 'wide' : 'primary wide'}
        disabled={starting || !ready}
        onClick={() => void startTraining('train')}
      >
        {starting
          ? 'Working…'
          : model
            ? `Train ${formatNumberOf(recipe.epochs, 'more epoch')}`
            : 'Start training'}
      </button>
      <div className="button-row">
        <button type="button" disabled={starting || !ready} onClick={() => stepOnce('train')}>
          Step one batch
        </button>
        <button type="button" disabled={starting || model === null} onClick={resetWeights}>
          Reset weights
        </button>
      </div>
      {!ready && <p className="hint">Training waits for images: see the Data room.</p>}
    </KeepFocus>
  );
}

import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { clearQueue, enqueueTraining, MOST_QUEUED, runQueue, unqueue } from '../../state/actions/queue.ts';
import { trainingStore } from '../../state/trainingStore.ts';
import { NumberField } from '../parts/fields.tsx';
import { KeepFocus } from '../parts/KeepFocus.tsx';
import { useEntry } from '../useEntry.ts';

/** Trainings that wait for the one that runs, and the way to add some: other settings, other seeds. */
export function QueueControls({ ready }: { ready: boolean }) {
  const { modelId, startModelId = null, design } = useEntry();
  const queue = useStore(trainingStore, (state) => state.queue);
  const busy = useStore(trainingStore, (state) => state.busy);
  const queueRuns = useStore(trainingStore, (state) => state.queueRuns);
  const [seeds, setSeeds] = useState(1);
  // It opens by itself when something waits, and stays as the user has it: what is queued last starts at once.
  const [isOpen, setOpen] = useState(queue.length > 0);
  const isWaiting = queue.length > 0;
  useEffect(() => {
    if (isWaiting) setOpen(true);
  }, [isWaiting]);
  const room = MOST_QUEUED - queue.length;
  return (
    <details className="queue" open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{queue.length === 0 ? 'Queue: nothing waits' : `Queue: ${queue.length} waiting`}</summary>
      <KeepFocus className="stack">
        <NumberField
          label="Seeds to try"
          value={seeds}
          min={1}
          max={20}
          integer
          hint={
            seeds > 1
              ? `Seeds ${design.recipe.seed} to ${design.recipe.seed + seeds - 1}: how much of the accuracy is chance.`
              : 'Each waits with the network and the recipe as they are now; compare them in Runs.'
          }
          onChange={setSeeds}
        />
        <div className="button-row">
          <button
            type="button"
            disabled={!ready || room < seeds}
            onClick={() => enqueueTraining({ fromScratch: true, seeds })}
          >
            Queue from the start
          </button>
          <button
            type="button"
            disabled={!ready || room < seeds || (modelId ?? startModelId) === null}
            onClick={() => enqueueTraining({ fromScratch: false, seeds })}
          >
            Queue from these weights
          </button>
        </div>
        {queue.length > 0 && (
          <>
            <ol className="queue-list" aria-label="Waiting trainings">
              {queue.map(({ id, title }) => (
                <li key={id}>
                  <span className="queue-title">{title}</span>
                  <button
                    type="button"
                    className="link"
                    aria-label={`Remove ${title}`}
                    onClick={() => unqueue(id)}
                  >
                    Remove
                  </button>
                </li>
              ))}
            </ol>
            <div className="button-row">
              {!queueRuns && (
                <button type="button" disabled={!ready} onClick={() => void runQueue()}>
                  {busy ? 'Start the queue after this' : 'Start the queue'}
                </button>
              )}
              <button type="button" onClick={clearQueue}>
                Empty the queue
              </button>
            </div>
          </>
        )}
      </KeepFocus>
    </details>
  );
}

import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { formatPercent } from '../../core/quantity.ts';
import { goOnFromEpoch, takeEpoch } from '../../state/actions/epochs.ts';
import { keptEpochs } from '../../state/epochCheckpoints.ts';
import type { Model } from '../../state/modelStore.ts';
import { trainingStore } from '../../state/trainingStore.ts';
import { SelectField } from '../parts/fields.tsx';
import { useRunOf } from './useRunOf.ts';

/** The epochs of the run that made these weights: to take their weights, or to train on from there. */
export function EarlierEpochs({ model }: { model: Model }) {
  const run = useRunOf(model);
  const busy = useStore(trainingStore, (state) => state.busy || state.sequence !== null);
  const [epochs, setEpochs] = useState<readonly number[]>([]);
  const [chosen, setChosen] = useState<number | null>(null);
  const runId = run?.id;
  useEffect(() => {
    let current = true;
    setChosen(null);
    setEpochs([]);
    if (runId)
      void keptEpochs(runId).then((kept) => {
        if (current) setEpochs(kept);
      });
    return () => {
      current = false;
    };
  }, [runId]);
  // One epoch alone is gone back to only where the weights have gone on from it.
  if (!run || epochs.length < (run.result === 'stopped' ? 1 : 2)) return null;
  // The weights are those of the last epoch already, unless it was left in the middle of the next one.
  const epoch = chosen ?? (epochs.at(run.result === 'stopped' ? -1 : -2) as number);
  const accuracyOf = (n: number) => {
    const found = run.curves.epochs.find((one) => one.epoch === n);
    return found ? `, validation ${formatPercent(found.validationAccuracy)}` : '';
  };
  return (
    <div className="earlier">
      <SelectField
        label="Go back to"
        value={String(epoch)}
        options={epochs.map((n) => ({ value: String(n), label: `epoch ${n}${accuracyOf(n)}` }))}
        disabled={busy}
        onChange={(value) => setChosen(Number(value))}
      />
      <div className="button-row">
        <button type="button" disabled={busy} onClick={() => void takeEpoch(run, epoch)}>
          Take its weights
        </button>
        <button
          type="button"
          disabled={busy || epoch >= run.recipe.epochs}
          onClick={() => void goOnFromEpoch(run, epoch)}
        >
          Train on from it
        </button>
      </div>
    </div>
  );
}

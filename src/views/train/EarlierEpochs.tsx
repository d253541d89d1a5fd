import { useState } from 'react';
import { useStore } from 'zustand';
import { goOnFromEpoch, takeEpoch } from '../../state/actions/epochs.ts';
import type { Model } from '../../state/modelStore.ts';
import { trainingStore } from '../../state/trainingStore.ts';
import { SelectField } from '../parts/fields.tsx';
import { epochChoices } from './epochChoices.ts';
import { useKeptEpochs } from './useKeptEpochs.ts';
import { useRunOf } from './useRunOf.ts';

/** The epochs of the run that made these weights: to take their weights, or to train on from there. */
export function EarlierEpochs({ model }: { model: Model }) {
  const run = useRunOf(model);
  const busy = useStore(trainingStore, (state) => state.busy || state.sequence !== null);
  const kept = useKeptEpochs(run?.id);
  const [chosen, setChosen] = useState<{ readonly modelId: string; readonly epoch: number } | null>(null);
  if (!run) return null;
  const { options, first } = epochChoices(model, run, kept);
  if (first === null) return null;
  const epoch = chosen?.modelId === model.id && kept.includes(chosen.epoch) ? chosen.epoch : first;
  return (
    <div className="earlier">
      <SelectField
        label="Go back to"
        value={String(epoch)}
        options={options}
        disabled={busy}
        onChange={(value) => setChosen({ modelId: model.id, epoch: Number(value) })}
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

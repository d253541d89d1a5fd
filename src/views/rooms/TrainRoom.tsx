import { useMemo } from 'react';
import { useStore } from 'zustand';
import type { LearningData } from '../../charts/types.ts';
import type { Recipe } from '../../core/exploration/design.ts';
import { trainingAdvice } from '../../core/network/trainingAdvice.ts';
import { formatClock, formatInteger, formatPercent, formatSignificant } from '../../core/quantity.ts';
import { measureAccuracy } from '../../state/actions/prune.ts';
import {
  measureApoz,
  overrideBackend,
  resetWeights,
  setPaused,
  startTraining,
  stepOnce,
  stopTraining,
} from '../../state/actions/train.ts';
import { dataStore } from '../../state/dataStore.ts';
import { changeDesign } from '../../state/designStore.ts';
import { jobStore } from '../../state/jobStore.ts';
import type { Model } from '../../state/modelStore.ts';
import { type LiveRun, trainingStore } from '../../state/trainingStore.ts';
import { setUi, type TrainPage, uiStore } from '../../state/uiStore.ts';
import type { BackendChoice, BackendName } from '../../workers/protocol.ts';
import { LEARNING } from '../chartKinds.ts';
import { MetricsPage } from '../metrics/MetricsPage.tsx';
import { ChartPanel } from '../parts/ChartPanel.tsx';
import { NumberField, SelectField } from '../parts/fields.tsx';
import { Panel } from '../parts/Panel.tsx';
import { Tabs } from '../parts/Tabs.tsx';
import { useEntry, useModel } from '../useEntry.ts';

/** Of weights that nobody trained here: from a file, or before the images changed. */
async function measureAll(): Promise<void> {
  await measureAccuracy();
  await measureApoz();
}

const NO_LOSSES: readonly number[] = [];

function learningData(model: Model | null, live: LiveRun | null): LearningData {
  const curves = live?.curves ?? model?.curves ?? null;
  return {
    epochs: curves?.epochs ?? [],
    batchLosses: curves?.stepLosses ?? NO_LOSSES,
    batchesPerEpoch: curves?.stepsPerEpoch ?? 1,
    plannedEpochs: live?.epochs ?? Math.max(1, curves?.epochs.length ?? 1),
    empty:
      'Not trained yet. Press "Start training" on the left: loss and accuracy appear here batch by batch.',
  };
}

const PAGES: readonly { readonly value: TrainPage; readonly label: string }[] = [
  { value: 'training', label: 'Training' },
  { value: 'metrics', label: 'Metrics' },
];

export function TrainRoom() {
  const page = useStore(uiStore, (ui) => ui.trainPage);
  const model = useModel();
  const live = useStore(trainingStore, (state) => state.live);
  const data = useMemo(() => learningData(model, live), [model, live]);
  return (
    <div className="room">
      <div className="controls-column">
        <TrainControls model={model} live={live} />
        <BackendPanel />
      </div>
      <div className="charts">
        <Tabs
          label="Pages of the Train room"
          value={page}
          options={PAGES}
          onChange={(trainPage) => setUi({ trainPage })}
        >
          {page === 'metrics' ? (
            <MetricsPage />
          ) : (
            <div className="charts span-all">
              <ChartPanel
                title="Learning curves"
                subtitle="loss and accuracy by epoch; training solid, validation dashed, batches faint"
                kind={LEARNING}
                data={data}
                fileName="learning-curves"
                className="tall"
              />
              <RunSummary model={model} live={live} />
            </div>
          )}
        </Tabs>
      </div>
    </div>
  );
}

function TrainControls({ model, live }: { model: Model | null; live: LiveRun | null }) {
  const { design } = useEntry();
  const ready = useStore(dataStore, (state) => state.data.status === 'ready');
  const advice = trainingAdvice(design.network, design.data.source.imageCount);
  const starting = useStore(jobStore, (state) =>
    state.jobs.some((job) => job.title === 'Training' || job.title === 'Fine-tuning'),
  );
  return (
    <Panel title="Train" className="controls">
      <div className="stack">
        <RunButtons model={model} live={live} starting={starting} ready={ready} />
        {advice !== null && <p className="hint warn">{advice}</p>}
        {model && !live && (model.validation === null || model.apoz === null) && (
          <button type="button" disabled={starting || !ready} onClick={() => void measureAll()}>
            Measure accuracy and APoZ
          </button>
        )}
        <RecipeFields
          recipe={design.recipe}
          disabled={live !== null}
          onChange={(recipe) => changeDesign((d) => ({ ...d, recipe }))}
        />
      </div>
    </Panel>
  );
}

function RunButtons({
  model,
  live,
  starting,
  ready,
}: {
  model: Model | null;
  live: LiveRun | null;
  starting: boolean;
  ready: boolean;
}) {
  const { recipe } = useEntry().design;
  if (live) {
    return (
      <div className="button-row">
        <button type="button" className="primary" onClick={() => setPaused(!live.paused)}>
          {live.paused ? 'Resume' : 'Pause'}
        </button>
        <button type="button" onClick={() => stepOnce('train')}>
          Step
        </button>
        <button type="button" onClick={stopTraining}>
          Stop
        </button>
      </div>
    );
  }
  return (
    <>
      <button
        type="button"
        className="primary wide"
        disabled={starting || !ready}
        onClick={() => void startTraining('train')}
      >
        {starting ? 'Starting…' : model ? `Train ${recipe.epochs} more epochs` : 'Start training'}
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
    </>
  );
}

interface RecipeFieldsProps {
  readonly recipe: Recipe;
  readonly disabled: boolean;
  readonly onChange: (recipe: Recipe) => void;
}

export function RecipeFields({ recipe, disabled, onChange }: RecipeFieldsProps) {
  const patch = (change: Partial<Recipe>) => onChange({ ...recipe, ...change });
  return (
    <div className="field-grid">
      <NumberField
        label="Epochs"
        value={recipe.epochs}
        min={1}
        max={500}
        integer
        disabled={disabled}
        onChange={(epochs) => patch({ epochs })}
      />
      <NumberField
        label="Batch size"
        value={recipe.batchSize}
        min={1}
        max={512}
        integer
        disabled={disabled}
        onChange={(batchSize) => patch({ batchSize })}
      />
      <SelectField
        label="Optimizer"
        value={recipe.optimizer}
        disabled={disabled}
        options={[
          { value: 'adam', label: 'Adam' },
          { value: 'sgd', label: 'SGD, momentum' },
        ]}
        onChange={(optimizer) => patch({ optimizer, learningRate: optimizer === 'adam' ? 0.002 : 0.05 })}
      />
      <NumberField
        label="Learning rate"
        value={recipe.learningRate}
        min={1e-7}
        max={10}
        disabled={disabled}
        onChange={(learningRate) => patch({ learningRate })}
      />
      {recipe.optimizer === 'sgd' && (
        <NumberField
          label="Momentum"
          value={recipe.momentum}
          min={0}
          max={0.999}
          disabled={disabled}
          onChange={(momentum) => patch({ momentum })}
        />
      )}
      <NumberField
        label="Seed"
        value={recipe.seed}
        min={0}
        max={2 ** 31 - 1}
        integer
        disabled={disabled}
        onChange={(seed) => patch({ seed })}
      />
    </div>
  );
}

function describeBackend(backend: BackendChoice | null): string {
  return backend
    ? 'Measured on a short run with 16x16 images, warm-up left out.'
    : 'Measured before the first training; shown here then.';
}

function BackendPanel() {
  const { backend, backendOverride, live } = useStore(trainingStore);
  return (
    <Panel title="Backend" className="controls">
      <div className="stack">
        <SelectField
          label="Runs on"
          value={backendOverride ?? 'auto'}
          disabled={live !== null}
          options={[
            {
              value: 'auto',
              label: backend && !backendOverride ? `Fastest measured: ${backend.active}` : 'Fastest measured',
            },
            { value: 'wasm', label: 'wasm' },
            { value: 'webgl', label: 'webgl' },
            { value: 'cpu', label: 'cpu' },
          ]}
          hint={describeBackend(backend)}
          onChange={(value) => overrideBackend(value === 'auto' ? null : (value as BackendName))}
        />
        {backend && (
          <dl className="facts">
            {backend.measurements.map((measurement) => (
              <div key={measurement.backend}>
                <dt>{measurement.backend}</dt>
                <dd>
                  {measurement.imagesPerSecond === null
                    ? (measurement.reason ?? 'not measured')
                    : `${formatInteger(measurement.imagesPerSecond)} images/s`}
                </dd>
              </div>
            ))}
          </dl>
        )}
      </div>
    </Panel>
  );
}

function RunSummary({ model, live }: { model: Model | null; live: LiveRun | null }) {
  const lastEpoch = live?.curves.epochs.at(-1) ?? model?.curves?.epochs.at(-1);
  const facts: [string, string][] = [];
  if (live) {
    facts.push([
      'State',
      live.note ||
        (live.paused
          ? 'paused'
          : `epoch ${live.epoch} of ${live.epochs}, batch ${live.step} of ${live.curves.stepsPerEpoch}`),
    ]);
    facts.push(['Speed', live.imagesPerSecond > 0 ? `${formatInteger(live.imagesPerSecond)} images/s` : '–']);
    facts.push(['Time left', live.secondsLeft === null ? '–' : formatClock(live.secondsLeft)]);
  } else if (model) {
    facts.push([
      'State',
      `${model.origin}, ${model.epochs} epochs${model.backend ? ` on ${model.backend}` : ''}`,
    ]);
  }
  if (lastEpoch) {
    facts.push([
      'Training',
      `loss ${formatSignificant(lastEpoch.trainLoss)}, accuracy ${formatPercent(lastEpoch.trainAccuracy)}`,
    ]);
    facts.push([
      'Validation',
      `loss ${formatSignificant(lastEpoch.validationLoss)}, accuracy ${formatPercent(lastEpoch.validationAccuracy)}`,
    ]);
  }
  if (facts.length === 0) return null;
  return (
    <Panel title="This run">
      <dl className="facts wide-facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

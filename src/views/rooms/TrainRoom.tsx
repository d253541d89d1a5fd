import { lazy, Suspense, useMemo } from 'react';
import { useStore } from 'zustand';
import type { LearningData } from '../../charts/types.ts';
import type { Design } from '../../core/exploration/design.ts';
import { trainingAdvice } from '../../core/network/trainingAdvice.ts';
import { measureAccuracy, measureApoz } from '../../state/actions/measure.ts';
import { dataStore } from '../../state/dataStore.ts';
import { changeDesign } from '../../state/designStore.ts';
import type { LearningCurves, Model } from '../../state/modelStore.ts';
import { type LiveRun, trainingStore } from '../../state/trainingStore.ts';
import { setUi, type TrainPage, uiStore } from '../../state/uiStore.ts';
import { LEARNING } from '../chartKinds.ts';
import { NormalizationWarning } from '../network/NormalizationWarning.tsx';
import { ChartPanel } from '../parts/ChartPanel.tsx';
import { Panel } from '../parts/Panel.tsx';
import { Tabs } from '../parts/Tabs.tsx';
import { AugmentationPage } from '../train/AugmentationPage.tsx';
import { BackendPanel } from '../train/BackendPanel.tsx';
import { FreezeField } from '../train/FreezeField.tsx';
import { PhasesPanel } from '../train/PhasesPanel.tsx';
import { QueueControls } from '../train/QueueControls.tsx';
import { RatePanel } from '../train/RatePanel.tsx';
import { RecipeFields } from '../train/RecipeFields.tsx';
import { RunButtons } from '../train/RunButtons.tsx';
import { RunSummary } from '../train/RunSummary.tsx';
import { StartFields } from '../train/StartFields.tsx';
import { useEntry, useModel } from '../useEntry.ts';

// Loaded when they are entered.
const DistillationPage = lazy(async () => ({
  default: (await import('../distillation/DistillationPage.tsx')).DistillationPage,
}));
const MetricsPage = lazy(async () => ({ default: (await import('../metrics/MetricsPage.tsx')).MetricsPage }));
const RunsPage = lazy(async () => ({ default: (await import('../runs/RunsPage.tsx')).RunsPage }));

/** Of weights that nobody trained here: from a file, or before the images changed. */
async function measureAll(): Promise<void> {
  await measureAccuracy();
  await measureApoz();
}

const NO_LOSSES: readonly number[] = [];
const NO_EPOCHS: LearningCurves['epochs'] = [];

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
  { value: 'augmentation', label: 'Augmentation' },
  { value: 'distillation', label: 'Distillation' },
  { value: 'runs', label: 'Runs' },
  { value: 'metrics', label: 'Metrics' },
];

/** What the split and the transfer set leave to train with, but for the rounding of each class. */
const trainImageCount = ({ data, recipe }: Design): number =>
  Math.round(
    data.source.imageCount *
      Math.max(0, 1 - data.validationShare - data.testShare) *
      recipe.distillation.transferShare,
  );

export function TrainRoom() {
  const page = useStore(uiStore, (ui) => ui.trainPage);
  const model = useModel();
  return (
    <div className="room">
      <div className="controls-column">
        <TrainControls model={model} />
        <BackendPanel />
      </div>
      <div className="charts">
        <Tabs
          label="Pages of the Train room"
          value={page}
          options={PAGES}
          onChange={(trainPage) => setUi({ trainPage })}
        >
          <Suspense fallback={<p className="empty">Opening…</p>}>
            {page === 'metrics' ? (
              <MetricsPage />
            ) : page === 'augmentation' ? (
              <AugmentationPage />
            ) : page === 'runs' ? (
              <RunsPage />
            ) : page === 'distillation' ? (
              <DistillationPage />
            ) : (
              <TrainingPage model={model} />
            )}
          </Suspense>
        </Tabs>
      </div>
    </div>
  );
}

// A run in progress tells of itself many times a second: what is about less of it reads no more than that.

function TrainingPage({ model }: { model: Model | null }) {
  const { design } = useEntry();
  const ready = useStore(dataStore, (state) => state.data.status === 'ready');
  const liveRecipe = useStore(trainingStore, (state) => state.live?.recipe ?? null);
  const trained = useStore(trainingStore, (state) => state.live?.curves.epochs ?? NO_EPOCHS);
  const steps = useStore(trainingStore, (state) => state.live?.curves.stepsPerEpoch ?? null);
  const imageCount = trainImageCount(design);
  return (
    <div className="charts span-all">
      <LearningPanel model={model} />
      <RunSummary model={model} />
      <RatePanel
        recipe={liveRecipe ?? design.recipe}
        trainImageCount={imageCount}
        trained={trained}
        measuredSteps={trained.length > 0 ? steps : null}
      />
      <PhasesPanel trainImageCount={imageCount} ready={ready} />
    </div>
  );
}

function LearningPanel({ model }: { model: Model | null }) {
  const live = useStore(trainingStore, (state) => state.live);
  const data = useMemo(() => learningData(model, live), [model, live]);
  return (
    <ChartPanel
      title="Learning curves"
      subtitle="loss and accuracy by epoch; training solid, validation dashed, batches faint"
      kind={LEARNING}
      data={data}
      fileName="learning-curves"
      className="tall"
    />
  );
}

function TrainControls({ model }: { model: Model | null }) {
  const { design } = useEntry();
  const isLive = useStore(trainingStore, (state) => state.live !== null);
  const ready = useStore(dataStore, (state) => state.data.status === 'ready');
  const advice = trainingAdvice(design.network, design.data.source.imageCount);
  const busy = useStore(trainingStore, (state) => state.busy || state.sequence !== null);
  return (
    <Panel title="Train" className="controls">
      <div className="stack">
        <RunButtons model={model} starting={busy} ready={ready} />
        {advice !== null && <p className="hint warn">{advice}</p>}
        {model && !isLive && (model.validation === null || model.apoz === null) && (
          <button type="button" disabled={busy || !ready} onClick={() => void measureAll()}>
            Measure accuracy and APoZ
          </button>
        )}
        <QueueControls ready={ready} />
        {busy && <p className="hint">What runs keeps its settings; these are for the next training.</p>}
        <StartFields disabled={busy} />
        <NormalizationWarning />
        <FreezeField disabled={false} />
        <RecipeFields
          recipe={design.recipe}
          disabled={false}
          onChange={(recipe) => changeDesign((d) => ({ ...d, recipe }))}
        />
      </div>
    </Panel>
  );
}

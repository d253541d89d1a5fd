import { useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import type { ConfusionCell } from '../../charts/confusionMatrixModel.ts';
import type { Weights } from '../../core/network/network.ts';
import { formatPercent } from '../../core/quantity.ts';
import { comparePaired } from '../../core/training/pairedComparison.ts';
import { dropMetricsRequest, requestMetrics } from '../../state/actions/metrics.ts';
import { dataStore } from '../../state/dataStore.ts';
import { answerFor, dataKeyOf, metricsStore } from '../../state/metricsStore.ts';
import type { Model } from '../../state/modelStore.ts';
import { trainingStore } from '../../state/trainingStore.ts';
import type { HeldPart, Prediction } from '../../workers/protocol.ts';
import { ChartPanel } from '../parts/ChartPanel.tsx';
import { Empty, Panel } from '../parts/Panel.tsx';
import { useBaselineModel, useEntry, useModel } from '../useEntry.ts';
import { ClassTable } from './ClassTable.tsx';
import { ComparisonPanel } from './ComparisonPanel.tsx';
import { ConfusionPanel } from './ConfusionPanel.tsx';
import { RELIABILITY } from './chartKinds.ts';
import { MistakesPanel } from './MistakesPanel.tsx';
import { fileNameFor, namesFor } from './metricsText.ts';
import { NumbersPanel } from './NumbersPanel.tsx';
import { PartChoice } from './PartChoice.tsx';
import { totalOf, useSplitCounts } from './useSplitCounts.ts';

const doneOf = (answer: ReturnType<typeof answerFor>): Prediction | null =>
  answer && typeof answer.status === 'object' ? answer.status.done : null;

/**
 * Which part the page is about: test images only for the weights and the data they were asked for, so that nobody looks
 * at them by training on or by coming back to the page.
 */
function usePart(model: Model | null, dataKey: string, testCount: number) {
  const [asked, setAsked] = useState<{ weights: Weights; dataKey: string } | null>(null);
  const isTest = testCount > 0 && asked?.weights === model?.weights && asked?.dataKey === dataKey;
  const part: HeldPart = isTest ? 'test' : 'validation';
  const choose = (chosen: HeldPart) =>
    setAsked(chosen === 'test' && model ? { weights: model.weights, dataKey } : null);
  return [part, choose] as const;
}

/** A page of the Train room: everything that the images held back tell of the present weights. */
export function MetricsPage() {
  const { design } = useEntry();
  const model = useModel();
  const baselineModel = useBaselineModel();
  const other = baselineModel && baselineModel.id !== model?.id ? baselineModel : null;
  const training = useStore(trainingStore, (state) => state.live !== null);
  const ready = useStore(dataStore, (state) => state.data.status === 'ready');
  const answers = useStore(metricsStore, (state) => state.answers);
  const dataKey = dataKeyOf(design.data);
  const counts = useSplitCounts();
  const testCount = counts ? totalOf(counts.test) : 0;
  const [part, choosePart] = usePart(model, dataKey, testCount);
  const measurable = ready && !training;
  // biome-ignore lint/correctness/useExhaustiveDependencies: other data are another question
  useEffect(() => {
    if (model && measurable) void requestMetrics(other ? [model, other] : [model], part);
  }, [model, other, measurable, dataKey, part]);
  useEffect(() => dropMetricsRequest, []);

  const answer = answerFor(answers, model, dataKey, part);
  const prediction = doneOf(answer);
  if (!model) return <Waiting>No weights yet. Train the network, or open a trained model.</Waiting>;
  if (training) return <Waiting>The metrics are measured when the training has ended.</Waiting>;
  if (!ready) return <Waiting>Metrics need images: see the Data room.</Waiting>;
  return (
    <>
      <PartChoice part={part} testCount={testCount} onChange={choosePart} />
      {answer?.status === 'failed' ? (
        <Waiting>
          The metrics were not measured.{' '}
          <button type="button" onClick={() => void requestMetrics(other ? [model, other] : [model], part)}>
            Measure again
          </button>
        </Waiting>
      ) : prediction ? (
        <Measured
          model={model}
          prediction={prediction}
          baseline={doneOf(answerFor(answers, other, dataKey, part))}
          dataKey={dataKey}
          part={part}
        />
      ) : (
        <Waiting>The {part} images are being looked at…</Waiting>
      )}
    </>
  );
}

function Waiting({ children }: { children: React.ReactNode }) {
  return (
    <Panel title="Metrics" className="span-all">
      <Empty>{children}</Empty>
    </Panel>
  );
}

interface MeasuredProps {
  readonly model: Model;
  readonly prediction: Prediction;
  readonly baseline: Prediction | null;
  readonly dataKey: string;
  readonly part: HeldPart;
}

function Measured({ model, prediction, baseline, dataKey, part }: MeasuredProps) {
  const { report } = prediction;
  const classNames = useStore(dataStore, ({ data }) =>
    data.status === 'ready' ? data.data.classNames : null,
  );
  const names = useMemo(() => namesFor(classNames ?? [], report.classCount), [classNames, report]);
  const [choice, setChoice] = useState<{ of: Prediction; cell: ConfusionCell | null } | null>(null);
  const selected = choice?.of === prediction ? choice.cell : null;
  const select = useMemo(
    () => (cell: ConfusionCell | null) => setChoice({ of: prediction, cell }),
    [prediction],
  );
  const comparison = useMemo(() => {
    if (!baseline) return null;
    const compared = comparePaired(baseline.report.predicted, report.predicted, prediction.labels);
    return compared.ok ? compared.value : null;
  }, [baseline, report, prediction]);
  const { calibration } = report;
  return (
    <>
      <NumbersPanel
        prediction={prediction}
        baseline={baseline?.report ?? null}
        comparison={comparison}
        names={names}
        part={part}
      />
      <ConfusionPanel report={report} names={names} selected={selected} onSelect={select} part={part} />
      {comparison && <ComparisonPanel comparison={comparison} origin={model.origin} part={part} />}
      <ClassTable report={report} names={names} />
      <ChartPanel
        title="Calibration"
        subtitle={`ECE ${formatPercent(calibration.expectedError)}, 95 % intervals`}
        kind={RELIABILITY}
        data={calibration}
        fileName={fileNameFor(part, 'reliability')}
        className="side-chart reliability-panel"
      />
      <MistakesPanel
        prediction={prediction}
        dataKey={dataKey}
        names={names}
        part={part}
        selected={selected}
        onShowAll={() => select(null)}
      />
    </>
  );
}

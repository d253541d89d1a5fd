import { useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import type { ConfusionCell } from '../../charts/confusionMatrixModel.ts';
import { formatPercent } from '../../core/quantity.ts';
import { comparePaired } from '../../core/training/pairedComparison.ts';
import { dropMetricsRequest, requestMetrics } from '../../state/actions/metrics.ts';
import { dataStore } from '../../state/dataStore.ts';
import { answerFor, dataKeyOf, metricsStore } from '../../state/metricsStore.ts';
import type { Model } from '../../state/modelStore.ts';
import { trainingStore } from '../../state/trainingStore.ts';
import type { Prediction } from '../../workers/protocol.ts';
import { ChartPanel } from '../parts/ChartPanel.tsx';
import { Empty, Panel } from '../parts/Panel.tsx';
import { useBaselineModel, useEntry, useModel } from '../useEntry.ts';
import { ClassTable } from './ClassTable.tsx';
import { ComparisonPanel } from './ComparisonPanel.tsx';
import { ConfusionPanel } from './ConfusionPanel.tsx';
import { RELIABILITY } from './chartKinds.ts';
import { MistakesPanel } from './MistakesPanel.tsx';
import { namesFor } from './metricsText.ts';
import { NumbersPanel } from './NumbersPanel.tsx';

const doneOf = (answer: ReturnType<typeof answerFor>): Prediction | null =>
  answer && typeof answer.status === 'object' ? answer.status.done : null;

/** A page of the Train room: everything that the validation images tell of the present weights. */
export function MetricsPage() {
  const { design } = useEntry();
  const model = useModel();
  const baselineModel = useBaselineModel();
  const other = baselineModel && baselineModel.id !== model?.id ? baselineModel : null;
  const training = useStore(trainingStore, (state) => state.live !== null);
  const ready = useStore(dataStore, (state) => state.data.status === 'ready');
  const answers = useStore(metricsStore, (state) => state.answers);
  const dataKey = dataKeyOf(design.data);
  const measurable = ready && !training;
  // biome-ignore lint/correctness/useExhaustiveDependencies: other data are another question
  useEffect(() => {
    if (model && measurable) void requestMetrics(other ? [model, other] : [model]);
  }, [model, other, measurable, dataKey]);
  useEffect(() => dropMetricsRequest, []);

  const answer = answerFor(answers, model, dataKey);
  const prediction = doneOf(answer);
  if (!model) return <Waiting>No weights yet. Train the network, or open a trained model.</Waiting>;
  if (training) return <Waiting>The metrics are measured when the training has ended.</Waiting>;
  if (!ready) return <Waiting>Metrics need images: see the Data room.</Waiting>;
  if (answer?.status === 'failed')
    return (
      <Waiting>
        The metrics were not measured.{' '}
        <button type="button" onClick={() => void requestMetrics(other ? [model, other] : [model])}>
          Measure again
        </button>
      </Waiting>
    );
  if (!prediction) return <Waiting>The validation images are being looked at…</Waiting>;
  return (
    <Measured
      model={model}
      prediction={prediction}
      baseline={doneOf(answerFor(answers, other, dataKey))}
      dataKey={dataKey}
    />
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
}

function Measured({ model, prediction, baseline, dataKey }: MeasuredProps) {
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
      />
      <ConfusionPanel report={report} names={names} selected={selected} onSelect={select} />
      {comparison && <ComparisonPanel comparison={comparison} origin={model.origin} />}
      <ClassTable report={report} names={names} />
      <ChartPanel
        title="Calibration"
        subtitle={`share right by confidence, 95 % intervals; ECE ${formatPercent(calibration.expectedError)}`}
        kind={RELIABILITY}
        data={calibration}
        fileName="reliability"
        className="side-chart reliability-panel"
      />
      <MistakesPanel
        prediction={prediction}
        dataKey={dataKey}
        names={names}
        selected={selected}
        onShowAll={() => select(null)}
      />
    </>
  );
}

import { useMemo } from 'react';
import { useStore } from 'zustand';
import { clockOf } from '../core/hardware/estimate.ts';
import { targetById } from '../core/hardware/targets.ts';
import { formatChange } from '../core/quantity.ts';
import { hardwareStore } from '../state/hardwareStore.ts';
import { setUi, uiStore } from '../state/uiStore.ts';
import { barsData, targetBarsData } from './chartData.ts';
import { BARS } from './chartKinds.ts';
import { ChartPanel } from './parts/ChartPanel.tsx';
import { Empty, Panel } from './parts/Panel.tsx';
import { formatWork, hasClock } from './work.ts';

function useBars() {
  const answer = useStore(hardwareStore, (state) => state.answer);
  const comparison = useStore(uiStore, (ui) => ui.comparison);
  return useMemo(() => {
    if (!answer) return { data: null, problem: 'Estimating…', report: null, other: null };
    const { targetId, comparedTargetId } = answer.hardware;
    const after = answer.after[targetId];
    const before = comparison === 'before-after' ? answer.before[targetId] : answer.after[comparedTargetId];
    for (const result of [after, before])
      if (result && !result.ok)
        return { data: null, problem: result.error.message, report: null, other: null };
    if (!after?.ok || !before?.ok) return { data: null, problem: 'Estimating…', report: null, other: null };
    const data =
      comparison === 'before-after'
        ? barsData(before.value, after.value, { before: 'before', after: 'after' })
        : targetBarsData(after.value, before.value, {
            before: targetById(comparedTargetId)?.name ?? '',
            after: targetById(targetId)?.name ?? '',
          });
    return { data, problem: '', report: after.value, other: before.value };
  }, [answer, comparison]);
}

const withStop = (sentence: string): string => (sentence.endsWith('.') ? sentence : `${sentence}.`);

/** Cycles of every layer on the leading target: before against after, or target against target. */
export function CyclesPanel({ className = '' }: { className?: string }) {
  const { data, problem, report, other } = useBars();
  const answer = useStore(hardwareStore, (state) => state.answer);
  const order = useStore(uiStore, (ui) => ui.barOrder);
  const comparison = useStore(uiStore, (ui) => ui.comparison);
  const options = useMemo(() => ({ order }), [order]);
  const clocked = answer === null || hasClock(answer.hardware.targetId);
  const title = comparison === 'before-after' && clocked ? 'Cycles per layer' : 'Time per layer';
  if (!data || !report || !other || !answer) {
    return (
      <Panel title={title} className={className}>
        <Empty>{problem}</Empty>
      </Panel>
    );
  }
  const { targetId } = answer.hardware;
  const target = targetById(targetId);
  const slowest = report.rows.find((row) => row.id === report.bottleneckId);
  return (
    <ChartPanel
      title={title}
      subtitle={
        hasClock(targetId) ? `${target?.name}, ${clockOf(targetId, answer.hardware) / 1e6} MHz` : target?.name
      }
      kind={BARS}
      data={data}
      options={options}
      fileName="cycles-per-layer"
      className={className}
      controls={
        <>
          <button
            type="button"
            className="quiet small"
            aria-pressed={comparison === 'targets'}
            onClick={() => setUi({ comparison: comparison === 'targets' ? 'before-after' : 'targets' })}
          >
            {comparison === 'targets' ? 'Before/after' : 'Targets'}
          </button>
          <button
            type="button"
            className="quiet small"
            aria-pressed={order === 'slowest'}
            onClick={() => setUi({ barOrder: order === 'slowest' ? 'network' : 'slowest' })}
          >
            Sort
          </button>
        </>
      }
    >
      <p className="chart-note">
        {slowest && <strong>{slowest.label} is the slowest. </strong>}
        {slowest && withStop(slowest.boundSentence)}{' '}
        {comparison === 'before-after' &&
          other.initiationInterval !== report.initiationInterval &&
          `In all ${formatWork(report.initiationInterval, report)} a frame, ${formatChange(other.initiationInterval, report.initiationInterval)}.`}
      </p>
    </ChartPanel>
  );
}

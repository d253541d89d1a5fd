import { useMemo } from 'react';
import { useStore } from 'zustand';
import type { ParetoData } from '../charts/types.ts';
import { paretoFront } from '../core/exploration/pareto.ts';
import { targetById } from '../core/hardware/targets.ts';
import { wilsonInterval } from '../core/quantity.ts';
import { restoreEvaluation } from '../state/actions/explore.ts';
import { comparableWith, evaluationStore } from '../state/evaluationStore.ts';
import { frontStore } from '../state/frontStore.ts';
import { PARETO } from './chartKinds.ts';
import { ChartPanel } from './parts/ChartPanel.tsx';
import { useEntry } from './useEntry.ts';

const OBJECTIVES = [
  { name: 'accuracy', better: 'higher' },
  { name: 'throughput', better: 'higher' },
] as const;

export function useFront(): ParetoData {
  const { modelId, design } = useEntry();
  const evaluations = useStore(evaluationStore, (state) => state.evaluations);
  const speeds = useStore(frontStore, (state) => state.speeds);
  return useMemo(() => {
    const known = comparableWith(evaluations, design.data).filter((evaluation) => speeds[evaluation.id]);
    const values = known.map((evaluation) => [
      evaluation.accuracy.correct / evaluation.accuracy.total,
      speeds[evaluation.id]?.throughputFps ?? 0,
    ]);
    const front = new Set(
      paretoFront(
        known.map((_, i) => i),
        (i) => values[i] ?? [],
        OBJECTIVES,
      ),
    );
    return {
      empty: 'No design has a measured accuracy yet. Train the network: it becomes the first point.',
      points: known.map((evaluation, i) => {
        const { correct, total } = evaluation.accuracy;
        const [low, high] = wilsonInterval(correct, total);
        return {
          id: evaluation.id,
          label: evaluation.label,
          x: speeds[evaluation.id]?.throughputFps ?? 0,
          y: (100 * correct) / total,
          yInterval: [100 * low, 100 * high] as const,
          onFront: front.has(i),
          current: evaluation.modelId === modelId,
        };
      }),
    };
  }, [evaluations, speeds, modelId, design.data]);
}

const OPTIONS = { onPick: restoreEvaluation };

export function FrontPanel({ className = '' }: { className?: string }) {
  const data = useFront();
  const targetId = useStore(frontStore, (state) => state.targetId);
  return (
    <ChartPanel
      title="Pareto front"
      subtitle={`measured accuracy against estimated throughput, ${targetById(targetId)?.name ?? ''}`}
      kind={PARETO}
      data={data}
      options={OPTIONS}
      fileName="pareto-front"
      className={className}
    />
  );
}

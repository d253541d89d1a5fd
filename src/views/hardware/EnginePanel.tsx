import { useMemo, useState } from 'react';
import { useStore } from 'zustand';
import type { EngineData } from '../../charts/types.ts';
import { engineView } from '../../core/hardware/engineView.ts';
import type { ReportRow } from '../../core/hardware/report.ts';
import { targetById } from '../../core/hardware/targets.ts';
import { type HardwareAnswer, hardwareStore } from '../../state/hardwareStore.ts';
import { ChartPanel } from '../parts/ChartPanel.tsx';
import { SelectField } from '../parts/fields.tsx';
import { ENGINE } from './chartKinds.ts';

function dataOf(answer: HardwareAnswer, row: ReportRow): EngineData {
  const { targetId } = answer.hardware;
  const report = answer.after[targetId];
  if (!report?.ok) return { view: null, layerIds: [] };
  const view = engineView({
    report: report.value,
    rowId: row.id,
    network: answer.planned,
    hardware: answer.hardware,
    foldedLike: answer.baseline,
  });
  return view.ok
    ? { view: view.value, layerIds: row.layerIds }
    : { view: null, layerIds: [], empty: view.error.message };
}

/** The leading target's engine while it computes one row: the slowest, or the one that is chosen here. */
export function EnginePanel({ className = '' }: { className?: string }) {
  const answer = useStore(hardwareStore, (state) => state.answer);
  const [wanted, setWanted] = useState<string | null>(null);
  const report = answer?.after[answer.hardware.targetId];
  const rows = report?.ok ? report.value.rows : [];
  const slowest = report?.ok ? report.value.bottleneckId : null;
  // A row that another target or a change of the network does not have steps back to the slowest.
  const row =
    rows.find(({ id }) => id === wanted) ?? rows.find(({ id }) => id === slowest) ?? rows[0] ?? null;
  const data = useMemo(() => (answer && row ? dataOf(answer, row) : null), [answer, row]);
  if (!answer || !row || !data) return null;
  return (
    <ChartPanel
      title="Engine at work"
      subtitle={data.view?.title ?? targetById(answer.hardware.targetId)?.name}
      kind={ENGINE}
      data={data}
      fileName={`engine-${row.id}`}
      className={className}
    >
      <div className="field-row">
        <SelectField
          label="Row"
          value={row.id}
          options={rows.map(({ id, label }) => ({
            value: id,
            label: id === slowest ? `${label}, the slowest` : label,
          }))}
          onChange={setWanted}
        />
        <p className="chart-note">{data.view?.sentence}</p>
      </div>
    </ChartPanel>
  );
}

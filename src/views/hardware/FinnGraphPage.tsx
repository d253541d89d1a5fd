import { useStore } from 'zustand';
import { finnGraphStore } from '../../state/finnGraphStore.ts';
import { Empty, Panel } from '../parts/Panel.tsx';
import { FinnGraphControls } from './FinnGraphControls.tsx';
import { FinnGraphTable } from './FinnGraphTable.tsx';
import { FinnGraphRemarks, FinnGraphTotals } from './FinnGraphTotals.tsx';

/** Hardware that somebody's FINN made: its nodes, what they take, and another folding of them. */
export function FinnGraphPage() {
  const { graph, answer } = useStore(finnGraphStore);
  if (!graph)
    return (
      <Panel title="FINN graph" className="span-all">
        <Empty>No FINN graph is open. Open its .onnx file in the Network room.</Empty>
      </Panel>
    );
  const report = answer?.report;
  return (
    <>
      <FinnGraphControls graph={graph} className="half-chart" />
      {report?.ok && <FinnGraphTotals report={report.value} boardId={graph.boardId} className="half-chart" />}
      {report?.ok ? (
        <FinnGraphTable report={report.value} fileName={graph.fileName} className="span-all" />
      ) : (
        <Panel title="FINN graph" subtitle={graph.fileName} className="span-all">
          <Empty>{report?.error.message ?? 'Estimating…'}</Empty>
        </Panel>
      )}
      {report?.ok && <FinnGraphRemarks report={report.value} className="span-all" />}
    </>
  );
}

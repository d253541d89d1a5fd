import { useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { formatInteger } from '../core/quantity.ts';
import type { Model } from '../state/modelStore.ts';
import { setUi, uiStore } from '../state/uiStore.ts';
import { requestWeightStatistics, weightsStore } from '../state/weightsStore.ts';
import { Empty, Panel } from './parts/Panel.tsx';
import { useModel } from './useEntry.ts';
import { FilterGallery } from './weights/FilterGallery.tsx';
import { WeightHistogram } from './weights/WeightHistogram.tsx';
import { WeightsTable } from './weights/WeightsTable.tsx';
import { isKernel, type WeightRow, weightRows } from './weights/weightRows.ts';

/** What was learned: every layer's weights in numbers, the chosen one's histogram, the first layer's filters. */
export function WeightsPanel() {
  const model = useModel();
  if (model) return <WeightsOf model={model} />;
  return (
    <Panel title="Weights" className="weights-panel">
      <Empty>No weights yet. Train the network, or open a model file that holds some.</Empty>
    </Panel>
  );
}

/** What has been computed for these very weights, and what became of it. */
function useStatistics(model: Model) {
  const answer = useStore(weightsStore, (state) => state.answer);
  useEffect(() => void requestWeightStatistics(model), [model]);
  const mine = answer?.modelId === model.id && answer.weights === model.weights ? answer : null;
  const rows = useMemo(() => weightRows(model, mine?.statistics ?? {}), [model, mine]);
  return { rows, status: mine?.status ?? 'computing' };
}

function WeightsOf({ model }: { model: Model }) {
  const { rows, status } = useStatistics(model);
  const [kernelsOnly, setKernelsOnly] = useState(true);
  const [chosen, setChosen] = useState<string | null>(null);
  const selectedLayer = useStore(uiStore, (ui) => ui.selectedLayer);
  const shown = kernelsOnly ? rows.filter(({ parameter }) => isKernel(parameter)) : rows;
  const ofLayer = rows.filter(({ layerId }) => layerId === selectedLayer);
  // A layer without weights, and no layer at all, step back to the first that has some.
  const current = ofLayer.find(({ key }) => key === chosen) ?? ofLayer[0] ?? rows[0] ?? null;
  const known = rows.filter(({ statistics }) => statistics !== null).length;
  const select = (row: WeightRow) => {
    setChosen(row.key);
    setUi({ selectedLayer: row.layerId });
  };
  return (
    <>
      <Panel
        title="Weights"
        className="weights-panel"
        subtitle={
          status === 'computing'
            ? `Measuring, ${formatInteger(known)} of ${formatInteger(rows.length)} parameters done…`
            : 'the numbers themselves; click a column to order by it, a layer to see its histogram'
        }
        actions={
          <button
            type="button"
            className="quiet small"
            aria-pressed={kernelsOnly}
            onClick={() => setKernelsOnly(!kernelsOnly)}
          >
            Kernels only
          </button>
        }
      >
        {typeof status === 'object' ? (
          <Empty>{status.failed}</Empty>
        ) : (
          <WeightsTable rows={shown} currentKey={current?.key ?? null} onSelect={select} />
        )}
      </Panel>
      <div className="weights-detail">
        {current?.statistics && <WeightHistogram row={current} statistics={current.statistics} />}
        <FilterGallery model={model} />
      </div>
    </>
  );
}

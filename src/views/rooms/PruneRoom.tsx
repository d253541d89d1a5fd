import { useMemo } from 'react';
import { useStore } from 'zustand';
import { setThreshold } from '../../state/actions/prune.ts';
import { cachedGroups, plannedNetwork } from '../../state/derived.ts';
import { setUi, uiStore } from '../../state/uiStore.ts';
import { CyclesPanel } from '../CyclesPanel.tsx';
import { apozData, stripData } from '../chartData.ts';
import { APOZ, STRIP } from '../chartKinds.ts';
import { FrontPanel } from '../FrontPanel.tsx';
import { ChartPanel } from '../parts/ChartPanel.tsx';
import { Empty, Panel } from '../parts/Panel.tsx';
import { StaircasePanel } from '../StaircasePanel.tsx';
import { useEntry, useModel } from '../useEntry.ts';
import { PruneControls } from './PruneControls.tsx';

/** The group whose threshold the chart drags: the one chosen, else the first that can be pruned. */
export function useSelectedGroup(): string | null {
  const { network } = useEntry().design;
  const chosen = useStore(uiStore, (ui) => ui.selectedGroup);
  const { groups } = cachedGroups(network);
  return (
    (groups.find((group) => group.id === chosen) ?? groups.find((group) => group.fixed === null))?.id ?? null
  );
}

const CHART_OPTIONS = {
  onSelect: (selectedGroup: string) => setUi({ selectedGroup }),
  onThreshold: setThreshold,
};

const STRIP_OPTIONS = { onSelect: selectGroupOf };

function selectGroupOf(layerId: string): void {
  setUi({ selectedLayer: layerId, selectedGroup: layerId });
}

export function PruneRoom() {
  const entry = useEntry();
  const model = useModel();
  const selected = useSelectedGroup();
  const selectedLayer = useStore(uiStore, (ui) => ui.selectedLayer);
  const planned = plannedNetwork(entry, model);
  const apoz = useMemo(() => apozData(entry, model, selected), [entry, model, selected]);
  const strip = useMemo(
    () => stripData(entry.design.baseline, planned, selectedLayer),
    [entry, planned, selectedLayer],
  );
  return (
    <div className="room">
      <div className="controls-column">
        <PruneControls selected={selected} />
      </div>
      <div className="charts prune-charts">
        <ChartPanel
          title="Network"
          subtitle="height = pixels, width = channels; before light, after strong"
          kind={STRIP}
          data={strip}
          options={STRIP_OPTIONS}
          fileName="network"
          className="span-all"
        />
        {apoz.groups.length > 0 ? (
          <ChartPanel
            title="APoZ distribution"
            subtitle="channels sorted; trained light, kept strong"
            kind={APOZ}
            data={apoz}
            options={CHART_OPTIONS}
            fileName="apoz"
            className="main-chart"
          />
        ) : (
          <Panel title="APoZ distribution" className="main-chart">
            <Empty>
              {model
                ? 'The silence of this network is not measured yet. Press "Measure APoZ" on the left.'
                : 'APoZ is the share of zeros behind a ReLU: it needs a trained network. Train it in the Train room, a minute or so.'}
            </Empty>
          </Panel>
        )}
        <CyclesPanel className="side-chart" />
        <StaircasePanel groupId={selected} className="half-chart" />
        <FrontPanel className="half-chart" />
      </div>
    </div>
  );
}

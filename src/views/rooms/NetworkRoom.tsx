import { memo, useDeferredValue } from 'react';
import { useStore } from 'zustand';
import type { Network } from '../../core/network/network.ts';
import { type NetworkPage, setUi, uiStore } from '../../state/uiStore.ts';
import { ConvolutionPanel } from '../ConvolutionPanel.tsx';
import { ModelFilePanel } from '../ModelFilePanel.tsx';
import { GraphPanel } from '../network/GraphPanel.tsx';
import { InsertPanel } from '../network/InsertPanel.tsx';
import { LayerPanel } from '../network/LayerPanel.tsx';
import { LayerTable } from '../network/LayerTable.tsx';
import { NetworkControls } from '../network/NetworkControls.tsx';
import { useBusy } from '../network/useEditing.ts';
import { Tabs } from '../parts/Tabs.tsx';
import { RankingPanel } from '../RankingPanel.tsx';
import { useEntry } from '../useEntry.ts';
import { WeightsPanel } from '../WeightsPanel.tsx';

const PAGES: readonly { readonly value: NetworkPage; readonly label: string }[] = [
  { value: 'edit', label: 'Layers' },
  { value: 'weights', label: 'Weights' },
  { value: 'convolutions', label: 'Kinds of convolution' },
  { value: 'ranking', label: 'All networks by speed' },
];

export function NetworkRoom() {
  const { network } = useEntry().design;
  const page = useStore(uiStore, (ui) => ui.networkPage);
  const busy = useBusy();
  return (
    <div className="room">
      <div className="controls-column">
        <NetworkControls network={network} />
        <ModelFilePanel disabled={busy} />
      </div>
      <div className="charts">
        <Tabs
          label="Pages of the Network room"
          value={page}
          options={PAGES}
          onChange={(networkPage) => setUi({ networkPage })}
        >
          <Page page={page} network={network} />
        </Tabs>
      </div>
    </div>
  );
}

function Page({ page, network }: { page: NetworkPage; network: Network }) {
  switch (page) {
    case 'weights':
      return <WeightsPanel />;
    case 'convolutions':
      return <ConvolutionPanel />;
    case 'ranking':
      return <RankingPanel />;
    case 'edit':
      return <EditPage network={network} />;
  }
}

const Graph = memo(GraphPanel);
const Insert = memo(InsertPanel);
const Table = memo(LayerTable);

/** The form follows every key; the drawing and the lists of a large network follow when there is time. */
function EditPage({ network }: { network: Network }) {
  const shown = useDeferredValue(network);
  return (
    <>
      <Graph network={shown} />
      <LayerPanel network={network} />
      <Insert network={shown} />
      <Table network={shown} />
    </>
  );
}

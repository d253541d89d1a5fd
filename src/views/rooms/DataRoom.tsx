import { useStore } from 'zustand';
import { dataStore } from '../../state/dataStore.ts';
import { type DataPage, setUi, uiStore } from '../../state/uiStore.ts';
import { CardPanel } from '../data/CardPanel.tsx';
import { DataControls, SplitControls } from '../data/DataControls.tsx';
import { KeptSetsPage } from '../data/KeptSetsPage.tsx';
import { SampleSheet } from '../data/SampleSheet.tsx';
import { SetPanel } from '../data/SetPanel.tsx';
import { SourcesPage } from '../data/SourcesPage.tsx';
import { SplitPage } from '../data/SplitPage.tsx';
import { Empty, Panel } from '../parts/Panel.tsx';
import { Tabs } from '../parts/Tabs.tsx';

const PAGES: readonly { readonly value: DataPage; readonly label: string }[] = [
  { value: 'images', label: 'Images' },
  { value: 'sources', label: 'Sources and classes' },
  { value: 'split', label: 'Split and balance' },
  { value: 'kept', label: 'Kept sets' },
];

const CONTENTS: Readonly<Record<DataPage, () => React.ReactNode>> = {
  images: () => <ImagesPage />,
  sources: () => <SourcesPage />,
  split: () => <SplitPage />,
  kept: () => <KeptSetsPage />,
};

export function DataRoom() {
  const page = useStore(uiStore, (ui) => ui.dataPage);
  return (
    <div className="room">
      <div className="controls-column">
        <DataControls />
        <SplitControls />
      </div>
      <div className="charts">
        <Tabs
          label="Pages of the Data room"
          value={page}
          options={PAGES}
          onChange={(dataPage) => setUi({ dataPage })}
        >
          {CONTENTS[page]()}
        </Tabs>
      </div>
    </div>
  );
}

function ImagesPage() {
  const data = useStore(dataStore, (state) => state.data);
  if (data.status !== 'ready')
    return (
      <Panel title="Images by class" className="span-all">
        <Empty>{data.status === 'loading' ? 'The images are being made…' : data.reason}</Empty>
      </Panel>
    );
  return (
    <>
      <SampleSheet key={data.data.name} data={data.data} />
      <SetPanel data={data.data} />
      <CardPanel data={data.data} />
    </>
  );
}

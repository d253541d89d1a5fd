import { useStore } from 'zustand';
import type { HardwareChoice } from '../../core/exploration/design.ts';
import { finnGraphStore } from '../../state/finnGraphStore.ts';
import { hardwareStore } from '../../state/hardwareStore.ts';
import { type HardwarePage, setUi, uiStore } from '../../state/uiStore.ts';
import { CyclesPanel } from '../CyclesPanel.tsx';
import { ArchPanel } from '../hardware/ArchPanel.tsx';
import { BitsMapPanel } from '../hardware/BitsMapPanel.tsx';
import { ClockPanel } from '../hardware/ClockPanel.tsx';
import { ColumnPruningPanel } from '../hardware/ColumnPruningPanel.tsx';
import { DeviceControls } from '../hardware/DeviceControls.tsx';
import { DpuBoardPanel } from '../hardware/DpuBoardPanel.tsx';
import { EnginePanel } from '../hardware/EnginePanel.tsx';
import { FifoPanel } from '../hardware/FifoPanel.tsx';
import { FinnBoardPanel } from '../hardware/FinnBoardPanel.tsx';
import { FinnGraphPage } from '../hardware/FinnGraphPage.tsx';
import { FoldingFiles } from '../hardware/FoldingFiles.tsx';
import { FoldingSweepPanel } from '../hardware/FoldingSweepPanel.tsx';
import { FoldingTable } from '../hardware/FoldingTable.tsx';
import { GainsPanel } from '../hardware/GainsPanel.tsx';
import { InspectorPanel } from '../hardware/InspectorPanel.tsx';
import { LiuControls } from '../hardware/LiuControls.tsx';
import { LiuPage } from '../hardware/LiuPage.tsx';
import { RooflinePage } from '../hardware/RooflinePage.tsx';
import { chosenOf, DpuControls, FinnControls, TargetControls } from '../hardware/TargetControls.tsx';
import { TotalsPanel, ViolationsPanel } from '../hardware/TotalsPanel.tsx';
import { TunerPanel } from '../hardware/TunerPanel.tsx';
import { FoldingComparisonPanel, ValidationPanel } from '../hardware/ValidationPanel.tsx';
import { Tabs } from '../parts/Tabs.tsx';
import { StaircasePanel } from '../StaircasePanel.tsx';
import { useEntry } from '../useEntry.ts';
import { useSelectedGroup } from './PruneRoom.tsx';

interface Page {
  readonly value: HardwarePage;
  readonly label: string;
  readonly shown: (hardware: HardwareChoice, graphIsOpen: boolean) => boolean;
  readonly View: () => React.JSX.Element;
}

const always = () => true;
const withFinn = (hardware: HardwareChoice) => chosenOf(hardware, 'finn') !== undefined;
const withLiu = (hardware: HardwareChoice) => chosenOf(hardware, 'liu') !== undefined;
const withDpu = (hardware: HardwareChoice) => chosenOf(hardware, 'dpu') !== undefined;

const LAYERS: Page = { value: 'layers', label: 'Layers', shown: always, View: LayersPage };
const PAGES: readonly Page[] = [
  LAYERS,
  { value: 'rooflines', label: 'Rooflines', shown: always, View: RooflinePage },
  { value: 'folding', label: 'FINN folding', shown: withFinn, View: FoldingPage },
  { value: 'fifos', label: 'FINN FIFOs', shown: withFinn, View: FifoPage },
  { value: 'dpu', label: 'DPU', shown: withDpu, View: DpuPage },
  { value: 'liu', label: 'Liu engine', shown: withLiu, View: LiuPage },
  { value: 'finn-graph', label: 'FINN graph', shown: (_, graphIsOpen) => graphIsOpen, View: FinnGraphPage },
  { value: 'trust', label: 'How far off is this?', shown: always, View: TrustPage },
];

export function HardwareRoom() {
  const { hardware } = useEntry().design;
  const wanted = useStore(uiStore, (ui) => ui.hardwarePage);
  const graphIsOpen = useStore(finnGraphStore, ({ graph }) => graph !== null);
  const pages = PAGES.filter((page) => page.shown(hardware, graphIsOpen));
  // A page that the chosen targets do not have steps back to the first.
  const page = pages.find(({ value }) => value === wanted) ?? LAYERS;
  return (
    <div className="room">
      <div className="controls-column">
        <TargetControls />
        <FinnControls />
        <DpuControls />
        <LiuControls />
        <DeviceControls />
      </div>
      <div className="pages">
        <Tabs
          label="Views of the hardware"
          value={page.value}
          options={pages}
          onChange={(hardwarePage) => setUi({ hardwarePage })}
        >
          <page.View />
        </Tabs>
      </div>
    </div>
  );
}

function LayersPage() {
  const selected = useSelectedGroup();
  const answer = useStore(hardwareStore, (state) => state.answer);
  return (
    <>
      <CyclesPanel className="main-chart" />
      <div className="side-chart stack-panels">
        {answer && <TotalsPanel answer={answer} />}
        {answer && <ViolationsPanel answer={answer} />}
      </div>
      <StaircasePanel groupId={selected} className="half-chart" />
      <GainsPanel className="half-chart" />
      <EnginePanel className="half-chart roomy" />
    </>
  );
}

function FoldingPage() {
  return (
    <>
      <FoldingTable className="wide-table" />
      <div className="narrow-table stack-panels">
        <TunerPanel />
        <FoldingFiles />
      </div>
      <FinnBoardPanel className="wide-table" />
      <ClockPanel className="narrow-table" />
      <ColumnPruningPanel className="span-all" />
      <FoldingSweepPanel className="half-chart roomy" />
      <BitsMapPanel className="half-chart roomy" />
    </>
  );
}

function FifoPage() {
  return <FifoPanel />;
}

function DpuPage() {
  return (
    <>
      <DpuBoardPanel className="main-table" />
      <div className="side-table stack-panels">
        <InspectorPanel />
        <ArchPanel />
      </div>
    </>
  );
}

function TrustPage() {
  return (
    <>
      <ValidationPanel className="span-all" />
      <FoldingComparisonPanel className="span-all" />
    </>
  );
}

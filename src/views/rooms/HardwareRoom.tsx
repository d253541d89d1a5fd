import { useStore } from 'zustand';
import type { HardwareChoice } from '../../core/exploration/design.ts';
import { clockOf } from '../../core/hardware/estimate.ts';
import type { HardwareReport } from '../../core/hardware/report.ts';
import { TARGETS, targetById } from '../../core/hardware/targets.ts';
import { formatCount, formatInteger, formatSeconds, formatSignificant } from '../../core/quantity.ts';
import { changeDesign } from '../../state/designStore.ts';
import { type HardwareAnswer, hardwareStore } from '../../state/hardwareStore.ts';
import { setUi } from '../../state/uiStore.ts';
import { ArchPanel } from '../ArchPanel.tsx';
import { BoardPanel } from '../BoardPanel.tsx';
import { CyclesPanel } from '../CyclesPanel.tsx';
import { FinnBoardPanel } from '../FinnBoardPanel.tsx';
import { FoldingTable } from '../FoldingTable.tsx';
import { InspectorPanel } from '../InspectorPanel.tsx';
import { NumberField, SelectField } from '../parts/fields.tsx';
import { Panel } from '../parts/Panel.tsx';
import { StaircasePanel } from '../StaircasePanel.tsx';
import { useEntry } from '../useEntry.ts';
import { ValidationPanel } from '../ValidationPanel.tsx';
import { useSelectedGroup } from './PruneRoom.tsx';

const TARGET_OPTIONS = TARGETS.map((target) => ({ value: target.id, label: target.name }));

const patchHardware = (change: Partial<HardwareChoice>) =>
  changeDesign((design) => ({ ...design, hardware: { ...design.hardware, ...change } }));

export function HardwareRoom() {
  const selected = useSelectedGroup();
  const answer = useStore(hardwareStore, (state) => state.answer);
  return (
    <div className="room">
      <div className="controls-column">
        <TargetControls />
        <FinnControls />
        <ArchPanel />
      </div>
      <div className="charts hardware-charts">
        <CyclesPanel className="main-chart" />
        <div className="side-chart stack-panels">
          {answer && <TotalsPanel answer={answer} />}
          {answer && <ViolationsPanel answer={answer} />}
        </div>
        <StaircasePanel groupId={selected} className="half-chart" />
        <FoldingTable className="half-chart" />
        <FinnBoardPanel className="span-all" />
        <BoardPanel className="main-table" />
        <InspectorPanel className="side-table" />
        <ValidationPanel className="span-all" />
      </div>
    </div>
  );
}

function TargetControls() {
  const { hardware } = useEntry().design;
  const { targetId, comparedTargetId } = hardware;
  return (
    <Panel title="Target" className="controls">
      <div className="stack">
        <SelectField
          label="Leading target"
          value={targetId}
          options={TARGET_OPTIONS}
          hint={targetById(targetId)?.source}
          onChange={(id) => patchHardware({ targetId: id })}
        />
        <ClockField id={targetId} hardware={hardware} />
        <SelectField
          label="Compared with"
          value={comparedTargetId}
          options={TARGET_OPTIONS}
          onChange={(id) => patchHardware({ comparedTargetId: id })}
        />
        {comparedTargetId !== targetId && <ClockField id={comparedTargetId} hardware={hardware} />}
        <button type="button" onClick={() => setUi({ comparison: 'targets' })}>
          Compare the two, layer by layer
        </button>
      </div>
    </Panel>
  );
}

function ClockField({ id, hardware }: { id: string; hardware: HardwareChoice }) {
  return (
    <NumberField
      label={`Clock of ${targetById(id)?.name}`}
      value={clockOf(id, hardware) / 1e6}
      min={1}
      max={2000}
      unit="MHz"
      onChange={(megahertz) =>
        patchHardware({ clockHertz: { ...hardware.clockHertz, [id]: megahertz * 1e6 } })
      }
    />
  );
}

function FinnControls() {
  const { hardware } = useEntry().design;
  if (hardware.targetId !== 'finn' && hardware.comparedTargetId !== 'finn') return null;
  return (
    <Panel title="FINN" subtitle="what the estimate assumes" className="controls">
      <div className="stack">
        <div className="field-grid">
          <NumberField
            label="Weight bits"
            value={hardware.weightBits}
            min={1}
            max={8}
            integer
            onChange={(weightBits) => patchHardware({ weightBits })}
          />
          <NumberField
            label="Activation bits"
            value={hardware.activationBits}
            min={1}
            max={8}
            integer
            onChange={(activationBits) => patchHardware({ activationBits })}
          />
        </div>
        <NumberField
          label="Automatic folding aims at"
          value={hardware.targetCycles}
          min={1}
          max={1e9}
          integer
          unit="cycles a frame"
          hint="FINN's own SetFolding folds every layer without a choice of yours."
          onChange={(targetCycles) => patchHardware({ targetCycles })}
        />
        <p className="hint">
          The measured accuracy is that of 32-bit floating point: training with few bits is not built yet.
        </p>
      </div>
    </Panel>
  );
}

function totals(report: HardwareReport): readonly [string, string][] {
  const rows: [string, string][] = [
    ['Throughput', formatCount(report.throughputFps, 'fps')],
    ['First frame', formatSeconds(report.latencySeconds)],
    ['Cycles between frames', formatInteger(report.initiationInterval)],
    ['Clock', `${formatSignificant(report.clockHertz / 1e6)} MHz`],
    [
      'Schedule',
      report.schedule === 'sequential'
        ? 'one layer after the other'
        : 'all layers at once; the slowest sets the pace',
    ],
  ];
  if (report.resources) {
    const { lut, bram18, uram, dsp } = report.resources;
    rows.push(
      ['LUT', formatInteger(lut)],
      ['BRAM18', formatInteger(bram18)],
      ['URAM', formatInteger(uram)],
      ['DSP', formatInteger(dsp)],
    );
  }
  return rows;
}

function TotalsPanel({ answer }: { answer: HardwareAnswer }) {
  const { targetId, comparedTargetId } = answer.hardware;
  return (
    <Panel title="Totals" subtitle="estimated, with the thresholds as they stand">
      <div className="totals">
        {[...new Set([targetId, comparedTargetId])].map((id) => {
          const report = answer.after[id];
          return (
            <div key={id}>
              <h3>{targetById(id)?.name}</h3>
              {report?.ok ? (
                <dl className="facts">
                  {totals(report.value).map(([name, value]) => (
                    <div key={name}>
                      <dt>{name}</dt>
                      <dd>{value}</dd>
                    </div>
                  ))}
                </dl>
              ) : (
                <p className="hint">{report?.error.message ?? 'Estimating…'}</p>
              )}
            </div>
          );
        })}
      </div>
    </Panel>
  );
}

function ViolationsPanel({ answer }: { answer: HardwareAnswer }) {
  const { targetId, comparedTargetId } = answer.hardware;
  const found = [...new Set([targetId, comparedTargetId])].flatMap((id) => {
    const report = answer.after[id];
    return report?.ok ? report.value.violations.map((violation) => ({ id, violation })) : [];
  });
  if (found.length === 0) return null;
  return (
    <Panel title="What does not fit" subtitle={`${found.length}`}>
      <ul className="reasons">
        {found.map(({ id, violation }) => (
          <li key={`${id} ${violation.message}`}>
            <strong>{targetById(id)?.name}</strong> {violation.message}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

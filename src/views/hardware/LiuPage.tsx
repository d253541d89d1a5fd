import { useMemo, useState } from 'react';
import { useStore } from 'zustand';
import type { SparsityData } from '../../charts/types.ts';
import {
  accuracyAtSparsity,
  metricsOf,
  peakGops,
  powerAtSparsity,
  SPARSITY_LINE,
} from '../../core/hardware/liu/metrics.ts';
import { liuResources } from '../../core/hardware/liu/resources.ts';
import { instructionLines } from '../../core/hardware/liu/schedule.ts';
import { formatCount, formatInteger, formatPercent, formatSignificant } from '../../core/quantity.ts';
import { plannedNetwork } from '../../state/derived.ts';
import { hardwareStore } from '../../state/hardwareStore.ts';
import { setUi } from '../../state/uiStore.ts';
import { ChartPanel } from '../parts/ChartPanel.tsx';
import { SelectField } from '../parts/fields.tsx';
import { Empty, Panel } from '../parts/Panel.tsx';
import { ScrollRegion } from '../parts/ScrollRegion.tsx';
import { saveBlob } from '../parts/saveBlob.ts';
import { useEntry, useModel } from '../useEntry.ts';
import { GANTT, SPARSITY } from './chartKinds.ts';
import { ganttOf, type LiuRun, runLiu } from './liuModel.ts';

/** The engine of Liu et al.: its pipeline pass by pass, its buffers, its metrics. */
export function LiuPage() {
  const entry = useEntry();
  const model = useModel();
  const { hardware } = entry.design;
  const network = plannedNetwork(entry, model);
  const run = useMemo(() => runLiu(network, hardware), [network, hardware]);
  if (!run.ok) {
    return (
      <Panel title="Liu engine" className="span-all">
        <Empty>{run.error.message}</Empty>
      </Panel>
    );
  }
  return (
    <>
      <PipelinePanel run={run.value} />
      <MetricsPanel run={run.value} />
      <SparsityPanel />
      <BufferPanel run={run.value} />
    </>
  );
}

function PipelinePanel({ run }: { run: LiuRun }) {
  const [wanted, setWanted] = useState<string | null>(null);
  const cost = run.costs.find(({ pass }) => pass.id === wanted) ?? run.costs[0];
  const chart = useMemo(() => (cost ? ganttOf(cost, run.settings) : null), [cost, run.settings]);
  if (!cost || !chart) return null;
  const { overlap } = run.settings;
  return (
    <ChartPanel
      title="Pipeline of one pass"
      subtitle={`${cost.pass.id}, ${formatInteger(cost.cycles)} cycles in ${formatInteger(cost.blockCount)} blocks`}
      kind={GANTT}
      data={chart.data}
      fileName={`pipeline-${cost.pass.id}`}
      className="wide-chart short"
      controls={
        <button
          type="button"
          className="quiet small"
          onClick={() =>
            saveBlob(
              `instructions-${cost.pass.id}.txt`,
              new Blob([`${instructionLines(cost, overlap).join('\n')}\n`], { type: 'text/plain' }),
            )
          }
        >
          Instructions
        </button>
      }
    >
      <div className="field-row">
        <SelectField
          label="Pass"
          value={cost.pass.id}
          options={run.costs.map(({ pass }) => ({ value: pass.id, label: `${pass.id} (${pass.kind})` }))}
          onChange={setWanted}
        />
        <p className="chart-note">{chart.note}</p>
      </div>
    </ChartPanel>
  );
}

function MetricsPanel({ run }: { run: LiuRun }) {
  const report = useStore(hardwareStore, (state) => state.answer?.after.liu);
  if (!report?.ok) return null;
  const { throughputFps, rows } = report.value;
  const macCount = rows.reduce((sum, row) => sum + row.macCount, 0);
  const resources = liuResources(run.settings);
  const watts = resources ? SPARSITY_LINE.watts[0] : null;
  const dsp = resources?.dsp ?? null;
  const metrics = metricsOf({ macCount, throughputFps }, run.settings, { watts, dsp });
  const facts: readonly (readonly [string, string])[] = [
    ['Rate, 1 MAC = 2 operations', `${formatSignificant(metrics.gops)} GOPS`],
    ['Peak', `${formatSignificant(peakGops(run.settings))} GOPS`],
    ['Utilization', formatPercent(metrics.utilization)],
    [
      'Efficiency',
      metrics.gopsPerWatt === null
        ? 'no power known for this engine'
        : `${formatSignificant(metrics.gopsPerWatt)} GOPS/W at 11.35 W`,
    ],
    [
      'Density',
      metrics.gopsPerDsp === null
        ? 'no DSP count known'
        : `${formatSignificant(metrics.gopsPerDsp)} GOPS/DSP`,
    ],
    [
      'Shortcuts kept on chip',
      `${formatInteger(run.savedBytes)} bytes, ${formatSignificant(run.savedSeconds * 1e6)} µs a frame (eq. 1)`,
    ],
  ];
  return (
    <Panel
      title="Metrics"
      subtitle="power is that of MobileNetV2, without zeroed weights"
      className="half-chart"
    >
      <dl className="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

const SHARES = [0, 0.25, 0.5, 0.75];

/** Power and accuracy over zeroed weights, as measured on the published engine. */
function SparsityPanel() {
  const [chosen, setChosen] = useState<number | null>(null);
  const data = useMemo((): SparsityData => {
    const points = SHARES.flatMap((sparsity) => {
      const [power, accuracy] = [powerAtSparsity(sparsity), accuracyAtSparsity(sparsity)];
      if (!power.ok || !accuracy.ok) return [];
      return [{ sparsity, powerWatts: power.value.watts, accuracyPercent: 100 * accuracy.value }];
    });
    return { points, chosen, accuracyOf: 'MobileNetV2' };
  }, [chosen]);
  const options = useMemo(() => ({ onPick: setChosen }), []);
  return (
    <ChartPanel
      title="Power and accuracy over sparsity"
      subtitle="source 004, Fig. 13: measured line"
      kind={SPARSITY}
      data={data}
      options={options}
      fileName="power-over-sparsity"
      className="half-chart roomy"
    >
      <p className="chart-note">
        Multipliers of zero weights are switched off: power falls, time does not. The source gives the ends of
        the accuracy; the line between them is our assumption.
      </p>
    </ChartPanel>
  );
}

function BufferPanel({ run }: { run: LiuRun }) {
  return (
    <Panel
      title="Buffers"
      subtitle="where each pass leaves its map; RAM-S is assumed to hold 1 MiB, RAM-M 1.5 MiB"
      className="span-all"
    >
      <ScrollRegion label="Buffers while each pass runs">
        <table>
          <thead>
            <tr>
              {['Pass', 'Kind', 'Output in', 'In place', 'RAM-S', 'RAM-M', 'Loaded', 'Stored', 'Weights'].map(
                (name, i) => (
                  <th key={name} scope="col" className={i > 3 ? 'number' : undefined}>
                    {name}
                  </th>
                ),
              )}
            </tr>
          </thead>
          <tbody>
            {run.costs.map((cost, i) => {
              const place = run.allocations[i];
              return (
                <tr
                  key={cost.pass.id}
                  onPointerEnter={() => setUi({ hoveredLayer: cost.pass.layerIds[0] ?? null })}
                  onPointerLeave={() => setUi({ hoveredLayer: null })}
                >
                  <th scope="row">{cost.pass.id}</th>
                  <td>{cost.pass.kind}</td>
                  <td>{place?.output ?? ''}</td>
                  <td>{place?.inPlace ? 'yes' : ''}</td>
                  {[
                    place?.ramSBytes ?? 0,
                    place?.ramMBytes ?? 0,
                    cost.loadBytes,
                    cost.storeBytes,
                    cost.weightBytes,
                  ].map((bytes, column) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: five fixed columns
                    <td key={column} className="number">
                      {bytes > 0 ? formatCount(bytes, 'B') : ''}
                    </td>
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </ScrollRegion>
    </Panel>
  );
}

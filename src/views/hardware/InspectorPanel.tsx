import { useMemo } from 'react';
import { verdictSentence } from '../../core/hardware/dpu/placement.ts';
import { inspectionSvg } from '../../core/hardware/dpu/platform/inspectionSvg.ts';
import { type Inspection, inspect, inspectionText } from '../../core/hardware/dpu/platform/inspector.ts';
import type { Network } from '../../core/network/network.ts';
import { plannedNetwork } from '../../state/derived.ts';
import { setUi } from '../../state/uiStore.ts';
import { Empty, Panel } from '../parts/Panel.tsx';
import { saveBlob } from '../parts/saveBlob.ts';
import { useEntry, useModel } from '../useEntry.ts';
import { chosenOf } from './TargetControls.tsx';

/** Which layers a DPU runs, which go to the processor and why, and what would change that. */
export function InspectorPanel({ className = '' }: { className?: string }) {
  const entry = useEntry();
  const model = useModel();
  const planned = plannedNetwork(entry, model);
  const { hardware } = entry.design;
  const architecture = chosenOf(hardware, 'dpu')?.architecture ?? null;
  const { isa } = hardware.dpu;
  const inspection = useMemo(
    () => (architecture ? inspect(planned, { architecture, isa }) : null),
    [planned, architecture, isa],
  );
  if (!inspection) return null;
  return (
    <Panel title="Inspector" subtitle={inspection.ok ? inspection.value.target : ''} className={className}>
      <div className="stack">
        {inspection.ok ? (
          <Verdicts inspection={inspection.value} network={planned} />
        ) : (
          <Empty>{inspection.error.message}</Empty>
        )}
      </div>
    </Panel>
  );
}

function Verdicts({ inspection, network }: { inspection: Inspection; network: Network }) {
  const { layers, dpuSubgraphCount, target } = inspection;
  const onDpu = layers.filter(({ device }) => device === 'DPU').length;
  const onCpu = layers.filter(({ device }) => device === 'CPU');
  return (
    <>
      <p>
        {onDpu} of {layers.length - 1} layers run on the DPU, in{' '}
        {dpuSubgraphCount === 1
          ? 'one subgraph'
          : `${dpuSubgraphCount} subgraphs: the data goes back and forth`}
        .
      </p>
      <ul className="reasons">
        {onCpu.map((verdict) => (
          <li
            key={verdict.layerId}
            onPointerEnter={() => setUi({ hoveredLayer: verdict.layerId })}
            onPointerLeave={() => setUi({ hoveredLayer: null })}
          >
            {verdictSentence(verdict) || `${verdict.layerId} runs on the CPU, where its input comes from.`}
          </li>
        ))}
      </ul>
      <div className="button-row">
        <button
          type="button"
          onClick={() =>
            saveBlob(
              `inspect-${target}.txt`,
              new Blob([inspectionText(inspection, network)], { type: 'text/plain' }),
            )
          }
        >
          Save as text
        </button>
        <button
          type="button"
          onClick={() =>
            saveBlob(
              `inspect-${target}.svg`,
              new Blob([inspectionSvg(inspection, network)], { type: 'image/svg+xml' }),
            )
          }
        >
          Save as SVG
        </button>
      </div>
    </>
  );
}

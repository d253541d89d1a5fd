import { useMemo } from 'react';
import { useStore } from 'zustand';
import type { HardwareChoice } from '../../core/exploration/design.ts';
import { finnOptions } from '../../core/hardware/estimate.ts';
import { layerFoldings } from '../../core/hardware/finn/estimate.ts';
import { CNV_DEFAULT_FOLDING } from '../../core/hardware/finn/publishedFoldings.ts';
import { plannedNetwork } from '../../state/derived.ts';
import { changeDesign } from '../../state/designStore.ts';
import { hardwareStore } from '../../state/hardwareStore.ts';
import { Empty, Panel } from '../parts/Panel.tsx';
import { ScrollRegion } from '../parts/ScrollRegion.tsx';
import { useEntry, useModel } from '../useEntry.ts';
import { FoldingRow } from './FoldingRow.tsx';

const patchHardware = (change: Partial<HardwareChoice>) =>
  changeDesign((design) => ({ ...design, hardware: { ...design.hardware, ...change } }));

const AUTOMATIC = { foldings: {}, layerBits: {}, implementations: {}, nodeSettings: {} };
const countOf = (hardware: HardwareChoice) =>
  [hardware.foldings, hardware.layerBits, hardware.implementations, hardware.nodeSettings].flatMap(
    Object.keys,
  ).length;

/** FINN's PE and SIMD of every layer; only legal values are offered. */
export function FoldingTable({ className = '' }: { className?: string }) {
  const entry = useEntry();
  const model = useModel();
  const { hardware, baseline } = entry.design;
  const planned = plannedNetwork(entry, model);
  const shown = hardware.targetId === 'finn' || hardware.comparedTargetId === 'finn';
  const report = useStore(hardwareStore, (state) => state.answer?.after.finn);
  const foldings = useMemo(
    () => (shown ? layerFoldings(planned, { ...finnOptions(hardware), foldedLike: baseline }) : null),
    [shown, planned, hardware, baseline],
  );
  const cycles = report?.ok ? new Map(report.value.rows.map((row) => [row.id, row.cycles])) : null;
  if (!foldings) {
    return (
      <Panel title="Folding" className={className}>
        <Empty>
          A DPU has no folding to choose. Pick FINN as a target to set PE and SIMD of every layer.
        </Empty>
      </Panel>
    );
  }
  if (!foldings.ok) {
    return (
      <Panel title="Folding" className={className}>
        <Empty>{foldings.error.message}</Empty>
      </Panel>
    );
  }
  return (
    <Panel
      title="Folding"
      subtitle="PE outputs and SIMD inputs a cycle; legal values only"
      className={className}
      actions={
        <>
          {planned.name === 'CNV' && (
            <button
              type="button"
              className="quiet small"
              title="Source 003, Table 4.2: FINN's folding of CNV for the Pynq-Z1"
              onClick={() => patchHardware({ ...AUTOMATIC, foldings: CNV_DEFAULT_FOLDING })}
            >
              Published
            </button>
          )}
          <button
            type="button"
            className="quiet small"
            disabled={countOf(hardware) === 0}
            onClick={() => patchHardware(AUTOMATIC)}
          >
            All automatic
          </button>
        </>
      }
    >
      <ScrollRegion label="Folding of every layer">
        <table>
          <thead>
            <tr>
              {['Layer', 'PE', 'SIMD', 'Cycles', 'W bits', 'A bits', 'Weights in', 'Multiply in', 'By'].map(
                (name) => (
                  <th key={name} scope="col">
                    {name}
                  </th>
                ),
              )}
            </tr>
          </thead>
          <tbody>
            {foldings.value.map((row) => (
              <FoldingRow
                key={row.layerId}
                row={row}
                cycles={cycles?.get(row.nodeName)}
                automatic={row.origin === 'set' ? 'search' : planned === baseline ? 'auto' : 'kept'}
                own={[hardware.foldings, hardware.layerBits, hardware.implementations].some((choices) =>
                  Object.hasOwn(choices, row.layerId),
                )}
              />
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </Panel>
  );
}

import { useMemo } from 'react';
import type { Folding } from '../core/exploration/design.ts';
import { layerFoldings } from '../core/hardware/finn/layerFoldings.ts';
import type { LayerId } from '../core/network/network.ts';
import { plannedNetwork } from '../state/derived.ts';
import { changeDesign } from '../state/designStore.ts';
import { setUi } from '../state/uiStore.ts';
import { Empty, Panel } from './parts/Panel.tsx';
import { ScrollRegion } from './parts/ScrollRegion.tsx';
import { useEntry, useModel } from './useEntry.ts';

function setFolding(layerId: LayerId, folding: Folding | null): void {
  changeDesign((design) => {
    const { [layerId]: _, ...others } = design.hardware.foldings;
    const foldings = folding ? { ...others, [layerId]: folding } : others;
    return { ...design, hardware: { ...design.hardware, foldings } };
  });
}

/** FINN's PE and SIMD of every layer; only legal values are offered. */
export function FoldingTable({ className = '' }: { className?: string }) {
  const entry = useEntry();
  const model = useModel();
  const { hardware } = entry.design;
  const planned = plannedNetwork(entry, model);
  const shown = hardware.targetId === 'finn' || hardware.comparedTargetId === 'finn';
  const rows = useMemo(() => (shown ? layerFoldings(planned, hardware) : []), [shown, planned, hardware]);
  if (!shown) {
    return (
      <Panel title="Folding" className={className}>
        <Empty>
          A DPU has no folding to choose. Pick FINN as a target to set PE and SIMD of every layer.
        </Empty>
      </Panel>
    );
  }
  return (
    <Panel
      title="Folding"
      subtitle="PE outputs and SIMD inputs a cycle; legal values only"
      className={className}
      actions={
        <button
          type="button"
          className="quiet small"
          disabled={Object.keys(hardware.foldings).length === 0}
          onClick={() =>
            changeDesign((design) => ({ ...design, hardware: { ...design.hardware, foldings: {} } }))
          }
        >
          All automatic
        </button>
      }
    >
      <ScrollRegion label="Folding of every layer">
        <table>
          <thead>
            <tr>
              <th scope="col">Layer</th>
              <th scope="col">PE</th>
              <th scope="col">SIMD</th>
              <th scope="col">Cycles</th>
              <th scope="col">Chosen by</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr
                key={row.layerId}
                onPointerEnter={() => setUi({ hoveredLayer: row.layerId })}
                onPointerLeave={() => setUi({ hoveredLayer: null })}
              >
                <th scope="row">{row.layerId}</th>
                <td>
                  <FoldingSelect
                    label={`PE of ${row.layerId}`}
                    value={row.folding.pe}
                    legal={row.legalPe}
                    onChange={(pe) => setFolding(row.layerId, { ...row.folding, pe })}
                  />
                </td>
                <td>
                  <FoldingSelect
                    label={`SIMD of ${row.layerId}`}
                    value={row.folding.simd}
                    legal={row.legalSimd}
                    onChange={(simd) => setFolding(row.layerId, { ...row.folding, simd })}
                  />
                </td>
                <td className="number">{row.cycles.toLocaleString('en-US')}</td>
                <td>
                  {row.automatic ? (
                    'SetFolding'
                  ) : (
                    <button
                      type="button"
                      className="quiet small"
                      aria-label={`${row.layerId}: fold automatically again`}
                      onClick={() => setFolding(row.layerId, null)}
                    >
                      you ×
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </Panel>
  );
}

interface FoldingSelectProps {
  readonly label: string;
  readonly value: number;
  readonly legal: readonly number[];
  readonly onChange: (value: number) => void;
}

function FoldingSelect({ label, value, legal, onChange }: FoldingSelectProps) {
  return (
    <select aria-label={label} value={value} onChange={(event) => onChange(Number(event.target.value))}>
      {legal.map((choice) => (
        <option key={choice} value={choice}>
          {choice}
        </option>
      ))}
    </select>
  );
}

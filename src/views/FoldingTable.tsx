import { useMemo } from 'react';
import { useStore } from 'zustand';
import type { Folding } from '../core/exploration/design.ts';
import { layerFoldings } from '../core/hardware/finn/estimate.ts';
import { CNV_DEFAULT_FOLDING } from '../core/hardware/finn/publishedFoldings.ts';
import type { LayerId } from '../core/network/network.ts';
import { plannedNetwork } from '../state/derived.ts';
import { changeDesign } from '../state/designStore.ts';
import { hardwareStore } from '../state/hardwareStore.ts';
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

const setFoldings = (foldings: Readonly<Record<LayerId, Folding>>) =>
  changeDesign((design) => ({ ...design, hardware: { ...design.hardware, foldings } }));

/** FINN's PE and SIMD of every layer; only legal values are offered. */
export function FoldingTable({ className = '' }: { className?: string }) {
  const entry = useEntry();
  const model = useModel();
  const { hardware, baseline } = entry.design;
  const planned = plannedNetwork(entry, model);
  const shown = hardware.targetId === 'finn' || hardware.comparedTargetId === 'finn';
  const report = useStore(hardwareStore, (state) => state.answer?.after.finn);
  const foldings = useMemo(
    () => (shown ? layerFoldings(planned, { ...hardware, foldedLike: baseline }) : null),
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
              onClick={() => setFoldings(CNV_DEFAULT_FOLDING)}
            >
              Published
            </button>
          )}
          <button
            type="button"
            className="quiet small"
            disabled={Object.keys(hardware.foldings).length === 0}
            onClick={() => setFoldings({})}
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
              <th scope="col">Layer</th>
              <th scope="col">PE</th>
              <th scope="col">SIMD</th>
              <th scope="col">Cycles</th>
              <th scope="col">Chosen by</th>
            </tr>
          </thead>
          <tbody>
            {foldings.value.map((row) => (
              <tr
                key={row.layerId}
                onPointerEnter={() => setUi({ hoveredLayer: row.layerId })}
                onPointerLeave={() => setUi({ hoveredLayer: null })}
              >
                <th scope="row">{row.layerId}</th>
                <td>
                  <FoldingSelect
                    label={`PE of ${row.layerId}`}
                    value={row.pe}
                    legal={row.legalPe}
                    onChange={(pe) => setFolding(row.layerId, { pe, simd: row.simd })}
                  />
                </td>
                <td>
                  <FoldingSelect
                    label={`SIMD of ${row.layerId}`}
                    value={row.simd}
                    legal={row.legalSimd}
                    onChange={(simd) => setFolding(row.layerId, { pe: row.pe, simd })}
                  />
                </td>
                <td className="number">{cycles?.get(row.nodeName)?.toLocaleString('en-US') ?? '–'}</td>
                <td>
                  {row.origin === 'automatic' ? (
                    planned === baseline ? (
                      'SetFolding'
                    ) : (
                      'kept'
                    )
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
      {[...new Set([...legal, value])]
        .sort((a, b) => a - b)
        .map((choice) => (
          <option key={choice} value={choice}>
            {choice}
          </option>
        ))}
    </select>
  );
}

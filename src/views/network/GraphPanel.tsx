import { useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { edgeKey, GRAPH_SCALE, type GraphOptions } from '../../charts/graphModel.ts';
import type { Network } from '../../core/network/network.ts';
import { formatCount, formatInteger } from '../../core/quantity.ts';
import { chooseEdge, chooseLayer, editorKey, moveTo } from '../../state/actions/edit.ts';
import { cachedCounts } from '../../state/derived.ts';
import { editStore } from '../../state/editStore.ts';
import { ChartPanel } from '../parts/ChartPanel.tsx';
import { NETWORK_GRAPH } from './chartKinds.ts';
import { EditorToolbar } from './EditorToolbar.tsx';
import { EffectLine } from './EffectLine.tsx';
import { focusMain } from './focusMain.ts';
import { graphNodes } from './graphData.ts';
import { useChosen, useReport } from './useEditing.ts';

const ZOOMS = [0.5, 0.7, 1, 1.4, 2, 3] as const;
const WHOLE = 2;

/** The network as a graph that can be edited: layers to scale, with every connection. */
export function GraphPanel({ network }: { network: Network }) {
  const chosen = useChosen();
  const edge = useStore(editStore, (state) => state.edge);
  const report = useReport(network);
  const [zoom, setZoom] = useState<number>(WHOLE);
  const insertAt = edge?.to ? edgeKey(edge.from, edge.to) : null;
  // The same list while only the choice changes: then the drawing is not laid out anew.
  const nodes = useMemo(() => graphNodes(network, report), [network, report]);
  const data = useMemo(() => ({ nodes, selected: chosen, insertAt }), [nodes, chosen, insertAt]);
  const options = useMemo(
    (): GraphOptions => ({
      fit: true,
      zoom: ZOOMS[zoom] ?? 1,
      onSelect: chooseLayer,
      onEdge: (from, to) => chooseEdge({ from, to }),
      onMove: (ids, from, to) => {
        moveTo(ids, { from, to });
      },
      onKey: (event, id) => {
        const taken = editorKey(event, id);
        if (taken) focusMain(event);
        return taken;
      },
    }),
    [zoom],
  );
  const counts = cachedCounts(network);
  return (
    <ChartPanel
      title={network.name}
      subtitle={`${formatInteger(counts.parameterCount)} parameters, ${formatCount(counts.macCount)} MACs; ${GRAPH_SCALE}`}
      kind={NETWORK_GRAPH}
      data={data}
      options={options}
      fileName="network"
      className="graph-panel"
      controls={
        <span className="zoom">
          <button
            type="button"
            className="quiet small"
            aria-label="Smaller"
            disabled={zoom === 0}
            onClick={() => setZoom(zoom - 1)}
          >
            −
          </button>
          <button
            type="button"
            className="quiet small"
            aria-label="Fit the width"
            aria-pressed={zoom === WHOLE}
            onClick={() => setZoom(WHOLE)}
          >
            Fit
          </button>
          <button
            type="button"
            className="quiet small"
            aria-label="Larger"
            disabled={zoom === ZOOMS.length - 1}
            onClick={() => setZoom(zoom + 1)}
          >
            +
          </button>
        </span>
      }
    >
      <EditorToolbar chosen={chosen} />
      <EffectLine network={network} />
    </ChartPanel>
  );
}

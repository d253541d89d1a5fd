import { useMemo, useState } from 'react';
import { useStore } from 'zustand';
import type { HeatmapCell, HeatmapData } from '../../charts/types.ts';
import { boardById } from '../../core/hardware/finn/tuning/boards.ts';
import {
  type BitsCell,
  type BitsMap,
  fasterWithMoreBits,
  frontCandidates,
  MAP_BITS,
} from '../../core/hardware/finn/tuning/sweeps.ts';
import type { CeilingChoice } from '../../core/hardware/finn/tuning/tuneDesign.ts';
import { formatCount, formatInteger, formatPercent } from '../../core/quantity.ts';
import { plannedNetwork } from '../../state/derived.ts';
import { bitsMapStore, isMapFor, mapBits, takeBits } from '../../state/sweepsStore.ts';
import { ChartPanel } from '../parts/ChartPanel.tsx';
import { Segmented } from '../parts/fields.tsx';
import { Panel } from '../parts/Panel.tsx';
import { useEntry, useModel } from '../useEntry.ts';
import { HEATMAP } from './chartKinds.ts';

type Quantity = 'fps' | 'lut' | 'bram18';

const QUANTITIES: readonly { readonly value: Quantity; readonly label: string }[] = [
  { value: 'fps', label: 'throughput' },
  { value: 'lut', label: 'LUT' },
  { value: 'bram18', label: 'BRAM18' },
];

const CEILINGS: readonly { readonly value: CeilingChoice; readonly label: string }[] = [
  { value: 'recommended', label: 'recommended' },
  { value: 'whole-chip', label: 'whole chip' },
];

/** W before A, as everywhere. */
const nameOf = (weightBits: number, activationBits: number) => `W${weightBits}A${activationBits}`;

const clicked = (name: string) => {
  const [weightBits, activationBits] = name.slice(1).split('A').map(Number);
  if (weightBits && activationBits) takeBits(weightBits, activationBits);
};

/** The fastest folding for every pair of bits on the board: source 003, section 4.4. */
export function BitsMapPanel({ className = '' }: { className?: string }) {
  const entry = useEntry();
  const model = useModel();
  const { hardware } = entry.design;
  const network = plannedNetwork(entry, model);
  const [quantity, setQuantity] = useState<Quantity>('fps');
  const [ceilings, setCeilings] = useState<CeilingChoice>('recommended');
  const answer = useStore(bitsMapStore, (state) => state.answer);
  const question = { network, hardware, ceilings };
  const map = answer?.map.ok ? answer.map.value : null;
  const mixed = Object.keys(hardware.layerBits).length > 0;
  const current = mixed ? null : nameOf(hardware.weightBits, hardware.activationBits);
  const data = useMemo(() => (map ? heatmapOf(map, quantity, current) : null), [map, quantity, current]);
  const title = 'Bits and the fastest folding';
  const board = map?.boardName ?? boardById(hardware.boardId)?.name ?? 'no board';
  const controls = (
    <div className="field-row">
      {data && <Segmented label="Shown" value={quantity} options={QUANTITIES} onChange={setQuantity} />}
      <Segmented label="Share of the board" value={ceilings} options={CEILINGS} onChange={setCeilings} />
      <button type="button" className="primary" onClick={() => void mapBits(question)}>
        Map the bits
      </button>
    </div>
  );
  if (!map || !data) {
    return (
      <Panel title={title} subtitle={`on ${board}`} className={className}>
        <div className="stack">
          {' '}
          <p className={answer ? 'tone-worse' : 'hint'} role="status">
            {answer && !answer.map.ok
              ? answer.map.error.message
              : 'Searches the fastest folding for weights and activations of 1 to 5 bits each, the same in all layers: some seconds.'}
          </p>
          {controls}
        </div>{' '}
      </Panel>
    );
  }
  return (
    <ChartPanel
      title={title}
      subtitle={`on ${board}, FINN's estimate`}
      kind={HEATMAP}
      data={data}
      options={OPTIONS}
      fileName="bits-map"
      className={className}
    >
      {controls}
      <p className="chart-note">
        {answer && !isMapFor(answer, question) && (
          <strong>The network, board, clock or share has changed since; map again. </strong>
        )}
        {freeBits(map.cells)}
        {rtlBits(map.cells)}
        Accuracy is not known: each pair would have to be trained with its bits. A cell, when clicked, becomes
        the bits of {mixed ? 'all layers, in place of those by layer' : 'the design'}; then search its folding
        above.
      </p>
    </ChartPanel>
  );
}

const OPTIONS = { onPick: clicked };

function heatmapOf(map: BitsMap, quantity: Quantity, current: string | null): HeatmapData {
  const share = (cell: BitsCell, key: 'lut' | 'bram18') =>
    cell.found.ok ? cell.found.value.used[key] / Math.max(1, map.budget[key]) : 0;
  return {
    rows: MAP_BITS.map((bits) => `W${bits}`),
    columns: MAP_BITS.map((bits) => `A${bits}`),
    rowTitle: 'weight bits',
    columnTitle: 'activation bits',
    quantity: {
      fps: 'throughput (fps)',
      lut: `LUT, share of ${map.boardName}`,
      bram18: `BRAM18, share of ${map.boardName}`,
    }[quantity],
    cells: map.cells.map((cell): HeatmapCell => {
      const { weightBits, activationBits, found } = cell;
      const at = {
        row: MAP_BITS.indexOf(weightBits),
        column: MAP_BITS.indexOf(activationBits),
        name: nameOf(weightBits, activationBits),
      };
      if (!found.ok) {
        const text = found.error.code === 'finn-doomed' ? ['does not', 'fit'] : ['none', 'found'];
        return { ...at, value: null, text, details: [found.error.message] };
      }
      const { throughputFps, cycles, lowerBoundCycles, used } = found.value;
      const shown = quantity === 'fps' ? throughputFps : share(cell, quantity);
      return {
        ...at,
        value: shown,
        text: [quantity === 'fps' ? formatCount(shown) : formatPercent(shown, 0)],
        details: [
          `${formatCount(throughputFps, 'fps')}: ${formatInteger(cycles)} cycles a frame`,
          lowerBoundCycles < cycles
            ? `at best ${formatInteger(lowerBoundCycles)} cycles, not proven`
            : 'proven to be the fastest',
          `LUT ${formatInteger(used.lut)}, ${formatPercent(share(cell, 'lut'))}`,
          `BRAM18 ${formatInteger(used.bram18)}, ${formatPercent(share(cell, 'bram18'))}`,
          `DSP ${formatInteger(used.dsp)}`,
        ],
      };
    }),
    current,
  };
}

/** Where more bits look faster: FINN's estimate leaves something out. */
function rtlBits(cells: readonly BitsCell[]): string {
  const names = fasterWithMoreBits(cells).map((cell) => nameOf(cell.weightBits, cell.activationBits));
  if (names.length === 0) return '';
  return `${names.join(', ')} seem${names.length === 1 ? 's' : ''} faster than fewer weight bits: from 4 bits of both on FINN builds units in RTL and counts no LUT for them, so expect less. `;
}

/** Pairs that others with more bits keep up with: there is nothing to gain from so few. */
function freeBits(cells: readonly BitsCell[]): string {
  const candidates = frontCandidates(cells);
  const outrun = cells.filter((cell) => cell.found.ok && !candidates.includes(cell));
  if (outrun.length === 0) return '';
  const names = outrun.map(({ weightBits, activationBits }) => nameOf(weightBits, activationBits));
  return `${names.join(', ')} gain${names.length === 1 ? 's' : ''} nothing over a pair with more bits that is as fast. `;
}

import { useMemo, useState } from 'react';
import { useStore } from 'zustand';
import type { SweepLine, SweepLinesData } from '../../charts/types.ts';
import { finnOptions } from '../../core/hardware/estimate.ts';
import { layerFoldings } from '../../core/hardware/finn/estimate.ts';
import { type FoldingSweep, foldingSweep, linearFit } from '../../core/hardware/finn/tuning/sweeps.ts';
import { formatInteger } from '../../core/quantity.ts';
import { plannedNetwork } from '../../state/derived.ts';
import { uiStore } from '../../state/uiStore.ts';
import { ChartPanel } from '../parts/ChartPanel.tsx';
import { Segmented, SelectField } from '../parts/fields.tsx';
import { Empty, Panel } from '../parts/Panel.tsx';
import { useEntry, useModel } from '../useEntry.ts';
import { SWEEP_LINES } from './chartKinds.ts';

type Quantity = 'lut' | 'dsp' | 'bram18' | 'uram' | 'cycles';
type Axis = 'pe' | 'simd';
type Scale = SweepLinesData['scale'];

const QUANTITIES: readonly { readonly value: Quantity; readonly label: string }[] = [
  { value: 'lut', label: 'LUT' },
  { value: 'bram18', label: 'BRAM18' },
  { value: 'dsp', label: 'DSP' },
  { value: 'uram', label: 'URAM' },
  { value: 'cycles', label: 'cycles' },
];

const AXES: readonly { readonly value: Axis; readonly label: string }[] = [
  { value: 'pe', label: 'PE' },
  { value: 'simd', label: 'SIMD' },
];

const SCALES: readonly { readonly value: Scale; readonly label: string }[] = [
  { value: 'linear', label: 'linear' },
  { value: 'log', label: 'log' },
];

/** Above this the small values lie on top of each other on a linear axis. */
const WIDE = 128;

/** R² from which a line counts as straight. */
const STRAIGHT = 0.99;

const NAMES: Readonly<Record<Axis, string>> = { pe: 'PE', simd: 'SIMD' };

/** What a layer's unit takes over its PE or SIMD, by FINN's estimate: source 003, Figs 4.2 and 4.4. */
export function FoldingSweepPanel({ className = '' }: { className?: string }) {
  const entry = useEntry();
  const model = useModel();
  const { hardware, baseline } = entry.design;
  const network = plannedNetwork(entry, model);
  const selected = useStore(uiStore, (ui) => ui.selectedLayer);
  const [wanted, setWanted] = useState<string | null>(null);
  const [quantity, setQuantity] = useState<Quantity>('lut');
  const [axis, setAxis] = useState<Axis>('pe');
  const [wantedScale, setScale] = useState<Scale | null>(null);
  const options = useMemo(() => ({ ...finnOptions(hardware), foldedLike: baseline }), [hardware, baseline]);
  const foldings = useMemo(() => layerFoldings(network, options), [network, options]);
  const ids = foldings.ok ? foldings.value.map(({ layerId }) => layerId) : [];
  const layerId = [wanted, selected].find((id) => id !== null && ids.includes(id)) ?? ids[0] ?? '';
  const sweep = useMemo(() => foldingSweep(network, options, layerId), [network, options, layerId]);
  const data = useMemo(
    () => (sweep.ok ? linesOf(sweep.value, axis, quantity, wantedScale) : null),
    [sweep, axis, quantity, wantedScale],
  );
  const title = 'What PE and SIMD cost';
  if (!sweep.ok || !data) {
    return (
      <Panel title={title} className={className}>
        <Empty>{sweep.ok ? 'Nothing to sweep.' : sweep.error.message}</Empty>
      </Panel>
    );
  }
  return (
    <ChartPanel
      title={title}
      subtitle={`${sweep.value.nodeName} alone, FINN's estimate, legal values only`}
      kind={SWEEP_LINES}
      data={data}
      fileName="folding-sweep"
      className={className}
    >
      <div className="field-row">
        <SelectField
          label="Layer"
          value={layerId}
          options={ids.map((id) => ({ value: id, label: id }))}
          onChange={setWanted}
        />
        <SelectField label="Shown" value={quantity} options={QUANTITIES} onChange={setQuantity} />
        <Segmented label="Over" value={axis} options={AXES} onChange={setAxis} />
        <Segmented label="Axes" value={data.scale} options={SCALES} onChange={setScale} />
      </div>
      <p className="chart-note">
        {data.shape}
        {noteOf(sweep.value, quantity)}
      </p>
    </ChartPanel>
  );
}

const valuesOf = (sweep: FoldingSweep, axis: Axis): readonly number[] =>
  [...new Set(sweep.points.map((point) => point[axis]))].sort((a, b) => a - b);

function linesOf(sweep: FoldingSweep, axis: Axis, quantity: Quantity, wanted: Scale | null): SweepLinesData {
  const other: Axis = axis === 'pe' ? 'simd' : 'pe';
  const { now, layerId } = sweep;
  const lines = valuesOf(sweep, other).map((value): SweepLine => {
    const own = sweep.points.filter((point) => point[other] === value).sort((a, b) => a[axis] - b[axis]);
    return {
      name: `${NAMES[other]} ${value}`,
      current: now[other] === value,
      points: own.map((point) => ({
        x: point[axis],
        y: point[quantity],
        details: quantity === 'cycles' ? [] : [`${formatInteger(point.cycles)} cycles a frame`],
      })),
    };
  });
  const here = sweep.points.find(({ pe, simd }) => pe === now.pe && simd === now.simd);
  const label = QUANTITIES.find(({ value }) => value === quantity)?.label ?? quantity;
  return {
    lines,
    xLabel: NAMES[axis],
    yLabel: label,
    scale: wanted ?? (Math.max(...sweep.points.map((point) => point[axis])) > WIDE ? 'log' : 'linear'),
    now: here
      ? { x: here[axis], y: here[quantity], label: `In force: PE ${now.pe}, SIMD ${now.simd}` }
      : null,
    layerIds: [layerId],
    shape: shapeOf(lines, NAMES[axis], label),
  };
}

/** How straight the lines are, in words. */
function shapeOf(lines: readonly SweepLine[], over: string, what: string): string {
  if (lines.every(({ points }) => points.every(({ y }) => y === 0)))
    return `FINN estimates no ${what} for this unit as it is built. `;
  const fits = lines.flatMap(({ points }) => {
    const fit = linearFit(
      points.map(({ x }) => x),
      points.map(({ y }) => y),
    );
    return fit ? [fit.r2] : [];
  });
  if (fits.length === 0) return '';
  // Rounded down: 1.000 is said only of what is straight.
  const least = Math.floor(Math.min(...fits) * 1000 + 1e-6) / 1000;
  if (least < STRAIGHT)
    return `${what} ${what === 'cycles' ? 'are' : 'is'} no straight line over ${over} (R² down to ${least.toFixed(3)}). `;
  return `Straight lines over ${over} fit with R² of ${least.toFixed(3)}${least < 1 ? ' or more' : ''}. `;
}

function noteOf({ sharedSimd, points }: FoldingSweep, quantity: Quantity): string {
  const converter = points.some(({ simd }) => simd > sharedSimd)
    ? `SIMD above ${sharedSimd} needs a width converter behind the sliding window. `
    : '';
  const measured =
    quantity === 'lut'
      ? 'Synthesis of CNV’s first layer (source 003, Figs 4.2 to 4.5) is linear in PE too, but over SIMD its LUT fall at first where PE is 16 or less: FINN’s formula has no term for that. The clock changes no LUT. '
      : '';
  return `${converter}${measured}Flip-flops are not shown: FINN estimates none.`;
}

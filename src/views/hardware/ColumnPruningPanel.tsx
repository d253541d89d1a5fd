import { useMemo, useState } from 'react';
import { clockOf, finnOptions } from '../../core/hardware/estimate.ts';
import {
  type ColumnPruned,
  columnPruned,
  planForAll,
} from '../../core/hardware/finn/columnPruning/columnPruned.ts';
import { prunedThroughput } from '../../core/hardware/finn/columnPruning/throughput.ts';
import { foldNetwork } from '../../core/hardware/finn/foldNetwork.ts';
import { dspBlockOf } from '../../core/hardware/finn/operators/model.ts';
import { formatCount, formatInteger, formatPercent } from '../../core/quantity.ts';
import { plannedNetwork } from '../../state/derived.ts';
import { setUi } from '../../state/uiStore.ts';
import { Segmented } from '../parts/fields.tsx';
import { Empty, Panel } from '../parts/Panel.tsx';
import { ScrollRegion } from '../parts/ScrollRegion.tsx';
import { useEntry, useModel } from '../useEntry.ts';

const METHODS = [
  { value: 'coarse' as const, label: 'coarse' },
  { value: 'fine' as const, label: 'fine' },
];
const SPARSITIES = [0.25, 0.5, 0.75, 0.875].map((value) => ({ value, label: formatPercent(value) }));

/** What taking columns out of the weight matrices would do: cycles, memory, and foldings that stay legal. */
export function ColumnPruningPanel({ className = '' }: { className?: string }) {
  const entry = useEntry();
  const model = useModel();
  const { hardware, baseline } = entry.design;
  const network = plannedNetwork(entry, model);
  const [method, setMethod] = useState<'coarse' | 'fine'>('coarse');
  const [sparsity, setSparsity] = useState(0.5);
  const pruned = useMemo((): ColumnPruned | string => {
    const options = { ...finnOptions(hardware), foldedLike: baseline };
    const folded = foldNetwork(network, options);
    if (!folded.ok) return folded.error.message;
    const { nodes } = folded.value;
    return columnPruned(nodes, planForAll(nodes, { method, sparsity }), dspBlockOf(options.fpgaPart ?? ''));
  }, [network, hardware, baseline, method, sparsity]);
  return (
    <Panel
      title="Column pruning, what if"
      subtitle="source 003, chapter 5: channels of a kernel position skipped by the sliding window"
      className={className}
    >
      <div className="field-row">
        <Segmented label="Blocks" value={method} options={METHODS} onChange={setMethod} />
        <Segmented label="Columns taken" value={sparsity} options={SPARSITIES} onChange={setSparsity} />
      </div>
      {typeof pruned === 'string' ? (
        <Empty>{pruned}</Empty>
      ) : (
        <Outcome pruned={pruned} clockHertz={clockOf('finn', hardware)} />
      )}
    </Panel>
  );
}

function Outcome({ pruned, clockHertz }: { pruned: ColumnPruned; clockHertz: number }) {
  const rate = prunedThroughput(pruned, clockHertz);
  if (pruned.layers.length === 0)
    return <Empty>No convolution of this network can lose these columns; try another share.</Empty>;
  return (
    <>
      {rate.ok && (
        <p className="chart-note">
          {formatCount(rate.value.throughputFps, 'fps')}, set by {rate.value.bottleneck}.{' '}
          {rate.value.capFps !== null &&
            `The thesis observed no more than ${formatCount(rate.value.capFps, 'fps')} at this share: an empirical cap whose cause is open, not modeled here. `}
          The published sliding window still runs its whole loop, so that cycles fall only in the matrix
          units; what it costs in accuracy is not estimated.
        </p>
      )}
      <ScrollRegion label="Layers before and after column pruning">
        <table>
          <thead>
            <tr>
              {['Layer', 'Columns', 'SIMD', 'Cycles of the MVAU', 'BRAM18', 'LUT', 'Taken'].map((name, i) => (
                <th key={name} scope="col" className={i > 0 ? 'number' : undefined}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {pruned.layers.map((layer) => (
              <tr
                key={layer.layerId}
                onPointerEnter={() => setUi({ hoveredLayer: layer.layerId })}
                onPointerLeave={() => setUi({ hoveredLayer: null })}
              >
                <th scope="row">{layer.layerId}</th>
                <Change pair={layer.columns} />
                <Change pair={layer.simd} />
                <Change pair={layer.cycles} />
                <Change pair={[layer.resources[0].bram18, layer.resources[1].bram18]} />
                <Change pair={[layer.resources[0].lut, layer.resources[1].lut]} />
                <td className="number">{formatPercent(layer.sparsity)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
      {pruned.violations.length > 0 && (
        <ul className="reasons">
          {pruned.violations.map(({ message }) => (
            <li key={message}>{message}</li>
          ))}
        </ul>
      )}
    </>
  );
}

function Change({ pair: [before, after] }: { pair: readonly [number, number] }) {
  return (
    <td className="number">
      {before === after ? formatInteger(after) : `${formatInteger(before)} → ${formatInteger(after)}`}
    </td>
  );
}

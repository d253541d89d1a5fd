import { useState } from 'react';
import { useStore } from 'zustand';
import { setFilters, setKernelSize, setStrides } from '../core/network/edit.ts';
import type { Layer, Network } from '../core/network/network.ts';
import type { Result } from '../core/result.ts';
import { changeNetwork } from '../state/designStore.ts';
import { trainingStore } from '../state/trainingStore.ts';
import { NumberField } from './parts/fields.tsx';
import { Empty, Panel } from './parts/Panel.tsx';

/** Filters, kernel and stride of one layer. An impossible edit says why and changes nothing. */
export function LayerEditor({ network, layer }: { network: Network; layer: Layer | null }) {
  const [problem, setProblem] = useState<{ layerId: string; message: string } | null>(null);
  const busy = useStore(trainingStore, (state) => state.live !== null);
  if (!layer) {
    return (
      <Panel title="Layer" className="controls">
        <Empty>Choose a layer in the drawing or the table to edit it.</Empty>
      </Panel>
    );
  }
  const take = (edited: Result<Network>) => {
    setProblem(edited.ok ? null : { layerId: layer.id, message: edited.error.message });
    if (edited.ok) changeNetwork(edited.value);
  };
  return (
    <Panel title={layer.id} subtitle={layer.kind} className="controls">
      <div className="stack">
        <LayerFields network={network} layer={layer} busy={busy} take={take} />
        {problem?.layerId === layer.id && (
          <p className="hint warn" role="alert">
            {problem.message}
          </p>
        )}
        <p className="hint">
          An edited network starts without weights; undo brings the old one back, weights included.
        </p>
      </div>
    </Panel>
  );
}

interface LayerFieldsProps {
  readonly network: Network;
  readonly layer: Layer;
  readonly busy: boolean;
  readonly take: (edited: Result<Network>) => void;
}

function kernelOf(layer: Layer): number {
  if ('kernelSize' in layer) return layer.kernelSize[0];
  return 'poolSize' in layer ? layer.poolSize[0] : 1;
}

function LayerFields({ network, layer, busy, take }: LayerFieldsProps) {
  const kernel = kernelOf(layer);
  const hasWindow =
    layer.kind === 'conv2d' ||
    layer.kind === 'depthwiseConv2d' ||
    layer.kind === 'maxPool' ||
    layer.kind === 'averagePool';
  const width = layer.kind === 'conv2d' ? layer.filters : layer.kind === 'dense' ? layer.units : null;
  if (!hasWindow && width === null) return <p className="hint">A {layer.kind} layer has nothing to set.</p>;
  return (
    <div className="field-grid">
      {width !== null && (
        <NumberField
          label={layer.kind === 'dense' ? 'Units' : 'Filters'}
          value={width}
          min={1}
          max={4096}
          integer
          disabled={busy}
          onChange={(filters) => take(setFilters(network, layer.id, filters))}
        />
      )}
      {hasWindow && (
        <>
          <NumberField
            label="Kernel"
            value={kernel}
            min={1}
            max={64}
            integer
            disabled={busy}
            onChange={(kernel) => take(setKernelSize(network, layer.id, kernel))}
          />
          <NumberField
            label="Stride"
            value={layer.strides[0]}
            min={1}
            max={64}
            integer
            disabled={busy}
            onChange={(stride) => take(setStrides(network, layer.id, stride))}
          />
        </>
      )}
    </div>
  );
}

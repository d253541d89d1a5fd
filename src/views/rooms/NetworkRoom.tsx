import { useMemo } from 'react';
import { useStore } from 'zustand';
import { layerCounts } from '../../core/network/counts.ts';
import { replaceClassCount, resizeInput } from '../../core/network/edit.ts';
import type { Layer, Network } from '../../core/network/network.ts';
import { PRESETS, type Preset } from '../../core/network/presets.ts';
import { describeMap, geometryAt } from '../../core/network/shapes.ts';
import { trainingAdvice } from '../../core/network/trainingAdvice.ts';
import { formatCount, formatInteger } from '../../core/quantity.ts';
import { loadedData } from '../../state/dataStore.ts';
import { cachedCounts, cachedGeometry } from '../../state/derived.ts';
import { changeNetwork } from '../../state/designStore.ts';
import { notify } from '../../state/noticeStore.ts';
import { trainingStore } from '../../state/trainingStore.ts';
import { setUi, uiStore } from '../../state/uiStore.ts';
import { stripData } from '../chartData.ts';
import { STRIP } from '../chartKinds.ts';
import { ConvolutionPanel } from '../ConvolutionPanel.tsx';
import { LayerEditor } from '../LayerEditor.tsx';
import { ModelFilePanel } from '../ModelFilePanel.tsx';
import { ChartPanel } from '../parts/ChartPanel.tsx';
import { SelectField } from '../parts/fields.tsx';
import { Panel } from '../parts/Panel.tsx';
import { ScrollRegion } from '../parts/ScrollRegion.tsx';
import { RankingPanel } from '../RankingPanel.tsx';
import { useEntry } from '../useEntry.ts';
import { WeightsPanel } from '../WeightsPanel.tsx';

/** The first ones are offered at sight, the others in a list. */
const OFFERED_COUNT = 6;
const OFFERED = PRESETS.slice(0, OFFERED_COUNT);
const MORE = PRESETS.slice(OFFERED_COUNT);
const MORE_OPTIONS = [
  { value: '', label: 'Choose…' },
  ...MORE.map(({ id, name, purpose }) => ({
    value: id,
    label: purpose === 'train' ? name : `${name}, to estimate`,
  })),
];

/** Images of an epoch with the data the app starts with. */
const TYPICAL_EPOCH = 1600;

const STRIP_OPTIONS = { onSelect: (selectedLayer: string) => setUi({ selectedLayer }) };

const classCountNow = () => loadedData()?.classNames.length ?? 10;

function choosePreset(preset: Preset): void {
  const { purpose, input, classCount } = preset;
  changeNetwork(preset.build(input, purpose === 'train' ? classCountNow() : classCount));
}

function resize(network: Network, extent: number): void {
  const input = network.layers[0];
  if (input?.kind !== 'input') return;
  const preset = PRESETS.find((candidate) => candidate.name === network.name);
  const shape = { height: extent, width: extent, channels: input.shape.channels };
  const resized = resizeInput(network, shape);
  if (resized.ok) changeNetwork(resized.value);
  else
    notify(
      'error',
      `${preset?.name ?? network.name} can't read ${extent}x${extent} images. ${resized.error.message}`,
    );
}

export function NetworkRoom() {
  const { design } = useEntry();
  const { network } = design;
  const selected = useStore(uiStore, (ui) => ui.selectedLayer);
  const strip = useMemo(() => stripData(network, network, selected), [network, selected]);
  const counts = cachedCounts(network);
  const busy = useStore(trainingStore, (state) => state.live !== null);
  return (
    <div className="room">
      <div className="controls-column">
        <NetworkControls network={network} />
        <ModelFilePanel disabled={busy} />
        <LayerEditor
          network={network}
          layer={network.layers.find((layer) => layer.id === selected) ?? null}
        />
      </div>
      <div className="charts">
        <ChartPanel
          title={network.name}
          subtitle={`${formatInteger(counts.parameterCount)} parameters, ${formatInteger(counts.weightCount)} weights, ${formatCount(counts.macCount)} MACs; height = pixels, width = channels`}
          kind={STRIP}
          data={strip}
          options={STRIP_OPTIONS}
          fileName="network"
        />
        <LayerTable network={network} selected={selected} />
        <WeightsPanel />
        <ConvolutionPanel />
        <RankingPanel />
      </div>
    </div>
  );
}

function NetworkControls({ network }: { network: Network }) {
  const busy = useStore(trainingStore, (state) => state.live !== null);
  const input = network.layers[0];
  const shape = input?.kind === 'input' ? input.shape : null;
  const units = network.layers.findLast((layer) => layer.kind === 'dense');
  const classes = units?.kind === 'dense' ? units.units : 0;
  const wanted = classCountNow();
  const advice = trainingAdvice(network, TYPICAL_EPOCH);
  const extents = [...new Set([28, 32, 48, 64, 96, 128, 224, ...(shape ? [shape.height] : [])])].sort(
    (a, b) => a - b,
  );
  return (
    <Panel title="Network" className="controls">
      <div className="stack">
        {OFFERED.map((preset) => (
          <button
            key={preset.id}
            type="button"
            className={preset.name === network.name ? 'choice chosen' : 'choice'}
            aria-pressed={preset.name === network.name}
            disabled={busy}
            onClick={() => choosePreset(preset)}
          >
            <strong>{preset.name}</strong>
            <span>{preset.description}</span>
          </button>
        ))}
        <SelectField
          label="More networks"
          value={MORE.find(({ name }) => name === network.name)?.id ?? ''}
          disabled={busy}
          options={MORE_OPTIONS}
          hint={
            MORE.find(({ name }) => name === network.name)?.description ??
            'All networks of the source documents.'
          }
          onChange={(id) => {
            const preset = MORE.find((candidate) => candidate.id === id);
            if (preset) choosePreset(preset);
          }}
        />
        {shape && (
          <SelectField
            label="Input size"
            value={String(shape.height)}
            disabled={busy}
            options={extents.map((extent) => ({
              value: String(extent),
              label: `${extent}x${extent}x${shape.channels}`,
            }))}
            hint="Images of another size are resized for it."
            onChange={(value) => resize(network, Number(value))}
          />
        )}
        {advice !== null && <p className="hint warn">{advice}</p>}
        {advice === null && classes !== wanted && (
          <p className="hint warn">
            The network tells {classes} classes apart, the data has {wanted}.{' '}
            <button
              type="button"
              onClick={() => {
                const replaced = replaceClassCount(network, wanted);
                if (replaced.ok) changeNetwork(replaced.value);
                else notify('error', replaced.error.message);
              }}
            >
              Give it {wanted} outputs
            </button>
          </p>
        )}
        {busy && <p className="hint">The network can be changed when the training has ended.</p>}
      </div>
    </Panel>
  );
}

function attributesOf(layer: Layer): string {
  switch (layer.kind) {
    case 'conv2d':
      return `${layer.filters} filters ${layer.kernelSize.join('x')}, stride ${layer.strides.join('x')}, ${padding(layer.padding)}`;
    case 'depthwiseConv2d':
      return `${layer.kernelSize.join('x')}, stride ${layer.strides.join('x')}, ${padding(layer.padding)}`;
    case 'maxPool':
    case 'averagePool':
      return `${layer.poolSize.join('x')}, stride ${layer.strides.join('x')}, ${padding(layer.padding)}`;
    case 'dense':
      return `${layer.units} units`;
    case 'dropout':
      return `rate ${layer.rate}`;
    case 'channelShuffle':
      return `${layer.groups} groups`;
    case 'upsample':
      return `times ${layer.size.join('x')}, ${layer.interpolation}`;
    case 'leakyRelu':
      return `slope ${Number(layer.slope.toPrecision(4))}`;
    default:
      return '';
  }
}

const padding = (value: 'same' | 'valid' | readonly number[]): string =>
  typeof value === 'string' ? value : `padding ${value.join(', ')}`;

const NUMERIC = new Set(['Output', 'MACs', 'Parameters']);

function LayerTable({ network, selected }: { network: Network; selected: string | null }) {
  const geometry = cachedGeometry(network);
  return (
    <Panel title="Layers" subtitle="1 MAC = 2 operations; parameters as Keras counts them">
      <ScrollRegion label="Layers of the network">
        <table>
          <thead>
            <tr>
              {['Layer', 'Kind', 'Reads', 'Attributes', 'Output', 'MACs', 'Parameters'].map((name) => (
                <th key={name} scope="col" className={NUMERIC.has(name) ? 'number' : undefined}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {network.layers.map((layer) => {
              const at = geometryAt(geometry, layer.id);
              const counts = layerCounts(layer, at);
              return (
                <tr
                  key={layer.id}
                  className={layer.id === selected ? 'current' : undefined}
                  onPointerEnter={() => setUi({ hoveredLayer: layer.id })}
                  onPointerLeave={() => setUi({ hoveredLayer: null })}
                >
                  <th scope="row">
                    <button type="button" className="link" onClick={() => setUi({ selectedLayer: layer.id })}>
                      {layer.id}
                    </button>
                  </th>
                  <td>{layer.kind}</td>
                  <td>{layer.inputs.join(', ')}</td>
                  <td>{attributesOf(layer)}</td>
                  <td className="number">{describeMap(at.ofm)}</td>
                  <td className="number">{counts.macCount > 0 ? formatInteger(counts.macCount) : ''}</td>
                  <td className="number">
                    {counts.parameterCount > 0 ? formatInteger(counts.parameterCount) : ''}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </ScrollRegion>
    </Panel>
  );
}

import { replaceClassCount, resizeInput } from '../../core/network/edit.ts';
import { type Network, outputsOf } from '../../core/network/network.ts';
import { PRESETS, type Preset } from '../../core/network/presets.ts';
import { geometryAt } from '../../core/network/shapes.ts';
import { trainingAdvice } from '../../core/network/trainingAdvice.ts';
import { loadedData } from '../../state/dataStore.ts';
import { cachedGeometry } from '../../state/derived.ts';
import { changeNetwork, editNetwork } from '../../state/designStore.ts';
import { notify } from '../../state/noticeStore.ts';
import { SelectField } from '../parts/fields.tsx';
import { Panel } from '../parts/Panel.tsx';
import { useBusy } from './useEditing.ts';

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
  if (resized.ok) editNetwork(resized.value);
  else
    notify(
      'error',
      `${preset?.name ?? network.name} can't read ${extent}x${extent} images. ${resized.error.message}`,
    );
}

/** How many classes the network tells apart; null where its outputs are no single list of them. */
function classCountOf(network: Network): number | null {
  const [output, another] = outputsOf(network);
  if (!output || another) return null;
  const { height, width, channels } = geometryAt(cachedGeometry(network), output.id).ofm;
  return height * width === 1 ? channels : null;
}

/** Which network: a preset, its input and its classes. */
export function NetworkControls({ network }: { network: Network }) {
  const busy = useBusy();
  const input = network.layers[0];
  const shape = input?.kind === 'input' ? input.shape : null;
  const classes = classCountOf(network);
  const wanted = classCountNow();
  const advice = trainingAdvice(network, TYPICAL_EPOCH);
  const extents = [...new Set([28, 32, 48, 64, 96, 128, 224, ...(shape ? [shape.height] : [])])].sort(
    (a, b) => a - b,
  );
  return (
    <Panel title="Network" className="controls">
      <div className="stack">
        <div className="choices">
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
        </div>
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
        {advice === null && classes !== null && classes !== wanted && (
          <p className="hint warn">
            The network tells {classes} classes apart, the data has {wanted}.{' '}
            <button
              type="button"
              onClick={() => {
                const replaced = replaceClassCount(network, wanted);
                if (replaced.ok) editNetwork(replaced.value);
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

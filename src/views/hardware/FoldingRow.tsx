import type { Folding, Implementation, LayerBits } from '../../core/exploration/design.ts';
import type { LayerFolding } from '../../core/hardware/finn/estimate.ts';
import type { LayerId } from '../../core/network/network.ts';
import { formatInteger } from '../../core/quantity.ts';
import { changeDesign } from '../../state/designStore.ts';
import { setUi } from '../../state/uiStore.ts';

type ByLayer = 'foldings' | 'layerBits' | 'implementations';
type Choice = { foldings: Folding; layerBits: LayerBits; implementations: Implementation };

/** Sets a layer's own choice, or leaves it to FINN and the defaults again. */
function choose<Key extends ByLayer>(key: Key, layerId: LayerId, choice: Choice[Key] | null): void {
  changeDesign((design) => {
    const { [layerId]: _, ...others } = design.hardware[key];
    const changed = choice ? { ...others, [layerId]: choice } : others;
    return { ...design, hardware: { ...design.hardware, [key]: changed } };
  });
}

function clear(layerId: LayerId): void {
  changeDesign((design) => {
    const { hardware } = design;
    const without = <T,>(record: Readonly<Record<LayerId, T>>): Readonly<Record<LayerId, T>> => {
      const { [layerId]: _, ...others } = record;
      return others;
    };
    return {
      ...design,
      hardware: {
        ...hardware,
        foldings: without(hardware.foldings),
        layerBits: without(hardware.layerBits),
        implementations: without(hardware.implementations),
      },
    };
  });
}

const BITS = [1, 2, 3, 4, 5, 6, 7, 8] as const;
/** Where the weights are: FINN's ram_style while they are decoupled, or another mem_mode. */
const PLACES = ['auto', 'block', 'distributed', 'ultra', 'embedded', 'external'] as const;
type Place = (typeof PLACES)[number];

const placeOf = ({ memMode, ramStyle }: Implementation): Place =>
  memMode === 'internal_embedded' ? 'embedded' : memMode === 'external' ? 'external' : ramStyle;

function atPlace(place: Place, implementation: Implementation): Implementation {
  switch (place) {
    case 'embedded':
      return { ...implementation, memMode: 'internal_embedded', ramStyle: 'auto' };
    case 'external':
      return { ...implementation, memMode: 'external', ramStyle: 'auto' };
    default:
      return { ...implementation, memMode: 'internal_decoupled', ramStyle: place };
  }
}

const RES_TYPES = ['auto', 'lut', 'dsp'] as const;

interface FoldingRowProps {
  readonly row: LayerFolding;
  readonly cycles: number | undefined;
  /** Who folds the layer where the user does not: FINN's SetFolding, a search, or the network before. */
  readonly automatic: string;
  /** Whether any choice of this layer is the user's. */
  readonly own: boolean;
}

/** One layer's PE, SIMD, bits, memory and multiplier; only legal foldings are offered. */
export function FoldingRow({ row, cycles, automatic, own }: FoldingRowProps) {
  const { layerId, pe, simd, bits, implementation } = row;
  return (
    <tr
      onPointerEnter={() => setUi({ hoveredLayer: layerId })}
      onPointerLeave={() => setUi({ hoveredLayer: null })}
    >
      <th scope="row">{layerId}</th>
      <td>
        <Choices
          label={`PE of ${layerId}`}
          value={pe}
          options={row.legalPe}
          onChange={(value) => choose('foldings', layerId, { pe: value, simd })}
        />
      </td>
      <td>
        <Choices
          label={`SIMD of ${layerId}`}
          value={simd}
          options={row.legalSimd}
          onChange={(value) => choose('foldings', layerId, { pe, simd: value })}
        />
      </td>
      <td className="number">{cycles === undefined ? '–' : formatInteger(cycles)}</td>
      <td>
        <Choices
          label={`Weight bits of ${layerId}`}
          value={bits.weightBits}
          options={BITS}
          onChange={(weightBits) => choose('layerBits', layerId, { ...bits, weightBits })}
        />
      </td>
      <td>
        <Choices
          label={`Activation bits of ${layerId}`}
          value={bits.activationBits}
          options={BITS}
          onChange={(activationBits) => choose('layerBits', layerId, { ...bits, activationBits })}
        />
      </td>
      <td>
        <Choices
          label={`Weights of ${layerId} in`}
          value={placeOf(implementation)}
          options={PLACES}
          onChange={(place) => choose('implementations', layerId, atPlace(place, implementation))}
        />
      </td>
      <td>
        <Choices
          label={`resType of ${layerId}`}
          value={implementation.resType}
          options={RES_TYPES}
          onChange={(resType) => choose('implementations', layerId, { ...implementation, resType })}
        />
      </td>
      <td>
        {own ? (
          <button
            type="button"
            className="quiet small"
            aria-label={`${layerId}: fold automatically again`}
            onClick={() => clear(layerId)}
          >
            you ×
          </button>
        ) : (
          automatic
        )}
      </td>
    </tr>
  );
}

interface ChoicesProps<Value extends string | number> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly Value[];
  readonly onChange: (value: Value) => void;
}

/** A select in a table's cell. */
export function Choices<Value extends string | number>({
  label,
  value,
  options,
  onChange,
}: ChoicesProps<Value>) {
  // An automatic value may lie outside what can be chosen.
  const all = options.includes(value) ? options : [...options, value].sort((a, b) => Number(a) - Number(b));
  return (
    <select
      aria-label={label}
      value={value}
      onChange={(event) => {
        const chosen = all.find((option) => String(option) === event.target.value);
        if (chosen !== undefined) onChange(chosen);
      }}
    >
      {all.map((option) => (
        <option key={option} value={option}>
          {option}
        </option>
      ))}
    </select>
  );
}

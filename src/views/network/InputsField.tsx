import { connect } from '../../core/network/editing/graph.ts';
import { ancestorsOf } from '../../core/network/editing/order.ts';
import type { Layer, LayerId, Network } from '../../core/network/network.ts';
import { describeMap, geometryAt } from '../../core/network/shapes.ts';
import { applyEdit } from '../../state/actions/edit.ts';
import { cachedGeometry } from '../../state/derived.ts';
import { SelectField } from '../parts/fields.tsx';

const JOINS: ReadonlySet<string> = new Set(['add', 'concat']);

/** The layers that can be read without going in a circle. */
function sources(network: Network, layer: Layer): readonly LayerId[] {
  // Whoever depends on the layer has it among its ancestors; one pass over the order finds them all.
  const after = new Set([layer.id]);
  for (const { id, inputs } of network.layers) if (inputs.some((input) => after.has(input))) after.add(id);
  return network.layers.map(({ id }) => id).filter((id) => !after.has(id));
}

interface InputsFieldProps {
  readonly network: Network;
  readonly id: LayerId;
  readonly disabled: boolean;
}

/** What a layer reads: one select an input; additions and concatenations take more. */
export function InputsField({ network, id, disabled }: InputsFieldProps) {
  const layer = network.layers.find((candidate) => candidate.id === id);
  if (!layer || layer.kind === 'input') return null;
  const geometry = cachedGeometry(network);
  const options = sources(network, layer).map((id) => ({
    value: id,
    label: `${id}, ${describeMap(geometryAt(geometry, id).ofm)}`,
  }));
  const read = (inputs: readonly LayerId[]) => applyEdit(connect(network, layer.id, inputs));
  const replaced = (at: number, id: LayerId) => read(layer.inputs.map((old, i) => (i === at ? id : old)));
  const isJoin = JOINS.has(layer.kind);
  const more = () => {
    const [first] = layer.inputs;
    const map = first === undefined ? null : geometryAt(geometry, first).ofm;
    const before = first === undefined ? new Set<LayerId>() : ancestorsOf(network.layers, first);
    const fitting = options
      .map(({ value }) => value)
      .filter((id) => {
        const { ofm } = geometryAt(geometry, id);
        const extent = ofm.height === map?.height && ofm.width === map.width;
        return (
          extent && !layer.inputs.includes(id) && (layer.kind === 'concat' || ofm.channels === map.channels)
        );
      });
    const next = fitting.findLast((id) => before.has(id)) ?? fitting.at(-1);
    // None fits: the addition of the layer to itself is refused with the shapes that do not fit.
    read([...layer.inputs, next ?? network.layers[0]?.id ?? '']);
  };
  return (
    <div className="inputs-field">
      {layer.inputs.map((input, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an input is its place
        <div key={at} className="input-row">
          <SelectField
            label={layer.inputs.length > 1 ? `Input ${at + 1}` : 'Input'}
            value={input}
            disabled={disabled}
            options={options}
            onChange={(id) => replaced(at, id)}
          />
          {isJoin && layer.inputs.length > 2 && (
            <button
              type="button"
              className="quiet small"
              aria-label={`Disconnect ${input}`}
              disabled={disabled}
              onClick={() => read(layer.inputs.filter((_, i) => i !== at))}
            >
              ×
            </button>
          )}
        </div>
      ))}
      {isJoin && (
        <button type="button" className="small" disabled={disabled} onClick={more}>
          Another input
        </button>
      )}
    </div>
  );
}

import { useMemo } from 'react';
import type { Recipe } from '../../core/exploration/design.ts';
import type { LayerId, Network } from '../../core/network/network.ts';
import { formatCount, formatInteger } from '../../core/quantity.ts';
import { freezableLayers, freezeChoices, frozenLayers } from '../../core/training/freeze.ts';
import { changeDesign } from '../../state/designStore.ts';
import { SelectField } from '../parts/fields.tsx';
import { ScrollRegion } from '../parts/ScrollRegion.tsx';
import { useEntry } from '../useEntry.ts';

/** Stands for a list of layers among the named choices. */
const CHOSEN = 'chosen layers';

const NOTHING = { id: 'nothing', title: 'Nothing' } as const;

/** The layers with weights that a choice freezes; none where the network does not have the choice. */
function frozenList(network: Network, freeze: Recipe['freeze']): readonly LayerId[] {
  if (typeof freeze !== 'string') return freeze;
  const frozen = frozenLayers(network, freeze);
  return frozen.ok ? freezableLayers(network).flatMap(({ id }) => (frozen.value.has(id) ? [id] : [])) : [];
}

function choose(freeze: Recipe['freeze']): void {
  changeDesign((design) => ({
    ...design,
    recipe: { ...design.recipe, freeze },
    fineTune: { ...design.fineTune, freeze },
  }));
}

/** Layers that keep their weights to the bit while the others are trained. */
export function FreezeField({ disabled }: { disabled: boolean }) {
  const { design } = useEntry();
  const { network } = design;
  const { freeze } = design.recipe;
  const choices = useMemo(() => {
    const found = freezeChoices(network);
    return found.ok ? found.value : [];
  }, [network]);
  const layers = useMemo(() => freezableLayers(network), [network]);
  if (layers.length < 2 && freeze === 'nothing') return null;
  const isList = typeof freeze !== 'string';
  const allCount = layers.reduce((sum, { trainableCount }) => sum + trainableCount, 0);
  const frozen = new Set(isList ? freeze : []);
  const left = layers.reduce((sum, { id, trainableCount }) => sum + (frozen.has(id) ? 0 : trainableCount), 0);
  const trains = (count: number) => `trains ${formatCount(count)}`;
  const options = [
    ...(choices.length > 0
      ? choices.map(({ id, title, trainableCount }) => ({
          value: id,
          label: `${title}: ${trains(trainableCount)}`,
        }))
      : [{ value: NOTHING.id, label: NOTHING.title }]),
    { value: CHOSEN, label: isList ? `Chosen layers: ${trains(left)}` : 'Chosen layers…' },
  ];
  const known = isList || options.some(({ value }) => value === freeze);
  return (
    <>
      <SelectField
        label="Frozen layers"
        value={isList ? CHOSEN : freeze}
        disabled={disabled}
        options={known ? options : [...options, { value: freeze, label: `${freeze}: not in this network` }]}
        hint={
          freeze === 'nothing'
            ? undefined
            : `They keep their weights to the bit, statistics of batch norms too; all of the network has ${formatCount(allCount)} to train.`
        }
        onChange={(next) => choose(next === CHOSEN ? frozenList(network, freeze) : next)}
      />
      {isList && <LayerChoices layers={layers} frozen={freeze} disabled={disabled} />}
    </>
  );
}

interface LayerChoicesProps {
  readonly layers: ReturnType<typeof freezableLayers>;
  readonly frozen: readonly LayerId[];
  readonly disabled: boolean;
}

function LayerChoices({ layers, frozen, disabled }: LayerChoicesProps) {
  const known = new Set(layers.map(({ id }) => id));
  const gone = frozen.filter((id) => !known.has(id));
  const toggle = (id: LayerId) => {
    const next = frozen.includes(id) ? frozen.filter((other) => other !== id) : [...frozen, id];
    // in network order, so that equal choices are equal designs
    choose([
      ...gone.filter((other) => next.includes(other)),
      ...layers.flatMap((l) => (next.includes(l.id) ? [l.id] : [])),
    ]);
  };
  return (
    <ScrollRegion label="Layers one by one">
      <ul className="layer-choices">
        {[...gone.map((id) => ({ id, trainableCount: null })), ...layers].map(({ id, trainableCount }) => (
          <li key={id}>
            <label>
              <input
                type="checkbox"
                disabled={disabled}
                checked={frozen.includes(id)}
                onChange={() => toggle(id)}
              />
              <span>{id}</span>
              <span className="hint">
                {trainableCount === null ? 'not in this network' : formatInteger(trainableCount)}
              </span>
            </label>
          </li>
        ))}
      </ul>
    </ScrollRegion>
  );
}

import { useMemo } from 'react';
import { formatCount } from '../../core/quantity.ts';
import { freezeChoices, weightsAfterEdit } from '../../core/training/transfer.ts';
import { changeDesign, changeEntry } from '../../state/designStore.ts';
import { modelById } from '../../state/modelStore.ts';
import { SelectField } from '../parts/fields.tsx';
import { useEntry } from '../useEntry.ts';

/** Names shown of the layers that start anew. */
const MOST_NAMES = 4;

/** What the next training of an edited network starts from: weights that still fit, and layers drawn anew. */
export function StartNote({ disabled }: { disabled: boolean }) {
  const { design, modelId, startModelId = null } = useEntry();
  const source = modelId === null ? modelById(startModelId) : null;
  const carried = useMemo(
    () => (source ? weightsAfterEdit(source.network, source.weights, design.network) : null),
    [source, design.network],
  );
  if (!source || !carried?.ok) return null;
  const { kept, fresh } = carried.value;
  const more = fresh.length - MOST_NAMES;
  return (
    <p className="hint">
      Starts from the weights of {source.network.name} in {kept.length} layers; {fresh.length} are drawn anew:{' '}
      {fresh.slice(0, MOST_NAMES).join(', ')}
      {more > 0 ? ` and ${more} more` : ''}.{' '}
      <button
        type="button"
        className="link"
        disabled={disabled}
        onClick={() => changeEntry((entry) => ({ ...entry, startModelId: null }))}
      >
        Draw all anew
      </button>
    </p>
  );
}

/** Layers that keep their weights to the bit while the others are trained. */
export function FreezeField({ disabled }: { disabled: boolean }) {
  const { design } = useEntry();
  const choices = useMemo(() => freezeChoices(design.network), [design.network]);
  const { freeze } = design.recipe;
  if (!choices.ok || (choices.value.length < 2 && freeze === 'nothing')) return null;
  const options = choices.value.map(({ id, title, trainableCount }) => ({
    value: id,
    label: `${title}: trains ${formatCount(trainableCount)}`,
  }));
  const known = options.some(({ value }) => value === freeze);
  const [whole] = choices.value;
  return (
    <SelectField
      label="Frozen layers"
      value={freeze}
      disabled={disabled}
      options={known ? options : [...options, { value: freeze, label: `${freeze}: not in this network` }]}
      hint={`They keep their weights to the bit${whole ? `; the network has ${formatCount(whole.allCount)} to train` : ''}.`}
      onChange={(next) =>
        changeDesign((d) => ({
          ...d,
          recipe: { ...d.recipe, freeze: next },
          fineTune: { ...d.fineTune, freeze: next },
        }))
      }
    />
  );
}

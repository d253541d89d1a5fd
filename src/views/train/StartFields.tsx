import { useMemo } from 'react';
import { useStore } from 'zustand';
import { type HeadStyle, headOf, replaceHead } from '../../core/network/editing/replaceHead.ts';
import { formatNumberOf } from '../../core/quantity.ts';
import { carryWeights } from '../../core/training/transfer.ts';
import { dataStore } from '../../state/dataStore.ts';
import { changeEntry, putHead } from '../../state/designStore.ts';
import { modelById, modelStore } from '../../state/modelStore.ts';
import { notify } from '../../state/noticeStore.ts';
import { fetchModel } from '../../state/persistence.ts';
import { runsStore } from '../../state/runsStore.ts';
import { SelectField } from '../parts/fields.tsx';
import { useEntry } from '../useEntry.ts';
import { startChoices } from './startChoices.ts';

const SEED = 'seed';

const NONE: readonly string[] = [];

/** Names shown of the layers that start anew. */
const MOST_NAMES = 4;

async function startFrom(choice: string): Promise<void> {
  if (choice === SEED) {
    changeEntry((entry) => ({ ...entry, startModelId: null }));
    return;
  }
  const model = await fetchModel(choice);
  if (!model) notify('error', 'These weights are no longer kept; choose others to start from.');
  else changeEntry((entry) => (entry.modelId === null ? { ...entry, startModelId: model.id } : entry));
}

/** Where a network without weights starts: from the seed, or from kept weights, layer by layer where they fit. */
export function StartFields({ disabled }: { disabled: boolean }) {
  const entry = useEntry();
  const { design, modelId, startModelId = null } = entry;
  const { network, data } = design;
  const runs = useStore(runsStore, (state) => state.runs);
  const models = useStore(modelStore, (state) => state.models);
  const choices = useMemo(
    () => (modelId === null ? startChoices({ network, data, runs, models, startModelId }) : []),
    [modelId, network, data, runs, models, startModelId],
  );
  const source = modelId === null ? modelById(startModelId) : null;
  const carried = useMemo(() => (source ? carryWeights(source, network) : null), [source, network]);
  const fresh = carried?.ok ? carried.value.fresh : NONE;
  const chosen = choices.find((choice) => choice.modelId === startModelId);
  const more = fresh.length - MOST_NAMES;
  return (
    <>
      {choices.length > 0 && (
        <SelectField
          label="Starts from"
          value={chosen?.modelId ?? SEED}
          disabled={disabled}
          options={[
            { value: SEED, label: 'Weights drawn from the seed' },
            ...choices.map((choice) => ({
              value: choice.modelId,
              label: `${choice.name}: ${choice.keptCount} of ${formatNumberOf(choice.keptCount + choice.freshCount, 'layer')}`,
            })),
          ]}
          hint={
            chosen &&
            (fresh.length > 0
              ? `Drawn anew: ${fresh.slice(0, MOST_NAMES).join(', ')}${more > 0 ? ` and ${more} more` : ''}.`
              : 'All layers keep their weights.')
          }
          onChange={(choice) => void startFrom(choice)}
        />
      )}
      {chosen?.knowsImages && (
        <p className="hint warn">
          These weights were trained with the same images in another split: they have seen some of the
          validation images, and the accuracy will look better than it is.
        </p>
      )}
      {chosen?.otherPixels && (
        <p className="hint warn">
          These weights were trained with pixels of {chosen.otherPixels}; let them reach the network so, in
          Data.
        </p>
      )}
      <NewHead isDisabled={disabled} fresh={fresh} hasWeights={(modelId ?? startModelId) !== null} />
    </>
  );
}

interface NewHeadProps {
  readonly isDisabled: boolean;
  /** Layers that are drawn anew in any case. */
  readonly fresh: readonly string[];
  readonly hasWeights: boolean;
}

/** Buttons that put a new head for the classes of the images on a network with weights. */
function NewHead({ isDisabled, fresh, hasWeights }: NewHeadProps) {
  const { network } = useEntry().design;
  const classCount = useStore(dataStore, ({ data }) =>
    data.status === 'ready' ? data.data.classNames.length : null,
  );
  const styles = useMemo(() => {
    const head = headOf(network);
    if (classCount === null || !head.ok) return [];
    const kept = replaceHead(network, classCount);
    const pooled = replaceHead(network, classCount, { style: 'pool-dense' });
    const isNew = fresh.includes(head.value.head.id);
    // Pooling is another network only where dense layers lie before the head.
    const isShorter =
      kept.ok && pooled.ok && pooled.value.network.layers.length < kept.value.network.layers.length;
    return [...(kept.ok && !isNew ? ['dense' as const] : []), ...(isShorter ? ['pool-dense' as const] : [])];
  }, [network, classCount, fresh]);
  if (!hasWeights || classCount === null || styles.length === 0) return null;
  const replace = (style: HeadStyle) => {
    const replaced = replaceHead(network, classCount, { style });
    if (replaced.ok) putHead(replaced.value.network);
    else notify('error', replaced.error.message);
  };
  const titles: Readonly<Record<HeadStyle, string>> = {
    dense: 'The last layer is drawn anew, with an output a class; all others keep their weights',
    'pool-dense': 'All dense layers give way to a pooling of the last maps and one new dense layer',
  };
  return (
    <div className="button-row">
      {styles.map((style) => (
        <button
          key={style}
          type="button"
          title={titles[style]}
          disabled={isDisabled}
          onClick={() => replace(style)}
        >
          {style === 'dense' ? `New head for ${classCount} classes` : 'New head on pooled maps'}
        </button>
      ))}
    </div>
  );
}

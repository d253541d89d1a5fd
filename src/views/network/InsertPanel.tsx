import { useId, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { BLOCKS, type Block, insertBlock } from '../../core/network/editing/blocks.ts';
import { type Edited, insertLayers } from '../../core/network/editing/graph.ts';
import { NEW_LAYER_KINDS, type NewLayerKind, newLayers } from '../../core/network/editing/newLayer.ts';
import { type Edge, edgeExists } from '../../core/network/editing/segment.ts';
import { consumersOf, type Network } from '../../core/network/network.ts';
import { describeMap, geometryAt, geometryOf } from '../../core/network/shapes.ts';
import { formatCount } from '../../core/quantity.ts';
import type { Result } from '../../core/result.ts';
import { applyEdit, chooseEdge, placeNow } from '../../state/actions/edit.ts';
import { cachedCounts, cachedGeometry } from '../../state/derived.ts';
import { editStore } from '../../state/editStore.ts';
import { Field, SelectField } from '../parts/fields.tsx';
import { Panel } from '../parts/Panel.tsx';
import { useBusy, useChosen } from './useEditing.ts';

type Chosen = `block:${string}` | `layer:${NewLayerKind}`;

const OPTIONS: readonly { readonly value: Chosen; readonly label: string }[] = [
  ...BLOCKS.map(({ id, name }) => ({ value: `block:${id}` as const, label: `${name} block` })),
  ...NEW_LAYER_KINDS.map((kind) => ({ value: `layer:${kind}` as const, label: kind })),
];

const blockOf = (chosen: Chosen): Block | undefined => BLOCKS.find(({ id }) => chosen === `block:${id}`);

function inserted(
  network: Network,
  edge: Edge,
  chosen: Chosen,
  values: Readonly<Record<string, number>>,
): Result<Edited> {
  const block = blockOf(chosen);
  if (block) return insertBlock(network, edge, block, values);
  const kind = chosen.slice('layer:'.length) as NewLayerKind;
  const layers = newLayers(network, cachedGeometry(network), kind, edge.from);
  return layers.ok ? insertLayers(network, edge, layers.value, layers.value.at(-1)?.id ?? '') : layers;
}

/** A block or a layer for a place in the network, with what it would bring. */
export function InsertPanel({ network }: { network: Network }) {
  const busy = useBusy();
  const selected = useChosen();
  const edge = useStore(editStore, (state) => state.edge);
  const [chosen, setChosen] = useState<Chosen>('block:convolution');
  const [values, setValues] = useState<Readonly<Record<string, number>>>({});
  // biome-ignore lint/correctness/useExhaustiveDependencies: placeNow reads exactly these
  const place = useMemo(() => placeNow(network), [network, selected, edge]);
  const result = useMemo(() => inserted(network, place, chosen, values), [network, place, chosen, values]);
  const block = blockOf(chosen);
  const ifm = geometryAt(cachedGeometry(network), place.from).ofm;
  return (
    <Panel title="Insert" subtitle={block?.description} className="insert-panel">
      <div className="attribute-grid">
        <SelectField
          label="What"
          value={chosen}
          disabled={busy}
          options={OPTIONS}
          onChange={(next) => {
            setChosen(next);
            setValues({});
          }}
        />
        <PlaceField network={network} place={place} disabled={busy} />
        {block?.options.map(({ key, label, lowest, highest, usual }) => (
          <BlockNumber
            key={`${chosen}-${key}`}
            label={label}
            title={`${label}: a whole number from ${lowest} to ${highest}`}
            usual={Math.min(highest, usual(ifm))}
            value={values[key]}
            disabled={busy}
            onChange={(value) => {
              const { [key]: _, ...others } = values;
              setValues(value === null ? others : { ...others, [key]: value });
            }}
          />
        ))}
      </div>
      <Preview network={network} result={result} />
      <button
        type="button"
        className="primary wide"
        disabled={busy || !result.ok}
        onClick={() => applyEdit(result, { select: ({ added }) => added })}
      >
        Insert {block ? block.name.toLowerCase() : chosen.slice('layer:'.length)}
      </button>
    </Panel>
  );
}

/** The connections around the chosen place, and every layer's output. */
function PlaceField({ network, place, disabled }: { network: Network; place: Edge; disabled: boolean }) {
  const key = ({ from, to }: Edge) => JSON.stringify([from, to]);
  const consumers = consumersOf(network);
  const readers = consumers.get(place.from) ?? [];
  const before = network.layers.find(({ id }) => id === place.from)?.inputs ?? [];
  const near: readonly Edge[] = [
    ...before.map((from) => ({ from, to: place.from })),
    { from: place.from, to: null },
    ...(readers.length > 1 ? readers.map(({ id }) => ({ from: place.from, to: id })) : []),
  ];
  const shown = near.some((edge) => key(edge) === key(place)) ? near : [...near, place];
  const others = network.layers.map(({ id }) => ({ from: id, to: null }));
  const label = ({ from, to }: Edge) => (to === null ? `behind ${from}` : `from ${from} to ${to}`);
  const options = [...shown, ...others.filter((edge) => !shown.some((near) => key(near) === key(edge)))];
  return (
    <SelectField
      label="Where"
      value={key(place)}
      disabled={disabled}
      options={options.map((edge) => ({ value: key(edge), label: label(edge) }))}
      onChange={(text) => {
        const [from, to] = JSON.parse(text) as [string, string | null];
        if (edgeExists(network, { from, to })) chooseEdge({ from, to });
      }}
    />
  );
}

interface BlockNumberProps {
  readonly label: string;
  readonly title: string;
  readonly usual: number;
  /** Undefined: the usual one. */
  readonly value: number | undefined;
  readonly disabled: boolean;
  readonly onChange: (value: number | null) => void;
}

/** A number of a block. An empty field means the usual one; what is wrong with another is said by the preview. */
function BlockNumber({ label, title, usual, value, disabled, onChange }: BlockNumberProps) {
  return (
    <Field label={label}>
      {(id) => (
        <input
          id={id}
          type="text"
          inputMode="numeric"
          title={title}
          placeholder={String(usual)}
          disabled={disabled}
          value={value === undefined || Number.isNaN(value) ? '' : String(value)}
          onChange={({ target }) =>
            onChange(
              target.value.trim() === '' ? null : Number(target.value.replace(/\D/g, '') || Number.NaN),
            )
          }
        />
      )}
    </Field>
  );
}

/** What would be added, or why it can't be. */
function Preview({ network, result }: { network: Network; result: Result<Edited> }) {
  const id = useId();
  const brought = useMemo(() => {
    if (!result.ok) return null;
    const { network: larger, added } = result.value;
    const [was, is] = [cachedCounts(network), cachedCounts(larger)];
    const last = added.at(-1);
    const made = last === undefined ? '' : describeMap(geometryAt(geometryOf(larger), last).ofm);
    const layers = added.length === 1 ? '1 layer' : `${added.length} layers`;
    return `${layers} making ${made}: ${signed(is.parameterCount - was.parameterCount)} parameters, ${signed(is.macCount - was.macCount)} MACs.`;
  }, [network, result]);
  return (
    <p className={result.ok ? 'hint' : 'hint warn'} id={id} role="status">
      {result.ok ? brought : result.error.message}
    </p>
  );
}

const signed = (change: number): string => `${change < 0 ? '−' : '+'}${formatCount(Math.abs(change))}`;

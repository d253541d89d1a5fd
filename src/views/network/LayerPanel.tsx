import { memo, useDeferredValue, useMemo } from 'react';
import { layerCounts } from '../../core/network/counts.ts';
import { attributesOf, changeKind } from '../../core/network/editing/attributes.ts';
import { renameLayer } from '../../core/network/editing/graph.ts';
import { kindChoices, type NewLayerKind } from '../../core/network/editing/newLayer.ts';
import type { Layer, Network } from '../../core/network/network.ts';
import { describeMap, geometryAt } from '../../core/network/shapes.ts';
import { formatInteger, formatPercent } from '../../core/quantity.ts';
import { applyEdit, typeAttribute } from '../../state/actions/edit.ts';
import { cachedGeometry } from '../../state/derived.ts';
import { settleDesign } from '../../state/designStore.ts';
import { setUi } from '../../state/uiStore.ts';
import { SelectField } from '../parts/fields.tsx';
import { LiveField } from '../parts/LiveField.tsx';
import { Empty, Panel } from '../parts/Panel.tsx';
import { timeShares } from './graphData.ts';
import { InputsField } from './InputsField.tsx';
import { useBusy, useChosen, useReport } from './useEditing.ts';

/** As long as a name in a design may be. */
const LONGEST_NAME = 200;

function rename(network: Network, layer: Layer, text: string): string | null {
  const name = text.trim();
  if (name.length === 0 || name.length > LONGEST_NAME)
    return `A name has 1 to ${LONGEST_NAME} characters; ${layer.id} stays.`;
  const renamed = renameLayer(network, layer.id, name);
  if (!renamed.ok) return renamed.error.message;
  applyEdit(renamed, { select: () => [name] });
  return null;
}

/** Its lists name every layer: in a large network they follow when there is time. */
const Inputs = memo(InputsField);

/** Everything of the main layer, to be set; what it makes of its input, live. */
export function LayerPanel({ network }: { network: Network }) {
  const chosen = useChosen();
  const busy = useBusy();
  const shown = useDeferredValue(network);
  const layer = network.layers.find(({ id }) => id === chosen.at(-1));
  if (!layer) {
    return (
      <Panel title="Layer" className="layer-panel">
        <Empty>Choose a layer in the drawing or the table to edit it.</Empty>
      </Panel>
    );
  }
  const kinds = kindChoices(layer.kind);
  return (
    <Panel title={layer.id} subtitle={layer.kind} className="layer-panel">
      {/* Another layer gets fields of its own: what was typed for the last one must not reach it. */}
      <div className="attribute-grid" key={layer.id}>
        {layer.kind !== 'input' && (
          <LiveField
            label="Name"
            value={layer.id}
            disabled={busy}
            whenLeft
            onChange={(text) => rename(network, layer, text)}
          />
        )}
        {kinds.length > 1 && (
          <SelectField
            label="Kind"
            value={layer.kind}
            disabled={busy}
            options={kinds.map((kind) => ({ value: kind, label: kind }))}
            onChange={(kind) => applyEdit(changeKind(network, layer.id, kind as NewLayerKind))}
          />
        )}
        {attributesOf(layer).map(({ key, label, text, form, choices }) =>
          choices ? (
            <SelectField
              key={key}
              label={label}
              value={text}
              disabled={busy}
              options={choices.map((choice) => ({ value: choice, label: choice }))}
              onChange={(value) => typeAttribute(layer.id, key, value)}
            />
          ) : (
            <LiveField
              key={key}
              label={label}
              value={text}
              title={`${label}: ${form}`}
              disabled={busy}
              onChange={(value) => typeAttribute(layer.id, key, value)}
              onSettle={settleDesign}
            />
          ),
        )}
      </div>
      <Inputs network={shown} id={layer.id} disabled={busy} />
      <LayerFacts network={network} layer={layer} />
      <p className="hint">
        Layers keep the weights that still fit; the others are drawn anew when it is trained. Undo brings all
        back.
      </p>
    </Panel>
  );
}

function LayerFacts({ network, layer }: { network: Network; layer: Layer }) {
  const report = useReport(network);
  const shares = useMemo(() => (report ? timeShares(report) : null), [report]);
  const at = geometryAt(cachedGeometry(network), layer.id);
  const { macCount, parameterCount } = layerCounts(layer, at);
  const rows = report?.rows.filter(({ layerIds }) => layerIds.includes(layer.id)) ?? [];
  const own = rows.filter(({ layerIds }) => layerIds[0] === layer.id);
  const cycles = own.reduce((sum, row) => sum + row.cycles, 0);
  const share = shares?.get(layer.id);
  const facts: readonly (readonly [name: string, value: string])[] = [
    ...(layer.inputs.length > 0 ? [['Reads', at.ifms.map(describeMap).join(' and ')] as const] : []),
    ['Makes', describeMap(at.ofm)],
    ['MACs', formatInteger(macCount)],
    ['Parameters', formatInteger(parameterCount)],
    [
      'Time',
      !report
        ? 'no estimate on the target'
        : own.length > 0
          ? `${formatInteger(cycles)} cycles${share === undefined ? '' : `, ${formatPercent(share)} of all rows`}`
          : rows.length > 0
            ? `with ${rows[0]?.label}`
            : 'none of its own',
    ],
  ];
  return (
    <dl className="layer-facts">
      {facts.map(([name, value]) => (
        <div key={name} className={name === 'Time' ? 'double' : undefined}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
      {own[0] && (
        <div className="wide">
          <dt>Bound</dt>
          <dd>
            {own[0].boundSentence}{' '}
            <button type="button" className="link" onClick={() => setUi({ room: 'hardware' })}>
              Hardware
            </button>
          </dd>
        </div>
      )}
    </dl>
  );
}

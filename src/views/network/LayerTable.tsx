import { useMemo, useState } from 'react';
import { layerCounts } from '../../core/network/counts.ts';
import { attributesLine } from '../../core/network/editing/attributes.ts';
import type { Layer, Network } from '../../core/network/network.ts';
import { describeMap, geometryAt } from '../../core/network/shapes.ts';
import { formatInteger, formatPercent } from '../../core/quantity.ts';
import { chooseLayer, editorKey } from '../../state/actions/edit.ts';
import { cachedGeometry } from '../../state/derived.ts';
import { setUi } from '../../state/uiStore.ts';
import { Panel } from '../parts/Panel.tsx';
import { ScrollRegion } from '../parts/ScrollRegion.tsx';
import { focusMain } from './focusMain.ts';
import { timeShares } from './graphData.ts';
import { useChosen, useReport } from './useEditing.ts';

interface Row {
  readonly layer: Layer;
  readonly place: number;
  readonly attributes: string;
  readonly output: string;
  readonly outputSize: number;
  readonly macCount: number;
  readonly parameterCount: number;
  readonly share: number | undefined;
}

interface Column {
  readonly name: string;
  readonly numeric?: boolean;
  /** What rows are ordered by. */
  readonly value: (row: Row) => string | number;
  readonly text: (row: Row) => string;
}

const count = (value: number): string => (value > 0 ? formatInteger(value) : '');

const COLUMNS: readonly Column[] = [
  { name: 'Kind', value: ({ layer }) => layer.kind, text: ({ layer }) => layer.kind },
  {
    name: 'Reads',
    value: ({ layer }) => layer.inputs.join(', '),
    text: ({ layer }) => layer.inputs.join(', '),
  },
  { name: 'Attributes', value: ({ attributes }) => attributes, text: ({ attributes }) => attributes },
  { name: 'Output', numeric: true, value: ({ outputSize }) => outputSize, text: ({ output }) => output },
  { name: 'MACs', numeric: true, value: ({ macCount }) => macCount, text: ({ macCount }) => count(macCount) },
  {
    name: 'Parameters',
    numeric: true,
    value: ({ parameterCount }) => parameterCount,
    text: ({ parameterCount }) => count(parameterCount),
  },
  {
    name: 'Time',
    numeric: true,
    value: ({ share }) => share ?? -1,
    text: ({ share }) => (share === undefined ? '' : formatPercent(share)),
  },
];

interface Order {
  /** Null: the layers' own names, that is the network's order. */
  readonly column: string | null;
  readonly direction: 'ascending' | 'descending';
}

const IN_ORDER: Order = { column: null, direction: 'ascending' };

function inOrder(rows: readonly Row[], { column, direction }: Order): readonly Row[] {
  const by = COLUMNS.find(({ name }) => name === column);
  const sign = direction === 'ascending' ? 1 : -1;
  return rows.toSorted((a, b) => {
    const [x, y] = by ? [by.value(a), by.value(b)] : [a.place, b.place];
    const order = typeof x === 'number' ? x - (y as number) : x.localeCompare(y as string, 'en');
    return order === 0 ? a.place - b.place : sign * order;
  });
}

function useRows(network: Network): readonly Row[] {
  const report = useReport(network);
  return useMemo(() => {
    const geometry = cachedGeometry(network);
    const shares = report ? timeShares(report) : null;
    return network.layers.map((layer, place) => {
      const at = geometryAt(geometry, layer.id);
      const { macCount, parameterCount } = layerCounts(layer, at);
      const { height, width, channels } = at.ofm;
      return {
        layer,
        place,
        attributes: attributesLine(layer),
        output: describeMap(at.ofm),
        outputSize: height * width * channels,
        macCount,
        parameterCount,
        share: shares?.get(layer.id),
      };
    });
  }, [network, report]);
}

/** The layers as a table, ordered by any column; rows are chosen as blocks of the graph are. */
export function LayerTable({ network }: { network: Network }) {
  const chosen = useChosen();
  const [order, setOrder] = useState<Order>(IN_ORDER);
  const rows = useRows(network);
  const shown = useMemo(() => inOrder(rows, order), [rows, order]);
  const main = chosen.at(-1);
  const marked = new Set(chosen);
  return (
    <Panel
      title="Layers"
      subtitle="1 MAC = 2 operations; parameters as Keras counts them; time: share of the cycles of all rows on the leading target"
      className="span-all"
    >
      <ScrollRegion label="Layers of the network">
        <table>
          <thead>
            <tr>
              <Heading name="Layer" column={null} order={order} onOrder={setOrder} />
              {COLUMNS.map(({ name, numeric = false }) => (
                <Heading
                  key={name}
                  name={name}
                  column={name}
                  numeric={numeric}
                  order={order}
                  onOrder={setOrder}
                />
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <tr
                key={row.layer.id}
                className={marked.has(row.layer.id) ? 'current' : undefined}
                onPointerEnter={() => setUi({ hoveredLayer: row.layer.id })}
                onPointerLeave={() => setUi({ hoveredLayer: null })}
              >
                <th scope="row">
                  <button
                    type="button"
                    className="link"
                    aria-current={row.layer.id === main ? 'true' : undefined}
                    aria-pressed={marked.has(row.layer.id)}
                    onClick={(event) =>
                      chooseLayer(
                        row.layer.id,
                        event.shiftKey ? 'range' : event.ctrlKey || event.metaKey ? 'toggle' : 'one',
                      )
                    }
                    data-id={row.layer.id}
                    onKeyDown={({ nativeEvent }) => {
                      if (editorKey(nativeEvent, row.layer.id)) focusMain(nativeEvent);
                    }}
                  >
                    {row.layer.id}
                  </button>
                </th>
                {COLUMNS.map(({ name, numeric, text }) => (
                  <td key={name} className={numeric ? 'number' : undefined}>
                    {text(row)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </Panel>
  );
}

interface HeadingProps {
  readonly name: string;
  readonly column: string | null;
  readonly numeric?: boolean;
  readonly order: Order;
  readonly onOrder: (order: Order) => void;
}

const OTHER = { ascending: 'descending', descending: 'ascending' } as const;

/** A click orders by this column, another turns the order around. Numbers begin with the largest. */
function Heading({ name, column, numeric = false, order, onOrder }: HeadingProps) {
  const mine = order.column === column;
  const first = numeric ? 'descending' : 'ascending';
  return (
    <th scope="col" className={numeric ? 'number' : undefined} aria-sort={mine ? order.direction : undefined}>
      <button
        type="button"
        className="quiet sort"
        onClick={() => onOrder({ column, direction: mine ? OTHER[order.direction] : first })}
      >
        {name}
        {mine && column !== null ? (order.direction === 'ascending' ? ' ↑' : ' ↓') : ''}
      </button>
    </th>
  );
}

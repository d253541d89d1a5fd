import { useState } from 'react';
import { formatWeight, sparkPath } from '../../charts/histogramModel.ts';
import { NEAR_ZERO_SHARE, type WeightStatistics } from '../../core/network/weightStatistics.ts';
import { formatInteger, formatPercent } from '../../core/quantity.ts';
import { setUi } from '../../state/uiStore.ts';
import { ScrollRegion } from '../parts/ScrollRegion.tsx';
import { parameterName, type WeightRow } from './weightRows.ts';

interface Column {
  readonly name: string;
  readonly title: string;
  /** What rows are ordered by. */
  readonly value: (statistics: WeightStatistics) => number;
  readonly text: (statistics: WeightStatistics) => string;
}

/** −12 as ⁻¹² */
const superscript = (value: number): string =>
  String(value).replace(/[-\d]/g, (digit) => (digit === '-' ? '⁻' : ('⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)] ?? '')));

const share = (value: number): string => (value === 0 ? '0' : formatPercent(value));

const COLUMNS: readonly Column[] = [
  {
    name: 'Count',
    title: 'How many numbers',
    value: ({ count }) => count,
    text: ({ count }) => formatInteger(count),
  },
  {
    name: 'Min',
    title: 'The least of them',
    value: ({ min }) => min,
    text: ({ min }) => formatWeight(min),
  },
  {
    name: 'Mean',
    title: 'Their mean',
    value: ({ mean }) => mean,
    text: ({ mean }) => formatWeight(mean),
  },
  { name: 'Max', title: 'The greatest', value: ({ max }) => max, text: ({ max }) => formatWeight(max) },
  {
    name: 'Deviation',
    title: 'Standard deviation',
    value: ({ standardDeviation }) => standardDeviation,
    text: ({ standardDeviation }) => formatWeight(standardDeviation),
  },
  {
    name: 'Zeros',
    title: 'Share of exact zeros',
    value: ({ zeroShare }) => zeroShare,
    text: ({ zeroShare }) => share(zeroShare),
  },
  {
    name: 'Near zero',
    title: `Share below ${NEAR_ZERO_SHARE} of the largest magnitude, zeros included`,
    value: ({ nearZeroShare }) => nearZeroShare,
    text: ({ nearZeroShare }) => share(nearZeroShare),
  },
  {
    name: 'Covered by',
    title:
      'The least power of two that is at least the largest magnitude: the range of a power-of-two quantizer',
    value: ({ scaleExponent }) => scaleExponent ?? Number.NEGATIVE_INFINITY,
    text: ({ scaleExponent }) => (scaleExponent === null ? '–' : `±2${superscript(scaleExponent)}`),
  },
];

const NOT_FINITE: Column = {
  name: 'Not finite',
  title: 'NaN and infinite numbers, which all other columns leave out',
  value: ({ notFiniteCount }) => notFiniteCount,
  text: ({ notFiniteCount }) => formatInteger(notFiniteCount),
};

interface Order {
  readonly name: string;
  readonly direction: 'descending' | 'ascending';
}

/** A click on the same column goes from the greatest first over the least first back to the network's order. */
function nextOrder(order: Order | null, name: string): Order | null {
  if (order?.name !== name) return { name, direction: 'descending' };
  return order.direction === 'descending' ? { name, direction: 'ascending' } : null;
}

function inOrder(rows: readonly WeightRow[], order: Order | null, columns: readonly Column[]) {
  const column = columns.find(({ name }) => name === order?.name);
  if (!order || !column) return rows;
  const sign = order.direction === 'ascending' ? 1 : -1;
  // What is not there yet stays at the end in both directions.
  const place = ({ statistics }: WeightRow) => {
    const value = statistics ? column.value(statistics) : Number.NaN;
    return Number.isNaN(value) ? Number.POSITIVE_INFINITY : sign * value;
  };
  return rows.toSorted((a, b) => {
    const [first, second] = [place(a), place(b)];
    return first === second ? 0 : first - second;
  });
}

interface WeightsTableProps {
  readonly rows: readonly WeightRow[];
  readonly currentKey: string | null;
  readonly onSelect: (row: WeightRow) => void;
}

/** A line a parameter, with its histogram drawn small. */
export function WeightsTable({ rows, currentKey, onSelect }: WeightsTableProps) {
  const [order, setOrder] = useState<Order | null>(null);
  const broken = rows.some(({ statistics }) => (statistics?.notFiniteCount ?? 0) > 0);
  const columns = broken ? [...COLUMNS, NOT_FINITE] : COLUMNS;
  return (
    <ScrollRegion label="Weights by layer">
      <table className="weights-table">
        <thead>
          <tr>
            <th scope="col">Layer</th>
            <th scope="col">Parameter</th>
            <th scope="col">Distribution</th>
            {columns.map(({ name, title }) => (
              <th
                key={name}
                scope="col"
                className="number"
                aria-sort={order?.name === name ? order.direction : 'none'}
              >
                <button
                  type="button"
                  className="sort"
                  title={title}
                  onClick={() => setOrder(nextOrder(order, name))}
                >
                  {name}
                  <span aria-hidden="true">
                    {order?.name === name ? (order.direction === 'descending' ? ' ↓' : ' ↑') : ''}
                  </span>
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {inOrder(rows, order, columns).map((row) => (
            <tr
              key={row.key}
              className={row.key === currentKey ? 'current' : undefined}
              onPointerEnter={() => setUi({ hoveredLayer: row.layerId })}
              onPointerLeave={() => setUi({ hoveredLayer: null })}
            >
              <th scope="row">
                <button
                  type="button"
                  className="link"
                  aria-label={`${row.layerId} ${parameterName(row.parameter)}`}
                  aria-pressed={row.key === currentKey}
                  onClick={() => onSelect(row)}
                >
                  {row.layerId}
                </button>
              </th>
              <td>
                {parameterName(row.parameter)} <span className="muted">{row.shape.join('x')}</span>
              </td>
              <td>
                <Spark statistics={row.statistics} />
              </td>
              {columns.map(({ name, text }) => (
                <td key={name} className="number">
                  {row.statistics ? text(row.statistics) : '…'}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

const SPARK = { width: 92, height: 16 };

/** The numbers beside it say what it shows. */
function Spark({ statistics }: { statistics: WeightStatistics | null }) {
  const { width, height } = SPARK;
  return (
    <svg className="spark" width={width} height={height} aria-hidden="true">
      <line x1={width / 2} x2={width / 2} y1={0} y2={height} />
      {statistics && <path d={sparkPath(statistics.bins, width, height)} />}
    </svg>
  );
}

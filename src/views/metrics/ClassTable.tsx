import { useState } from 'react';
import { formatInteger } from '../../core/quantity.ts';
import type { MetricsReport } from '../../core/training/metricsReport.ts';
import { Panel } from '../parts/Panel.tsx';
import { ScrollRegion } from '../parts/ScrollRegion.tsx';
import { CLASS_COLUMNS, type ClassOrder, classesInOrder, nextClassOrder } from './classOrder.ts';
import { score } from './metricsText.ts';

const ARROWS = { ascending: ' ↑', descending: ' ↓' };

/** Precision, recall, F1 and average precision of each class, in any order. */
export function ClassTable({ report, names }: { report: MetricsReport; names: readonly string[] }) {
  const [order, setOrder] = useState<ClassOrder | null>(null);
  return (
    <Panel title="By class" subtitle="each class against all others" className="main-table">
      <ScrollRegion label="Metrics by class">
        <table>
          <thead>
            <tr>
              <th scope="col">Class</th>
              {CLASS_COLUMNS.map(({ name, title }) => (
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
                    onClick={() => setOrder(nextClassOrder(order, name))}
                  >
                    {name}
                    <span aria-hidden="true">{order?.name === name ? ARROWS[order.direction] : ''}</span>
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {classesInOrder(report.classes, order).map((row) => (
              <tr key={row.label}>
                <th scope="row">{names[row.label]}</th>
                {CLASS_COLUMNS.map(({ name, value, whole }) => (
                  <td key={name} className="number">
                    {whole ? formatInteger(value(row) ?? 0) : score(value(row))}
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

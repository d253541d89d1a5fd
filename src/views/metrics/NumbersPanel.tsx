import { toCsv } from '../../charts/export.ts';
import type { Table } from '../../charts/types.ts';
import type { MetricsReport } from '../../core/training/metricsReport.ts';
import type { PairedComparison } from '../../core/training/pairedComparison.ts';
import type { HeldPart, Prediction } from '../../workers/protocol.ts';
import { Panel } from '../parts/Panel.tsx';
import { saveBlob } from '../parts/saveBlob.ts';
import { imagesTable, numbersTable } from './metricsCsv.ts';
import { fileNameFor, numberRows, score } from './metricsText.ts';

interface NumbersPanelProps {
  readonly prediction: Prediction;
  /** The model that this one is compared with; null where there is none. */
  readonly baseline: MetricsReport | null;
  readonly comparison: PairedComparison | null;
  readonly names: readonly string[];
  readonly part: HeldPart;
}

const save = (name: string, table: Table) =>
  saveBlob(`sweetspot-${name}.csv`, new Blob([toCsv(table)], { type: 'text/csv' }));

/** What is said of the whole network, each number with what it is about. */
export function NumbersPanel({ prediction, baseline, comparison, names, part }: NumbersPanelProps) {
  const { report } = prediction;
  return (
    <Panel
      title="Numbers"
      className="side-chart"
      actions={
        <>
          <button
            type="button"
            className="quiet small"
            title="Every number of this page"
            onClick={() => save(fileNameFor(part, 'metrics'), numbersTable(report, names, comparison, part))}
          >
            Numbers as CSV
          </button>
          <button
            type="button"
            className="quiet small"
            title="A row an image: true class, predicted class, probabilities"
            onClick={() => save(fileNameFor(part, 'predictions'), imagesTable(prediction, names))}
          >
            Images as CSV
          </button>
        </>
      }
    >
      <table className="metrics-numbers" aria-label="Numbers">
        <thead>
          <tr>
            <th scope="col">Metric</th>
            <th scope="col" className="number">
              This model
            </th>
            {baseline && (
              <th scope="col" className="number">
                Baseline
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {numberRows(report).map(({ name, value, note }) => (
            <tr key={name}>
              <th scope="row">
                {name}
                <span className="metrics-note">{note(report)}</span>
              </th>
              <td className="number">{score(value(report))}</td>
              {baseline && <td className="number">{score(value(baseline))}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

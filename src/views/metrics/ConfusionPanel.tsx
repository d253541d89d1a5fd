import { useMemo, useState } from 'react';
import type { ConfusionCell, ConfusionMatrixData } from '../../charts/confusionMatrixModel.ts';
import { formatInteger, formatPercent } from '../../core/quantity.ts';
import { confusedPairs } from '../../core/training/confusion.ts';
import type { MetricsReport } from '../../core/training/metricsReport.ts';
import type { HeldPart } from '../../workers/protocol.ts';
import { ChartPanel } from '../parts/ChartPanel.tsx';
import { CONFUSION } from './chartKinds.ts';
import { fileNameFor } from './metricsText.ts';

interface ConfusionPanelProps {
  readonly report: MetricsReport;
  readonly names: readonly string[];
  readonly part: HeldPart;
  readonly selected: ConfusionCell | null;
  readonly onSelect: (cell: ConfusionCell | null) => void;
}

const sameCell = (a: ConfusionCell | null, b: ConfusionCell): boolean =>
  a?.label === b.label && a.predicted === b.predicted;

/** Which class is taken for which, and the pairs that are confused most. A cell chosen twice is let go. */
export function ConfusionPanel({ report, names, part, selected, onSelect }: ConfusionPanelProps) {
  const [show, setShow] = useState<'counts' | 'shares'>('counts');
  const data = useMemo(
    (): ConfusionMatrixData => ({ classNames: names, counts: report.confusion.counts, show, selected }),
    [names, report, show, selected],
  );
  const options = useMemo(
    () => ({ onPick: (cell: ConfusionCell) => onSelect(sameCell(selected, cell) ? null : cell) }),
    [selected, onSelect],
  );
  const pairs = useMemo(() => confusedPairs(report.confusion, 5), [report]);
  const many = names.length > 30;
  return (
    <ChartPanel
      title="Confusion matrix"
      subtitle="choose a cell for its mistakes"
      kind={CONFUSION}
      data={data}
      options={options}
      fileName={fileNameFor(part, 'confusion-matrix')}
      className={`main-chart confusion-panel${many ? ' many' : ''}`}
      controls={
        <button
          type="button"
          className="quiet small"
          aria-pressed={show === 'shares'}
          title="Per cent of the images of the true class, instead of images"
          onClick={() => setShow(show === 'shares' ? 'counts' : 'shares')}
        >
          % of rows
        </button>
      }
    >
      {pairs.length > 0 && (
        <div className="pairs">
          <span>Confused most:</span>
          {pairs.map(({ label, predicted, count, share }) => (
            <button
              key={`${label} ${predicted}`}
              type="button"
              className="quiet small"
              aria-pressed={sameCell(selected, { label, predicted })}
              onClick={() => options.onPick({ label, predicted })}
            >
              {names[label]} for {names[predicted]}: {formatInteger(count)} ({formatPercent(share, 0)})
            </button>
          ))}
        </div>
      )}
    </ChartPanel>
  );
}

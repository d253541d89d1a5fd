import type { FinnGraphReport } from '../../core/hardware/finn/graph/graphReport.ts';
import { boardById, RESOURCE_LABELS } from '../../core/hardware/finn/tuning/boards.ts';
import { formatCount, formatInteger, formatPercent, formatSeconds } from '../../core/quantity.ts';
import { Panel } from '../parts/Panel.tsx';

interface FinnGraphTotalsProps {
  readonly report: FinnGraphReport;
  readonly boardId: string;
  readonly className: string;
}

function share(used: number, of: number | undefined): string {
  if (of === undefined) return '';
  if (of === 0) return used > 0 ? ', none there' : '';
  return ` of ${formatInteger(of)} (${formatPercent(used / of)})`;
}

/** What the whole graph reaches and takes of its board, and what does not fit. */
export function FinnGraphTotals({ report, boardId, className }: FinnGraphTotalsProps) {
  const board = boardById(boardId);
  const facts: readonly (readonly [string, string])[] = [
    ['Throughput', formatCount(report.throughputFps, 'fps')],
    ['Cycles between frames', formatInteger(report.initiationInterval)],
    ['First frame, at most', formatSeconds(report.latencyUpperBoundSeconds)],
    ...RESOURCE_LABELS.map(([key, label]) => {
      const used = report.resources[key];
      return [label, `${formatInteger(used)}${share(used, board?.budget[key])}`] as const;
    }),
  ];
  return (
    <Panel title="The graph in all" subtitle={`on ${board?.name ?? 'no board'}`} className={className}>
      <dl className="facts finn-graph-facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {report.violations.length > 0 && (
        <div className="finn-graph-over">
          <Sentences of={report.violations.map(({ message }) => message)} />
        </div>
      )}
    </Panel>
  );
}

/** What the numbers leave out or take otherwise. */
export function FinnGraphRemarks({ report, className }: Omit<FinnGraphTotalsProps, 'boardId'>) {
  const general = "All are FINN's own estimates of v0.10.1: no shell, DMA or flip-flops are in them.";
  return (
    <Panel title="What these numbers mean" className={className}>
      <Sentences of={[...report.notes, general]} />
    </Panel>
  );
}

const MOST_SHOWN = 8;

function Sentences({ of: sentences }: { of: readonly string[] }) {
  const more = sentences.slice(MOST_SHOWN);
  return (
    <>
      <List of={sentences.slice(0, MOST_SHOWN)} />
      {more.length > 0 && (
        <details>
          <summary>And {more.length} more</summary>
          <List of={more} />
        </details>
      )}
    </>
  );
}

const List = ({ of: sentences }: { of: readonly string[] }) => (
  <ul className="reasons">
    {sentences.map((sentence) => (
      <li key={sentence}>{sentence}</li>
    ))}
  </ul>
);

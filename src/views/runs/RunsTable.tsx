import { useState } from 'react';
import { useStore } from 'zustand';
import { neededBecause } from '../../state/actions/keptRuns.ts';
import { imagesOf, runsStore, type TrainingRun } from '../../state/runsStore.ts';
import { Empty } from '../parts/Panel.tsx';
import { ScrollRegion } from '../parts/ScrollRegion.tsx';
import { useEntry } from '../useEntry.ts';
import { type Ask, RunRow } from './RunRow.tsx';
import { nextRunOrder, RUN_COLUMNS, type RunOrder, runsInOrder } from './runColumns.ts';
import type { DiskUse } from './useDiskUse.ts';

const ARROWS = { ascending: ' ↑', descending: ' ↓' };

interface RunsTableProps {
  readonly runs: readonly TrainingRun[];
  readonly use: DiskUse;
  readonly onAsk: (ask: Ask) => void;
  readonly onExport: (run: TrainingRun) => void;
}

/** A row a run, the newest first; those on the images of the present design can be compared with each other. */
export function RunsTable({ runs, use, onAsk, onExport }: RunsTableProps) {
  const chosen = useStore(runsStore, (state) => state.chosen);
  const { modelId, design } = useEntry();
  const [order, setOrder] = useState<RunOrder | null>(null);
  const images = imagesOf(design.data);
  if (runs.length === 0) return <Empty>No run has these words in its name, network or recipe.</Empty>;
  const head = (name: string, title: string, className?: string) => (
    <th
      key={name}
      scope="col"
      className={className}
      aria-sort={order?.name === name ? order.direction : 'none'}
    >
      <button
        type="button"
        className="sort"
        title={title}
        onClick={() => setOrder(nextRunOrder(order, name))}
      >
        {name}
        <span aria-hidden="true">{order?.name === name ? ARROWS[order.direction] : ''}</span>
      </button>
    </th>
  );
  return (
    <ScrollRegion label="Table of runs">
      <table className="runs-table">
        <thead>
          <tr>
            <th scope="col">
              <span className="visually-hidden">Compare</span>
            </th>
            {head('Run', 'Its name; write another')}
            {RUN_COLUMNS.map(({ name, title, isText }) => head(name, title, isText ? undefined : 'number'))}
            <th scope="col" className="run-actions">
              <span className="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {runsInOrder(runs, order).map((run) => (
            <RunRow
              key={run.id}
              run={run}
              place={chosen.indexOf(run.id)}
              chosenCount={chosen.length}
              isPresent={run.modelId !== null && run.modelId === modelId}
              isComparable={imagesOf(run.design.data) === images}
              bytes={run.modelId === null ? null : (use.byModel.get(run.modelId) ?? null)}
              needed={neededBecause(run)}
              onAsk={onAsk}
              onExport={onExport}
            />
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

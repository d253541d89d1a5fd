import { useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { openAnything } from '../../state/actions/incoming.ts';
import { presentSession, sessionOfRun } from '../../state/actions/sessions.ts';
import { runsStore, type TrainingRun } from '../../state/runsStore.ts';
import { Empty, Panel } from '../parts/Panel.tsx';
import { saveBlob } from '../parts/saveBlob.ts';
import { savePieces } from '../parts/savePieces.ts';
import { ConfirmDelete } from './ConfirmDelete.tsx';
import { CurvesPanel } from './CurvesPanel.tsx';
import { DifferencePanel } from './DifferencePanel.tsx';
import type { Ask } from './RunRow.tsx';
import { RunsTable } from './RunsTable.tsx';
import { runsWith } from './runColumns.ts';
import { runsCsv } from './runsCsv.ts';
import { type DiskUse, megabytes, useDiskUse } from './useDiskUse.ts';

const saveSession = (name: string, text: string) =>
  saveBlob(`sweetspot-${name}.json`, new Blob([text], { type: 'application/json' }));

/** A name as part of a file name. */
const fileNameOf = (name: string): string =>
  name
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 80) || 'run';

const exportRun = (run: TrainingRun) => saveSession(fileNameOf(run.name), sessionOfRun(run));

/** All trainings that were kept: compared, named, used again, sent, deleted. */
export function RunsPage() {
  const runs = useStore(runsStore, (state) => state.runs);
  const chosenIds = useStore(runsStore, (state) => state.chosen);
  const use = useDiskUse();
  const [words, setWords] = useState('');
  const [ask, setAsk] = useState<Ask | null>(null);
  const shown = useMemo(() => runsWith(runs, words), [runs, words]);
  const chosen = useMemo(
    () => chosenIds.flatMap((id) => runs.find((run) => run.id === id) ?? []),
    [runs, chosenIds],
  );
  return (
    <div className="charts span-all">
      <Panel title="Runs" subtitle={`${runs.length} kept`} actions={<Exports runs={runs} chosen={chosen} />}>
        <div className="stack">
          {runs.length === 0 ? (
            <Empty>
              No run yet. Every training is kept here with its recipe, its curves and its weights; a session
              that somebody exported can be opened too.
            </Empty>
          ) : (
            <>
              <input
                type="text"
                className="runs-filter"
                aria-label="Filter runs by words"
                placeholder="Filter: name, network, recipe, result …"
                value={words}
                onChange={(event) => setWords(event.target.value)}
              />
              {ask && (
                <ConfirmDelete
                  ask={ask}
                  bytes={ask.run.modelId === null ? null : (use.byModel.get(ask.run.modelId) ?? null)}
                  onDone={() => setAsk(null)}
                />
              )}
              <RunsTable runs={shown} use={use} onAsk={setAsk} onExport={exportRun} />
              <p className="hint">{diskSentence(runs, use)}</p>
            </>
          )}
        </div>
      </Panel>
      {runs.length > 0 && <CurvesPanel runs={chosen} />}
      {chosen.length > 1 && <DifferencePanel runs={chosen} />}
    </div>
  );
}

/** What the runs take on the disk, and the whole page. */
function diskSentence(runs: readonly TrainingRun[], { byModel, page }: DiskUse): string {
  const weights = new Set(runs.flatMap(({ modelId }) => modelId ?? []));
  const bytes = [...weights].reduce((sum, id) => sum + (byModel.get(id) ?? 0), 0);
  const all = page
    ? ` This page takes ${megabytes(page.used)} of the ${megabytes(page.quota)} that the browser allows.`
    : '';
  return `The weights of runs take ${megabytes(bytes)} on this machine.${all}`;
}

function Exports({ runs, chosen }: { runs: readonly TrainingRun[]; chosen: readonly TrainingRun[] }) {
  const listed = chosen.length > 0 ? chosen : runs;
  return (
    <>
      <label className="button quiet small file-button">
        Open a session
        <input
          type="file"
          className="visually-hidden"
          accept=".json,application/json"
          onChange={(event) => {
            const files = [...(event.target.files ?? [])];
            event.target.value = '';
            void openAnything(files);
          }}
        />
      </label>
      <button
        type="button"
        className="quiet small"
        title="The present design as a session: data, network, recipes, seeds"
        onClick={() => saveSession('session', presentSession())}
      >
        Save this session
      </button>
      <button
        type="button"
        className="quiet small"
        disabled={listed.length === 0}
        title={chosen.length > 0 ? 'Curves and numbers of the chosen runs' : 'Curves and numbers of all runs'}
        onClick={() => void savePieces('sweetspot-runs.csv', 'text/csv', runsCsv(listed))}
      >
        {chosen.length > 0 ? `CSV of ${chosen.length}` : 'CSV of all'}
      </button>
    </>
  );
}

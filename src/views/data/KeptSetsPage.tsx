import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { formatCount, formatInteger, formatPercent } from '../../core/quantity.ts';
import { chooseSet } from '../../state/actions/data.ts';
import { askToPersist, lookUpPersistence } from '../../state/actions/persist.ts';
import { deleteSet, exportSet, listSets, sourceOf } from '../../state/actions/sets.ts';
import { dataStore } from '../../state/dataStore.ts';
import { runJob } from '../../state/jobStore.ts';
import { runsStore, type TrainingRun } from '../../state/runsStore.ts';
import { setsStore } from '../../state/setsStore.ts';
import { trainingStore } from '../../state/trainingStore.ts';
import type { StorageUse, StoredSet } from '../../workers/protocol.ts';
import { Empty, Panel } from '../parts/Panel.tsx';
import { ScrollRegion } from '../parts/ScrollRegion.tsx';
import { saveBlob } from '../parts/saveBlob.ts';

/** What is lost with a set, where anything needs it; null where it is only a set. */
function lossOf(isPresent: boolean, runCount: number): string | null {
  const runs = runCount === 1 ? '1 run was' : `${formatInteger(runCount)} runs were`;
  const reasons = [
    isPresent && 'It is the data of the present design',
    runCount > 0 && `${runs} trained with it`,
  ].filter((reason) => reason !== false);
  return reasons.length === 0 ? null : `${reasons.join(', and ')}: without it the files are needed again.`;
}

/** Sets that the browser keeps: used, exported, deleted. */
export function KeptSetsPage() {
  const kept = useStore(setsStore, (state) => state.kept);
  const use = useStore(setsStore, (state) => state.use);
  useEffect(() => {
    // another tab may have kept or deleted some
    void lookUpPersistence();
    void runJob('Looking for kept sets', ({ signal }) => listSets(signal));
  }, []);
  return (
    <Panel
      title="Kept sets"
      subtitle="compiled images that this browser keeps for this page, on this machine only"
      className="span-all"
    >
      {kept === null || kept.length === 0 ? (
        <Empty>
          {kept === null
            ? 'Looking which sets are kept…'
            : 'No set is kept yet. Open images of your own: what is compiled of them is kept and found again after a reload.'}
        </Empty>
      ) : (
        <SetTable sets={kept} />
      )}
      {use && use.quotaBytes > 0 && <Storage use={use} />}
      <Persistence />
    </Panel>
  );
}

function Storage({ use: { usedBytes, quotaBytes } }: { use: StorageUse }) {
  const share = usedBytes / quotaBytes;
  return (
    <div className="storage">
      <progress max={1} value={share} aria-label={`Storage: ${formatPercent(share)} used`} />
      <span className="hint">
        {formatCount(usedBytes, 'B')} of {formatCount(quotaBytes, 'B')} used by this page, weights and runs
        included
      </span>
    </div>
  );
}

/** Whether the browser may clear what it keeps: it does so when the disk is full. */
function Persistence() {
  const isPersistent = useStore(setsStore, (state) => state.isPersistent);
  const [isRefused, setRefused] = useState(false);
  if (isPersistent === null) return null;
  if (isPersistent)
    return <p className="hint">The browser keeps the data of this page until you delete it.</p>;
  const ask = async () => {
    await askToPersist();
    setRefused(setsStore.getState().isPersistent === false);
  };
  return (
    <p className="hint">
      The browser may clear the data of this page, all sets, runs and weights at once, when the disk is full;
      export what you can't compile or train again.{' '}
      {isRefused ? (
        <span role="status">It was asked to keep them, and did not agree.</span>
      ) : (
        <button type="button" className="link" onClick={() => void ask()}>
          Ask the browser to keep them
        </button>
      )}
    </p>
  );
}

function SetTable({ sets }: { sets: readonly StoredSet[] }) {
  const presentId = useStore(dataStore, ({ data }) =>
    data.status === 'ready' ? (data.data.stored?.id ?? null) : null,
  );
  return (
    <ScrollRegion label="Table of kept sets">
      <table>
        <thead>
          <tr>
            <th scope="col">Set</th>
            <th scope="col" className="number">
              Images
            </th>
            <th scope="col" className="number">
              Classes
            </th>
            <th scope="col">Image</th>
            <th scope="col" className="number">
              On disk
            </th>
            <th scope="col">Compiled</th>
            <th scope="col">
              <span className="visually-hidden">What to do with it</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {sets.map((set) => (
            <SetRow key={set.id} set={set} isPresent={set.id === presentId} />
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

async function save(set: StoredSet, content: 'data' | 'paths'): Promise<void> {
  const file = await exportSet(set, content);
  if (file) saveBlob(file.name, file.blob);
}

const when = new Intl.DateTimeFormat('en-US', { dateStyle: 'medium', timeStyle: 'short' });

const isOf = ({ design: { data } }: TrainingRun, { fingerprint }: StoredSet): boolean =>
  data.source.kind === 'file' && data.source.fingerprint === fingerprint;

function SetRow({ set, isPresent }: { set: StoredSet; isPresent: boolean }) {
  const [asks, setAsks] = useState(false);
  const training = useStore(trainingStore, (state) => state.live !== null);
  const runCount = useStore(runsStore, ({ runs }) => runs.filter((run) => isOf(run, set)).length);
  const loss = lossOf(isPresent, runCount);
  const { name, image, classNames, synthetic } = set.header;
  const action = (text: string, label: string, act: () => void, disabled = false) => (
    <button
      type="button"
      className="quiet small"
      aria-label={`${label}: ${name}`}
      disabled={disabled}
      onClick={act}
    >
      {text}
    </button>
  );
  return (
    <>
      <tr className={isPresent ? 'current' : undefined}>
        <th scope="row" className="name-cell" title={set.sourceNames.join(', ')}>
          {name}
          {isPresent && <span className="muted"> in use</span>}
          {synthetic && <span className="muted"> synthetic</span>}
        </th>
        <td className="number">{formatInteger(set.imageCount)}</td>
        <td className="number">{formatInteger(classNames.length)}</td>
        <td>
          {image.height}x{image.width}x{image.channels}
        </td>
        <td className="number">{set.isKept ? formatCount(set.bytes, 'B') : 'memory'}</td>
        <td>{when.format(set.createdAt)}</td>
        <td className="row-actions">
          {action('Use', 'Use', () => chooseSet(set, sourceOf(set)), isPresent || training)}
          {action('Export with images', 'Export with images', () => void save(set, 'data'))}
          {action('Export paths', 'Export paths only', () => void save(set, 'paths'))}
          {action(
            'Delete',
            'Delete',
            () => (loss === null ? void deleteSet(set) : setAsks(true)),
            asks || (isPresent && training),
          )}
        </td>
      </tr>
      {asks && (
        <tr className="current">
          <td colSpan={7}>
            <div className="asked-row" role="alert">
              <span>
                Delete {name}? {loss}
              </span>
              <button type="button" onClick={() => void deleteSet(set)}>
                Delete it
              </button>
              <button type="button" onClick={() => setAsks(false)}>
                Keep it
              </button>
            </div>
          </td>
        </tr>
      )}
    </>
  );
}

import { memo, useState } from 'react';
import { formatCount, formatInteger } from '../../core/quantity.ts';
import { restoreRun, startsFromSeed, trainAgain } from '../../state/actions/keptRuns.ts';
import { MOST_CHOSEN, type TrainingRun, toggleChosen } from '../../state/runsStore.ts';
import { RunName } from './RunName.tsx';
import { RunSign } from './RunSign.tsx';
import { RUN_COLUMNS, type RunColumn } from './runColumns.ts';
import { megabytes } from './useDiskUse.ts';

const RESULTS: Readonly<Record<TrainingRun['result'], string>> = {
  running: 'going on',
  finished: '',
  early: 'ended early',
  stopped: 'stopped',
  failed: 'failed',
  interrupted: 'interrupted',
};

const KINDS: Readonly<Record<TrainingRun['kind'], string>> = {
  train: '',
  'fine-tune': 'fine-tuned',
  distill: 'distilled',
};

/** What stands under the name: network, size, and whatever is out of the ordinary. */
function notesOf(run: TrainingRun, isComparable: boolean, bytes: number | null): string {
  const { design, parameterCount, kind, phase, backend, imagesPerSecond, result, teachers, restoredEpoch } =
    run;
  return [
    design.network.name,
    formatCount(parameterCount),
    backend ?? '',
    imagesPerSecond === null ? '' : `${formatInteger(imagesPerSecond)} images/s`,
    run.modelId === null ? 'no weights' : bytes === null ? '' : megabytes(bytes),
    phase ? `${phase.name}${phase.round > 1 ? ` ${phase.round}` : ''}` : KINDS[kind],
    teachers.length > 0 ? `from ${teachers.join(', ')}` : '',
    RESULTS[result],
    restoredEpoch === null ? '' : `weights of epoch ${restoredEpoch}`,
    isComparable ? '' : 'other images',
  ]
    .filter(Boolean)
    .join(' · ');
}

export type Ask = { readonly run: TrainingRun; readonly what: 'run' | 'weights' };

interface RunRowProps {
  readonly run: TrainingRun;
  /** Its place among the chosen runs; -1 where it is not one. */
  readonly place: number;
  readonly chosenCount: number;
  readonly isPresent: boolean;
  /** Trained and measured with the images of the present design, split the same way. */
  readonly isComparable: boolean;
  /** Bytes of its weights on disk. */
  readonly bytes: number | null;
  /** Why its weights must stay; null where they can go. */
  readonly needed: string | null;
  readonly onAsk: (ask: Ask) => void;
  readonly onExport: (run: TrainingRun) => void;
}

/** Drawn anew only where it has changed: after each epoch one of two hundred has. */
export const RunRow = memo(function RunRow(props: RunRowProps) {
  const { run, place, chosenCount, isPresent, isComparable, bytes } = props;
  const isChosen = place >= 0;
  const isFull = !isChosen && chosenCount >= MOST_CHOSEN;
  const isRunning = run.result === 'running';
  const [isOpen, setOpen] = useState(false);
  const hasNote = (note: RunColumn['note']) => note !== undefined && note(run) !== '';
  return (
    <>
      <tr className={isPresent ? 'current' : undefined}>
        <td>
          <label className="run-choice">
            <input
              type="checkbox"
              aria-label={`Compare ${run.name}`}
              title={isFull ? `${MOST_CHOSEN} runs are chosen; take one out first` : undefined}
              disabled={isFull}
              checked={isChosen}
              onChange={() => toggleChosen(run.id)}
            />
            {isChosen && <RunSign place={place} />}
          </label>
        </td>
        <th scope="row">
          <RunName run={run} />
          <span className="run-notes" title={run.sentence || undefined}>
            {notesOf(run, isComparable, bytes)}
          </span>
        </th>
        {RUN_COLUMNS.map(({ name, text, note, isText }) => (
          <td key={name} className={isText ? undefined : 'number'}>
            {text(run)}
            {hasNote(note) && <span className="muted"> {note?.(run)}</span>}
          </td>
        ))}
        <td className="run-actions">
          <button
            type="button"
            className="small"
            aria-label={`Use ${run.name}`}
            title="Work on with its network, weights and choices"
            disabled={isPresent || isRunning}
            onClick={() => void restoreRun(run.id)}
          >
            Use
          </button>
          <button
            type="button"
            className="quiet small"
            aria-label={`More about ${run.name}`}
            aria-expanded={isOpen}
            onClick={() => setOpen(!isOpen)}
          >
            …
          </button>
        </td>
      </tr>
      {isOpen && (
        <tr className="run-more">
          <td colSpan={RUN_COLUMNS.length + 3}>
            <RunMore {...props} />
          </td>
        </tr>
      )}
    </>
  );
});

/** What else can be done with a run, and what there is to say about its end. */
function RunMore({ run, needed, onAsk, onExport }: RunRowProps) {
  const isRunning = run.result === 'running';
  const again = startsFromSeed(run)
    ? 'Its network from its seed, on its images'
    : 'Its recipe becomes that of the design; it began with weights or teachers';
  return (
    <div className="run-more-line">
      <button
        type="button"
        className="small"
        title={again}
        disabled={isRunning}
        onClick={() => void trainAgain(run.id)}
      >
        Train again with this recipe
      </button>
      <button type="button" className="small" onClick={() => onExport(run)}>
        Export as session (JSON)
      </button>
      <button
        type="button"
        className="small"
        disabled={needed !== null}
        title={needed ?? undefined}
        onClick={() => onAsk({ run, what: 'weights' })}
      >
        Delete the weights
      </button>
      <button
        type="button"
        className="small"
        disabled={isRunning}
        onClick={() => onAsk({ run, what: 'run' })}
      >
        Delete the run
      </button>
      {needed !== null && (
        <span className="muted">Weights: {needed.replace(/^[A-Z]/, (c) => c.toLowerCase())}</span>
      )}
      {run.sentence !== '' && <span className="muted">{run.sentence}</span>}
    </div>
  );
}

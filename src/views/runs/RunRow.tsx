import { formatCount } from '../../core/quantity.ts';
import { restoreRun, trainAgain } from '../../state/actions/keptRuns.ts';
import { MOST_CHOSEN, type TrainingRun, toggleChosen } from '../../state/runsStore.ts';
import { RunName } from './RunName.tsx';
import { RunSign } from './RunSign.tsx';
import { RUN_COLUMNS } from './runColumns.ts';
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
function notesOf(run: TrainingRun, isComparable: boolean): string {
  const { design, parameterCount, kind, phase, backend, result, teachers, restoredEpoch } = run;
  return [
    design.network.name,
    formatCount(parameterCount),
    backend ?? '',
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

export function RunRow(props: RunRowProps) {
  const { run, place, chosenCount, isPresent, isComparable, bytes, needed, onAsk, onExport } = props;
  const isChosen = place >= 0;
  const isFull = !isChosen && chosenCount >= MOST_CHOSEN;
  const action = (label: string, title: string, disabled: boolean, onClick: () => unknown) => (
    <button
      type="button"
      className="quiet small"
      aria-label={`${title}: ${run.name}`}
      title={title}
      disabled={disabled}
      onClick={() => void onClick()}
    >
      {label}
    </button>
  );
  const isRunning = run.result === 'running';
  return (
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
          {notesOf(run, isComparable)}
        </span>
      </th>
      {RUN_COLUMNS.map(({ name, text, note, isText }) => (
        <td key={name} className={isText ? undefined : 'number'}>
          {text(run)}
          {note && note(run) !== '' && <span className="muted"> {note(run)}</span>}
        </td>
      ))}
      <td className="number">{bytes === null ? '–' : megabytes(bytes)}</td>
      <td className="run-actions">
        {action('Use', 'Work on with its network, weights and choices', isPresent || isRunning, () =>
          restoreRun(run.id),
        )}
        {action('Again', 'Train again with this recipe', isRunning, () => trainAgain(run.id))}
        {action('JSON', 'Export as a session', false, () => onExport(run))}
        {action('Free', needed ? `Weights stay: ${needed}` : 'Delete the weights', needed !== null, () =>
          onAsk({ run, what: 'weights' }),
        )}
        {action('×', 'Delete the run', isRunning, () => onAsk({ run, what: 'run' }))}
      </td>
    </tr>
  );
}

import { useEffect, useRef } from 'react';
import { deleteRun, deleteWeights, neededBecause } from '../../state/actions/keptRuns.ts';
import type { Ask } from './RunRow.tsx';
import { megabytes } from './useDiskUse.ts';

function question({ run, what }: Ask, bytes: number | null): string {
  const size = bytes === null ? '' : ` (${megabytes(bytes)})`;
  if (what === 'weights')
    return `Delete the weights of "${run.name}"${size}? Its curves stay. Its point in Explore, and undo, bring back the choices only.`;
  const needed = neededBecause(run);
  if (run.modelId === null || needed === null)
    return `Delete "${run.name}"${run.modelId === null ? '' : ` with its weights${size}`}? This can't be undone.`;
  return `Delete "${run.name}"? This can't be undone. Its weights stay: ${needed.replace(/^[A-Z]/, (c) => c.toLowerCase())}`;
}

interface ConfirmDeleteProps {
  readonly ask: Ask;
  readonly bytes: number | null;
  readonly onDone: () => void;
}

/** Asks before something is gone for good. Escape keeps it. The focus goes back to where the question came from. */
export function ConfirmDelete({ ask, bytes, onDone }: ConfirmDeleteProps) {
  const keep = useRef<HTMLButtonElement>(null);
  const asked = useRef<Element | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another question takes the focus again
  useEffect(() => {
    if (document.activeElement !== keep.current) asked.current = document.activeElement;
    keep.current?.focus();
  }, [ask]);
  const leave = (to: Element | null | undefined) => {
    onDone();
    if (to instanceof HTMLElement) to.focus();
  };
  return (
    <div
      className="notice"
      role="alertdialog"
      aria-label="Delete?"
      aria-describedby="delete-question"
      onKeyDown={(event) => event.key === 'Escape' && leave(asked.current)}
    >
      <p id="delete-question">{question(ask, bytes)}</p>
      <button
        type="button"
        onClick={(event) => {
          void (ask.what === 'run' ? deleteRun(ask.run.id) : deleteWeights(ask.run.id));
          // what asked goes with its row
          leave(event.currentTarget.closest('.panel')?.querySelector('.table-scroll'));
        }}
      >
        Delete
      </button>
      <button type="button" ref={keep} onClick={() => leave(asked.current)}>
        Keep
      </button>
    </div>
  );
}

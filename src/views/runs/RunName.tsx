import { useEffect, useState } from 'react';
import { renameRun } from '../../state/actions/runs.ts';
import type { TrainingRun } from '../../state/runsStore.ts';

/** The name of a run, written in place: Enter or leaving keeps it, Escape does not, nothing brings back the default. */
export function RunName({ run }: { run: TrainingRun }) {
  const [text, setText] = useState(run.name);
  useEffect(() => setText(run.name), [run.name]);
  return (
    <input
      type="text"
      className="run-name"
      aria-label="Name of this run"
      title={text}
      maxLength={120}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onBlur={() => text !== run.name && renameRun(run.id, text)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') event.currentTarget.blur();
        if (event.key === 'Escape') setText(run.name);
      }}
    />
  );
}

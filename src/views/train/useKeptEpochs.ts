import { useEffect, useState } from 'react';
import { keptEpochs } from '../../state/epochCheckpoints.ts';

const NONE: readonly number[] = [];

/** The epochs of a run that can be gone back to, ascending; none while they are looked up. */
export function useKeptEpochs(runId: string | undefined): readonly number[] {
  const [found, setFound] = useState<{ readonly runId: string; readonly epochs: readonly number[] } | null>(
    null,
  );
  useEffect(() => {
    if (runId === undefined) return;
    let current = true;
    void keptEpochs(runId).then((epochs) => current && setFound({ runId, epochs }));
    return () => {
      current = false;
    };
  }, [runId]);
  return found && found.runId === runId ? found.epochs : NONE;
}

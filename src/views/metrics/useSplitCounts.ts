import { useMemo } from 'react';
import { useStore } from 'zustand';
import { dataStore } from '../../state/dataStore.ts';
import { type SplitCounts, splitCounts } from '../../state/splitCounts.ts';
import { useEntry } from '../useEntry.ts';

/** How many images of each class are trained, validated and tested with; null where there are none yet. */
export function useSplitCounts(): SplitCounts | null {
  const { splitSeed, validationShare, testShare, keepsParts } = useEntry().design.data;
  const data = useStore(dataStore, (state) => (state.data.status === 'ready' ? state.data.data : null));
  return useMemo(
    () =>
      data &&
      splitCounts(data.stored?.countByPart ?? [data.countByClass], {
        splitSeed,
        validationShare,
        testShare,
        keepsParts,
      }),
    [data, splitSeed, validationShare, testShare, keepsParts],
  );
}

export const totalOf = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);

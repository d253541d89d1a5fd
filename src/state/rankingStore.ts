import { createStore } from 'zustand/vanilla';
import type { Design } from '../core/exploration/design.ts';
import type { RankedNetwork } from '../core/hardware/ranking.ts';
import { runJob } from './jobStore.ts';
import { hardwareWorker } from './services.ts';

/** All offered networks by speed, with the choice it holds for. */
export const rankingStore = createStore<{
  answer: { readonly hardware: Design['hardware']; readonly ranking: readonly RankedNetwork[] } | null;
}>(() => ({ answer: null }));

/** Estimates every network that the app knows on the two chosen targets, in the worker. */
export async function rankAll(hardware: Design['hardware']): Promise<void> {
  const targetIds = [...new Set([hardware.targetId, hardware.comparedTargetId])];
  const ranking = await runJob('Ranking networks', ({ signal }) =>
    hardwareWorker.call('rank', { targetIds, hardware }, { signal }),
  );
  if (ranking) rankingStore.setState({ answer: { hardware, ranking } });
}

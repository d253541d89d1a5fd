import { createStore } from 'zustand/vanilla';
import type { PruningGain } from '../core/hardware/pruningGains.ts';
import type { PruningPlan } from '../core/pruning/plan.ts';
import type { Result } from '../core/result.ts';
import { latestOnly } from '../workers/latest.ts';
import type { HardwareQuery } from '../workers/protocol.ts';
import { hardwareWorker } from './services.ts';

export interface GainsQuestion extends HardwareQuery {
  readonly targetId: string;
  readonly plan: PruningPlan;
}

/** What each cut brings, with the question. */
export const gainsStore = createStore<{
  answer: (GainsQuestion & { readonly gains: Result<readonly PruningGain[]> }) | null;
}>(() => ({ answer: null }));

const ask = latestOnly(async (question: GainsQuestion) => {
  try {
    const gains = await hardwareWorker.call('pruningGains', question);
    gainsStore.setState({ answer: { ...question, gains } });
  } catch (error) {
    const message = `The gains could not be computed: ${(error as Error).message}`;
    gainsStore.setState({ answer: { ...question, gains: { ok: false, error: { code: 'gains', message } } } });
  }
});

let asked: GainsQuestion | null = null;

/** Asks what the cuts of a plan bring, unless that was asked already. */
export function requestGains(question: GainsQuestion): void {
  const same =
    asked?.plan === question.plan &&
    asked.network === question.network &&
    asked.foldedLike === question.foldedLike &&
    asked.hardware === question.hardware &&
    asked.targetId === question.targetId;
  if (same) return;
  asked = question;
  ask(question);
}

import { createStore } from 'zustand/vanilla';
import type { Design } from '../core/exploration/design.ts';
import type { WidthSweep } from '../core/hardware/widthSweep.ts';
import type { Network } from '../core/network/network.ts';
import type { Result } from '../core/result.ts';
import { latestOnly } from '../workers/latest.ts';
import { hardwareWorker } from './services.ts';

export interface SweepQuestion {
  readonly network: Network;
  readonly foldedLike: Network;
  readonly groupId: string;
  readonly hardware: Design['hardware'];
}

/** The staircase last asked for, with its question. */
export const sweepStore = createStore<{
  answer: (SweepQuestion & { readonly sweep: Result<WidthSweep> }) | null;
}>(() => ({
  answer: null,
}));

const sameQuestion = (a: SweepQuestion | null, b: SweepQuestion) =>
  a?.network === b.network &&
  a.foldedLike === b.foldedLike &&
  a.groupId === b.groupId &&
  a.hardware === b.hardware;

const ask = latestOnly(async (question: SweepQuestion) => {
  try {
    const sweep = await hardwareWorker.call('widthSweep', {
      ...question,
      targetId: question.hardware.targetId,
    });
    sweepStore.setState({ answer: { ...question, sweep } });
  } catch (error) {
    const failure = {
      code: 'sweep',
      message: `The staircase could not be computed: ${(error as Error).message}`,
    };
    sweepStore.setState({ answer: { ...question, sweep: { ok: false, error: failure } } });
  }
});

let asked: SweepQuestion | null = null;

/** Asks for the staircase of a group, unless it was asked for already. */
export function requestSweep(question: SweepQuestion): void {
  if (sameQuestion(asked, question)) return;
  asked = question;
  ask(question);
}

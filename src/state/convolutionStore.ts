import { createStore } from 'zustand/vanilla';
import type { HardwareChoice } from '../core/exploration/design.ts';
import type { HardwareReport } from '../core/hardware/report.ts';
import type { ConvolutionPair } from '../core/network/convolutionPair.ts';
import type { Result } from '../core/result.ts';
import { isAbort } from '../workers/client.ts';
import { latestOnly } from '../workers/latest.ts';
import { hardwareWorker } from './services.ts';

export interface ConvolutionQuestion {
  readonly pair: ConvolutionPair;
  readonly targetId: string;
  readonly hardware: HardwareChoice;
}

/** A convolution and its separable counterpart on a target, with the question. */
export const convolutionStore = createStore<{
  answer:
    | (ConvolutionQuestion & {
        readonly standard: Result<HardwareReport>;
        readonly separable: Result<HardwareReport>;
      })
    | null;
}>(() => ({ answer: null }));

const ask = latestOnly(async (question: ConvolutionQuestion) => {
  const { pair, targetId, hardware } = question;
  const job = (network: ConvolutionPair['standard']) => ({
    network,
    targetId,
    foldedLike: network,
  });
  try {
    const jobs = [job(pair.standard), job(pair.separable)];
    const [standard, separable] = await hardwareWorker.call('estimate', { jobs, hardware });
    if (standard && separable) convolutionStore.setState({ answer: { ...question, standard, separable } });
  } catch (error) {
    if (isAbort(error)) return;
    const message = `Their time could not be estimated: ${(error as Error).message}`;
    const failed = { ok: false, error: { code: 'convolution', message } } as const;
    convolutionStore.setState({ answer: { ...question, standard: failed, separable: failed } });
  }
});

let asked: ConvolutionQuestion | null = null;

/** Asks how long both take, unless that was asked already. */
export function requestConvolutionTimes(question: ConvolutionQuestion): void {
  const same =
    asked?.pair === question.pair &&
    asked.targetId === question.targetId &&
    asked.hardware === question.hardware;
  if (same) return;
  asked = question;
  ask(question);
}

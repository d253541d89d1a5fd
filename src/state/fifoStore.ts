import { createStore } from 'zustand/vanilla';
import type { FifoReport } from '../core/hardware/finn/fifo/report.ts';
import type { Result } from '../core/result.ts';
import type { HardwareQuery } from '../workers/protocol.ts';
import { runJob } from './jobStore.ts';
import { hardwareWorker } from './services.ts';

export interface FifoQuestion extends HardwareQuery {
  /** Words in every FIFO. */
  readonly depth: number;
}

/** The FIFOs last simulated, with the question: what arrives for another design is shown as old. */
export const fifoStore = createStore<{
  answer: (FifoQuestion & { readonly report: Result<FifoReport> }) | null;
}>(() => ({ answer: null }));

export const isAnswerTo = (answer: FifoQuestion, question: FifoQuestion): boolean =>
  answer.network === question.network &&
  answer.foldedLike === question.foldedLike &&
  answer.hardware === question.hardware &&
  answer.depth === question.depth;

/** Simulates the pipeline in the worker; it can be canceled. */
export async function simulateFifos(question: FifoQuestion): Promise<void> {
  const report = await runJob('FIFO simulation', ({ signal }) =>
    hardwareWorker.call('fifos', question, { signal }),
  );
  if (report) fifoStore.setState({ answer: { ...question, report } });
}

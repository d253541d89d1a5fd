import { createStore } from 'zustand/vanilla';
import type { BitsMap } from '../core/hardware/finn/tuning/sweeps.ts';
import type { CeilingChoice } from '../core/hardware/finn/tuning/tuneDesign.ts';
import type { Result } from '../core/result.ts';
import type { HardwareQuery } from '../workers/protocol.ts';
import { changeDesign } from './designStore.ts';
import { runJob } from './jobStore.ts';
import { hardwareWorker } from './services.ts';

export interface BitsMapQuestion extends Omit<HardwareQuery, 'foldedLike'> {
  readonly ceilings: CeilingChoice;
}

/** The map last computed, with its question. */
export const bitsMapStore = createStore<{
  answer: (BitsMapQuestion & { readonly map: Result<BitsMap> }) | null;
}>(() => ({ answer: null }));

/** Whether a map holds for a question: the search chooses bits and folding itself. */
export const isMapFor = (answer: BitsMapQuestion, question: BitsMapQuestion): boolean =>
  answer.network === question.network &&
  answer.ceilings === question.ceilings &&
  answer.hardware.boardId === question.hardware.boardId &&
  answer.hardware.clockHertz.finn === question.hardware.clockHertz.finn;

/** Searches a folding for every pair of bits in the worker; it can be canceled. */
export async function mapBits(question: BitsMapQuestion): Promise<void> {
  const map = await runJob('Bits map', ({ signal, report }) =>
    hardwareWorker.call('bitsMap', question, {
      signal,
      onProgress: ({ done, total }) => report(done / total, `${done} of ${total}`),
    }),
  );
  if (map) bitsMapStore.setState({ answer: { ...question, map } });
}

/** Gives all layers these bits; bits chosen by layer give way. */
export function takeBits(weightBits: number, activationBits: number): void {
  changeDesign((design) => ({
    ...design,
    hardware: { ...design.hardware, weightBits, activationBits, layerBits: {} },
  }));
}

import { createStore } from 'zustand/vanilla';
import type { Design } from '../../core/exploration/design.ts';
import type { CeilingChoice, Tuning, TuningMethod } from '../../core/hardware/finn/tuning/tuneDesign.ts';
import type { Network } from '../../core/network/network.ts';
import type { Result } from '../../core/result.ts';
import { changeDesign } from '../designStore.ts';
import { runJob } from '../jobStore.ts';
import { hardwareWorker } from '../services.ts';

export interface TuningQuestion {
  readonly network: Network;
  readonly hardware: Design['hardware'];
  readonly method: TuningMethod;
  readonly ceilings: CeilingChoice;
}

/** The folding last searched for, with its question. */
export const tuningStore = createStore<{
  answer: (TuningQuestion & { readonly tuning: Result<Tuning> }) | null;
}>(() => ({ answer: null }));

/** Searches a folding in the worker; it can be canceled. */
export async function searchFolding(question: TuningQuestion): Promise<void> {
  const tuning = await runJob('Folding search', ({ signal }) =>
    hardwareWorker.call('tune', question, { signal }),
  );
  if (tuning) tuningStore.setState({ answer: { ...question, tuning } });
}

/** Makes what was found the design's folding; the choices made by hand give way. */
export function applyTuning({ foldings, nodeSettings, targetCycles }: Tuning): void {
  changeDesign((design) => ({
    ...design,
    hardware: { ...design.hardware, foldings, nodeSettings, implementations: {}, targetCycles },
  }));
}

import { createStore } from 'zustand/vanilla';
import type { FoldingTable } from '../core/hardware/validation/folding.ts';
import type { ValidationSection } from '../core/hardware/validation/sections.ts';
import { runJob } from './jobStore.ts';
import { hardwareWorker } from './services.ts';

/** The models beside published numbers; null until somebody asks. */
export const validationStore = createStore<{
  sections: readonly ValidationSection[] | null;
  /** Our folding search beside the others; null until it was computed. */
  folding: FoldingTable | null;
  problem: string;
}>(() => ({
  sections: null,
  folding: null,
  problem: '',
}));

let asked = false;

/** Computes the comparison once, in the worker. */
export async function requestValidation(): Promise<void> {
  if (asked) return;
  asked = true;
  try {
    validationStore.setState({ sections: await hardwareWorker.call('validate', null), problem: '' });
  } catch (error) {
    asked = false;
    validationStore.setState({
      problem: `The comparison could not be computed: ${(error as Error).message}`,
    });
  }
}

/** Compares the folding methods in the worker: some seconds, and it can be canceled. */
export async function requestFoldingTable(): Promise<void> {
  const folding = await runJob('Comparing folding methods', ({ signal }) =>
    hardwareWorker.call('foldingTable', null, { signal }),
  );
  if (folding) validationStore.setState({ folding });
}

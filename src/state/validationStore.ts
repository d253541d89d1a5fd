import { createStore } from 'zustand/vanilla';
import type { ValidationSection } from '../core/hardware/validation/sections.ts';
import { hardwareWorker } from './services.ts';

/** The models beside published numbers; null until somebody asks. */
export const validationStore = createStore<{
  sections: readonly ValidationSection[] | null;
  problem: string;
}>(() => ({
  sections: null,
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

import { createStore } from 'zustand/vanilla';

/** A file that the page's address asks for (`?url=`): fetched only when the user says so. */
export interface AskedFile {
  readonly url: URL;
  /** Another machine than the page's own would be asked. */
  readonly foreign: boolean;
}

export const addressStore = createStore<{ asked: AskedFile | null }>(() => ({ asked: null }));

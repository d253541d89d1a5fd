import { createStore } from 'zustand/vanilla';
import type { CompileChoice } from '../core/exploration/design.ts';
import type { OpenSource, StorageUse, StoredSet } from '../workers/protocol.ts';

/** A source with the files that it was opened from. */
export interface OpenedSource extends OpenSource {
  /** Files or folders, as a user knows them. */
  readonly fileNames: readonly string[];
}

/** What was last compiled of the open sources: the draft is compared with it. */
export interface CompiledDraft {
  readonly sourceIds: readonly string[];
  readonly choice: CompileChoice;
  readonly set: StoredSet;
}

export interface Sets {
  /** Open in the data worker, in the order in which they are combined. */
  readonly sources: readonly OpenedSource[];
  /** How they are compiled next; null where none is open. */
  readonly draft: CompileChoice | null;
  readonly compiled: CompiledDraft | null;
  /** Files are being opened or compiled. */
  readonly isBusy: boolean;
  /** Kept sets, the newest first; null as long as nobody has looked. */
  readonly kept: readonly StoredSet[] | null;
  readonly use: StorageUse | null;
  /** Whether the browser keeps what this page stores until the user deletes it; null where it does not tell. */
  readonly isPersistent: boolean | null;
}

export const setsStore = createStore<Sets>(() => ({
  sources: [],
  draft: null,
  compiled: null,
  isBusy: false,
  kept: null,
  use: null,
  isPersistent: null,
}));

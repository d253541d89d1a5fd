import { createStore } from 'zustand/vanilla';
import type { HardwareReport } from '../core/hardware/report.ts';
import type { Edge } from '../core/network/editing/segment.ts';
import type { LayerId, Network } from '../core/network/network.ts';

/** The network before a run of edits, for "what did this bring". */
export interface EditStart {
  readonly network: Network;
  /** On the leading target; null where it was not estimated yet. */
  readonly report: HardwareReport | null;
}

/** What the editor of the Network room is about: not part of a design. */
export interface Editing {
  /** Chosen layers, the main one last. */
  readonly selection: readonly LayerId[];
  /** Where the next layer or block goes; null: behind the chosen layer. */
  readonly edge: Edge | null;
  /** Why the last edit was not made: one sentence. */
  readonly problem: string | null;
  /** What the last edit did beside what was asked. */
  readonly told: string | null;
  readonly start: EditStart | null;
}

export const editStore = createStore<Editing>(() => ({
  selection: [],
  edge: null,
  problem: null,
  told: null,
  start: null,
}));

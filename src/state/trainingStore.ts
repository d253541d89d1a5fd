import { createStore } from 'zustand/vanilla';
import type { Network } from '../core/network/network.ts';
import type { BackendChoice, BackendName, Control } from '../workers/protocol.ts';
import type { LearningCurves } from './modelStore.ts';

/** The run in progress. */
export interface LiveRun {
  readonly network: Network;
  readonly kind: 'train' | 'fine-tune';
  readonly curves: LearningCurves;
  readonly epochs: number;
  readonly epoch: number;
  readonly step: number;
  readonly imagesPerSecond: number;
  readonly secondsLeft: number | null;
  readonly paused: boolean;
  /** "Compiling shaders ..." while nothing else can be told. */
  readonly note: string;
  readonly control: (control: Control) => void;
}

export interface TrainingState {
  readonly live: LiveRun | null;
  readonly backend: BackendChoice | null;
  /** The user's choice; null leaves it to the measurement. */
  readonly backendOverride: BackendName | null;
}

export const trainingStore = createStore<TrainingState>(() => ({
  live: null,
  backend: null,
  backendOverride: null,
}));

export function patchLive(patch: Partial<LiveRun>): void {
  trainingStore.setState(({ live }) => (live ? { live: { ...live, ...patch } } : {}));
}

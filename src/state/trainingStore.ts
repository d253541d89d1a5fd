import { createStore } from 'zustand/vanilla';
import type { DataChoice, Recipe } from '../core/exploration/design.ts';
import type { Network, Weights } from '../core/network/network.ts';
import type { RunState } from '../core/training/checkpoint.ts';
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
  /** Of the last step that was reported; null before the first. */
  readonly learningRate: number | null;
  readonly paused: boolean;
  /** "Compiling shaders ..." while nothing else can be told. */
  readonly note: string;
  readonly control: (control: Control) => void;
}

/** A checkpoint of the app: all that a reload needs to let a training go on as if it had never stopped. */
export interface Checkpoint {
  /** The model that the run trains. */
  readonly modelId: string;
  readonly kind: 'train' | 'fine-tune';
  readonly recipe: Recipe;
  /** The images that it was trained with; with others it would be another run. */
  readonly data: DataChoice;
  readonly backend: BackendName;
  /** Epochs of the weights before this run. */
  readonly earlierEpochs: number;
  readonly curves: LearningCurves;
  readonly weights: Weights;
  readonly state: RunState;
}

export interface TrainingState {
  readonly live: LiveRun | null;
  /** Of the run in progress, or of the last one where it was interrupted; null where that one ended. */
  readonly checkpoint: Checkpoint | null;
  readonly backend: BackendChoice | null;
  /** The user's choice; null leaves it to the measurement. */
  readonly backendOverride: BackendName | null;
}

export const trainingStore = createStore<TrainingState>(() => ({
  live: null,
  checkpoint: null,
  backend: null,
  backendOverride: null,
}));

export function patchLive(patch: Partial<LiveRun>): void {
  trainingStore.setState(({ live }) => (live ? { live: { ...live, ...patch } } : {}));
}

import { createStore } from 'zustand/vanilla';
import type { DataChoice, Recipe } from '../core/exploration/design.ts';
import type { Network, Weights } from '../core/network/network.ts';
import type { RunState } from '../core/training/checkpoint.ts';
import type { BackendChoice, BackendName, Control } from '../workers/protocol.ts';
import type { Entry } from './designStore.ts';
import type { LearningCurves } from './modelStore.ts';

/** Where a run stands in a training in phases: one of several that follow each other. */
export interface PhaseAt {
  readonly name: string;
  /** Counts from 1, as does `step` of all `steps`. */
  readonly round: number;
  readonly rounds: number;
  readonly step: number;
  readonly steps: number;
  /** False where the network had weights before the first phase. */
  readonly fromScratch: boolean;
}

/** Where a training in phases stands, and how far it has come with the phase that it is in. */
export interface SequenceAt extends PhaseAt {
  /** Sequences of older versions do not say: nothing then. */
  readonly done?: 'nothing' | 'pruned' | 'trained';
}

/** A training in phases that was interrupted between two of its trainings, or in the first epoch of one. */
export interface InterruptedPhases {
  readonly at: SequenceAt;
  /** The weights that it had; with others it would be another one. */
  readonly modelId: string | null;
}

/** A training that waits for those before it. */
export interface QueuedTraining {
  readonly id: string;
  /** "Tiny CNN, seed 2, from scratch" */
  readonly title: string;
  /** The design as it was when the training was put into the queue. */
  readonly entry: Entry;
  readonly teacherIds: readonly string[];
}

/** The run in progress. */
export interface LiveRun {
  readonly network: Network;
  readonly kind: 'train' | 'fine-tune';
  /** The losses of its steps grow in place: who keeps them takes a copy. */
  readonly curves: LearningCurves;
  /** What it is trained with, whatever the design says by now. */
  readonly recipe: Recipe;
  readonly epochs: number;
  readonly epoch: number;
  readonly step: number;
  readonly imagesPerSecond: number;
  readonly secondsLeft: number | null;
  /** Of the last step that was reported; null before the first. */
  readonly learningRate: number | null;
  /** Tensors on the backend after the last epoch; null before. */
  readonly tensorCount: number | null;
  readonly paused: boolean;
  readonly phase: PhaseAt | null;
  /** "Compiling shaders ..." while nothing else can be told. */
  readonly note: string;
  /** The models that it learns from. */
  readonly teacherIds: readonly string[];
  readonly control: (control: Control) => void;
}

/** A checkpoint of the app: all that a reload needs to let a training go on as if it had never stopped. */
export interface Checkpoint {
  /** The model that the run trains. */
  readonly modelId: string;
  /** Its line among the runs; checkpoints of older versions have none, nor what follows from here to `kind`. */
  readonly runId?: string;
  readonly teacherIds?: readonly string[];
  readonly phase?: PhaseAt | null;
  /** Spent until the checkpoint. */
  readonly seconds?: number;
  /** Of each epoch's end, where the run has no line yet: it went on from an epoch of another one. */
  readonly epochSeconds?: readonly number[];
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
  /** From the moment a training is asked for until it has ended. */
  readonly busy: boolean;
  /** The training in phases that runs: where it stands. */
  readonly sequence: SequenceAt | null;
  /** One that was interrupted and has no checkpoint to go on from, until something else is trained. */
  readonly interrupted: InterruptedPhases | null;
  readonly queue: readonly QueuedTraining[];
  /** Taken from the queue, and without an epoch yet: a reload puts it back. */
  readonly begun: QueuedTraining | null;
  /** Whether what waits starts on its own: after a reload somebody has to start it. */
  readonly queueRuns: boolean;
  readonly backend: BackendChoice | null;
  /** The user's choice; null leaves it to the measurement. */
  readonly backendOverride: BackendName | null;
}

export const trainingStore = createStore<TrainingState>(() => ({
  live: null,
  checkpoint: null,
  busy: false,
  sequence: null,
  interrupted: null,
  queue: [],
  begun: null,
  queueRuns: false,
  backend: null,
  backendOverride: null,
}));

export function patchLive(patch: Partial<LiveRun>): void {
  trainingStore.setState(({ live }) => (live ? { live: { ...live, ...patch } } : {}));
}

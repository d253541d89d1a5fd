import { createStore } from 'zustand/vanilla';
import type { DataChoice, Design, Recipe } from '../core/exploration/design.ts';
import type { PairedComparison } from '../core/training/pairedComparison.ts';
import type { Accuracy, BackendName } from '../workers/protocol.ts';
import type { LearningCurves } from './modelStore.ts';

export type RunKind = 'train' | 'fine-tune' | 'distill';
export type RunResult = 'running' | 'finished' | 'early' | 'stopped' | 'failed' | 'interrupted';

/** A training that is kept to compare others with. Plain data: its weights are the model `modelId`. */
export interface TrainingRun {
  readonly id: string;
  /** "Tiny CNN, Adam, 8 epochs, seed 1" until the user writes another. */
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** Spent training so far. */
  readonly seconds: number;
  readonly kind: RunKind;
  /** Where it is a part of a training in phases; rounds count from 1. */
  readonly phase: { readonly name: string; readonly round: number } | null;
  /** All choices at its start: the network and the images. */
  readonly design: Design;
  /** What it was trained with: the recipe or the fine-tuning recipe of the design, or that of a phase. */
  readonly recipe: Recipe;
  readonly parameterCount: number;
  readonly macCount: number;
  readonly backend: BackendName | null;
  /** Of the last epoch; null before. */
  readonly imagesPerSecond: number | null;
  /** Epochs that the weights had been trained here when it began; 0 also for those of a file. */
  readonly earlierEpochs: number;
  /** Name of the weights that it began with; null where they were drawn from the seed. Older runs do not tell. */
  readonly startWeights?: string | null;
  readonly curves: LearningCurves;
  /** Steps behind each of `curves.stepLosses`: long runs keep the means of so many. */
  readonly stepsPerLoss: number;
  /** Seconds of training at the end of each epoch; shorter than the epochs where nobody told. */
  readonly epochSeconds: readonly number[];
  readonly result: RunResult;
  /** What there is to say about the result: why it stopped, what to do. */
  readonly sentence: string;
  /** Of the weights that are kept; null until measured. */
  readonly validation: Accuracy | null;
  /** Null where its weights were deleted, or never kept. */
  readonly modelId: string | null;
  /** Names of the networks that it learned from. */
  readonly teachers: readonly string[];
  /** The epoch whose weights are kept, where they are not the last ones. */
  readonly restoredEpoch: number | null;
}

/** What of a kept set of images tells it apart, and how it is split and brought to the network, as one text. */
export const imagesOf = (data: DataChoice): string => JSON.stringify(data);

export interface RunsState {
  /** The newest last. */
  readonly runs: readonly TrainingRun[];
  /** Ids of the runs that are compared, in the order they were chosen. */
  readonly chosen: readonly string[];
  /** The last comparison image by image, and the images it was made with. */
  readonly paired: {
    readonly firstId: string;
    readonly secondId: string;
    readonly images: string;
    readonly comparison: PairedComparison;
  } | null;
}

export const runsStore = createStore<RunsState>(() => ({ runs: [], chosen: [], paired: null }));

export const runById = (id: string): TrainingRun | null =>
  runsStore.getState().runs.find((run) => run.id === id) ?? null;

/** The run that made a model; null where none did, or it is no longer kept. */
export const runOfModel = (modelId: string): TrainingRun | null =>
  runsStore.getState().runs.find((run) => run.modelId === modelId) ?? null;

/** As many as are told apart in one chart. */
export const MOST_CHOSEN = 6;

/** Takes a run into the comparison, or out of it; does nothing where there are {@link MOST_CHOSEN} already. */
export function toggleChosen(id: string): void {
  runsStore.setState(({ chosen }) => {
    if (chosen.includes(id)) return { chosen: chosen.filter((other) => other !== id) };
    return chosen.length < MOST_CHOSEN ? { chosen: [...chosen, id] } : {};
  });
}

import { normalizationOf } from '../../core/data/normalizationChoice.ts';
import type { DataChoice, Recipe } from '../../core/exploration/design.ts';
import type { Network, Weights } from '../../core/network/network.ts';
import type { RunState } from '../../core/training/checkpoint.ts';
import type { BackendName, TrainEpoch, TrainResult, TrainStep } from '../../workers/protocol.ts';
import { amendEntry } from '../designStore.ts';
import { keepEpoch } from '../epochCheckpoints.ts';
import type { JobContext } from '../jobStore.ts';
import { type LearningCurves, type Model, putModel } from '../modelStore.ts';
import { notify } from '../noticeStore.ts';
import { imagesOf } from '../runsStore.ts';
import type { Stopwatch } from '../stopwatch.ts';
import { type Checkpoint, type PhaseAt, patchLive, trainingStore } from '../trainingStore.ts';
import { updateRun } from './runs.ts';

export const EMPTY_CURVES: LearningCurves = { stepLosses: [], stepsPerEpoch: 1, epochs: [] };

/** Shows a step: losses, speed, time left. */
export function onStep(event: TrainStep, recipe: Recipe, job: JobContext): void {
  const { live } = trainingStore.getState();
  if (!live) return;
  const done = (event.epoch - 1) * event.stepsPerEpoch + event.step;
  const total = recipe.epochs * event.stepsPerEpoch;
  const secondsLeft = ((total - done) * recipe.batchSize) / Math.max(1, event.imagesPerSecond);
  // Steps are reported at a limited rate: each loss is written at its own position, gaps repeat the last.
  // The array grows in place: a copy for each report would be megabytes a second in a long training.
  const stepLosses = live.curves.stepLosses as number[];
  while (stepLosses.length < done) stepLosses.push(event.loss);
  patchLive({
    epoch: event.epoch,
    step: event.step,
    imagesPerSecond: event.imagesPerSecond,
    learningRate: event.learningRate,
    secondsLeft,
    note: '',
    curves: { ...live.curves, stepLosses, stepsPerEpoch: event.stepsPerEpoch },
  });
  job.report(
    done / total,
    `epoch ${event.epoch} of ${recipe.epochs}, ${Math.round(event.imagesPerSecond)} images/s`,
  );
}

/** What a training was started with. */
export interface Run {
  /** Of the model that it makes. */
  readonly id: string;
  /** Of its line among the runs. */
  readonly runId: string;
  readonly kind: 'train' | 'fine-tune';
  readonly network: Network;
  readonly recipe: Recipe;
  readonly data: DataChoice;
  /** Of the images, in the order of the network's outputs. */
  readonly classNames: readonly string[];
  readonly weights: Weights;
  readonly backend: BackendName;
  readonly earlierEpochs: number;
  /** The weights that the design had when it began: where it has others by then, it keeps those. */
  readonly startedFrom: string | null;
  readonly teachers: readonly Model[];
  readonly phase: PhaseAt | null;
  /** Of the epochs before the checkpoint. */
  readonly curves: LearningCurves;
  readonly from: RunState | null;
  /** Runs while the training does, and has the seconds before the checkpoint. */
  readonly clock: Stopwatch;
}

function modelAfter(run: Run, weights: Weights, epochs: number, curves: LearningCurves): Model {
  return {
    id: run.id,
    network: run.network,
    weights,
    origin: run.kind === 'train' ? 'trained' : 'fine-tuned',
    epochs: run.earlierEpochs + epochs,
    backend: run.backend,
    reads: normalizationOf(run.data),
    classNames: run.classNames,
    curves,
    validation: null,
    apoz: null,
  };
}

/**
 * Gives the weights to the design, unless the user has gone on to another network, to other weights or to other images
 * meanwhile: what was measured on the old ones would be told of the new ones.
 */
function attach(run: Run): void {
  amendEntry((entry) => {
    if (entry.design.network !== run.network) return entry;
    if (entry.modelId !== run.startedFrom && entry.modelId !== run.id) return entry;
    if (imagesOf(entry.design.data) !== imagesOf(run.data)) return entry;
    return {
      ...entry,
      modelId: run.id,
      baselineModelId: entry.design.baseline === run.network ? run.id : entry.baselineModelId,
    };
  });
}

/** Curves that do not grow with the run. */
export const snapshot = (curves: LearningCurves): LearningCurves => ({
  ...curves,
  stepLosses: [...curves.stepLosses],
});

/** Shows an epoch, and keeps its weights and its checkpoint where it is one to be kept. */
export function onEpoch(event: TrainEpoch, run: Run): void {
  const { live } = trainingStore.getState();
  if (!live) return;
  const { weights, kind: _, checkpoint: state, saves, reduced: _r, stops: _s, tensorCount, ...epoch } = event;
  const curves = { ...live.curves, epochs: [...live.curves.epochs, epoch] };
  patchLive({ curves, tensorCount });
  const kept = snapshot(curves);
  if (saves) {
    putModel(modelAfter(run, weights, event.epoch, kept));
    attach(run);
  }
  const { id: modelId, runId, kind, recipe, data, backend, earlierEpochs, phase } = run;
  const { seconds } = run.clock;
  const teacherIds = run.teachers.map(({ id }) => id);
  const checkpoint: Checkpoint = {
    modelId,
    runId,
    kind,
    recipe,
    data,
    backend,
    earlierEpochs,
    phase,
    teacherIds,
    seconds,
    curves: kept,
    weights,
    state,
  };
  trainingStore.setState({ checkpoint, begun: null });
  if (saves) void keepEpoch(checkpoint);
  updateRun(runId, { curves: kept, seconds, imagesPerSecond: live.imagesPerSecond, result: 'running' });
}

const RESULTS = { 'by the user': 'stopped', early: 'early' } as const;

/** Keeps the result; the run is over, and there is nothing to go on from. */
export function finish(run: Run, result: TrainResult): void {
  const { stopped, validation, restoredEpoch } = result;
  const curves = trainingStore.getState().live?.curves ?? run.curves;
  if (result.steps > 0) {
    // Restored weights have seen no epoch after theirs.
    const epochs = restoredEpoch ?? result.epochs;
    putModel({ ...modelAfter(run, result.weights, epochs, curves), validation });
    attach(run);
  }
  const isDone = stopped === null || stopped === 'early';
  trainingStore.setState(({ sequence }) => ({
    checkpoint: null,
    begun: null,
    sequence: sequence && isDone ? { ...sequence, done: 'trained' } : sequence,
  }));
  const isFault = stopped !== null && typeof stopped === 'object';
  const sentence = isFault ? stopped.message : stopped === 'early' ? earlyEnd(result) : '';
  updateRun(run.runId, {
    curves,
    seconds: run.clock.seconds,
    result: stopped === null ? 'finished' : isFault ? 'failed' : RESULTS[stopped],
    sentence,
    validation: result.steps > 0 ? validation : null,
    modelId: result.steps > 0 ? run.id : null,
    restoredEpoch,
  });
  if (sentence !== '') notify(isFault ? 'error' : 'info', sentence);
}

const earlyEnd = ({ epochs, restoredEpoch }: TrainResult): string =>
  `Early stopping ended the training after epoch ${epochs}: the validation loss no longer improved.${restoredEpoch === null ? '' : ` The weights are those of epoch ${restoredEpoch}, the best one.`}`;

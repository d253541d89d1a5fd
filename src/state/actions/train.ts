import type { Recipe } from '../../core/exploration/design.ts';
import { isAbort } from '../../workers/client.ts';
import { changeEntry, type Entry, present } from '../designStore.ts';
import { chosenTeachers } from '../distillationStore.ts';
import { type JobContext, runJob } from '../jobStore.ts';
import { modelById } from '../modelStore.ts';
import { withdrawNotices } from '../noticeStore.ts';
import { holdRun } from '../pageLocks.ts';
import { imagesOf } from '../runsStore.ts';
import { type Checkpoint, type PhaseAt, patchLive, trainingStore } from '../trainingStore.ts';
import { addEvaluation } from './explore.ts';
import { measureApoz } from './measure.ts';
import { updateRun } from './runs.ts';
import { finish, type Run } from './trainEvents.ts';
import { continuedTraining, newTraining, type Order, teachersOf } from './trainRun.ts';
import { runToEnd } from './trainToEnd.ts';

type Kind = Order['kind'];

/** True from the moment a training, or one of several phases, is asked for until it has ended. */
export const isTraining = (): boolean => {
  const { busy, sequence } = trainingStore.getState();
  return busy || sequence !== null;
};

/** How a training ended: its run is over, or it was stopped or failed and nothing is to follow. */
export type Ending = 'over' | 'stopped' | 'failed';

async function inJob(
  kind: Kind,
  prepare: (job: JobContext) => Promise<Run>,
  { startPaused = false, signal }: TrainOptions,
): Promise<Ending> {
  let ending: Ending = 'failed';
  let run: Run | null = null;
  let release = () => {};
  await runJob(kind === 'train' ? 'Training' : 'Fine-tuning', async (own) => {
    const job = signal ? { ...own, signal: AbortSignal.any([own.signal, signal]) } : own;
    try {
      run = await prepare(job);
      // A step of undo of its own: undo brings back the weights from before this training.
      if (!run.from && run.startedFrom !== null && present().modelId === run.startedFrom)
        changeEntry((now) => ({ ...now }));
      release = holdRun(run.runId);
      withdrawNotices('interruption');
      const done = await runToEnd(run, startPaused, job);
      run = done.run;
      finish(done.run, done.result);
      const { stopped } = done.result;
      ending =
        stopped === null || stopped === 'early' ? 'over' : stopped === 'by the user' ? 'stopped' : 'failed';
    } catch (error) {
      noteFailure(run, error);
      if (isAbort(error)) ending = 'stopped';
      throw error;
    } finally {
      release();
      trainingStore.setState({ live: null });
    }
  });
  return ending;
}

function noteFailure(run: Run | null, error: unknown): void {
  if (!run) return;
  const result = isAbort(error) ? 'stopped' : 'failed';
  const sentence = error instanceof Error && result === 'failed' ? error.message : '';
  const { checkpoint } = trainingStore.getState();
  const kept = checkpoint?.runId === run.runId;
  updateRun(run.runId, { result, sentence, seconds: run.clock.seconds, modelId: kept ? run.id : null });
}

/** The design and the weights that a run has made, wherever the user is by now. */
const entryAfter = ({ design, baselineModelId }: Entry, modelId: string): Entry => ({
  design,
  modelId,
  baselineModelId: design.baseline === design.network ? modelId : baselineModelId,
});

async function trainFrom(
  kind: Kind,
  entry: Entry,
  prepare: (job: JobContext) => Promise<Run>,
  options: TrainOptions,
): Promise<Ending> {
  if (trainingStore.getState().busy) return 'failed';
  trainingStore.setState({ busy: true });
  let modelId: string | null = null;
  try {
    const ending = await inJob(
      kind,
      async (job) => {
        const run = await prepare(job);
        modelId = run.id;
        return run;
      },
      options,
    );
    if (modelById(modelId)?.validation && modelId !== null) {
      addEvaluation(entryAfter(entry, modelId));
      if (present().modelId === modelId) await measureApoz();
    }
    return ending;
  } finally {
    trainingStore.setState({ busy: false });
  }
}

/** What a training may differ in from what the design says now. */
export interface TrainOptions {
  readonly startPaused?: boolean;
  readonly recipe?: Recipe;
  readonly phase?: PhaseAt | null;
  /** The design to train, where it is not the present one. */
  readonly entry?: Entry;
  /** In place of the chosen teachers. */
  readonly teacherIds?: readonly string[];
  /** Ends it as the cancel of its job does, also while it is being prepared. */
  readonly signal?: AbortSignal;
}

/** Trains the design's network: from its weights where it has some, else from seeded ones. */
export async function startTraining(kind: Kind, options: TrainOptions = {}): Promise<Ending> {
  const { startPaused = false, phase = null, entry = present(), teacherIds } = options;
  const recipe = options.recipe ?? (kind === 'train' ? entry.design.recipe : entry.design.fineTune);
  const prepare = async (job: JobContext) => {
    const teachers = teacherIds ? await teachersOf(teacherIds) : chosenTeachers();
    const order: Order = { kind, entry, recipe, teachers, phase, startPaused };
    return newTraining(order, job);
  };
  return trainFrom(kind, entry, prepare, options);
}

/** Goes on with the interrupted training as if it had never stopped; null where there is nothing to go on with. */
export async function continueTraining(signal?: AbortSignal): Promise<Ending | null> {
  const entry = present();
  const checkpoint = resumable(entry, trainingStore.getState().checkpoint);
  if (!checkpoint) return null;
  return trainFrom(
    checkpoint.kind,
    entry,
    (job) => continuedTraining(checkpoint, job),
    signal ? { signal } : {},
  );
}

/**
 * The checkpoint, where the design still has the weights and the images of its run. Also after the last epoch: its result
 * is still to be measured, and phases or best weights are to follow.
 */
export function resumable({ design, modelId }: Entry, checkpoint: Checkpoint | null): Checkpoint | null {
  if (!checkpoint || checkpoint.modelId !== modelId) return null;
  return imagesOf(design.data) === imagesOf(checkpoint.data) ? checkpoint : null;
}

export function setPaused(paused: boolean): void {
  const { live } = trainingStore.getState();
  live?.control(paused ? 'pause' : 'resume');
  patchLive({ paused });
}

/** Trains on one batch, then waits; starts a paused run where none is going. */
export function stepOnce(kind: Kind): void {
  const { live } = trainingStore.getState();
  if (!live) {
    const forget = stepWhenStarted();
    void startTraining(kind, { startPaused: true }).finally(forget);
    return;
  }
  live.control('step');
  patchLive({ paused: true });
}

/** The first step of a run that is just being started paused; forget it where none is: the next run is not to pause. */
function stepWhenStarted(): () => void {
  const unsubscribe = trainingStore.subscribe(({ live }) => {
    if (!live) return;
    unsubscribe();
    live.control('step');
  });
  return unsubscribe;
}

export const stopTraining = (): void => trainingStore.getState().live?.control('stop');

/** Drops the weights; undo brings them back. */
export function resetWeights(): void {
  changeEntry((entry: Entry) =>
    entry.modelId === null
      ? entry
      : {
          ...entry,
          modelId: null,
          baselineModelId: entry.design.baseline === entry.design.network ? null : entry.baselineModelId,
        },
  );
}

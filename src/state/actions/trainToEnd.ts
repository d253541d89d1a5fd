import { FaultError, GRAPHICS_LOST, WORKER_LOST } from '../../core/result.ts';
import type {
  BackendName,
  Control,
  TrainCheck,
  TrainEpoch,
  TrainNotice,
  TrainResult,
  TrainStep,
} from '../../workers/protocol.ts';
import type { JobContext } from '../jobStore.ts';
import { notify } from '../noticeStore.ts';
import { trainWorker } from '../services.ts';
import { type Checkpoint, patchLive, trainingStore } from '../trainingStore.ts';
import { prepareTrainer } from './backend.ts';
import { updateRun } from './runs.ts';
import { onEpoch, onStep, type Run, snapshot } from './trainEvents.ts';
import { checkImages } from './trainRun.ts';
import { viewpointOf } from './viewpoints.ts';

/** One go of the worker at a run; fails where the worker or its graphics processor is lost. */
function runOnce(run: Run, startPaused: boolean, job: JobContext): Promise<TrainResult> {
  const { network, weights, recipe, from, data } = run;
  const teachers = run.teachers.map((teacher) => ({
    network: teacher.network,
    weights: teacher.weights,
    ...viewpointOf(teacher, data),
  }));
  const call = trainWorker.start(
    'train',
    { network, weights, recipe, startPaused, from, teachers },
    {
      onProgress: (event: TrainStep | TrainCheck | TrainEpoch | TrainNotice) => {
        if (event.kind === 'step') onStep(event, recipe, job);
        else if (event.kind === 'epoch') onEpoch(event, run);
        else if (event.kind === 'notice') patchLive({ note: event.message });
      },
    },
  );
  // Canceling a training means stopping it: what was learned so far is kept.
  const stop = () => call.control('stop');
  job.signal.addEventListener('abort', stop, { once: true });
  if (job.signal.aborted) stop();
  if (startPaused) run.clock.pause();
  const control = (heard: Control) => {
    run.clock.hear(heard);
    call.control(heard);
  };
  trainingStore.setState(({ checkpoint }) => ({
    checkpoint: from ? checkpoint : null,
    interrupted: null,
    live: {
      network,
      kind: run.kind,
      curves: snapshot(run.curves),
      recipe,
      epochs: recipe.epochs,
      epoch: (from?.epoch ?? 0) + 1,
      step: 0,
      imagesPerSecond: 0,
      secondsLeft: null,
      learningRate: null,
      tensorCount: null,
      paused: startPaused,
      phase: run.phase,
      note: '',
      teacherIds: run.teachers.map(({ id }) => id),
      control,
    },
  }));
  return call.reply.finally(() => job.signal.removeEventListener('abort', stop));
}

const isLost = (error: unknown): error is FaultError =>
  error instanceof FaultError && [GRAPHICS_LOST, WORKER_LOST].includes(error.fault.code);

/** A worker that is lost as often as this without an epoch between is not started again. */
const MOST_LOSSES = 3;

/**
 * Trains to the end. Where the worker or its graphics processor is lost, a new worker goes on from the last finished
 * epoch, without one from the start: to the bit the same run on the same backend.
 */
export async function runToEnd(
  first: Run,
  startPaused: boolean,
  job: JobContext,
): Promise<{ run: Run; result: TrainResult }> {
  let run = first;
  let losses = 0;
  let lostAt = -1;
  let lost: FaultError | null = null;
  for (;;) {
    try {
      if (lost) run = await onNewWorker(run, lost, job);
      // a run that goes on is paused where it was
      const paused = lostAt < 0 ? startPaused : (trainingStore.getState().live?.paused ?? false);
      return { run, result: await runOnce(run, paused, job) };
    } catch (error) {
      job.signal.throwIfAborted();
      if (!isLost(error)) throw error;
      const epoch = keptOf(run)?.state.epoch ?? 0;
      losses = epoch === lostAt ? losses + 1 : 1;
      lostAt = epoch;
      if (losses >= MOST_LOSSES) throw error;
      lost = error;
    }
  }
}

/** The last checkpoint of a run that is being trained; null before the first. */
function keptOf({ runId }: Run): Checkpoint | null {
  const { checkpoint } = trainingStore.getState();
  return checkpoint?.runId === runId ? checkpoint : null;
}

/** The run as a new worker is to go on with it. */
async function onNewWorker(run: Run, lost: FaultError, job: JobContext): Promise<Run> {
  checkImages(run);
  const backend = await newWorker(run, job);
  const kept = keptOf(run);
  tellLost(lost, kept?.state.epoch ?? 0, run.backend, backend);
  updateRun(run.runId, { backend, seconds: run.clock.seconds });
  return { ...(kept ? fromCheckpoint(run, kept) : run), backend };
}

/** Brings a new worker to where the lost one was, and hears meanwhile what that one can't hear. */
async function newWorker(run: Run, job: JobContext): Promise<BackendName> {
  let stopped = false;
  const control = (heard: Control) => {
    run.clock.hear(heard);
    stopped ||= heard === 'stop';
  };
  patchLive({ note: 'a new worker is started', control });
  const backend = await prepareTrainer(job, run.backend);
  checkImages(run);
  if (stopped) throw new DOMException('Stopped', 'AbortError');
  return backend;
}

const fromCheckpoint = (run: Run, { weights, curves, state }: Checkpoint): Run => ({
  ...run,
  weights,
  curves,
  from: state,
});

function tellLost({ fault }: FaultError, epoch: number, was: BackendName, is: BackendName): void {
  const what =
    fault.code === GRAPHICS_LOST
      ? 'The browser took the graphics processor away'
      : 'The browser ended the training worker';
  const where =
    epoch === 0 ? 'started again from its first epoch' : `goes on from epoch ${epoch}, the last one kept`;
  const how =
    was === is ? '' : `, on ${is} because ${was} can't be used any more, so that its last digits may differ`;
  notify('info', `${what}; the training ${epoch === 0 ? 'is ' : ''}${where}${how}.`);
}

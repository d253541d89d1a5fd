import type { Recipe } from '../../core/exploration/design.ts';
import { type Network, outputsOf } from '../../core/network/network.ts';
import { FaultError, GRAPHICS_LOST, WORKER_LOST } from '../../core/result.ts';
import { weightsAfterEdit } from '../../core/training/transfer.ts';
import type { BackendName, TrainEpoch, TrainNotice, TrainResult, TrainStep } from '../../workers/protocol.ts';
import { loadedData } from '../dataStore.ts';
import { cachedGeometry, modelOf } from '../derived.ts';
import { type Entry, present } from '../designStore.ts';
import type { JobContext } from '../jobStore.ts';
import { type Model, modelById, newId } from '../modelStore.ts';
import { notify } from '../noticeStore.ts';
import { runById } from '../runsStore.ts';
import { trainWorker } from '../services.ts';
import { type Checkpoint, type PhaseAt, patchLive, trainingStore } from '../trainingStore.ts';
import { prepareTrainer } from './backend.ts';
import { newRun, recordRun, updateRun } from './runs.ts';
import { EMPTY_CURVES, onEpoch, onStep, type Run, secondsOf } from './trainEvents.ts';

/** What is to be trained. */
export interface Order {
  readonly kind: 'train' | 'fine-tune';
  /** The design and the weights to start from. */
  readonly entry: Entry;
  /** The design's own, or that of a phase. */
  readonly recipe: Recipe;
  readonly teachers: readonly Model[];
  readonly phase: PhaseAt | null;
  readonly startPaused: boolean;
}

/** A network must have an output a class. */
function checkClasses(network: Network): void {
  const wanted = loadedData()?.classNames.length;
  const output = outputsOf(network)[0];
  const has = output ? cachedGeometry(network).get(output.id)?.ofm.channels : undefined;
  if (wanted === undefined || has === wanted) return;
  throw new FaultError({
    code: 'class-count',
    message: `${network.name} tells ${has} classes apart, the images have ${wanted}; give it ${wanted} outputs in the Network room.`,
  });
}

/** The images of a run must be those of the design: only they are handed to the worker. */
function checkImages(run: { readonly data: Entry['design']['data'] }): void {
  if (JSON.stringify(present().design.data) === JSON.stringify(run.data)) return;
  throw new FaultError({
    code: 'other-images',
    message:
      'The images or their split were changed after this training was asked for; undo that change, or start a training with the new images.',
  });
}

/** The weights of an edited network that still fit it. */
function carriedWeights({ design, startModelId }: Entry) {
  const source = modelById(startModelId ?? null);
  const carried = source && weightsAfterEdit(source.network, source.weights, design.network);
  return carried?.ok ? { carried: carried.value.weights } : {};
}

/** A run from its first epoch. */
export async function newTraining(order: Order, job: JobContext): Promise<Run> {
  const { entry, kind, recipe, teachers, phase } = order;
  const { design } = entry;
  const { network, data } = design;
  checkClasses(network);
  checkImages(design);
  const backend = await prepareTrainer(job);
  const model = modelOf(entry);
  const weights =
    model?.weights ??
    (await trainWorker.call(
      'initialize',
      { network, seed: recipe.seed, ...carriedWeights(entry) },
      { signal: job.signal },
    ));
  const id = newId();
  const earlierEpochs = model?.epochs ?? 0;
  const line = newRun({
    design,
    recipe,
    kind: teachers.length > 0 ? 'distill' : kind,
    phase,
    backend,
    modelId: id,
    teachers: teachers.map(({ network: taught }) => taught.name),
    earlierEpochs,
  });
  recordRun(line);
  return {
    id,
    runId: line.id,
    kind,
    network,
    recipe,
    data,
    weights,
    backend,
    earlierEpochs,
    startedFrom: entry.modelId,
    teachers,
    phase,
    curves: EMPTY_CURVES,
    from: null,
    secondsBefore: 0,
    startedAt: performance.now(),
  };
}

/** The interrupted run, from its checkpoint. */
export async function continuedTraining(checkpoint: Checkpoint, job: JobContext): Promise<Run> {
  const { design } = present();
  const { modelId, kind, recipe, data, weights, earlierEpochs, curves, state } = checkpoint;
  checkClasses(design.network);
  checkImages(checkpoint);
  const teacherIds = checkpoint.teacherIds ?? [];
  const teachers = teacherIds.flatMap((id) => modelById(id) ?? []);
  if (teachers.length < teacherIds.length) {
    throw new FaultError({
      code: 'teacher-gone',
      message: `${teacherIds.length - teachers.length} of the ${teacherIds.length} teachers of this training are no longer kept, so it can't go on as it began; start a new one.`,
    });
  }
  // To the last bit only on the backend where it began.
  const backend = await prepareTrainer(job, checkpoint.backend);
  const known = runById(checkpoint.runId ?? '');
  const phase = checkpoint.phase ?? null;
  const line =
    known ??
    newRun({ design, recipe, kind, phase, backend, modelId, teachers: teachers.map((t) => t.network.name) });
  if (!known) recordRun(line);
  return {
    id: modelId,
    runId: line.id,
    kind,
    network: design.network,
    recipe,
    data,
    weights,
    backend,
    earlierEpochs,
    startedFrom: modelId,
    teachers,
    phase,
    curves,
    from: state,
    secondsBefore: checkpoint.seconds ?? 0,
    startedAt: performance.now(),
  };
}

/** One go of the worker at a run; fails where the worker or its graphics processor is lost. */
function runOnce(run: Run, startPaused: boolean, job: JobContext): Promise<TrainResult> {
  const { network, weights, recipe, from } = run;
  const teachers = run.teachers.map((teacher) => ({ network: teacher.network, weights: teacher.weights }));
  const call = trainWorker.start(
    'train',
    { network, weights, recipe, startPaused, from, teachers },
    {
      onProgress: (event: TrainStep | TrainEpoch | TrainNotice) => {
        if (event.kind === 'step') onStep(event, recipe, job);
        else if (event.kind === 'epoch') onEpoch(event, run);
        else patchLive({ note: event.message });
      },
    },
  );
  // Canceling a training means stopping it: what was learned so far is kept.
  const stop = () => call.control('stop');
  job.signal.addEventListener('abort', stop, { once: true });
  if (job.signal.aborted) stop();
  trainingStore.setState(({ checkpoint }) => ({
    checkpoint: from ? checkpoint : null,
    live: {
      network,
      kind: run.kind,
      curves: run.curves,
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
      control: call.control,
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
  for (;;) {
    try {
      // a run that goes on is paused where it was
      const paused = lostAt < 0 ? startPaused : (trainingStore.getState().live?.paused ?? false);
      return { run, result: await runOnce(run, paused, job) };
    } catch (error) {
      if (!isLost(error) || job.signal.aborted) throw error;
      const { checkpoint } = trainingStore.getState();
      const mine = checkpoint?.runId === run.runId ? checkpoint : null;
      const epoch = mine?.state.epoch ?? 0;
      losses = epoch === lostAt ? losses + 1 : 1;
      lostAt = epoch;
      if (losses >= MOST_LOSSES) throw error;
      checkImages(run);
      patchLive({ note: 'a new worker is started' });
      const backend = await prepareTrainer(job, run.backend);
      tellLost(error, epoch, run.backend, backend);
      run = { ...(mine ? fromCheckpoint(run, mine) : run), backend };
      updateRun(run.runId, { backend, seconds: secondsOf(run) });
    }
  }
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

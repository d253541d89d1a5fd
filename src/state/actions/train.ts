import { type Network, outputsOf, type Weights } from '../../core/network/network.ts';
import { FaultError } from '../../core/result.ts';
import { weightsAfterEdit } from '../../core/training/transfer.ts';
import type { TrainEpoch, TrainNotice, TrainStep } from '../../workers/protocol.ts';
import { loadedData } from '../dataStore.ts';
import { cachedGeometry, modelOf } from '../derived.ts';
import { changeEntry, type Entry, present } from '../designStore.ts';
import { type JobContext, runJob } from '../jobStore.ts';
import { modelById, newId } from '../modelStore.ts';
import { trainWorker } from '../services.ts';
import { type Checkpoint, patchLive, trainingStore } from '../trainingStore.ts';
import { prepareTrainer } from './backend.ts';
import { addEvaluation } from './explore.ts';
import { measureApoz } from './measure.ts';
import { EMPTY_CURVES, finish, onEpoch, onStep, type Run } from './trainEvents.ts';

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

/** The weights of an edited network that still fit it. */
function carriedWeights({ design, startModelId }: Entry): { carried?: Weights } {
  const source = modelById(startModelId ?? null);
  const carried = source && weightsAfterEdit(source.network, source.weights, design.network);
  return carried?.ok ? { carried: carried.value.weights } : {};
}

/** The run that the user asks for: a new one, or the interrupted one from its checkpoint. */
async function prepareRun(
  kind: 'train' | 'fine-tune',
  checkpoint: Checkpoint | null,
  job: JobContext,
): Promise<Run> {
  const entry = present();
  const { network, data } = entry.design;
  checkClasses(network);
  if (checkpoint) {
    // To the last bit only on the backend where it began.
    const backend = await prepareTrainer(job, checkpoint.backend);
    return { ...checkpoint, id: checkpoint.modelId, network, backend, from: checkpoint.state };
  }
  const recipe = kind === 'train' ? entry.design.recipe : entry.design.fineTune;
  const backend = await prepareTrainer(job);
  const model = modelOf(entry);
  const weights =
    model?.weights ??
    (await trainWorker.call(
      'initialize',
      { network, seed: recipe.seed, ...carriedWeights(entry) },
      { signal: job.signal },
    ));
  const earlierEpochs = model?.epochs ?? 0;
  const curves = EMPTY_CURVES;
  return { id: newId(), kind, network, recipe, data, weights, backend, earlierEpochs, curves, from: null };
}

async function runTraining(run: Run, startPaused: boolean, job: JobContext): Promise<void> {
  const { network, weights, recipe, from } = run;
  const call = trainWorker.start(
    'train',
    { network, weights, recipe, startPaused, from, teachers: [] },
    {
      onProgress: (event: TrainStep | TrainEpoch | TrainNotice) => {
        if (event.kind === 'step') onStep(event, recipe, job);
        else if (event.kind === 'epoch') onEpoch(event, run);
        else patchLive({ note: event.message });
      },
    },
  );
  // Canceling a training means stopping it: what was learned so far is kept.
  job.signal.addEventListener('abort', () => call.control('stop'), { once: true });
  if (job.signal.aborted) call.control('stop');
  trainingStore.setState(({ checkpoint }) => ({
    checkpoint: from ? checkpoint : null,
    live: {
      network,
      kind: run.kind,
      curves: run.curves,
      epochs: recipe.epochs,
      epoch: (from?.epoch ?? 0) + 1,
      step: 0,
      imagesPerSecond: 0,
      secondsLeft: null,
      learningRate: null,
      paused: startPaused,
      note: '',
      control: call.control,
    },
  }));
  // A step of undo of its own: undo brings back the weights from before this training.
  if (!from && present().modelId !== null) changeEntry((now) => ({ ...now }));
  finish(run, await call.reply);
}

/** Trains the design's network: from its weights where it has some, else from seeded ones. */
export const startTraining = (kind: 'train' | 'fine-tune', { startPaused = false } = {}): Promise<void> =>
  trainFrom(kind, null, startPaused);

/** Goes on with the interrupted training as if it had never stopped; does nothing where {@link resumable} is null. */
export async function continueTraining(): Promise<void> {
  const checkpoint = resumable(present(), trainingStore.getState().checkpoint);
  if (checkpoint) await trainFrom(checkpoint.kind, checkpoint, false);
}

/** The checkpoint, where the design still has the weights and the images of its run and epochs are left. */
export function resumable({ design, modelId }: Entry, checkpoint: Checkpoint | null): Checkpoint | null {
  if (!checkpoint || checkpoint.modelId !== modelId) return null;
  const { recipe, state, data } = checkpoint;
  const isOver = state.epoch >= recipe.epochs;
  return !isOver && JSON.stringify(design.data) === JSON.stringify(data) ? checkpoint : null;
}

async function trainFrom(
  kind: 'train' | 'fine-tune',
  checkpoint: Checkpoint | null,
  startPaused: boolean,
): Promise<void> {
  if (trainingStore.getState().live) return;
  const before = present().modelId;
  await runJob(kind === 'train' ? 'Training' : 'Fine-tuning', async (job) => {
    try {
      await runTraining(await prepareRun(kind, checkpoint, job), startPaused, job);
    } catch (error) {
      if (error instanceof FaultError && error.fault.code === 'graphics-lost') {
        trainWorker.restart('The training worker was restarted.');
      }
      throw error;
    } finally {
      trainingStore.setState({ live: null });
    }
  });
  if ((checkpoint || present().modelId !== before) && modelOf(present())?.validation) {
    addEvaluation(present());
    await measureApoz();
  }
}

export function setPaused(paused: boolean): void {
  const { live } = trainingStore.getState();
  live?.control(paused ? 'pause' : 'resume');
  patchLive({ paused });
}

/** Trains on one batch, then waits; starts a paused run where none is going. */
export function stepOnce(kind: 'train' | 'fine-tune'): void {
  const { live } = trainingStore.getState();
  if (!live) {
    void startTraining(kind, { startPaused: true }).catch(() => undefined);
    stepWhenStarted();
    return;
  }
  live.control('step');
  patchLive({ paused: true });
}

/** The first step of a run that is just being started paused. */
function stepWhenStarted(): void {
  const unsubscribe = trainingStore.subscribe(({ live }) => {
    if (!live) return;
    unsubscribe();
    live.control('step');
  });
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

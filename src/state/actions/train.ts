import type { Recipe } from '../../core/exploration/design.ts';
import { type Network, outputsOf, type Weights } from '../../core/network/network.ts';
import { FaultError } from '../../core/result.ts';
import type { BackendName, TrainEpoch, TrainNotice, TrainResult, TrainStep } from '../../workers/protocol.ts';
import { loadedData } from '../dataStore.ts';
import { cachedGeometry, modelOf } from '../derived.ts';
import { amendEntry, changeEntry, type Entry, present } from '../designStore.ts';
import { type JobContext, runJob } from '../jobStore.ts';
import { type LearningCurves, type Model, modelById, newId, patchModel, putModel } from '../modelStore.ts';
import { notify } from '../noticeStore.ts';
import { trainWorker } from '../services.ts';
import { patchLive, trainingStore } from '../trainingStore.ts';
import { handImagesToTrainer } from './data.ts';
import { addEvaluation } from './explore.ts';

let chosenFor = '';

/** Measures the backends once a worker and override, and remembers the choice. */
export async function chooseBackend(job: JobContext): Promise<BackendName> {
  const { backend, backendOverride } = trainingStore.getState();
  const key = () => `${trainWorker.generation}:${backendOverride}`;
  if (backend && chosenFor === key()) return backend.active;
  job.report(null, 'measuring the backends');
  const choice = await trainWorker.call(
    'chooseBackend',
    { override: backendOverride },
    { signal: job.signal, onProgress: ({ message }) => job.report(null, message) },
  );
  chosenFor = key();
  trainingStore.setState({ backend: choice });
  return choice.active;
}

export function overrideBackend(backend: BackendName | null): void {
  trainingStore.setState({ backendOverride: backend });
  void runJob('Choosing a backend', chooseBackend);
}

/** Brings the train worker to the point where it can work: backend chosen, images there. */
export async function prepareTrainer(job: JobContext): Promise<BackendName> {
  const backend = await chooseBackend(job);
  job.report(null, 'handing over the images');
  await handImagesToTrainer(job.signal);
  return backend;
}

const EMPTY_CURVES: LearningCurves = { stepLosses: [], stepsPerEpoch: 1, epochs: [] };

function onStep(event: TrainStep, recipe: Recipe, job: JobContext): void {
  const { live } = trainingStore.getState();
  if (!live) return;
  const done = (event.epoch - 1) * event.stepsPerEpoch + event.step;
  const total = recipe.epochs * event.stepsPerEpoch;
  const secondsLeft = ((total - done) * recipe.batchSize) / Math.max(1, event.imagesPerSecond);
  // Steps are reported at a limited rate: each loss is written at its own position, gaps repeat the last.
  const stepLosses = [...live.curves.stepLosses];
  while (stepLosses.length < done) stepLosses.push(event.loss);
  patchLive({
    epoch: event.epoch,
    step: event.step,
    imagesPerSecond: event.imagesPerSecond,
    secondsLeft,
    note: '',
    curves: { ...live.curves, stepLosses, stepsPerEpoch: event.stepsPerEpoch },
  });
  job.report(
    done / total,
    `epoch ${event.epoch} of ${recipe.epochs}, ${Math.round(event.imagesPerSecond)} images/s`,
  );
}

interface Run {
  readonly id: string;
  readonly kind: 'train' | 'fine-tune';
  readonly network: Network;
  readonly recipe: Recipe;
  readonly startWeights: Weights;
  readonly backend: BackendName;
  readonly earlierEpochs: number;
}

function modelAfter(run: Run, weights: Weights, epochs: number): Model {
  return {
    id: run.id,
    network: run.network,
    weights,
    origin: run.kind === 'train' ? 'trained' : 'fine-tuned',
    epochs: run.earlierEpochs + epochs,
    backend: run.backend,
    curves: trainingStore.getState().live?.curves ?? EMPTY_CURVES,
    validation: null,
    apoz: null,
  };
}

/** Gives the weights to the design, unless the user has gone on to another network meanwhile. */
function attach(run: Run): void {
  amendEntry((entry) => {
    if (entry.design.network !== run.network) return entry;
    return {
      ...entry,
      modelId: run.id,
      baselineModelId: entry.design.baseline === run.network ? run.id : entry.baselineModelId,
    };
  });
}

function onEpoch(event: TrainEpoch, run: Run): void {
  const { live } = trainingStore.getState();
  if (!live) return;
  const { weights, kind: _, checkpoint: __, ...epoch } = event;
  patchLive({ curves: { ...live.curves, epochs: [...live.curves.epochs, epoch] } });
  putModel(modelAfter(run, weights, event.epoch));
  attach(run);
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

async function runTraining(
  kind: 'train' | 'fine-tune',
  startPaused: boolean,
  job: JobContext,
): Promise<void> {
  const entry = present();
  const { network } = entry.design;
  const recipe = kind === 'train' ? entry.design.recipe : entry.design.fineTune;
  checkClasses(network);
  const backend = await prepareTrainer(job);
  const model = modelOf(entry);
  const startWeights =
    model?.weights ??
    (await trainWorker.call('initialize', { network, seed: recipe.seed }, { signal: job.signal }));
  const run: Run = {
    id: newId(),
    kind,
    network,
    recipe,
    startWeights,
    backend,
    earlierEpochs: model?.epochs ?? 0,
  };
  const call = trainWorker.start(
    'train',
    { network, weights: startWeights, recipe, startPaused, from: null },
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
  trainingStore.setState({
    live: {
      network,
      kind,
      curves: EMPTY_CURVES,
      epochs: recipe.epochs,
      epoch: 1,
      step: 0,
      imagesPerSecond: 0,
      secondsLeft: null,
      paused: startPaused,
      note: '',
      control: call.control,
    },
  });
  // A step of undo of its own: undo brings back the weights from before this training.
  if (entry.modelId !== null) changeEntry((now) => ({ ...now }));
  const result = await call.reply;
  finish(run, result);
}

function finish(run: Run, result: TrainResult): void {
  if (result.steps > 0) {
    putModel({ ...modelAfter(run, result.weights, result.epochs), validation: result.validation });
    attach(run);
  }
  if (result.stopped !== null && typeof result.stopped === 'object') notify('error', result.stopped.message);
}

/** Trains the design's network: from its weights where it has some, else from seeded ones. */
export async function startTraining(
  kind: 'train' | 'fine-tune',
  { startPaused = false } = {},
): Promise<void> {
  if (trainingStore.getState().live) return;
  const before = present().modelId;
  await runJob(kind === 'train' ? 'Training' : 'Fine-tuning', async (job) => {
    try {
      await runTraining(kind, startPaused, job);
    } catch (error) {
      if (error instanceof FaultError && error.fault.code === 'graphics-lost') {
        trainWorker.restart('The training worker was restarted.');
      }
      throw error;
    } finally {
      trainingStore.setState({ live: null });
    }
  });
  if (present().modelId !== before && modelOf(present())?.validation) {
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

/** Counts the zeros behind every ReLU over the validation images (APoZ). */
export async function measureApoz(): Promise<void> {
  const model = modelOf(present());
  if (!model) return;
  await runJob('Measuring APoZ', async (job) => {
    await prepareTrainer(job);
    const { network, weights } = model;
    const apoz = await trainWorker.call(
      'measureApoz',
      { network, weights },
      { signal: job.signal, onProgress: ({ done, total }) => job.report(done / total) },
    );
    if (modelById(model.id)) patchModel(model.id, { apoz });
  });
}

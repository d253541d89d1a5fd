import type { Recipe } from '../../core/exploration/design.ts';
import { type Network, outputsOf } from '../../core/network/network.ts';
import { FaultError } from '../../core/result.ts';
import { carryWeights } from '../../core/training/transfer.ts';
import { loadedData } from '../dataStore.ts';
import { cachedGeometry } from '../derived.ts';
import { type Entry, present } from '../designStore.ts';
import type { JobContext } from '../jobStore.ts';
import { type Model, newId } from '../modelStore.ts';
import { fetchModel } from '../persistence.ts';
import { imagesOf, runById } from '../runsStore.ts';
import { trainWorker } from '../services.ts';
import { Stopwatch } from '../stopwatch.ts';
import type { Checkpoint, PhaseAt } from '../trainingStore.ts';
import { prepareTrainer } from './backend.ts';
import { newRun, recordRun } from './runs.ts';
import { EMPTY_CURVES, type Run } from './trainEvents.ts';
import { readyToLook } from './viewpoints.ts';

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
export function checkImages(run: { readonly data: Entry['design']['data'] }): void {
  if (imagesOf(present().design.data) === imagesOf(run.data)) return;
  throw new FaultError({
    code: 'other-images',
    message:
      'The images or their split were changed after this training was asked for; undo that change, or start a training with the new images.',
  });
}

/** The models to learn from, also those that only the disk has; a training without one of them would be another one. */
export async function teachersOf(ids: readonly string[]): Promise<readonly Model[]> {
  const teachers: Model[] = [];
  for (const id of ids) teachers.push(...[await fetchModel(id)].filter((model) => model !== null));
  if (teachers.length === ids.length) return teachers;
  throw new FaultError({
    code: 'teacher-gone',
    message: `${ids.length - teachers.length} of the ${ids.length} teachers of this training are no longer kept, so it can't be trained as it was asked for; start a new one.`,
  });
}

/** A model that a training is to start from, also one that only the disk has. */
async function modelToStart(id: string, { design }: Entry): Promise<Model> {
  const model = await fetchModel(id);
  if (model) return model;
  throw new FaultError({
    code: 'weights-gone',
    message: `The weights that this training of ${design.network.name} was to start from are no longer kept; start one from the seed.`,
  });
}

function carriedWeights(source: Model | null, network: Network) {
  const carried = source && carryWeights(source, network);
  return carried?.ok ? { carried: carried.value.weights } : {};
}

/** A run from its first epoch. */
export async function newTraining(order: Order, job: JobContext): Promise<Run> {
  const { entry, kind, recipe, phase } = order;
  const { design } = entry;
  const { network, data } = design;
  checkClasses(network);
  checkImages(design);
  const fetched = async (id: string | null) => (id === null ? null : modelToStart(id, entry));
  const model = await fetched(entry.modelId);
  // an edited network, or one on other images, takes over what fits
  const source = model ? null : await fetched(entry.startModelId ?? null);
  const weights =
    model?.weights ??
    (await trainWorker.call(
      'initialize',
      { network, seed: recipe.seed, ...carriedWeights(source, network) },
      { signal: job.signal },
    ));
  // Last, and asked again: what was changed on the way is not to be trained with.
  const backend = await prepareTrainer(job);
  const teachers = await readyToLook(order.teachers, job);
  checkImages(design);
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
    startModel: model ?? source,
  });
  recordRun(line);
  return {
    id,
    runId: line.id,
    kind,
    network,
    recipe,
    data,
    classNames: loadedData()?.classNames ?? [],
    weights,
    backend,
    earlierEpochs,
    startedFrom: entry.modelId,
    teachers,
    phase,
    curves: EMPTY_CURVES,
    from: null,
    clock: new Stopwatch(),
  };
}

/** The interrupted run, from its checkpoint. */
export async function continuedTraining(checkpoint: Checkpoint, job: JobContext): Promise<Run> {
  const { design } = present();
  const { modelId, kind, recipe, data, weights, earlierEpochs, curves, state } = checkpoint;
  checkClasses(design.network);
  checkImages(checkpoint);
  const teachers = await teachersOf(checkpoint.teacherIds ?? []);
  // To the last bit only on the backend where it began.
  const backend = await prepareTrainer(job, checkpoint.backend);
  checkImages(checkpoint);
  const phase = checkpoint.phase ?? null;
  const line = runById(checkpoint.runId ?? '') ?? {
    ...newRun({
      design,
      recipe,
      kind: teachers.length > 0 ? 'distill' : kind,
      phase,
      backend,
      modelId,
      teachers: teachers.map(({ network }) => network.name),
      earlierEpochs,
    }),
    curves,
    epochSeconds: checkpoint.epochSeconds ?? [],
  };
  recordRun({ ...line, backend, result: 'running', sentence: '' });
  return {
    id: modelId,
    runId: line.id,
    kind,
    network: design.network,
    recipe,
    data,
    classNames: loadedData()?.classNames ?? [],
    weights,
    backend,
    earlierEpochs,
    startedFrom: modelId,
    teachers,
    phase,
    curves,
    from: state,
    clock: new Stopwatch(checkpoint.seconds),
  };
}

import type { DistillationChoice } from '../../core/exploration/design.ts';
import type { Network } from '../../core/network/network.ts';
import { transplant } from '../../core/pruning/apply.ts';
import { SOURCE_DISTILLATION, type Student } from '../../core/training/distillation.ts';
import { changeDesign, changeEntry, type Entry, present } from '../designStore.ts';
import { addTrial, chosenTeachers, distillationStore, measuredOf } from '../distillationStore.ts';
import { runJob } from '../jobStore.ts';
import { dataKeyOf } from '../metricsStore.ts';
import { type Model, modelStore, newId, putModel } from '../modelStore.ts';
import { notify } from '../noticeStore.ts';
import { trainWorker } from '../services.ts';
import { prepareTrainer } from './backend.ts';
import { isTraining, startTraining } from './train.ts';
import { readyToLook, viewpointOf } from './viewpoints.ts';

/** How much students listen, in training and in fine-tuning alike. */
export function changeDistillation(patch: Partial<DistillationChoice>): void {
  changeDesign((design) => ({
    ...design,
    recipe: { ...design.recipe, distillation: { ...design.recipe.distillation, ...patch } },
    fineTune: { ...design.fineTune, distillation: { ...design.fineTune.distillation, ...patch } },
  }));
}

/** T = 2, 0.25 soft, 0.75 hard (source 002, section 5.2.4). */
export function takeSourceValues(): void {
  const { temperature, softWeight, hardWeight } = SOURCE_DISTILLATION;
  changeDistillation({ temperature, softWeight, hardWeight });
}

/** Asks models about the validation images, one after the other, unless that is known. */
export async function measureModels(models: readonly Model[]): Promise<void> {
  const { data } = present().design;
  const dataKey = dataKeyOf(data);
  const known = distillationStore.getState().measured;
  const missing = models.filter((model) => measuredOf(known, model, dataKey) === null);
  if (missing.length === 0) return;
  await runJob('Measuring teachers and students', async (job) => {
    await prepareTrainer(job);
    for (const [i, asked] of missing.entries()) {
      if (dataKeyOf(present().design.data) !== dataKey) return;
      const [model = asked] = await readyToLook([asked], job);
      const { id, network, weights } = model;
      const prediction = await trainWorker.call(
        'predict',
        { network, weights, viewpoint: viewpointOf(model, data) },
        {
          signal: job.signal,
          onProgress: ({ done, total }) => job.report((i + done / total) / missing.length, network.name),
        },
      );
      distillationStore.setState(({ measured }) => ({
        measured: { ...measured, [id]: { weights, dataKey, prediction } },
      }));
    }
  });
}

const layerNames = ({ layers }: Network): string => layers.map(({ id }) => id).join(' ');

/** Whether the layers of both are called the same, so that they can be set side by side. */
export const sameLayers = (one: Network, other: Network): boolean => layerNames(one) === layerNames(other);

/**
 * Makes a student the design's network, as one step of undo; the teacher becomes what it is measured against where its
 * layers have the same names, else the student is its own baseline.
 */
export function adoptStudent(
  { network, start }: { readonly network: Network; readonly start: Student['start'] },
  teacher: Model,
): void {
  if (isTraining()) {
    notify('info', 'The network can be changed when the training has ended.');
    return;
  }
  const modelId = start === 'drawn' ? null : startModel(network, start, teacher);
  const comparable = sameLayers(network, teacher.network);
  changeEntry(({ design }) => ({
    design: {
      ...design,
      network,
      baseline: comparable ? teacher.network : network,
      pruning: { ...design.pruning, thresholds: {} },
      hardware: { ...design.hardware, foldings: {} },
    },
    modelId,
    baselineModelId: comparable ? teacher.id : modelId,
  }));
}

/** The weights that a student has of its teacher, as a model of its own. */
function startModel(network: Network, start: Exclude<Student['start'], 'drawn'>, teacher: Model): string {
  const id = newId();
  const weights = start === 'copied' ? teacher.weights : transplant(teacher.weights, teacher.network, start);
  const origin = start === 'copied' ? teacher.origin : 'pruned';
  putModel({ ...teacher, id, network, weights, origin, curves: null, validation: null, apoz: null });
  return id;
}

/** One training of a design; its model, or null where it was stopped, canceled or failed. */
async function trainOnce(entry: Entry, teacherIds: readonly string[]): Promise<Model | null> {
  const before = modelStore.getState().models;
  const ending = await startTraining('train', { entry, teacherIds });
  if (ending !== 'over') return null;
  const made = Object.values(modelStore.getState().models).find(
    ({ id, network, validation }) => !before[id] && network === entry.design.network && validation !== null,
  );
  return made ?? null;
}

/** All that two pairs must have in common, but for the seed. */
export const questionOf = ({ design, modelId }: Entry, teacherIds: readonly string[]): string => {
  const { network, data, recipe } = design;
  return JSON.stringify([network, data, { ...recipe, seed: 0 }, teacherIds, modelId]);
};

/** Trains one pair; the models of both, or null where one of the trainings did not come to its end. */
async function trainPair(entry: Entry, teachers: readonly Model[]): Promise<[Model, Model] | null> {
  const { recipe, data } = entry.design;
  const teacherIds = teachers.map(({ id }) => id);
  const teacherNames = teachers.map(({ network }) => network.name);
  distillationStore.setState({ pair: null });
  const without = await trainOnce(entry, []);
  if (!without) return null;
  const pair = { withoutId: without.id, teacherNames, seed: recipe.seed, dataKey: dataKeyOf(data) };
  distillationStore.setState({ pair: { ...pair, withId: null } });
  backToStart(entry, without.id);
  const taught = await trainOnce(entry, teacherIds);
  if (!taught) return null;
  distillationStore.setState({ pair: { ...pair, withId: taught.id } });
  const question = questionOf(entry, teacherIds);
  addTrial({ question, seed: recipe.seed, withoutId: without.id, withId: taught.id });
  return [without, taught];
}

/** Back to where all of them begin, unless the user has gone on to something else. */
function backToStart({ modelId, baselineModelId }: Entry, made: string): void {
  if (present().modelId === made) changeEntry((now) => ({ ...now, modelId, baselineModelId }));
}

/** Pairs trained in a row at most; the interval over seeds would take 31. */
export const MOST_PAIRS = 20;

/**
 * Trains the design's network twice from the same weights with the same seed, without and with the chosen teachers, and
 * measures both; for several seeds one pair after the other. The design keeps the first one that had teachers.
 */
export async function trainBoth(seeds = 1): Promise<void> {
  distillationStore.setState({ listens: true });
  const teachers = chosenTeachers();
  if (teachers.length === 0) {
    notify('info', 'There is nobody to learn from yet; choose a teacher first.');
    return;
  }
  if (isTraining()) return;
  const entry = present();
  const { design } = entry;
  const made: [Model, Model][] = [];
  for (let i = 0; i < Math.min(seeds, MOST_PAIRS); i++) {
    const last = made.at(-1);
    if (last) backToStart(entry, last[1].id);
    const seed = design.recipe.seed + i;
    const pair = await trainPair(
      { ...entry, design: { ...design, recipe: { ...design.recipe, seed } } },
      teachers,
    );
    if (!pair) {
      tellUnfinished(made.length);
      break;
    }
    made.push(pair);
  }
  const [first, last] = [made[0]?.[1], made.at(-1)?.[1]];
  if (first && last && first !== last) {
    const baselineModelId = design.baseline === design.network ? first.id : entry.baselineModelId;
    backToStart({ ...entry, modelId: first.id, baselineModelId }, last.id);
  }
  await measureModels(made.flat());
}

const tellUnfinished = (made: number): void =>
  notify(
    'info',
    made === 0
      ? 'One of the two trainings did not come to its end, so there is nothing to compare; press "Train both" to begin again.'
      : `A training of pair ${made + 1} did not come to its end; what came before it is compared.`,
  );

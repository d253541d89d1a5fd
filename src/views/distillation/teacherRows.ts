import {
  type NormalizationChoice,
  normalizationName,
  sameNormalization,
} from '../../core/data/normalizationChoice.ts';
import { type Network, outputsOf } from '../../core/network/network.ts';
import { wilsonInterval } from '../../core/quantity.ts';
import { classOrder } from '../../core/training/classOrder.ts';
import { modelSizeOf } from '../../core/training/distillation.ts';
import { cachedCounts, cachedGeometry } from '../../state/derived.ts';
import { type DistillationState, measuredOf } from '../../state/distillationStore.ts';
import type { Evaluation } from '../../state/evaluationStore.ts';
import type { Model } from '../../state/modelStore.ts';
import type { Accuracy } from '../../workers/protocol.ts';

/** A kept model that could teach. */
export interface TeacherRow {
  readonly model: Model;
  readonly name: string;
  /** What it is to the design: "this design's network". */
  readonly origin: string;
  /** Why it can't teach; null where it can. */
  readonly problem: string | null;
  /** How it is shown the images, where not as its student is; '' else. */
  readonly viewpoint: string;
  /** What it was measured to know is next to nothing. */
  readonly isGuessing: boolean;
  /** On the present validation images; null where it was not measured with them. */
  readonly accuracy: Pick<Accuracy, 'correct' | 'total'> | null;
  readonly parameterCount: number;
  readonly macCount: number;
  readonly megabytes: number;
  readonly isChosen: boolean;
}

/** A finished training that is kept, as far as teachers are concerned. */
export interface KeptRun {
  readonly name: string;
  readonly modelId: string | null;
  readonly validation: Accuracy | null;
  readonly dataKey: string;
}

export interface TeacherSources {
  readonly models: Readonly<Record<string, Model>>;
  readonly modelId: string | null;
  readonly baselineModelId: string | null;
  readonly evaluations: readonly Evaluation[];
  readonly runs: readonly KeptRun[];
  readonly teacherIds: readonly string[];
  readonly measured: DistillationState['measured'];
  /** Of the images; null where there are none yet. */
  readonly classNames: readonly string[] | null;
  /** How pixels reach the student. */
  readonly normalization: NormalizationChoice;
  /** The present choice of data, as one text. */
  readonly dataKey: string;
}

/** How many classes the network tells apart; null where its outputs are no single list of them. */
export function classCountOf(network: Network): number | null {
  const [output, another] = outputsOf(network);
  if (!output || another) return null;
  const ofm = cachedGeometry(network).get(output.id)?.ofm;
  return ofm && ofm.height * ofm.width === 1 ? ofm.channels : null;
}

/** Why a network can't teach a student of so many classes; null where it can. */
export function teacherProblem(network: Network, wanted: number | null): string | null {
  const has = classCountOf(network);
  if (has === null) return 'Its outputs are no single list of classes, so they teach no shares.';
  if (wanted === null || has === wanted) return null;
  return `It tells ${has} classes apart and the images have ${wanted}; a teacher needs the same classes.`;
}

function namesProblem(model: Model, wanted: readonly string[] | null): string | null {
  if (!model.classNames || !wanted) return null;
  const order = classOrder(model.classNames, wanted);
  return order.ok ? null : order.error.message;
}

/** "sees pixels of 0 to 255; its classes are put in the order of the images'" */
function viewpointText(model: Model, { classNames, normalization }: TeacherSources): string {
  const { network, reads } = model;
  const input = network.layers.find(({ kind }) => kind === 'input');
  const channels = (input && cachedGeometry(network).get(input.id)?.ofm.channels) ?? 1;
  const order = model.classNames && classNames ? classOrder(model.classNames, classNames) : null;
  return [
    reads && !sameNormalization(reads, normalization, channels)
      ? `is shown pixels of ${normalizationName(reads)}`
      : '',
    order?.ok && order.value ? "its classes are put in the order of the images'" : '',
  ]
    .filter((part) => part !== '')
    .join('; ');
}

/** Whether right answers this few come from guessing as well: not surely more than one in so many classes. */
const isGuess = ({ correct, total }: Pick<Accuracy, 'correct' | 'total'>, classCount: number): boolean =>
  wilsonInterval(correct, total)[0] <= 1 / classCount;

interface Found {
  readonly name: string | null;
  readonly origin: string;
  readonly accuracy: Accuracy | null;
}

/** By model id, the first that names it. */
function candidates(sources: TeacherSources): Map<string, Found> {
  const { models, modelId, baselineModelId, evaluations, runs, teacherIds, dataKey } = sources;
  const found = new Map<string, Found>();
  const runNames = new Map(
    runs.flatMap(({ modelId: id, name }) => (id === null ? [] : [[id, name] as const])),
  );
  const add = (id: string | null, name: string | null, origin: string, accuracy: Accuracy | null) => {
    if (id === null || !models[id] || found.has(id)) return;
    found.set(id, { name: name ?? runNames.get(id) ?? null, origin, accuracy });
  };
  const validationOf = (id: string | null) => (id === null ? null : (models[id]?.validation ?? null));
  add(modelId, null, "this design's network", validationOf(modelId));
  add(baselineModelId, null, "this design's baseline", validationOf(baselineModelId));
  for (const run of runs)
    add(run.modelId, run.name, 'a kept run', run.dataKey === dataKey ? run.validation : null);
  for (const { modelId: id, label, accuracy, design } of evaluations)
    add(id, label, 'a point of Explore', JSON.stringify(design.data) === dataKey ? accuracy : null);
  for (const { id, origin } of Object.values(models))
    if (origin === 'imported') add(id, null, 'from a file', null);
  for (const id of teacherIds) add(id, null, 'chosen before', null);
  return found;
}

/** Every kept model that has a name to the user, the design's own first. */
export function teacherRows(sources: TeacherSources): TeacherRow[] {
  const { models, teacherIds, measured, classNames, dataKey } = sources;
  return [...candidates(sources)].flatMap(([id, { name, origin, accuracy }]) => {
    const model = models[id];
    if (!model) return [];
    const { parameterCount, macCount } = cachedCounts(model.network);
    const report = measuredOf(measured, model, dataKey)?.report;
    const known = report ? { correct: report.correct, total: report.imageCount } : accuracy;
    return {
      model,
      name: name ?? nameOf(model),
      origin,
      problem: teacherProblem(model.network, classNames?.length ?? null) ?? namesProblem(model, classNames),
      viewpoint: viewpointText(model, sources),
      accuracy: known,
      isGuessing: known !== null && classNames !== null && isGuess(known, classNames.length),
      parameterCount,
      macCount,
      megabytes: modelSizeOf(parameterCount),
      isChosen: teacherIds.includes(id),
    };
  });
}

/** "Tiny CNN, trained, 8 epochs" */
export const nameOf = ({ network, origin, epochs }: Model): string =>
  [network.name, origin, ...(epochs > 0 ? [`${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}`] : [])].join(
    ', ',
  );

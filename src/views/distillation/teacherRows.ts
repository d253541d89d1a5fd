import { type Network, outputsOf } from '../../core/network/network.ts';
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
  /** Classes of the images; null where there are none yet. */
  readonly classCount: number | null;
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
  const { models, teacherIds, measured, classCount, dataKey } = sources;
  return [...candidates(sources)].flatMap(([id, { name, origin, accuracy }]) => {
    const model = models[id];
    if (!model) return [];
    const { parameterCount, macCount } = cachedCounts(model.network);
    const report = measuredOf(measured, model, dataKey)?.report;
    return {
      model,
      name: name ?? nameOf(model),
      origin,
      problem: teacherProblem(model.network, classCount),
      accuracy: report ? { correct: report.correct, total: report.imageCount } : accuracy,
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

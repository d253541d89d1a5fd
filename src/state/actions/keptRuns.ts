import { comparePaired } from '../../core/training/pairedComparison.ts';
import { changeEntry, present, withoutModel } from '../designStore.ts';
import { distillationStore } from '../distillationStore.ts';
import { forgetEpochsOf } from '../epochCheckpoints.ts';
import { evaluationStore } from '../evaluationStore.ts';
import { runJob } from '../jobStore.ts';
import { neededByWaiting } from '../keptSessions.ts';
import { type Model, reunite } from '../modelStore.ts';
import { notify } from '../noticeStore.ts';
import { dropModel, fetchModel } from '../persistence.ts';
import { imagesOf, runById, runsStore, type TrainingRun } from '../runsStore.ts';
import { trainWorker } from '../services.ts';
import { trainingStore } from '../trainingStore.ts';
import { setUi } from '../uiStore.ts';
import { prepareTrainer } from './backend.ts';
import { isTraining, startTraining } from './train.ts';

/** The run's choices on the hardware that is chosen now; its folding belongs to its network. */
function designOf({ design }: TrainingRun): TrainingRun['design'] {
  const { hardware } = present().design;
  return { ...design, hardware: { ...hardware, foldings: design.hardware.foldings } };
}

/** Makes the network, the weights and all choices of a run those of the design; undo returns. */
export async function restoreRun(id: string): Promise<void> {
  const run = runById(id);
  if (!run) return;
  const model = run.modelId === null ? null : await fetchModel(run.modelId);
  if (!model)
    notify(
      'info',
      `The weights of "${run.name}" are no longer kept; its choices are restored without them, and can be trained again.`,
    );
  const point = evaluationStore.getState().evaluations.find(({ modelId }) => modelId === run.modelId);
  const design = designOf(run);
  const isUnpruned = JSON.stringify(design.baseline) === JSON.stringify(design.network);
  const baselineModelId = isUnpruned ? (model?.id ?? null) : (point?.baselineModelId ?? null);
  if (baselineModelId !== null) await fetchModel(baselineModelId);
  changeEntry(() => reunite(design, model?.id ?? null, baselineModelId));
}

/** What training again means for a run: all of it from its seed, or its recipe only. */
export const startsFromSeed = ({ kind, earlierEpochs, phase, startWeights }: TrainingRun): boolean =>
  kind === 'train' && earlierEpochs === 0 && phase === null && !startWeights;

/**
 * Trains a run again as it was: its network from its seed, with its recipe, on its images. A run that began with weights
 * or teachers gives its recipe to the design only, whose next training it is for.
 */
export async function trainAgain(id: string): Promise<void> {
  const run = runById(id);
  if (!run) return;
  if (!startsFromSeed(run)) {
    const field = run.kind === 'fine-tune' ? 'fineTune' : 'recipe';
    changeEntry((entry) => ({ ...entry, design: { ...entry.design, [field]: run.recipe } }));
    notify(
      'info',
      `The recipe of "${run.name}" is the design's now. That run began with weights or teachers; choose those, then train.`,
    );
    return;
  }
  if (isTraining()) {
    notify('info', 'A training is running; train again when it has ended.');
    return;
  }
  const isOnPresentImages = imagesOf(run.design.data) === imagesOf(present().design.data);
  const design = { ...designOf(run), recipe: run.recipe };
  changeEntry(() => ({ ...reunite(design, null, null), startModelId: null }));
  setUi({ trainPage: 'training' });
  if (isOnPresentImages) await startTraining('train', { teacherIds: [] });
  else
    notify(
      'info',
      `The choices of "${run.name}" are the design's now, with its images; start when they are there.`,
    );
}

/** Why the weights of a run can't be deleted now; null where they can. */
export function neededBecause({ id, modelId, result }: TrainingRun): string | null {
  const { modelId: presentId, baselineModelId, startModelId } = present();
  if (result === 'running') return 'The run is going on.';
  if (modelId === null) return 'They are not kept.';
  if ([presentId, baselineModelId, startModelId].includes(modelId)) return 'The design works with them.';
  const { checkpoint, live, queue } = trainingStore.getState();
  if (live?.teacherIds.includes(modelId)) return 'The training that runs learns from them.';
  if (checkpoint?.modelId === modelId || checkpoint?.teacherIds?.includes(modelId))
    return 'An interrupted training needs them.';
  if (queue.some((waiting) => neededByWaiting(waiting).includes(modelId)))
    return 'A training that waits needs them.';
  if (distillationStore.getState().teacherIds.includes(modelId)) return 'They are a chosen teacher.';
  const other = runsStore.getState().runs.find((run) => run.id !== id && run.modelId === modelId);
  return other ? `"${other.name}" has the same ones.` : null;
}

const patch = (id: string, changes: Partial<TrainingRun>) =>
  runsStore.setState(({ runs }) => ({
    runs: runs.map((run) => (run.id === id ? { ...run, ...changes } : run)),
  }));

/** Forgets a model; steps of undo that had it go on without weights. */
function drop(modelId: string): Promise<void> {
  withoutModel(modelId);
  return dropModel(modelId);
}

/** Deletes the weights of a run and of its epochs, not its curves; does nothing where {@link neededBecause} says why not. */
export async function deleteWeights(id: string): Promise<void> {
  const run = runById(id);
  if (!run?.modelId || neededBecause(run) !== null) return;
  patch(id, { modelId: null });
  await Promise.all([drop(run.modelId), forgetEpochsOf(id)]);
}

/** Deletes a run, with its weights where nothing else needs them. A run that is going on stays. */
export async function deleteRun(id: string): Promise<void> {
  const run = runById(id);
  if (!run || run.result === 'running') return;
  const isFree = neededBecause(run) === null;
  runsStore.setState(({ runs, chosen }) => ({
    runs: runs.filter((other) => other.id !== id),
    chosen: chosen.filter((other) => other !== id),
  }));
  await forgetEpochsOf(id);
  if (isFree && run.modelId !== null) await drop(run.modelId);
}

/** Asks both models about the validation images, one after the other: which images does only one have right? */
export async function comparePair(firstId: string, secondId: string): Promise<void> {
  const runs = [runById(firstId), runById(secondId)];
  const models: Model[] = [];
  for (const run of runs) {
    const model = run?.modelId ? await fetchModel(run.modelId) : null;
    if (model) models.push(model);
  }
  const [first, second] = models;
  if (!first || !second) {
    notify('info', 'Images can be compared only where the weights of both runs are kept.');
    return;
  }
  const images = imagesOf(present().design.data);
  await runJob('Comparing two runs', async (job) => {
    const ask = async ({ network, weights }: Model, part: number) => {
      await prepareTrainer(job);
      if (imagesOf(present().design.data) !== images) throw new DOMException('Other images', 'AbortError');
      return trainWorker.call(
        'predict',
        { network, weights },
        {
          signal: job.signal,
          onProgress: ({ done, total }) => job.report((part + done / total) / 2),
        },
      );
    };
    const [a, b] = [await ask(first, 0), await ask(second, 1)];
    const compared = comparePaired(a.report.predicted, b.report.predicted, a.labels);
    if (!compared.ok) notify('error', compared.error.message);
    else runsStore.setState({ paired: { firstId, secondId, images, comparison: compared.value } });
  });
}

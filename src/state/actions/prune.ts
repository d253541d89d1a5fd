import type { KeepMultiple } from '../../core/exploration/design.ts';
import { transplant } from '../../core/pruning/apply.ts';
import { modelOf, plannedPruning } from '../derived.ts';
import { changeDesign, changeEntry, present, settleDesign } from '../designStore.ts';
import { runJob } from '../jobStore.ts';
import { newId, patchModel, putModel } from '../modelStore.ts';
import { trainWorker } from '../services.ts';
import { addEvaluation } from './explore.ts';
import { measureApoz, prepareTrainer } from './train.ts';

/** A threshold moves: all positions of one drag are one step of undo. */
export function setThreshold(groupId: string, threshold: number, phase: 'drag' | 'end' = 'end'): void {
  const value = Math.min(1, Math.max(0, Math.round(threshold * 1000) / 1000));
  changeDesign((design) => {
    if ((design.pruning.thresholds[groupId] ?? 1) === value) return design;
    const thresholds = { ...design.pruning.thresholds, [groupId]: value };
    return { ...design, pruning: { ...design.pruning, thresholds } };
  }, `threshold ${groupId}`);
  if (phase === 'end') settleDesign();
}

/** The same threshold for several groups, as one step. */
export function setThresholds(thresholds: Readonly<Record<string, number>>): void {
  changeDesign((design) => ({
    ...design,
    pruning: { ...design.pruning, thresholds: { ...design.pruning.thresholds, ...thresholds } },
  }));
}

export function setKeepMultiple(keepMultiple: KeepMultiple): void {
  changeDesign((design) => ({ ...design, pruning: { ...design.pruning, keepMultiple } }));
}

/** Makes the network physically smaller, its weights transplanted; then measures what is left. */
export async function prune(): Promise<void> {
  const entry = present();
  const model = modelOf(entry);
  if (!model?.apoz) return;
  const { design } = entry;
  const { network, mapping } = plannedPruning(design.network, model.apoz, design.pruning);
  const id = newId();
  putModel({
    id,
    network,
    weights: transplant(model.weights, design.network, mapping),
    origin: 'pruned',
    epochs: model.epochs,
    backend: model.backend,
    curves: null,
    validation: null,
    apoz: null,
  });
  changeEntry(({ baselineModelId }) => ({
    design: { ...design, network, pruning: { ...design.pruning, thresholds: {} } },
    modelId: id,
    baselineModelId,
  }));
  await measureAccuracy();
  await measureApoz();
}

/** Accuracy of the present weights on the validation images; the design becomes a point of the chart. */
export async function measureAccuracy(): Promise<void> {
  const model = modelOf(present());
  if (!model) return;
  await runJob('Measuring accuracy', async (job) => {
    await prepareTrainer(job);
    const { network, weights } = model;
    const validation = await trainWorker.call(
      'evaluate',
      { network, weights },
      { signal: job.signal, onProgress: ({ done, total }) => job.report(done / total) },
    );
    patchModel(model.id, { validation });
    if (present().modelId === model.id) addEvaluation(present());
  });
}

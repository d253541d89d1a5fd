import type { KeepMultiple } from '../../core/exploration/design.ts';
import { transplant } from '../../core/pruning/apply.ts';
import { modelOf, plannedPruning } from '../derived.ts';
import { changeDesign, changeEntry, present, settleDesign } from '../designStore.ts';
import { newId, putModel, trainedAs } from '../modelStore.ts';
import { measureAccuracy, measureApoz } from './measure.ts';

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
    ...trainedAs(model),
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

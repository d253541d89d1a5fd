import { formatNumberOf } from '../../core/quantity.ts';
import { cachedCounts, modelOf } from '../derived.ts';
import { changeEntry, type Entry } from '../designStore.ts';
import { evaluationStore, recordEvaluation } from '../evaluationStore.ts';
import { modelById, newId, reunite } from '../modelStore.ts';
import { notify } from '../noticeStore.ts';

/** "Tiny CNN", "Tiny CNN, −31 % channels, fine-tuned" */
export function labelOf(entry: Entry): string {
  const { network, baseline } = entry.design;
  const before = cachedCounts(baseline).parameterCount;
  const after = cachedCounts(network).parameterCount;
  const model = modelOf(entry);
  const parts = [network.name];
  if (after !== before)
    parts.push(`${Math.round(100 * (after / before - 1))} % parameters`.replace('-', '−'));
  if (model) parts.push(model.origin === 'trained' ? formatNumberOf(model.epochs, 'epoch') : model.origin);
  return parts.join(', ');
}

/** Puts a design with a measured accuracy on the Pareto chart. */
export function addEvaluation(entry: Entry): void {
  const model = modelOf(entry);
  if (!model?.validation) return;
  const { parameterCount, macCount } = cachedCounts(entry.design.network);
  recordEvaluation({
    id: newId(),
    label: labelOf(entry),
    design: entry.design,
    modelId: model.id,
    baselineModelId: entry.baselineModelId,
    accuracy: model.validation,
    parameterCount,
    macCount,
  });
}

/** Goes back to an evaluated design, weights included; undo returns. */
export function restoreEvaluation(id: string): void {
  const evaluation = evaluationStore.getState().evaluations.find((candidate) => candidate.id === id);
  if (!evaluation) return;
  if (!modelById(evaluation.modelId)) {
    notify(
      'info',
      `The weights of "${evaluation.label}" are no longer stored; its choices are restored without them.`,
    );
  }
  changeEntry((entry) => {
    const { hardware } = entry.design;
    const design = {
      ...evaluation.design,
      hardware: { ...hardware, foldings: evaluation.design.hardware.foldings },
    };
    return reunite(design, evaluation.modelId, evaluation.baselineModelId);
  });
}

import { formatPercent, formatSignificant } from '../core/quantity.ts';
import type { Tip } from './tooltip.ts';
import type { EpochPoint, LearningData, Table } from './types.ts';

/** Where the x axis ends: planned or already trained, whichever is more. */
export function lastEpochOf(data: LearningData): number {
  const trained = data.batchLosses.length / Math.max(1, data.batchesPerEpoch);
  return Math.max(1, data.plannedEpochs, trained, data.epochs.at(-1)?.epoch ?? 0);
}

const epochName = (epoch: number) => `epoch ${formatSignificant(epoch)}`;

export const tipOf = (point: EpochPoint): Tip => ({
  title: `Epoch ${formatSignificant(point.epoch)}`,
  lines: [
    `training: loss ${formatSignificant(point.trainLoss)}, accuracy ${formatPercent(point.trainAccuracy)}`,
    ...(point.validationLoss === null || point.validationAccuracy === null
      ? []
      : [
          `validation: loss ${formatSignificant(point.validationLoss)}, accuracy ${formatPercent(point.validationAccuracy)}`,
        ]),
  ],
});

export function summary(data: LearningData): string {
  const last = data.epochs.at(-1);
  if (!last)
    return data.batchLosses.length === 0 ? data.empty : `${data.batchLosses.length} batches trained.`;
  const validated = data.epochs.filter((point) => point.validationAccuracy !== null);
  const best = validated.reduce<EpochPoint | null>(
    (a, b) => (a === null || (b.validationAccuracy ?? 0) > (a.validationAccuracy ?? 0) ? b : a),
    null,
  );
  return [
    `${data.epochs.length} of ${data.plannedEpochs} epochs.`,
    `Training loss ${formatSignificant(last.trainLoss)}, accuracy ${formatPercent(last.trainAccuracy)} at ${epochName(last.epoch)}.`,
    last.validationAccuracy === null ? '' : `Validation accuracy ${formatPercent(last.validationAccuracy)}.`,
    best
      ? `Best validation accuracy ${formatPercent(best.validationAccuracy ?? 0)} at ${epochName(best.epoch)}.`
      : '',
    ...(data.marks ?? []).map((mark) => `${mark.label} at ${epochName(mark.epoch)}.`),
  ]
    .filter(Boolean)
    .join(' ');
}

export function table(data: LearningData): Table {
  return {
    columns: ['epoch', 'training loss', 'validation loss', 'training accuracy', 'validation accuracy'],
    rows: data.epochs.map((point) => [
      point.epoch,
      point.trainLoss,
      point.validationLoss ?? '',
      point.trainAccuracy,
      point.validationAccuracy ?? '',
    ]),
  };
}

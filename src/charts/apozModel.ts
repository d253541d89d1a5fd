import { formatInteger, formatPercent } from '../core/quantity.ts';
import type { ApozData, ApozGroup, Table } from './types.ts';

/** How many of these, sorted from high to low, are above the threshold. */
export function countAbove(descending: ArrayLike<number>, threshold: number): number {
  let low = 0;
  let high = descending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((descending[middle] as number) > threshold) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** `threshold` may run ahead of the group's own while it is dragged; then nobody has rounded yet. */
export function fallSentence(group: ApozGroup, threshold: number): readonly [string, string] {
  if (group.fixed) return [`${group.label} stays whole`, group.fixed];
  const settled = threshold === group.threshold;
  const above = settled ? group.removed + group.roundedBack : countAbove(group.trained, threshold);
  const first = `${group.label} at ${threshold.toFixed(2)}: ${above} of ${group.width} fall`;
  return [first, settled && group.roundedBack !== 0 ? `${group.removed} after rounding` : ''];
}

export function summary(data: ApozData): string {
  if (data.groups.length === 0) return 'No channel statistics yet.';
  const width = data.groups.reduce((sum, group) => sum + group.width, 0);
  const removed = data.groups.reduce((sum, group) => sum + group.removed, 0);
  const selected = data.groups.find((group) => group.id === data.selected);
  const most = data.groups.reduce((a, b) => (b.removed / b.width > a.removed / a.width ? b : a));
  return [
    `APoZ of ${formatInteger(width)} channels in ${data.groups.length} groups, sorted within each group.`,
    removed === 0
      ? 'No channel falls.'
      : `${formatInteger(removed)} channels fall (${formatPercent(removed / width)}), the largest share in ${most.label} (${most.removed} of ${most.width}).`,
    ...(selected ? [`${fallSentence(selected, selected.threshold).filter(Boolean).join(', ')}.`] : []),
  ].join(' ');
}

export function table(data: ApozData): Table {
  return {
    columns: [
      'group',
      'channels',
      'threshold',
      'above threshold',
      'removed',
      'kept',
      'highest APoZ',
      'median APoZ',
      'lowest APoZ',
      'note',
    ],
    rows: data.groups.map((group) => {
      const at = (share: number) =>
        Number((group.trained[Math.floor(share * (group.trained.length - 1))] ?? 0).toFixed(4));
      return [
        group.label,
        group.width,
        group.threshold,
        group.removed + group.roundedBack,
        group.removed,
        group.kept,
        at(0),
        at(0.5),
        at(1),
        group.fixed ?? '',
      ];
    }),
  };
}

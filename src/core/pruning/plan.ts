import type { PruningChoice } from '../exploration/design.ts';
import type { LayerId } from '../network/network.ts';
import type { ChannelGroups } from './groups.ts';

/** By group id: the slots that stay, ascending. A group without an entry keeps all. */
export interface PruningPlan {
  readonly keep: Readonly<Record<string, readonly number[]>>;
}

/**
 * The silence of every slot, 0..1, by group id. Where several ReLUs see a slot (after an addition, in every
 * block of a residual trunk) the least silent counts: a channel may fall only where it is silent everywhere
 * it is used. Groups that APoZ can't prune have no entry.
 */
export function slotApoz(
  groups: ChannelGroups,
  byActivation: Readonly<Record<LayerId, ArrayLike<number>>>,
): Readonly<Record<string, Float64Array>> {
  const scores: Record<string, Float64Array> = {};
  groups.groups.forEach((group, index) => {
    const measured = group.activations.filter((id) => byActivation[id]);
    if (group.fixed !== null || measured.length === 0) return;
    const score = new Float64Array(group.slotCount).fill(1);
    for (const id of measured) {
      const apoz = byActivation[id] as ArrayLike<number>;
      const slots = groups.slots.get(id);
      slots?.slot.forEach((slot, channel) => {
        if (slots.group[channel] === index) score[slot] = Math.min(score[slot] as number, apoz[channel] ?? 0);
      });
    }
    scores[group.id] = score;
  });
  return scores;
}

/** The kept count, rounded up to the multiple; never above the width, never nothing. */
export function roundedKeep(kept: number, width: number, multiple: number): number {
  return Math.min(width, Math.max(1, Math.ceil(kept / multiple)) * multiple);
}

/**
 * Which slots stay: those with APoZ at or below their group's threshold (a slot falls where APoZ > T, so
 * T = 1 keeps all), rounded up to the multiple by taking back the least silent. Equal scores fall from the
 * last slot on.
 */
export function planPruning(
  groups: ChannelGroups,
  scores: Readonly<Record<string, Float64Array>>,
  { thresholds, keepMultiple }: PruningChoice,
): PruningPlan {
  const keep: Record<string, readonly number[]> = {};
  for (const { id, slotCount } of groups.groups) {
    const score = scores[id];
    const threshold = thresholds[id] ?? 1;
    if (!score || threshold >= 1) continue;
    const below = score.reduce((count, apoz) => count + (apoz > threshold ? 0 : 1), 0);
    const kept = roundedKeep(below, slotCount, keepMultiple);
    if (kept === slotCount) continue;
    const order = Array.from(score.keys()).sort(
      (a, b) => (score[a] as number) - (score[b] as number) || a - b,
    );
    keep[id] = order.slice(0, kept).sort((a, b) => a - b);
  }
  return { keep };
}

/** Share removed, 0..1: 1 - after / before. Say of what: channels, parameters or MACs. */
export const reduction = (before: number, after: number): number => (before === 0 ? 0 : 1 - after / before);

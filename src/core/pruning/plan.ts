import type { PruningChoice } from '../exploration/design.ts';
import type { LayerId } from '../network/network.ts';
import { type ChannelGroups, slotBlocks } from './groups.ts';

/** By group id: the slots that stay, ascending. A group without an entry keeps all. */
export interface PruningPlan {
  readonly keep: Readonly<Record<string, readonly number[]>>;
}

/** How many slots of a group are above its threshold, and how many of those stay to fill up a multiple. */
export interface SlotCounts {
  readonly aboveThreshold: number;
  readonly keptByRounding: number;
}

/** A plan and, by group id, how it came about; groups that keep all at threshold 1 have no counts. */
export interface CountedPlan extends PruningPlan {
  readonly counts: Readonly<Record<string, SlotCounts>>;
}

/**
 * The silence of every slot, 0..1, by group id. Where several ReLUs see a slot (after an addition, in every
 * block of a residual trunk) the least silent counts: a channel may fall only where it is silent everywhere
 * it is used. A slot that no ReLU sees (a linear branch of a concat) counts as never silent. Groups that
 * APoZ can't prune have no entry.
 */
export function slotApoz(
  groups: ChannelGroups,
  byActivation: Readonly<Record<LayerId, ArrayLike<number>>>,
): Readonly<Record<string, Float64Array>> {
  const scores: Record<string, Float64Array> = {};
  groups.groups.forEach((group, index) => {
    const measured = group.activations.filter((id) => byActivation[id]);
    if (group.fixed !== null || measured.length === 0) return;
    const score = new Float64Array(group.slotCount).fill(Number.POSITIVE_INFINITY);
    for (const id of measured) {
      const apoz = byActivation[id] as ArrayLike<number>;
      const slots = groups.slots.get(id);
      slots?.slot.forEach((slot, channel) => {
        if (slots.group[channel] === index) score[slot] = Math.min(score[slot] as number, apoz[channel] ?? 0);
      });
    }
    scores[group.id] = score.map((apoz) => (Number.isFinite(apoz) ? apoz : 0));
  });
  return scores;
}

/** The kept count, rounded up to the multiple; never above the width, never nothing. */
export function roundedKeep(kept: number, width: number, multiple: number): number {
  return Math.min(width, Math.max(1, Math.ceil(kept / multiple)) * multiple);
}

/**
 * Which slots stay: those with APoZ at or below their group's threshold (a slot falls where APoZ > T, so a
 * higher T removes fewer and T = 1 none), rounded up to the multiple by taking back the least silent. Equal
 * scores fall from the last slot on. Never is a layer left without channels.
 */
export function planPruning(
  groups: ChannelGroups,
  scores: Readonly<Record<string, Float64Array>>,
  { thresholds, keepMultiple }: PruningChoice,
): CountedPlan {
  const keep: Record<string, readonly number[]> = {};
  const counts: Record<string, SlotCounts> = {};
  for (const { id, slotCount } of groups.groups) {
    const score = scores[id];
    const threshold = thresholds[id] ?? 1;
    if (!score || threshold >= 1) continue;
    const apoz = (slot: number) => score[slot] ?? 0;
    const kept: number[] = [];
    let aboveThreshold = 0;
    for (const block of slotBlocks(groups, id)) {
      const above = block.filter((slot) => apoz(slot) > threshold).length;
      const order = [...block].sort((a, b) => apoz(a) - apoz(b) || a - b);
      aboveThreshold += above;
      kept.push(...order.slice(0, roundedKeep(block.length - above, block.length, keepMultiple)));
    }
    counts[id] = { aboveThreshold, keptByRounding: aboveThreshold - (slotCount - kept.length) };
    if (kept.length < slotCount) keep[id] = kept.sort((a, b) => a - b);
  }
  return { keep, counts };
}

/** Share removed, 0..1: 1 - after / before. Say of what: channels, parameters or MACs. */
export const reduction = (before: number, after: number): number => (before === 0 ? 0 : 1 - after / before);

import type { KeepMultiple } from '../exploration/design.ts';
import type { ChannelGroups } from './groups.ts';
import { type CountedPlan, planPruning } from './plan.ts';

type Scores = Readonly<Record<string, Float64Array>>;

const fallen = (plan: CountedPlan): number =>
  Object.values(plan.counts).reduce(
    (sum, { aboveThreshold, keptByRounding }) => sum + aboveThreshold - keptByRounding,
    0,
  );

/**
 * The plan that removes a share of all slots that have a score, those with the highest scores of the whole network, by
 * one threshold for all groups: the highest threshold that removes at least the share, as whole multiples allow. Where
 * no threshold removes as much (slots that are never silent do not fall), the one that removes most. Null where nothing
 * falls.
 */
export function planShare(
  groups: ChannelGroups,
  scores: Scores,
  share: number,
  keepMultiple: KeepMultiple,
): { readonly threshold: number; readonly plan: CountedPlan; readonly removed: number } | null {
  const all = Object.values(scores).flatMap((score) => Array.from(score));
  const wanted = Math.round(share * all.length);
  if (wanted === 0) return null;
  // A slot falls where its score is above the threshold: each score is a candidate, and so is 0.
  const candidates = [...new Set([0, ...all])].sort((a, b) => b - a);
  const at = (threshold: number) => {
    const thresholds = Object.fromEntries(groups.groups.map(({ id }) => [id, threshold]));
    const plan = planPruning(groups, scores, { thresholds, keepMultiple });
    return { threshold, plan, removed: fallen(plan) };
  };
  let low = 0;
  let high = candidates.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at(candidates[middle] as number).removed >= wanted) high = middle;
    else low = middle + 1;
  }
  const found = at(candidates[low] as number);
  return found.removed > 0 ? found : null;
}

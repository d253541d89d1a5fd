import { type LayerId, type Network, parameterKey, type Weights } from '../network/network.ts';
import type { ChannelGroups } from './groups.ts';
import { slotApoz } from './plan.ts';

/** What a criterion may look at. */
export interface Evidence {
  readonly network: Network;
  readonly groups: ChannelGroups;
  /** APoZ by ReLU layer, one value a channel. */
  readonly apozByActivation: Readonly<Record<LayerId, ArrayLike<number>>>;
  readonly weights: Weights;
}

export interface Criterion {
  readonly id: 'apoz' | 'weight-sum';
  readonly name: string;
  readonly description: string;
  /** By group id one score a slot, 0..1. The higher the score, the earlier a slot falls. */
  score(evidence: Evidence): Readonly<Record<string, Float64Array>>;
}

/**
 * Sums of absolute weights of each slot's filters (Li et al. 2017), turned round: the slot with the largest
 * sum of its group scores 0, one without weights 1. Where coupled layers share a slot, their sums add up.
 */
function weightSumScores({ network, groups, weights }: Evidence): Record<string, Float64Array> {
  const kinds = new Map(network.layers.map((layer) => [layer.id, layer.kind]));
  const scores: Record<string, Float64Array> = {};
  for (const group of groups.groups) {
    if (group.fixed !== null) continue;
    const sums = new Float64Array(group.slotCount);
    for (const id of group.producers.filter((producer) => kinds.get(producer) !== 'input')) {
      const slot = groups.slots.get(id)?.slot ?? new Int32Array(0);
      weights[parameterKey(id, 'kernel')]?.values.forEach((weight, i) => {
        const at = slot[i % slot.length] ?? 0;
        sums[at] = (sums[at] ?? 0) + Math.abs(weight);
      });
    }
    const largest = sums.reduce((most, sum) => Math.max(most, sum), 0);
    scores[group.id] = sums.map((sum) => (largest === 0 ? 0 : 1 - sum / largest));
  }
  return scores;
}

/** The criteria of channel pruning, the default first. */
export const CRITERIA: readonly Criterion[] = [
  {
    id: 'apoz',
    name: 'APoZ',
    description: 'Share of zeros behind the ReLU: channels that are silent on most images fall first.',
    score: ({ groups, apozByActivation }) => slotApoz(groups, apozByActivation),
  },
  {
    id: 'weight-sum',
    name: 'Sum of absolute weights',
    description: 'Channels whose filters have the smallest weights fall first; needs no images.',
    score: weightSumScores,
  },
];

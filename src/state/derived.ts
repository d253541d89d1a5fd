import type { PruningChoice } from '../core/exploration/design.ts';
import { networkCounts } from '../core/network/counts.ts';
import type { Network } from '../core/network/network.ts';
import { geometryOf } from '../core/network/shapes.ts';
import { applyPlan } from '../core/pruning/apply.ts';
import { channelGroups } from '../core/pruning/groups.ts';
import { planPruning, slotApoz } from '../core/pruning/plan.ts';
import type { ApozResult } from '../workers/protocol.ts';
import { cachedBy, lastOf } from './cache.ts';
import type { Entry } from './designStore.ts';
import { type Model, modelById } from './modelStore.ts';

/** Derived is computed, not stored: these remember their last results. */
export const cachedGeometry = cachedBy(geometryOf);
export const cachedCounts = cachedBy((network: Network) => networkCounts(network, cachedGeometry(network)));
export const cachedGroups = cachedBy(channelGroups);

export const slotScores = lastOf((network: Network, apoz: ApozResult) =>
  slotApoz(cachedGroups(network), apoz.byActivation),
);

/** What the thresholds would do to a network whose silence was measured. */
export const plannedPruning = lastOf((network: Network, apoz: ApozResult, pruning: PruningChoice) => {
  const groups = cachedGroups(network);
  const plan = planPruning(groups, slotScores(network, apoz), pruning);
  return { plan, ...applyPlan(network, groups, plan) };
});

export const modelOf = (entry: Entry): Model | null => modelById(entry.modelId);

/** The network as the thresholds would leave it; the network itself where nothing falls. */
export function plannedNetwork({ design }: Entry, model: Model | null): Network {
  if (!model?.apoz) return design.network;
  if (!Object.values(design.pruning.thresholds).some((threshold) => threshold < 1)) return design.network;
  const { plan, network } = plannedPruning(design.network, model.apoz, design.pruning);
  return Object.keys(plan.keep).length > 0 ? network : design.network;
}

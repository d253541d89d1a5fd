import type { HardwareChoice } from '../exploration/design.ts';
import { networkCounts } from '../network/counts.ts';
import type { LayerId, Network } from '../network/network.ts';
import { applyPlan } from '../pruning/apply.ts';
import { channelGroups } from '../pruning/groups.ts';
import type { PruningPlan } from '../pruning/plan.ts';
import { ok, type Result } from '../result.ts';
import { estimate } from './estimate.ts';

/** What one group's cut brings, the other cuts being made. */
export interface PruningGain {
  readonly groupId: string;
  readonly layerIds: readonly LayerId[];
  readonly label: string;
  readonly width: number;
  readonly kept: number;
  /** Cycles between two frames that giving the channels back would cost; negative where the cut costs time. */
  readonly savedCycles: number;
  readonly savedParameters: number;
  /** Null where the target has no resources. */
  readonly savedLut: number | null;
  /** True where the cut saves no time: unless parameters are the goal, keep the full width. */
  readonly keep: boolean;
}

/** Less than this share of a frame is no gain. */
const NOTICEABLE = 1e-4;

/**
 * For every group that a plan cuts: the frame with all cuts against the frame with all but this one (source 000,
 * section 7: where pruning a layer gives no time, keep it). Groups in network order; those left whole are not listed.
 */
export function pruningGains(
  network: Network,
  plan: PruningPlan,
  targetId: string,
  hardware: HardwareChoice,
  foldedLike: Network = network,
): Result<readonly PruningGain[]> {
  const groups = channelGroups(network);
  const cut = applyPlan(network, groups, plan).network;
  const report = estimate(cut, targetId, hardware, foldedLike);
  if (!report.ok) return report;
  const { initiationInterval, resources } = report.value;
  const parameters = networkCounts(cut).parameterCount;
  const gains: PruningGain[] = [];
  for (const group of groups.groups) {
    const kept = plan.keep[group.id];
    if (!kept || kept.length === group.slotCount) continue;
    const { [group.id]: _, ...others } = plan.keep;
    const without = applyPlan(network, groups, { keep: others }).network;
    const other = estimate(without, targetId, hardware, foldedLike);
    if (!other.ok) return other;
    const savedCycles = other.value.initiationInterval - initiationInterval;
    const lut = other.value.resources && resources ? other.value.resources.lut - resources.lut : null;
    gains.push({
      groupId: group.id,
      layerIds: group.producers,
      label: group.producers.join(' + '),
      width: group.slotCount,
      kept: kept.length,
      savedCycles,
      savedParameters: networkCounts(without).parameterCount - parameters,
      savedLut: lut,
      keep: savedCycles < NOTICEABLE * initiationInterval,
    });
  }
  return ok(gains);
}

import type { Network } from '../core/network/network.ts';
import { formatPercent } from '../core/quantity.ts';
import { cachedGroups, plannedNetwork } from '../state/derived.ts';
import type { Entry } from '../state/designStore.ts';
import type { Model } from '../state/modelStore.ts';

/** Filters and units of the layers that pruning may touch. */
export function prunableChannels(network: Network): number {
  return cachedGroups(network)
    .groups.filter((group) => group.fixed === null)
    .reduce((sum, group) => sum + group.slotCount * group.producers.length, 0);
}

/** The pruning room in one line: what thresholds would remove, or what was removed. */
export function pruningState(entry: Entry, model: Model | null): string {
  const { baseline, network } = entry.design;
  const afterwards = plannedNetwork(entry, model);
  // Channels are counted only where some are gone: in a network of hundreds of layers that takes its time.
  if (afterwards !== network || network !== baseline) {
    const before = prunableChannels(baseline);
    const planned = prunableChannels(afterwards);
    const share = `−${formatPercent(1 - planned / before, 0)} channels`;
    if (planned < prunableChannels(network)) return `${share} planned`;
    if (network !== baseline && planned < before) return share;
  }
  if (!model) return 'Needs a trained network';
  return model.apoz ? 'APoZ measured' : 'APoZ not measured';
}

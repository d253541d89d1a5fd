import type { HardwareChoice } from '../exploration/design.ts';
import type { Network } from '../network/network.ts';
import { estimate } from './estimate.ts';

/** A network that could be trained, and what it would run at: no weights are needed. */
export interface RankedNetwork {
  readonly id: string;
  readonly name: string;
  /** By target, in the order asked; null where the target can't run it. */
  readonly latencySeconds: readonly (number | null)[];
  readonly throughputFps: readonly (number | null)[];
  /** Place by latency on each target, from 1; null where it can't run. */
  readonly ranks: readonly (number | null)[];
}

interface Candidate {
  readonly id: string;
  readonly network: Network;
}

/**
 * Networks by their latency on each target, before any is trained (source 000, section 7). A generator, a network a
 * step. The foldings and settings of a design belong to its own network, so that FINN folds every candidate anew.
 */
export function* rankNetworks(
  candidates: readonly Candidate[],
  targetIds: readonly string[],
  hardware: HardwareChoice,
): Generator<void, readonly RankedNetwork[]> {
  const anew = { ...hardware, foldings: {}, nodeSettings: {}, implementations: {}, layerBits: {} };
  const rows: Omit<RankedNetwork, 'ranks'>[] = [];
  for (const { id, network } of candidates) {
    const reports = targetIds.map((targetId) => estimate(network, targetId, anew));
    rows.push({
      id,
      name: network.name,
      latencySeconds: reports.map((report) => (report.ok ? report.value.latencySeconds : null)),
      throughputFps: reports.map((report) => (report.ok ? report.value.throughputFps : null)),
    });
    yield;
  }
  const places = targetIds.map((_, t) => {
    const times = rows.map(({ latencySeconds }) => latencySeconds[t] ?? null);
    const sorted = times.filter((time) => time !== null).sort((a, b) => a - b);
    return times.map((time) => (time === null ? null : sorted.indexOf(time) + 1));
  });
  return rows
    .map((row, i) => ({ ...row, ranks: places.map((place) => place[i] ?? null) }))
    .sort((a, b) => (a.ranks[0] ?? Number.POSITIVE_INFINITY) - (b.ranks[0] ?? Number.POSITIVE_INFINITY));
}

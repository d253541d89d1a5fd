import type { Network } from '../../../network/network.ts';
import { ok, type Result } from '../../../result.ts';
import type { HardwareReport } from '../../report.ts';
import type { DpuArchitectureName } from '../../targets.ts';
import { estimateDpu } from '../estimate.ts';

/** One step of the curve: the GOP/s of a row from its start to its end (000, figures 12 and 13). */
export interface TimelineStep {
  readonly rowId: string;
  readonly startSeconds: number;
  readonly endSeconds: number;
  /** 1e9 operations a second; a multiply-accumulate is two. */
  readonly gops: number;
}

/**
 * GOP/s over cumulative time. Steps join without gaps; the last ends at the sum of the rows, which is the
 * latency without the start of the run.
 */
export function timeline(report: HardwareReport): readonly TimelineStep[] {
  let cycles = 0;
  return report.rows.map((row) => {
    const startSeconds = cycles / report.clockHertz;
    cycles += row.cycles;
    const endSeconds = cycles / report.clockHertz;
    const seconds = row.cycles / report.clockHertz;
    return {
      rowId: row.id,
      startSeconds,
      endSeconds,
      gops: seconds > 0 ? (2 * row.macCount) / seconds / 1e9 : 0,
    };
  });
}

export interface TimelineComparison {
  readonly slow: readonly TimelineStep[];
  readonly fast: readonly TimelineStep[];
  readonly slowSeconds: number;
  readonly fastSeconds: number;
  /** How much longer the slow one takes; 4.5 in the source. */
  readonly ratio: number;
  /** The ratio of the peak rates, which layers with few channels or depthwise ones never reach; 8 in the source. */
  readonly idealRatio: number;
}

/** The same network on two architectures (SX-53): B512 against B4096 at 325 MHz in the source. */
export function compareArchitectures(
  network: Network,
  clockHertz: number,
  slowName: DpuArchitectureName = 'B512',
  fastName: DpuArchitectureName = 'B4096',
): Result<TimelineComparison> {
  const slow = estimateDpu(network, { architecture: slowName, clockHertz });
  if (!slow.ok) return slow;
  const fast = estimateDpu(network, { architecture: fastName, clockHertz });
  if (!fast.ok) return fast;
  return ok({
    slow: timeline(slow.value),
    fast: timeline(fast.value),
    slowSeconds: slow.value.latencySeconds,
    fastSeconds: fast.value.latencySeconds,
    ratio: slow.value.latencySeconds / fast.value.latencySeconds,
    idealRatio: Number(fastName.slice(1)) / Number(slowName.slice(1)),
  });
}

export interface PruningComparison {
  readonly before: readonly TimelineStep[];
  readonly after: readonly TimelineStep[];
  readonly beforeSeconds: number;
  readonly afterSeconds: number;
  /** Share of the time that is gone: 0.07 in the source. */
  readonly saved: number;
}

/** Two networks on one architecture, before and after pruning (SX-54). */
export function compareNetworks(
  before: Network,
  after: Network,
  architecture: DpuArchitectureName,
  clockHertz: number,
): Result<PruningComparison> {
  const first = estimateDpu(before, { architecture, clockHertz });
  if (!first.ok) return first;
  const second = estimateDpu(after, { architecture, clockHertz });
  if (!second.ok) return second;
  return ok({
    before: timeline(first.value),
    after: timeline(second.value),
    beforeSeconds: first.value.latencySeconds,
    afterSeconds: second.value.latencySeconds,
    saved: 1 - second.value.latencySeconds / first.value.latencySeconds,
  });
}

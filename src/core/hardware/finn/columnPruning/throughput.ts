import { fail, ok, type Result } from '../../../result.ts';
import type { FinnNode, SlidingWindowNode } from '../nodes.ts';
import { slidingWindowCycles } from '../operators/slidingWindow.ts';
import { cyclesOf } from '../operators.ts';
import { performanceOf } from '../performance.ts';
import { count } from '../sentences.ts';
import type { ColumnPruned } from './columnPruned.ts';
import { empiricalCap } from './published.ts';
import { percent } from './unit.ts';

/**
 * What a pruned sliding window costs (C3-12). `published`: its loop runs as long as without pruning, and the measured
 * caps hold. `ideal`: a pruned block takes no time, and there are no caps.
 */
export type WindowOverhead = 'published' | 'ideal';

export interface PrunedThroughput {
  readonly overhead: WindowOverhead;
  /** Cycles a frame, by node. */
  readonly cycles: readonly number[];
  /** Cycles between two frames: the slowest node, not counting a cap. */
  readonly initiationInterval: number;
  readonly bottleneck: string;
  /** Frames a second by the measured cap; null where none holds. */
  readonly capFps: number | null;
  /** Frames a second: the clock over the slowest node, or the cap if that is less. */
  readonly throughputFps: number;
  readonly sentence: string;
}

/** Cycles of a window that skips pruned words: a row takes the slower of writing what is left and reading its input. */
function skippingCycles(window: SlidingWindowNode, words: number): number {
  const { fill } = slidingWindowCycles(window);
  const reading = (window.stride[1] * window.ifmDim[1] * window.channels) / window.simd;
  return fill + window.ofmDim[0] * Math.max(window.ofmDim[1] * words, reading);
}

/** Cycles a frame, by node, of a column-pruned network. */
export function cyclesByNode({ nodes, layers }: ColumnPruned, overhead: WindowOverhead): readonly number[] {
  const words = new Map(layers.map((layer) => [layer.layerId, layer.words]));
  return nodes.map((node: FinnNode) => {
    const dense = cyclesOf(node);
    const left = words.get(node.layerIds[0] ?? '');
    const skips =
      overhead === 'ideal' && left !== undefined && 'parallelWindow' in node && !node.parallelWindow;
    return skips ? Math.min(dense, skippingCycles(node, left)) : dense;
  });
}

/**
 * Throughput of a column-pruned network: the clock, in hertz, over its slowest node (source 003, sections 5.3.2 and
 * 5.4.2). With the published windows it never exceeds the empirical caps of the sparsities that were measured. FIFO
 * stalls are not in it: source 003 measured less than this (C3-11, C3-13). Fails where the clock is not above 0.
 */
export function prunedThroughput(
  pruned: ColumnPruned,
  clockHertz: number,
  overhead: WindowOverhead = 'published',
): Result<PrunedThroughput> {
  if (!(clockHertz > 0 && Number.isFinite(clockHertz)))
    return fail('clock', `A clock of ${clockHertz} Hz is not possible; choose one above 0.`, 'clockHertz');
  const cycles = cyclesByNode(pruned, overhead);
  const { maxCycles, slowest } = performanceOf(pruned.nodes, cycles);
  const bottleneck = pruned.nodes[slowest]?.name ?? '';
  const caps = pruned.layers.map(({ method, nominal }) => empiricalCap(method, nominal, clockHertz));
  const known = overhead === 'published' ? caps.filter((cap) => cap !== null) : [];
  const capFps = known.length > 0 ? Math.min(...known) : null;
  const computed = clockHertz / maxCycles;
  const throughputFps = Math.min(computed, capFps ?? computed);
  const capped = pruned.layers.find(
    ({ method, nominal }) => capFps !== null && empiricalCap(method, nominal, clockHertz) === capFps,
  );
  const limit = `${bottleneck} takes ${count(maxCycles)} cycles: ${count(computed)} frames a second`;
  const sentence =
    capped && throughputFps < computed
      ? `${limit}, but no published design with ${percent(capped.nominal)} ${capped.method} column pruning went beyond ${count(throughputFps)}; the cause is unknown.`
      : `${limit}.`;
  return ok({ overhead, cycles, initiationInterval: maxCycles, bottleneck, capFps, throughputFps, sentence });
}

import type { FinnNode } from './nodes.ts';

export interface Performance {
  /** Cycles of the slowest node. */
  readonly maxCycles: number;
  /** Its index; the first of equals. */
  readonly slowest: number;
  /**
   * Cycles along the longest path: FINN's own latency. Pessimistic, as it lets every node wait for the whole
   * frame of the one before, while in truth they overlap (finn.md section 9).
   */
  readonly criticalPathCycles: number;
}

/** finn.md section 9, `dataflow_performance`. `cycles[i]` belongs to `nodes[i]`; nodes are in graph order. */
export function performanceOf(
  nodes: readonly Pick<FinnNode, 'name' | 'predecessors'>[],
  cycles: readonly number[],
): Performance {
  let slowest = 0;
  let criticalPathCycles = 0;
  const until = new Map<string, number>();
  for (const [i, node] of nodes.entries()) {
    const own = cycles[i] ?? 0;
    if (own > (cycles[slowest] ?? 0)) slowest = i;
    let before = 0;
    for (const name of node.predecessors) before = Math.max(before, until.get(name) ?? 0);
    until.set(node.name, before + own);
    criticalPathCycles = Math.max(criticalPathCycles, before + own);
  }
  return { maxCycles: cycles[slowest] ?? 0, slowest, criticalPathCycles };
}

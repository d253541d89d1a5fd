import type { FinnNode } from '../nodes.ts';
import { DEFAULT_DEPTH, planPipeline } from './pipeline.ts';
import { type PipelineResult, simulatePlan } from './simulate.ts';

/** Loss of throughput that still counts as none. */
const TOLERANCE = 1e-3;

export interface SafeDepthOptions {
  readonly frames?: number;
  /** Whether each depth is then bisected down, in graph order, as long as throughput stays. Many simulations. */
  readonly shrink?: boolean;
}

export interface SafeDepths {
  /** Words in the producer's width, by edge. */
  readonly depths: Readonly<Record<string, number>>;
  /** The pipeline with these depths, and with FIFOs that stop nobody. */
  readonly result: PipelineResult;
  readonly ample: PipelineResult;
  /** Bits of all FIFOs with these depths, and with the deepest of them on every edge. */
  readonly bits: number;
  readonly uniformBits: number;
}

const holds = (result: PipelineResult, target: number) =>
  result.deadlock === null && result.cyclesPerFrame <= target * (1 + TOLERANCE);

const peaks = (result: PipelineResult): Record<string, number> =>
  Object.fromEntries(
    result.edges.map(({ key, maxOccupancy }) => [key, Math.max(DEFAULT_DEPTH, maxOccupancy)]),
  );

/**
 * FIFO depths with which the pipeline is as fast as with unlimited ones: every FIFO is made ample, the frames
 * run, and each shrinks to its peak (source 003, section 4.5.2; FINN's `largefifo_rtlsim`, finn.md section 9).
 * Unlike FINN's, the input comes at the pace of the slowest node, for otherwise whole frames pile up in front
 * of it. Depths are not rounded.
 */
export function* safeDepths(
  nodes: readonly FinnNode[],
  { frames, shrink = false }: SafeDepthOptions = {},
): Generator<void, SafeDepths> {
  const plan = planPipeline(nodes);
  const base = frames === undefined ? {} : { frames };
  const ample = yield* simulatePlan(plan, { ...base, defaultDepth: 'ample' }, true);
  const paced = yield* simulatePlan(plan, { ...base, defaultDepth: 'ample', pacedInput: true }, true);
  let depths = peaks(paced);
  let result = yield* simulatePlan(plan, { ...base, depths }, true);
  const target = ample.cyclesPerFrame;
  if (!holds(result, target)) {
    // The peaks of the free-running input leave every time as it was.
    depths = peaks(ample);
    result = yield* simulatePlan(plan, { ...base, depths }, true);
  }
  if (shrink) {
    for (const { key } of plan.edges) {
      let [low, high] = [DEFAULT_DEPTH - 1, depths[key] ?? DEFAULT_DEPTH];
      while (high - low > 1) {
        // Most FIFOs can be as shallow as FINN's default, so that is tried first.
        const middle = low < DEFAULT_DEPTH ? DEFAULT_DEPTH : Math.floor((low + high) / 2);
        const tried = yield* simulatePlan(plan, { ...base, depths: { ...depths, [key]: middle } }, false);
        if (holds(tried, target)) {
          high = middle;
          result = tried;
        } else low = middle;
      }
      depths = { ...depths, [key]: high };
    }
  }
  const deepest = Math.max(DEFAULT_DEPTH, ...Object.values(depths));
  let [bits, uniformBits] = [0, 0];
  for (const edge of result.edges) {
    bits += edge.width * edge.depth;
    uniformBits += edge.width * deepest;
  }
  return { depths, result, ample, bits, uniformBits };
}

export interface DepthPoint {
  /** Words of every FIFO, in its producer's width. */
  readonly depth: number;
  /** Infinity where the pipeline stands still. */
  readonly cyclesPerFrame: number;
}

export interface DepthStudy {
  readonly points: readonly DepthPoint[];
  /** The smallest depth asked for within 1 % of the best throughput; null where none gets through. */
  readonly saturationDepth: number | null;
  /** Cycles of the slowest node: the bound that no depth beats. */
  readonly maxCycles: number;
}

/**
 * Throughput over the depth of all FIFOs together (source 003, Fig. 4.13). Where widths differ, the FIFO is the
 * one in front of the converter, with the producer's words; FINN puts a second one behind it, so a depth
 * saturates earlier there. For CNV with the default folding fc1 -> fc2 decides: 512 words of one bit.
 */
export function* depthStudy(
  nodes: readonly FinnNode[],
  depths: readonly number[],
  { frames }: { readonly frames?: number } = {},
): Generator<void, DepthStudy> {
  const plan = planPipeline(nodes);
  const base = frames === undefined ? {} : { frames };
  const points: DepthPoint[] = [];
  for (const depth of depths) {
    const { cyclesPerFrame } = yield* simulatePlan(plan, { ...base, defaultDepth: depth }, false);
    points.push({ depth, cyclesPerFrame });
  }
  const best = Math.min(...points.map((point) => point.cyclesPerFrame));
  const saturated = points.filter(
    ({ cyclesPerFrame }) => Number.isFinite(best) && cyclesPerFrame <= best * 1.01,
  );
  return {
    points,
    saturationDepth: saturated.length === 0 ? null : Math.min(...saturated.map((point) => point.depth)),
    maxCycles: plan.maxCycles,
  };
}

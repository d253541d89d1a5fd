import type { FinnNode } from '../nodes.ts';
import { type Deadlock, explainDeadlock } from './deadlock.ts';
import { advanceAll, buildPipeline, depthOf, type FifoOptions, type Plan, planPipeline } from './pipeline.ts';
import { wordBits } from './wordBits.ts';

export type { Deadlock } from './deadlock.ts';
export type { FifoOptions } from './pipeline.ts';

/** A stream between two nodes with its FIFO. Words are in the producer's width. */
export interface EdgeResult {
  /** 'producer->consumer', by node names. */
  readonly key: string;
  readonly from: string;
  readonly to: string;
  /** Words the FIFO holds. */
  readonly depth: number;
  /** Most words it held at a time; what a width converter holds is not counted. */
  readonly maxOccupancy: number;
  /** Words of one frame. */
  readonly words: number;
  /** Words the producer wrote, and words of its own width the consumer read, in the whole run. */
  readonly wordsWritten: number;
  readonly wordsRead: number;
  /** Bits of a word. */
  readonly width: number;
}

/** Cycles a frame that a node lost in steady state. */
export interface NodeStalls {
  readonly name: string;
  /** FINN's expected cycles of one frame. */
  readonly cycles: number;
  /** It could have gone on, but an input word was missing. */
  readonly starved: number;
  /** It could have gone on, but the FIFO behind it was full. */
  readonly blocked: number;
  /** By frame: from its first read to its last write. */
  readonly frames: readonly { readonly start: number; readonly end: number }[];
}

export interface PipelineResult {
  readonly frames: number;
  /** From the first input word to the first and to the last output word of the first frame, in cycles. */
  readonly firstOutputCycles: number;
  readonly fillCycles: number;
  /** Between two frames' ends in steady state; Infinity after a deadlock. Throughput is the clock over it. */
  readonly cyclesPerFrame: number;
  /** Until the last word of the last frame; Infinity after a deadlock. */
  readonly totalCycles: number;
  /** Cycle in which each frame was complete at the output. */
  readonly frameEnds: readonly number[];
  readonly edges: readonly EdgeResult[];
  readonly nodes: readonly NodeStalls[];
  readonly deadlock: Deadlock | null;
}

const DEFAULT_FRAMES = 4;

/** The result of a plan; `explain` asks for the depth that would have avoided a deadlock. */
export function* simulatePlan(
  plan: Plan,
  options: FifoOptions,
  explain: boolean,
): Generator<void, PipelineResult> {
  const frames = Math.max(2, Math.floor(options.frames ?? DEFAULT_FRAMES));
  // Steady state is taken from the later half: the first frames fill the FIFOs.
  const settled = Math.floor((frames - 1) / 2);
  const pipeline = buildPipeline(plan, options, frames, settled + 1);
  yield* advanceAll(pipeline);
  const { processes, edges } = pipeline;
  const stuck = processes.some((process) => !process.finished);
  const sinks = processes.filter((process) => process.outputs.length === 0);
  const endOf = (frame: number) => Math.max(0, ...sinks.map((sink) => sink.frameEnds[frame] ?? 0));
  const done = sinks.length === 0 ? 0 : Math.min(...sinks.map((sink) => sink.completed));
  const frameEnds = Array.from({ length: done }, (_, frame) => endOf(frame));
  const counted = frames - 1 - settled;
  const firstWrites = sinks.map((sink) => sink.firstWrite);
  return {
    frames,
    firstOutputCycles: firstWrites.some((cycle) => cycle < 0)
      ? Number.POSITIVE_INFINITY
      : Math.max(0, ...firstWrites),
    fillCycles: frameEnds[0] ?? Number.POSITIVE_INFINITY,
    // A few cycles of the first frames may still be made up for, which no long run can.
    cyclesPerFrame: stuck
      ? Number.POSITIVE_INFINITY
      : Math.max(plan.maxCycles, (endOf(frames - 1) - endOf(settled)) / counted),
    totalCycles: stuck ? Number.POSITIVE_INFINITY : endOf(frames - 1),
    frameEnds,
    edges: plan.edges.map((edge, i) => {
      const run = edges[i];
      return {
        key: edge.key,
        from: plan.nodes[edge.from]?.name ?? '',
        to: plan.nodes[edge.to]?.name ?? '',
        depth: depthOf(plan, edge, options),
        maxOccupancy: run?.maxOccupancy ?? 0,
        words: edge.written,
        wordsWritten: run?.written ?? 0,
        wordsRead: ((run?.read ?? 0) * edge.written) / edge.read,
        width: wordBits(plan, edge.from),
      };
    }),
    nodes: plan.nodes.map((node, at) => ({
      name: node.name,
      cycles: processes[at]?.cycles ?? 0,
      starved: (processes[at]?.starved ?? 0) / counted,
      blocked: (processes[at]?.blocked ?? 0) / counted,
      frames: (processes[at]?.frameEnds ?? []).map((end, frame) => ({
        start: processes[at]?.frameStarts[frame] ?? 0,
        end,
      })),
    })),
    deadlock: stuck && explain ? yield* explainDeadlock(plan, pipeline, options) : null,
  };
}

/**
 * The pipeline cycle by cycle, frames back to back, with an input that never runs dry and an output that is
 * always taken. Every node reads and writes folded stream words in the order and at the pace that its folding
 * implies (programs.ts, windows.ts); every edge is an AXI stream with a FIFO (edge.ts).
 *
 * Exact for this model, which is FINN's up to a few cycles a node: pipeline latencies of the units are left
 * out, and a width converter takes no cycles. Nodes never start frames closer together than FINN's expected
 * cycles (`get_exp_cycles`), so throughput is at most the clock over the slowest node's cycles.
 *
 * Yields about every 10 ms of work, so that a worker can give up in between.
 */
export function* simulatePipeline(
  nodes: readonly FinnNode[],
  options: FifoOptions = {},
): Generator<void, PipelineResult> {
  return yield* simulatePlan(planPipeline(nodes), options, true);
}

/** The result of a generator, without pauses. */
export function runToEnd<T>(generator: Generator<void, T>): T {
  for (;;) {
    const step = generator.next();
    if (step.done) return step.value;
  }
}

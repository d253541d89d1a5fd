import type { FinnNode } from '../nodes.ts';
import { type Edge, UNKNOWN } from './edge.ts';
import {
  advanceAll,
  ampleDepth,
  buildPipeline,
  type EdgePlan,
  type FifoOptions,
  type Pipeline,
  type Plan,
} from './pipeline.ts';

/** Where a pipeline came to a stop for good. */
export interface Deadlock {
  /** The edge whose FIFO is full while its reader waits for another input. */
  readonly edge: string;
  /** Words it holds, and the fewest with which this edge lets the frames through. */
  readonly depth: number;
  readonly needed: number;
  readonly sentence: string;
}

/** "relu1 fork", "add1": the layer and the part of it, short. */
function labelOf(node: FinnNode | undefined): string {
  if (!node) return 'the input';
  const [layerId = node.name] = node.layerIds;
  switch (node.opType) {
    case 'DuplicateStreams_hls':
      return `${layerId} fork`;
    case 'FMPadding_rtl':
    case 'FMPadding_hls':
      return `${layerId} padding`;
    case 'ConvolutionInputGenerator_rtl':
    case 'ConvolutionInputGenerator_hls':
      return `${layerId} sliding window`;
    default:
      return layerId;
  }
}

const isFull = (edge: Edge) => edge.freeAt() === UNKNOWN;

/** Full edges into a node that waits for another of its inputs, in graph order. */
function blockingEdges(pipeline: Pipeline): readonly number[] {
  const found: number[] = [];
  for (const process of pipeline.processes) {
    if (process.finished || !process.inputs.some((edge) => edge.availableAt() === UNKNOWN)) continue;
    for (const edge of process.inputs)
      if (edge.availableAt() !== UNKNOWN && isFull(edge)) found.push(pipeline.edges.indexOf(edge));
  }
  return found;
}

/** Whether two frames get through with these depths, and the peaks of all edges. */
function* attempt(plan: Plan, options: FifoOptions) {
  const pipeline = buildPipeline(plan, options, 2, 0);
  yield* advanceAll(pipeline);
  return { passes: pipeline.processes.every((process) => process.finished), edges: pipeline.edges };
}

/** The fewest words of `edge` that let frames through; other full FIFOs keep their depth, the rest is ample. */
function* neededDepth(
  plan: Plan,
  edge: EdgePlan,
  full: Readonly<Record<string, number>>,
): Generator<void, number> {
  const at = (depth: number): FifoOptions => ({
    depths: { ...full, [edge.key]: depth },
    defaultDepth: 'ample',
  });
  let low = full[edge.key] ?? 0;
  const free = yield* attempt(plan, at(ampleDepth(edge)));
  const peak = free.edges.find(({ key }) => key === edge.key)?.maxOccupancy ?? 0;
  // The peak as depth leaves every time as it was.
  let high = free.passes ? Math.max(low + 1, peak) : ampleDepth(edge);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if ((yield* attempt(plan, at(middle))).passes) high = middle;
    else low = middle;
  }
  return high;
}

const plural = (count: number) => `${count} ${count === 1 ? 'word' : 'words'}`;

/** Names the FIFO that a stuck pipeline waits for, and how deep it would have to be. */
export function* explainDeadlock(
  plan: Plan,
  pipeline: Pipeline,
  options: FifoOptions,
): Generator<void, Deadlock> {
  const [blocking = pipeline.edges.findIndex(isFull)] = blockingEdges(pipeline);
  const edge = plan.edges[blocking];
  const run = pipeline.edges[blocking];
  if (!edge || !run) {
    const sentence = 'The pipeline stands still, and no FIFO is full; check the graph.';
    return { edge: '', depth: 0, needed: 0, sentence };
  }
  const full: Record<string, number> = {};
  for (const other of pipeline.edges) if (isFull(other)) full[other.key] = other.depth;
  const needed = yield* neededDepth(plan, edge, { ...options.depths, ...full });
  const kind = plan.nodes[edge.from]?.opType === 'DuplicateStreams_hls' ? 'shortcut FIFO' : 'FIFO';
  const [from, to] = [labelOf(plan.nodes[edge.from]), labelOf(plan.nodes[edge.to])];
  return {
    edge: edge.key,
    depth: run.depth,
    needed,
    sentence: `The ${kind} from ${from} to ${to} holds ${plural(run.depth)} and needs ${needed}.`,
  };
}

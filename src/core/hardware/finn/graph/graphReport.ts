import { fail, ok, type Result } from '../../../result.ts';
import type { Resources, Violation } from '../../report.ts';
import { BIPOLAR } from '../datatypes.ts';
import { legalParallelism, simdLimitOf } from '../folding.ts';
import { DEFAULT_PART } from '../graphBuilder.ts';
import { isWeighted } from '../layerUnits.ts';
import type { FinnNode, OpType } from '../nodes.ts';
import { type DspBlock, dspBlockOf } from '../operators/model.ts';
import { cyclesOf, resourcesOf } from '../operators.ts';
import { performanceOf } from '../performance.ts';
import type { FinnRecord } from '../records.ts';
import { boundSentence, count } from '../sentences.ts';
import { type Board, checkBudget, totalUse } from '../tuning/boards.ts';
import { type GraphNode, graphNodes, uncoupledWindows } from './graphNodes.ts';
import type { Generation } from './opTypes.ts';

/** One node of somebody's FINN graph. */
export interface FinnGraphRow {
  readonly name: string;
  /** As the file has it. */
  readonly opType: string;
  /** The operation of v0.10.1 whose formulas are used; null without an estimate. */
  readonly estimatedAs: OpType | null;
  /** As the file has them; null where the node has none. */
  readonly pe: number | null;
  readonly simd: number | null;
  /** What they may be; empty where the node has none, or nothing is known of it. */
  readonly legalPe: readonly number[];
  readonly legalSimd: readonly number[];
  /** Cycles a frame at batch 1, and what the node takes; null without an estimate. */
  readonly cycles: number | null;
  readonly resources: Resources | null;
  /** What the cycles consist of, or why there is no estimate. */
  readonly sentence: string;
}

export interface FinnGraphReport {
  readonly clockHertz: number;
  readonly generation: Generation;
  readonly rows: readonly FinnGraphRow[];
  readonly bottleneck: string;
  /** Cycles between two frames: the slowest node. */
  readonly initiationInterval: number;
  /** Cycles along the longest path, FINN's own latency: an upper bound, as nodes overlap within a frame. */
  readonly latencyUpperBoundCycles: number;
  readonly latencyUpperBoundSeconds: number;
  readonly throughputFps: number;
  readonly resources: Resources;
  readonly violations: readonly Violation[];
  /** What the numbers leave out or take otherwise, one sentence each. */
  readonly notes: readonly string[];
}

export interface FinnGraphOptions {
  readonly clockHertz: number;
  /** Decides the DSP block and the budget; without it the block of FINN's smallest board, and no budget. */
  readonly board?: Board | undefined;
}

export const partOf = ({ board }: Pick<FinnGraphOptions, 'board'>): string => board?.part ?? DEFAULT_PART;

/** What a row offers: FINN's constraints and those of its code generation (finn.md, sections 3.7 and 7). */
function offered(node: FinnNode | null): {
  readonly pe: readonly number[];
  readonly simd: readonly number[];
} {
  if (!node) return { pe: [], simd: [] };
  const { pe, simd } = legalParallelism(node);
  // In two dimensions it always has full width; FINN's figure knows no PE.
  if (node.opType === 'StreamingMaxPool_hls' && node.imgDim[0] > 1 && node.imgDim[1] > 1)
    return { pe: [], simd: [] };
  if (node.opType === 'VVAU_hls' || node.opType === 'VVAU_rtl')
    return { pe, simd: node.pe === node.channels ? simd : [1] };
  const least = simdLimitOf(node);
  return { pe, simd: simd.filter((one) => one >= least) };
}

const whole = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null;

function rowOf({ name, record, node, foldable, problem }: GraphNode, block: DspBlock): FinnGraphRow {
  const legal = offered(foldable);
  const folded = (node ?? {}) as { readonly pe?: number; readonly simd?: number };
  const cycles = node ? cyclesOf(node) : null;
  const used = node ? resourcesOf(node, block) : null;
  return {
    name,
    opType: record.op_type,
    estimatedAs: node?.opType ?? null,
    pe: folded.pe ?? whole(record.attributes.PE),
    simd: folded.simd ?? whole(record.attributes.SIMD),
    legalPe: legal.pe,
    legalSimd: legal.simd,
    cycles,
    resources: used && { lut: used.lut, bram18: used.bram18, uram: used.uram, dsp: used.dsp },
    sentence: node ? boundSentence(node, cycles ?? 0) : (problem ?? ''),
  };
}

const isInserted = ({ opType }: FinnNode) => /^(?:StreamingFIFO|StreamingDataWidthConverter)_/.test(opType);

const GENERATIONS: Readonly<Record<Generation, string | null>> = {
  specialized: null,
  unspecialized:
    "No backend is chosen in this file: nodes get the variant that FINN's specialize step would choose, and the names that it would give in a saved folding.",
  older:
    'This file was written by FINN before 0.10: its nodes are estimated with the formulas of v0.10.1, where they are HLS units.',
};

function notesOf(
  generation: Generation,
  all: readonly GraphNode[],
  nodes: readonly FinnNode[],
): readonly string[] {
  const notes = all.flatMap(({ problem }) => problem ?? []);
  const general = GENERATIONS[generation];
  if (general !== null) notes.push(general);
  const bipolar = nodes.filter((node) => isWeighted(node) && node.weightType.name === BIPOLAR.name).length;
  if (bipolar > 0)
    notes.push(
      `${count(bipolar)} ${bipolar === 1 ? 'node has' : 'nodes have'} BIPOLAR weights, one bit each: FINN's step_minimize_bit_width makes them INT2 before its own report, so save the graph after that step to see those memories.`,
    );
  const inserted = nodes.filter(isInserted).length;
  if (inserted > 0)
    notes.push(
      `Width converters and FIFOs, ${count(inserted)} of the nodes, are estimated as the file has them; FINN inserts them anew for another folding.`,
    );
  return notes;
}

/**
 * FINN's own estimate of a graph that somebody's FINN made, node by node as its attributes stand: a sum is over the
 * nodes that have an estimate, and the others are named. Throughput is the clock over the slowest node.
 */
export function finnGraphReport(
  records: readonly FinnRecord[],
  options: FinnGraphOptions,
): Result<FinnGraphReport> {
  const { clockHertz, board } = options;
  if (!(clockHertz > 0 && Number.isFinite(clockHertz)))
    return fail('clock', `A clock of ${clockHertz} Hz is not possible; choose one above 0.`, 'clockHertz');
  const part = partOf(options);
  const { generation, nodes: all } = graphNodes(records, part);
  const rows = all.map((one) => rowOf(one, dspBlockOf(part)));
  const nodes = all.flatMap(({ node }) => node ?? []);
  const { maxCycles, slowest, criticalPathCycles } = performanceOf(
    // What has no estimate takes no time, but what lies behind it is still behind.
    all.map(({ name, record }) => ({ name, predecessors: record.predecessors ?? [] })),
    rows.map(({ cycles }) => cycles ?? 0),
  );
  if (maxCycles === 0)
    return fail(
      'finn-graph-nothing',
      all.find(({ problem }) => problem !== null)?.problem ??
        'No node of this graph takes any cycles; open the graph with its compute nodes.',
    );
  const budgetRows = rows.map(({ name, resources }) => ({
    label: name,
    layerIds: [],
    ...(resources ? { resources } : {}),
  }));
  const violations: Violation[] = uncoupledWindows(nodes).map((message) => ({
    code: 'finn-coupling',
    message,
    layerIds: [],
  }));
  if (board) violations.push(...checkBudget(budgetRows, board));
  return ok({
    clockHertz,
    generation,
    rows,
    bottleneck: rows[slowest]?.name ?? '',
    initiationInterval: maxCycles,
    latencyUpperBoundCycles: criticalPathCycles,
    latencyUpperBoundSeconds: criticalPathCycles / clockHertz,
    throughputFps: clockHertz / maxCycles,
    resources: totalUse(budgetRows),
    violations,
    notes: notesOf(generation, all, nodes),
  });
}

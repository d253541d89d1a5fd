import type { LayerId, Network } from '../../../network/network.ts';
import { ok, type Result } from '../../../result.ts';
import type { Resources } from '../../report.ts';
import { type FinnOptions, foldNetwork } from '../foldNetwork.ts';
import { DEFAULT_PART } from '../graphBuilder.ts';
import { labelOf } from '../labels.ts';
import type { FinnNode } from '../nodes.ts';
import { dspBlockOf } from '../operators/model.ts';
import { resourcesOf } from '../operators.ts';
import { type DepthPoint, depthStudy, safeDepths } from './safeDepths.ts';
import { type EdgeResult, simulatePipeline } from './simulate.ts';

/** A FIFO between two nodes with the smallest depth found that costs no throughput. */
export interface FifoRow {
  readonly key: string;
  readonly from: string;
  readonly to: string;
  readonly layerIds: readonly LayerId[];
  /** Bits of a word. */
  readonly width: number;
  /** Words that the FIFO needs; `depth` is what FINN would build of it. */
  readonly safeDepth: number;
  readonly depth: number;
}

/** What one node waits for, as shares of a frame's cycles in steady state. */
export interface StallRow {
  readonly name: string;
  readonly label: string;
  readonly layerIds: readonly LayerId[];
  readonly cycles: number;
  readonly starvedCycles: number;
  readonly blockedCycles: number;
  /** By frame, with the safe depths: from its first read to its last write, in cycles. */
  readonly frames: readonly { readonly start: number; readonly end: number }[];
}

export interface FifoReport {
  /** Depth of every FIFO in the run below, in words. */
  readonly depth: number;
  /** Between two frames at that depth; Infinity where the pipeline stands still. */
  readonly cyclesPerFrame: number;
  /** "The shortcut FIFO from ... holds 2 words and needs 1072."; null where it runs. */
  readonly deadlock: string | null;
  /** From the first input word to the last output word of the first frame, FIFOs as deep as needed. */
  readonly fillCycles: number;
  /** Cycles of the slowest node, which no FIFO beats. */
  readonly maxCycles: number;
  readonly stalls: readonly StallRow[];
  readonly fifos: readonly FifoRow[];
  /** Bits of all FIFOs with their safe depths, and with the deepest of them everywhere. */
  readonly bits: number;
  readonly uniformBits: number;
  /** Of the FIFOs at their depths, FINN's estimate. */
  readonly resources: Resources;
  readonly study: readonly DepthPoint[];
}

const STUDIED_DEPTHS = [2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096] as const;

/** FINN's rounding of a peak: 2, 32, or as it is (finn.md, section 9). */
export const roundedDepth = (peak: number): number => (peak <= 2 ? 2 : peak <= 32 ? 32 : Math.ceil(peak));

/** From here on FINN builds a FIFO with Vivado's generator: max_qsrl_depth. */
const DEEPEST_SHIFT_REGISTER = 256;

function fifoNode(edge: EdgeResult, depth: number): FinnNode {
  const implStyle = depth > DEEPEST_SHIFT_REGISTER ? 'vivado' : 'rtl';
  return {
    opType: 'StreamingFIFO_rtl',
    name: edge.key,
    predecessors: [edge.from],
    layerIds: [],
    depth,
    width: edge.width,
    implStyle,
    // Vivado's FIFOs with `auto` memory would be counted as nothing, in FINN too: deep ones take block RAM.
    ramStyle: implStyle === 'vivado' ? 'block' : 'auto',
  };
}

/**
 * Everything about the FIFOs of a folded network: the pipeline with one depth everywhere, what each node waits
 * for, the smallest depths that cost nothing, and throughput over depth. Yields about every 10 ms.
 */
export function* fifoReport(
  network: Network,
  options: FinnOptions,
  depth: number,
): Generator<void, Result<FifoReport>> {
  const folded = foldNetwork(network, options);
  if (!folded.ok) return folded;
  const { nodes } = folded.value;
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const label = (name: string) => {
    const node = byName.get(name);
    return node ? labelOf(node) : name;
  };
  const run = yield* simulatePipeline(nodes, { defaultDepth: depth });
  const safe = yield* safeDepths(nodes);
  const { points, maxCycles } = yield* depthStudy(nodes, STUDIED_DEPTHS);
  const block = dspBlockOf(options.fpgaPart ?? DEFAULT_PART);
  const spans = new Map(safe.result.nodes.map((node) => [node.name, node.frames]));
  const resources = { lut: 0, bram18: 0, uram: 0, dsp: 0 };
  const fifos = safe.result.edges.map((edge): FifoRow => {
    const safeDepth = safe.depths[edge.key] ?? edge.depth;
    const built = roundedDepth(safeDepth);
    const used = resourcesOf(fifoNode(edge, built), block);
    for (const key of ['lut', 'bram18', 'uram', 'dsp'] as const) resources[key] += used[key];
    const layerIds = [...new Set([edge.from, edge.to].flatMap((name) => byName.get(name)?.layerIds ?? []))];
    const { key, width } = edge;
    return { key, from: label(edge.from), to: label(edge.to), layerIds, width, safeDepth, depth: built };
  });
  return ok({
    depth,
    cyclesPerFrame: run.cyclesPerFrame,
    deadlock: run.deadlock?.sentence ?? null,
    fillCycles: safe.result.fillCycles,
    maxCycles,
    stalls: run.nodes.map((node) => ({
      name: node.name,
      label: label(node.name),
      layerIds: byName.get(node.name)?.layerIds ?? [],
      cycles: node.cycles,
      starvedCycles: node.starved,
      blockedCycles: node.blocked,
      frames: spans.get(node.name) ?? [],
    })),
    fifos,
    bits: safe.bits,
    uniformBits: safe.uniformBits,
    resources,
    study: points,
  });
}

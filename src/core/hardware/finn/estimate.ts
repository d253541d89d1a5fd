import type { Network } from '../../network/network.ts';
import { type Geometry, inferGeometry } from '../../network/shapes.ts';
import { fail, ok, type Result } from '../../result.ts';
import type { CostTerm, HardwareReport, ReportRow, Resources } from '../report.ts';
import { labelType, minimizedWeightType } from './datatypes.ts';
import { type FinnOptions, foldNetwork } from './foldNetwork.ts';
import { DEFAULT_PART } from './graphBuilder.ts';
import { labelOf } from './labels.ts';
import { isWeighted } from './layerUnits.ts';
import type { FinnNode } from './nodes.ts';
import { type DspBlock, dspBlockOf, product } from './operators/model.ts';
import { slidingWindowCycles } from './operators/slidingWindow.ts';
import { cyclesOf, resourcesOf } from './operators.ts';
import { performanceOf } from './performance.ts';
import { boundSentence } from './sentences.ts';
import { type Board, checkBudget } from './tuning/boards.ts';

export type { FinnOptions, LayerFolding } from './foldNetwork.ts';
export { layerFoldings } from './foldNetwork.ts';

/** A node as FINN reports it: weights at their minimized width (finn.md section 3.6). */
export const minimizeBitWidths = (node: FinnNode): FinnNode =>
  isWeighted(node) ? { ...node, weightType: minimizedWeightType(node.weightType) } : node;

function macCountOf(node: FinnNode): number {
  if (node.opType === 'MVAU_hls' || node.opType === 'MVAU_rtl')
    return node.mw * node.mh * product(node.numInputVectors);
  if (node.opType === 'VVAU_hls' || node.opType === 'VVAU_rtl')
    return node.channels * product(node.kernel) * product(node.dim);
  return 0;
}

function termsOf(node: FinnNode, cycles: number): readonly CostTerm[] {
  if (node.opType === 'ConvolutionInputGenerator_rtl') {
    const { fill, rows } = slidingWindowCycles(node);
    return [
      { name: 'fill the first window', cycles: fill },
      { name: 'write the windows', cycles: rows },
    ];
  }
  return [{ name: isWeighted(node) ? 'multiply and accumulate' : 'stream', cycles }];
}

/** Bits of an input value: see `inputBits` of the lowering. */
const INPUT_BITS = 8;

/** Bytes of the result that the last node writes, the stream's words packed. */
function resultBytes(node: FinnNode, geometry: Geometry): number {
  if (node.opType === 'LabelSelect_hls') return labelType(node.labels).bits / 8;
  const ofm = geometry.get(node.layerIds[0] ?? '')?.ofm;
  const bits = 'outputType' in node ? node.outputType.bits : 'inputType' in node ? node.inputType.bits : 8;
  return ofm ? Math.ceil((ofm.height * ofm.width * ofm.channels * bits) / 8) : 0;
}

/** External weights: the unit consumes its whole matrix for every output position (finn.md section 3). */
function externalWeightBytes(node: FinnNode): number {
  if (!isWeighted(node) || node.memMode !== 'external') return 0;
  return (macCountOf(node) * minimizedWeightType(node.weightType).bits) / 8;
}

/** Networks do not change once built. */
const geometries = new WeakMap<Network, Geometry>();

function geometryOnce(network: Network): Geometry {
  const known = geometries.get(network);
  if (known) return known;
  const inferred = inferGeometry(network);
  const geometry: Geometry = inferred.ok ? inferred.value : new Map();
  geometries.set(network, geometry);
  return geometry;
}

/**
 * Bytes between chip and DRAM in a frame, by node: the I/O DMAs that FINN puts before the first nodes and behind
 * the last (finn.md section 9, `insert_iodma`), and weights that are kept outside. All else stays on the chip.
 */
function trafficOf(nodes: readonly FinnNode[], network: Network): readonly number[] {
  const geometry = geometryOnce(network);
  const input = network.layers.find((layer) => layer.kind === 'input')?.shape;
  const imageBytes = input ? (input.height * input.width * input.channels * INPUT_BITS) / 8 : 0;
  const read = new Set(nodes.flatMap(({ predecessors }) => predecessors));
  return nodes.map(
    (node) =>
      externalWeightBytes(node) +
      (node.predecessors.length === 0 ? imageBytes : 0) +
      (read.has(node.name) ? 0 : resultBytes(node, geometry)),
  );
}

function rowOf(node: FinnNode, cycles: number, block: DspBlock, trafficBytes: number): ReportRow {
  const { lut, bram18, uram, dsp } = resourcesOf(minimizeBitWidths(node), block);
  return {
    id: node.name,
    layerIds: node.layerIds,
    label: labelOf(node),
    engine: node.opType,
    cycles,
    bound: isWeighted(node) ? 'compute' : 'stream',
    // Written when it is read, as the DPU's: a slider or a search wants the cycles only.
    get boundSentence() {
      return boundSentence(node, cycles);
    },
    terms: termsOf(node, cycles),
    macCount: macCountOf(node),
    trafficBytes,
    resources: { lut, bram18, uram, dsp },
  };
}

function totalOf(rows: readonly ReportRow[]): Resources {
  let [lut, bram18, uram, dsp] = [0, 0, 0, 0];
  for (const { resources } of rows) {
    lut += resources?.lut ?? 0;
    bram18 += resources?.bram18 ?? 0;
    uram += resources?.uram ?? 0;
    dsp += resources?.dsp ?? 0;
  }
  return { lut, bram18, uram, dsp };
}

/**
 * FINN's own estimate of a network as a streaming data-flow accelerator: one node a row, before width
 * converters, FIFOs and DMA are inserted, without shell and flip-flops (finn.md section 1). Throughput is the
 * clock over the slowest node. Latency is FINN's sum of cycles along the longest path, which is pessimistic:
 * nodes overlap within a frame. A `board` adds what does not fit on it to the violations.
 */
export function estimateFinn(
  network: Network,
  options: FinnOptions & { readonly clockHertz: number; readonly board?: Board },
): Result<HardwareReport> {
  const { clockHertz } = options;
  if (!(clockHertz > 0 && Number.isFinite(clockHertz)))
    return fail('clock', `A clock of ${clockHertz} Hz is not possible; choose one above 0.`, 'clockHertz');
  const folded = foldNetwork(network, options);
  if (!folded.ok) return folded;
  const { nodes, violations } = folded.value;
  const block = dspBlockOf(options.fpgaPart ?? DEFAULT_PART);
  const cycles = nodes.map(cyclesOf);
  const traffic = trafficOf(nodes, network);
  const rows = nodes.map((node, i) => rowOf(node, cycles[i] ?? 0, block, traffic[i] ?? 0));
  const { maxCycles, slowest, criticalPathCycles } = performanceOf(nodes, cycles);
  return ok({
    targetId: 'finn',
    clockHertz,
    rows,
    schedule: 'dataflow',
    initiationInterval: maxCycles,
    bottleneckId: rows[slowest]?.id ?? '',
    latencySeconds: criticalPathCycles / clockHertz,
    throughputFps: clockHertz / maxCycles,
    resources: totalOf(rows),
    violations: options.board ? [...violations, ...checkBudget(rows, options.board)] : violations,
  });
}

import { minimizeBitWidths } from '../../core/hardware/finn/estimate.ts';
import { isWeighted } from '../../core/hardware/finn/layerUnits.ts';
import type { FinnNode } from '../../core/hardware/finn/nodes.ts';
import { type DspBlock, type NodeResources, product } from '../../core/hardware/finn/operators/model.ts';
import { accumulatorBits } from '../../core/hardware/finn/operators/weighted.ts';
import { cyclesOf, resourcesOf } from '../../core/hardware/finn/operators.ts';
import { performanceOf } from '../../core/hardware/finn/performance.ts';

/** The reports of FINN's builder, `report/` of its output (`step_generate_estimate_reports`). */
export const REPORT_NAMES = [
  'estimate_layer_cycles.json',
  'estimate_layer_resources.json',
  'estimate_layer_config_alternatives.json',
  'op_and_param_counts.json',
  'estimate_network_performance.json',
] as const;
export type ReportName = (typeof REPORT_NAMES)[number];

type Counts = Readonly<Record<string, number>>;
export type FinnReports = {
  readonly 'estimate_layer_cycles.json': Counts;
  readonly 'estimate_layer_resources.json': Readonly<Record<string, Counts>>;
  readonly 'estimate_layer_config_alternatives.json': Readonly<Record<string, readonly Counts[]>>;
  readonly 'op_and_param_counts.json': Readonly<Record<string, Counts>>;
  readonly 'estimate_network_performance.json': Readonly<Record<string, number | string>>;
};

/** FINN's keys, in its order. */
const underFinnKeys = (used: NodeResources): Counts => ({
  BRAM_18K: used.bram18,
  BRAM_efficiency: used.bramEfficiency,
  LUT: used.lut,
  URAM: used.uram,
  URAM_efficiency: used.uramEfficiency,
  DSP: used.dsp,
});

/** Sums of everything but efficiencies. */
function totalOf(layers: Readonly<Record<string, Counts>>): Counts {
  const total: Record<string, number> = {};
  for (const layer of Object.values(layers))
    for (const [key, amount] of Object.entries(layer))
      if (!key.includes('efficiency')) total[key] = (total[key] ?? 0) + amount;
  return total;
}

/** What the node would take with the other values of its resource switch, in FINN's order. */
function alternativesOf(node: FinnNode): readonly FinnNode[] {
  if (isWeighted(node)) return (['dsp', 'lut'] as const).map((resType) => ({ ...node, resType }));
  if (node.opType === 'ConvolutionInputGenerator_rtl' || node.opType === 'ConvolutionInputGenerator_hls')
    return (['block', 'distributed', 'ultra'] as const).map((ramStyle) => ({ ...node, ramStyle }));
  return [node];
}

/**
 * Multiply-accumulates by operand widths and parameters by width: FINN's `get_op_and_param_counts`. Its RTL thresholds
 * count nothing, and a threshold unit counts once an output, not once a step. Without weight values the accumulator has
 * the width that its types need (finn.md, section 3.6); FINN's own is often a bit narrower.
 */
function countsOf(node: FinnNode): Counts {
  if (!isWeighted(node)) return {};
  const matrix = 'mw' in node;
  const weights = matrix ? node.mw * node.mh : node.channels * product(node.kernel);
  const macCount = weights * (matrix ? product(node.numInputVectors) : product(node.dim));
  const { inputType, weightType } = node;
  const bits = [inputType.bits, weightType.bits].sort((a, b) => a - b);
  const sum = accumulatorBits(matrix ? node.mw : product(node.kernel), weightType, inputType);
  const thresholdBits = Math.min(node.accumulatorType.bits, sum);
  return {
    [`op_mac_${bits[0]}bx${bits[1]}b`]: macCount,
    [`param_weight_${weightType.bits}b`]: weights,
    ...(node.noActivation ? {} : { [`param_threshold_${thresholdBits}b`]: matrix ? node.mh : node.channels }),
  };
}

/** The five reports of folded nodes at a clock; figures are FINN v0.10.1's own estimates. */
export function finnReports(
  folded: readonly FinnNode[],
  { block, clockHertz }: { readonly block: DspBlock; readonly clockHertz: number },
): FinnReports {
  const nodes = folded.map(minimizeBitWidths);
  const cycles = nodes.map(cyclesOf);
  const byNode = <T>(value: (node: FinnNode) => T): Readonly<Record<string, T>> =>
    Object.fromEntries(nodes.map((node) => [node.name, value(node)]));
  const resources = byNode((node) => underFinnKeys(resourcesOf(node, block)));
  const counts = byNode(countsOf);
  const { maxCycles, slowest, criticalPathCycles } = performanceOf(nodes, cycles);
  return {
    'estimate_layer_cycles.json': byNode(cyclesOf),
    'estimate_layer_resources.json': { ...resources, total: totalOf(resources) },
    'estimate_layer_config_alternatives.json': byNode((node) =>
      alternativesOf(node).map((one) => underFinnKeys(resourcesOf(one, block))),
    ),
    'op_and_param_counts.json': { ...counts, total: totalOf(counts) },
    'estimate_network_performance.json': {
      critical_path_cycles: criticalPathCycles,
      max_cycles: maxCycles,
      max_cycles_node_name: nodes[slowest]?.name ?? '',
      estimated_throughput_fps: clockHertz / maxCycles,
      estimated_latency_ns: (criticalPathCycles * 1e9) / clockHertz,
    },
  };
}

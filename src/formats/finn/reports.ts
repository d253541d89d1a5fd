import { minimizeBitWidths } from '../../core/hardware/finn/estimate.ts';
import { isWeighted } from '../../core/hardware/finn/layerUnits.ts';
import type { FinnNode } from '../../core/hardware/finn/nodes.ts';
import { type DspBlock, type NodeResources, product } from '../../core/hardware/finn/operators/model.ts';
import { cyclesOf, resourcesOf } from '../../core/hardware/finn/operators.ts';
import { performanceOf } from '../../core/hardware/finn/performance.ts';
import { fail, ok, type Result } from '../../core/result.ts';

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

/** Multiply-accumulates by operand widths and parameters by width: `get_op_and_param_counts`. */
function countsOf(node: FinnNode): Counts | null {
  if (node.opType === 'Thresholding_rtl' || node.opType === 'Thresholding_hls') {
    const bits = 'weightType' in node ? node.weightType.bits : node.inputType.bits;
    const steps = 'outputType' in node ? 2 ** node.outputType.bits - 1 : 1;
    return { [`param_threshold_${bits}b`]: node.channels * steps };
  }
  if (!isWeighted(node)) return {};
  const matrix = 'mw' in node;
  const weights = matrix ? node.mw * node.mh : node.channels * product(node.kernel);
  const macCount = weights * (matrix ? product(node.numInputVectors) : product(node.dim));
  const bits = [node.inputType.bits, node.weightType.bits].sort((a, b) => a - b);
  const outputs = matrix ? node.mh : node.channels;
  return {
    [`op_mac_${bits[0]}bx${bits[1]}b`]: macCount,
    [`param_weight_${node.weightType.bits}b`]: weights,
    ...(node.noActivation ? {} : { [`param_threshold_${node.accumulatorType.bits}b`]: outputs }),
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
  const counts = byNode((node) => countsOf(node) ?? {});
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

/** A figure that differs between a report of FINN's and ours. */
export interface ReportDifference {
  readonly node: string;
  readonly key: string;
  /** Null where one of the two has no such figure. */
  readonly theirs: number | null;
  readonly ours: number | null;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The report as figures by node and key; a report of one figure a node has the key `cycles`. */
function figures(report: Readonly<Record<string, unknown>>): Map<string, Map<string, number>> {
  const found = new Map<string, Map<string, number>>();
  for (const [node, value] of Object.entries(report)) {
    const entries = isObject(value) ? Object.entries(value) : [['cycles', value] as const];
    const numbers = entries.filter((entry): entry is [string, number] => typeof entry[1] === 'number');
    if (numbers.length > 0) found.set(node, new Map(numbers));
  }
  return found;
}

const CLOSE = 1e-6;

/** Compares a report that FINN wrote (cycles, resources or counts) with ours of the same name. */
export function compareReports(
  theirText: string,
  ours: Readonly<Record<string, unknown>>,
  where = 'This report',
): Result<readonly ReportDifference[]> {
  let json: unknown;
  try {
    json = JSON.parse(theirText);
  } catch (error) {
    return fail(
      'report-json',
      `${where} is not JSON (${(error as Error).message}); choose a report that FINN wrote.`,
    );
  }
  if (!isObject(json) || figures(json).size === 0)
    return fail('report-shape', `${where} is no report of FINN's: it must name nodes with their figures.`);
  const [theirs, own] = [figures(json), figures(ours)];
  const differences: ReportDifference[] = [];
  for (const node of new Set([...own.keys(), ...theirs.keys()])) {
    const [a, b] = [theirs.get(node), own.get(node)];
    for (const key of new Set([...(b?.keys() ?? []), ...(a?.keys() ?? [])])) {
      const [theirValue, ourValue] = [a?.get(key) ?? null, b?.get(key) ?? null];
      const same =
        theirValue !== null &&
        ourValue !== null &&
        Math.abs(theirValue - ourValue) <= CLOSE * Math.max(1, Math.abs(theirValue));
      if (!same) differences.push({ node, key, theirs: theirValue, ours: ourValue });
    }
  }
  return ok(differences);
}

import type { Network } from '../network/network.ts';
import { formatInteger } from '../quantity.ts';
import { fail, ok, type Result } from '../result.ts';
import {
  activeCells,
  axisOf,
  builtCells,
  type EngineAxis,
  type EngineBlock,
  type EngineView,
  scheduleSentence,
} from './engineViewParts.ts';
import { type FinnOptions, foldNetwork } from './finn/foldNetwork.ts';
import { isWeighted, type LayerUnit } from './finn/layerUnits.ts';
import type { FinnNode } from './finn/nodes.ts';
import { product } from './finn/operators/model.ts';
import type { HardwareReport, ReportRow } from './report.ts';

/** Names of the blocks as BO-22 and FINN's documentation have them; other nodes keep their type's name. */
const NAMES: { readonly [T in FinnNode['opType']]?: string } = {
  ConvolutionInputGenerator_rtl: 'Sliding window',
  ConvolutionInputGenerator_hls: 'Sliding window',
  MVAU_hls: 'MVAU',
  MVAU_rtl: 'MVAU',
  VVAU_hls: 'VVAU',
  VVAU_rtl: 'VVAU',
  FMPadding_rtl: 'Padding',
  DownSampler_hls: 'Down sampling',
  Thresholding_rtl: 'Thresholds',
  Thresholding_hls: 'Thresholds',
  ChannelwiseOp_hls: 'Scale',
  StreamingMaxPool_hls: 'Max pool',
  Pool_hls: 'Pool',
  LabelSelect_hls: 'Label select',
};

const FOLLOWS: ReadonlySet<FinnNode['opType']> = new Set([
  'Thresholding_rtl',
  'Thresholding_hls',
  'ChannelwiseOp_hls',
]);

/** The nodes of a layer's hardware in the order of the stream: feeders, the unit, thresholds behind it. */
function hardwareOf(unit: LayerUnit, nodes: readonly FinnNode[]): readonly FinnNode[] {
  const chain = [...unit.feeders].reverse().flatMap((at) => nodes[at] ?? []);
  let last = nodes[unit.at];
  while (last) {
    chain.push(last);
    const { name } = last;
    last = nodes.find((node) => FOLLOWS.has(node.opType) && node.predecessors.includes(name));
  }
  return chain;
}

/**
 * PE lanes of SIMD multipliers (BO-22; finn.md sections 3 and 4): MH / PE and MW / SIMD folds of a matrix-vector
 * unit, channels / PE and taps / SIMD of a depthwise one. Nodes that stream have lanes in one direction only.
 */
export function finnAxes(node: FinnNode): readonly EngineAxis[] {
  if (node.opType === 'MVAU_hls' || node.opType === 'MVAU_rtl')
    return [
      axisOf('PE', 'outputs (MH)', node.mh, node.pe),
      axisOf('SIMD', 'inputs (MW)', node.mw, node.simd),
    ];
  if (node.opType === 'VVAU_hls' || node.opType === 'VVAU_rtl')
    return [
      axisOf('PE', 'channels', node.channels, node.pe),
      axisOf('SIMD', 'kernel taps', product(node.kernel), node.simd),
    ];
  if (node.opType === 'LabelSelect_hls') return [axisOf('PE', 'labels', node.labels, node.pe)];
  if ('channels' in node && 'pe' in node) return [axisOf('PE', 'channels', node.channels, node.pe)];
  if ('channels' in node && 'simd' in node) return [axisOf('SIMD', 'channels', node.channels, node.simd)];
  return [];
}

const withStop = (text: string): string => (text.endsWith('.') ? text : `${text}.`);

function sentenceOf(node: FinnNode, chain: readonly FinnNode[], axes: readonly EngineAxis[]): string {
  if (!isWeighted(node)) return 'It multiplies nothing: it passes a stream on.';
  const folds = axes.map(({ count, size, rounds }) => `${count} / ${size} = ${formatInteger(rounds)}`);
  const pixel = axes.reduce((cycles, { rounds }) => cycles * rounds, 1);
  const cells = `PE ${node.pe} × SIMD ${node.simd} = ${formatInteger(node.pe * node.simd)} multipliers`;
  const window = chain.some(({ opType }) => opType.startsWith('ConvolutionInputGenerator'))
    ? ''
    : ' It needs no sliding window.';
  return `${cells} take ${folds.join(' times ')} folds, ${formatInteger(pixel)} cycles a pixel.${window}`;
}

/** The hardware of a FINN row's layer: its sliding window, its PE x SIMD multipliers, its thresholds. */
export function finnEngineView(
  network: Network,
  options: FinnOptions,
  report: HardwareReport,
  row: ReportRow,
): Result<EngineView> {
  const folded = foldNetwork(network, options);
  if (!folded.ok) return folded;
  const { nodes, units } = folded.value;
  const unit = units.find((one) => hardwareOf(one, nodes).some(({ name }) => name === row.id));
  const node = unit ? nodes[unit.at] : nodes.find(({ name }) => name === row.id);
  if (!node) return fail('no-row', `${network.name} has no FINN node ${row.id}; choose another row.`, row.id);
  const chain = unit ? hardwareOf(unit, nodes) : [node];
  const blocks = chain.flatMap((part): EngineBlock[] => {
    const found = report.rows.find(({ id }) => id === part.name);
    if (!found) return [];
    const share = Math.min(1, found.cycles / report.initiationInterval);
    const name = NAMES[part.opType] ?? part.opType;
    return [{ name, detail: withStop(found.boundSentence), share, of: 'frame' }];
  });
  const axes = finnAxes(node);
  const cells = builtCells(axes);
  const shown = report.rows.find(({ id }) => id === node.name) ?? row;
  const steps = axes.reduce((all, { rounds, size }) => all * rounds * size, 1);
  const layer = unit?.layerId ?? row.label;
  return ok({
    title: `${layer}: ${blocks.map(({ name }) => name).join(' → ')}`,
    axes,
    cell: isWeighted(node) ? 'multipliers' : 'lanes',
    multipliers: isWeighted(node) ? cells : 0,
    activeCells: activeCells(axes),
    // Folds divide evenly; where a kept folding does not, the last fold leaves lanes idle.
    busyShare: axes.length > 0 ? axes.reduce((all, { count }) => all * count, 1) / steps : 0,
    blocks,
    sentence: `${sentenceOf(node, chain, axes)} ${scheduleSentence(report, shown)}`,
  });
}

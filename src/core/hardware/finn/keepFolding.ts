import type { NodeSetting } from '../../exploration/design.ts';
import type { Violation } from '../report.ts';
import { legalParallelism, nearestLegal, simdLimitOf } from './folding.ts';
import { isWeighted } from './layerUnits.ts';
import type { FinnNode } from './nodes.ts';

/** PE and SIMD as far as the node has them. */
const parallelismOf = (node: FinnNode): { readonly pe?: number; readonly simd?: number } => ({
  ...('pe' in node ? { pe: node.pe } : {}),
  ...('simd' in node ? { simd: node.simd } : {}),
});

function keep(node: FinnNode, like: FinnNode): FinnNode {
  const legal = legalParallelism(node);
  const wish = parallelismOf(like);
  const kept: { pe?: number; simd?: number; parallelWindow?: boolean } = {};
  if (wish.pe !== undefined && legal.pe.length > 0) kept.pe = nearestLegal(legal.pe, wish.pe);
  if (wish.simd !== undefined && legal.simd.length > 0) {
    const generated = legal.simd.filter((simd) => simd >= simdLimitOf(node));
    kept.simd = nearestLegal(generated.length > 0 ? generated : legal.simd, wish.simd);
  }
  // A depthwise unit folds its kernel only once all channels are parallel (finn.md, section 7).
  const depthwise = node.opType === 'VVAU_hls' || node.opType === 'VVAU_rtl';
  if (depthwise && kept.pe !== node.channels) kept.simd = 1;
  if ('parallelWindow' in node && 'parallelWindow' in like) {
    kept.parallelWindow = like.parallelWindow && (node.depthwise || kept.simd === node.channels);
  }
  return { ...node, ...kept };
}

function judge(node: FinnNode, like: FinnNode): Violation | null {
  const [was, is] = [parallelismOf(like), parallelismOf(node)];
  const layerId = node.layerIds[0];
  if (!isWeighted(node) || layerId === undefined || (was.pe === is.pe && was.simd === is.simd)) return null;
  const parts = [
    was.pe === is.pe ? '' : `PE ${was.pe} no longer divides its outputs, ${is.pe} is used`,
    was.simd === is.simd ? '' : `SIMD ${was.simd} no longer divides its inputs, ${is.simd} is used`,
  ].filter(Boolean);
  return {
    code: 'finn-folding-adjusted',
    message: `${layerId} can't keep its folding at this width: ${parts.join(', ')}. Keep a multiple that both divide.`,
    layerIds: [layerId],
  };
}

/**
 * The same hardware for a network that pruning made narrower: every node keeps its PE and SIMD, or the nearest
 * smaller ones that still divide its widths. Nodes are told by their names, which pruning does not change.
 */
export function keepFolding(
  nodes: readonly FinnNode[],
  like: readonly FinnNode[],
): { readonly nodes: readonly FinnNode[]; readonly violations: readonly Violation[] } {
  const byName = new Map(like.map((node) => [node.name, node]));
  const violations: Violation[] = [];
  const kept = nodes.map((node) => {
    const model = byName.get(node.name);
    if (!model) return node;
    const folded = keep(node, model);
    const violation = judge(folded, model);
    if (violation) violations.push(violation);
    return folded;
  });
  coupleWindows(kept);
  return { nodes: kept, violations };
}

/** Attributes by which a node is built and which change no cycles. */
const STYLES = ['memMode', 'ramStyle', 'resType'] as const;

/** A node with the memories and multipliers of a setting, as far as it has such attributes. */
export function withStyles(node: FinnNode, setting: NodeSetting): FinnNode {
  const styles: Record<string, string> = {};
  for (const key of STYLES) if (key in node && setting[key] !== undefined) styles[key] = setting[key];
  return { ...node, ...styles } as FinnNode;
}

function judgeSetting(node: FinnNode, setting: NodeSetting): Violation | null {
  const taken = parallelismOf(node);
  const parts = (['pe', 'simd'] as const).flatMap((key) => {
    const [wish, is] = [setting[key], taken[key]];
    if (wish === undefined || wish === is) return [];
    return is === undefined
      ? [`it has no ${key.toUpperCase()}`]
      : [`${key.toUpperCase()} ${wish} is not possible, ${is} is used`];
  });
  if (parts.length === 0) return null;
  const message = `The setting of ${node.name} does not fit: ${parts.join(', ')}.`;
  return { code: 'finn-folding-adjusted', message, layerIds: node.layerIds.slice(0, 1) };
}

const NONE: ReadonlySet<string> = new Set();

/** Applies settings by node name; each is reduced to the nearest legal values, and said so. */
export function applySettings(
  unfolded: readonly FinnNode[],
  settings: Readonly<Record<string, NodeSetting>>,
): {
  readonly nodes: readonly FinnNode[];
  readonly fixed: ReadonlySet<string>;
  readonly violations: readonly Violation[];
} {
  const wishes = Object.entries(settings);
  if (wishes.length === 0) return { nodes: unfolded, fixed: NONE, violations: [] };
  const nodes = [...unfolded];
  const index = new Map(nodes.map((node, at) => [node.name, at]));
  const fixed = new Set<string>();
  const violations: Violation[] = [];
  for (const [name, setting] of wishes) {
    const at = index.get(name) ?? -1;
    const node = nodes[at];
    if (!node) {
      const message = `There is a setting for ${name}, which is no node of this network; fold anew, or remove it.`;
      violations.push({ code: 'finn-folding-unused', message, layerIds: [] });
      continue;
    }
    const wish = { ...node, ...setting } as FinnNode;
    const folded = withStyles(keep(node, wish), setting);
    const violation = judgeSetting(folded, setting);
    if (violation) violations.push(violation);
    nodes[at] = folded;
    // Memories alone leave the folding to SetFolding.
    if (setting.pe !== undefined || setting.simd !== undefined || setting.parallelWindow !== undefined)
      fixed.add(name);
  }
  return { nodes, fixed, violations };
}

/** A depthwise sliding window runs at its consumer's PE, whatever became of that. */
function coupleWindows(nodes: FinnNode[]): void {
  const index = new Map(nodes.map((node, at) => [node.name, at]));
  for (const consumer of nodes) {
    if (!('pe' in consumer)) continue;
    for (const name of consumer.predecessors) {
      const at = index.get(name) ?? -1;
      const window = nodes[at];
      if (window && 'depthwise' in window && window.depthwise) nodes[at] = { ...window, simd: consumer.pe };
    }
  }
}

import type { NodeSetting } from '../../core/exploration/design.ts';
import type { FinnNode, SlidingWindowNode } from '../../core/hardware/finn/nodes.ts';

type Settings = Readonly<Record<string, NodeSetting>>;

const isWindow = (node: FinnNode | undefined): node is SlidingWindowNode =>
  node?.opType === 'ConvolutionInputGenerator_rtl' || node?.opType === 'ConvolutionInputGenerator_hls';

function parallelWindowNote(window: SlidingWindowNode, wish: NodeSetting): string | null {
  const { parallelWindow = window.parallelWindow, simd = window.simd } = wish;
  const [kh, kw] = window.kernel;
  if (!parallelWindow || window.depthwise || simd === window.channels || kh * kw === 1) return null;
  return `parallel_window 1 of ${window.name} needs SIMD ${window.channels}, all channels, and its SIMD is ${simd}; choose that, or 0. 0 is used.`;
}

/** A depthwise window and what reads it: told only where the file sets both, as else the folding couples them. */
function pairNotes(
  window: SlidingWindowNode,
  wish: NodeSetting,
  consumer: FinnNode,
  read: NodeSetting,
): string[] {
  const notes: string[] = [];
  if (wish.simd !== undefined && read.pe !== undefined && wish.simd !== read.pe)
    notes.push(
      `SIMD ${wish.simd} of ${window.name} and PE ${read.pe} of ${consumer.name}, which reads it, must be equal; FINN can't build them apart.`,
    );
  if ((read.simd ?? 1) > 1 && wish.parallelWindow === false)
    notes.push(
      `SIMD ${read.simd} of ${consumer.name} needs parallel_window 1 of ${window.name}; set it, or SIMD to 1.`,
    );
  return notes;
}

/**
 * Combinations of a sliding window's attributes with its consumer's that code generation refuses and FINN does not check
 * when it reads a configuration (finn.md, sections 5.1 and 7): a sentence each.
 */
export function coupledWindowNotes(nodes: readonly FinnNode[], settings: Settings): readonly string[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const wishOf = ({ name }: FinnNode): NodeSetting | undefined =>
    Object.hasOwn(settings, name) ? settings[name] : undefined;
  return nodes.flatMap((node) => {
    const wish = wishOf(node);
    if (!wish) return [];
    if (isWindow(node)) return parallelWindowNote(node, wish) ?? [];
    return node.predecessors.flatMap((name) => {
      const window = byName.get(name);
      if (!isWindow(window) || !window.depthwise) return [];
      return pairNotes(window, wishOf(window) ?? {}, node, wish);
    });
  });
}

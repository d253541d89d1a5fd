import type { GraphLayout } from './graphLayout.ts';
import type { GraphNode } from './graphModel.ts';

const sameIds = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((id, i) => id === b[i]);

/** Whether two lists of layers are laid out alike: they differ in notes, shares and faults at most. */
export const samePlaces = (before: readonly GraphNode[], after: readonly GraphNode[]): boolean =>
  before.length === after.length &&
  before.every((old, i) => {
    const node = after[i] as GraphNode;
    return (
      old.id === node.id &&
      old.kind === node.kind &&
      old.label === node.label &&
      old.height === node.height &&
      old.width === node.width &&
      old.channels === node.channels &&
      old.block === node.block &&
      sameIds(old.inputs, node.inputs)
    );
  });

/** The same places for layers of which other things are known now. */
export function withNodes(layout: GraphLayout, nodes: readonly GraphNode[]): GraphLayout {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  return {
    ...layout,
    nodes: layout.nodes.map((placed) => ({ ...placed, node: byId.get(placed.node.id) ?? placed.node })),
  };
}

import { fail, ok, type Result } from '../../core/result.ts';
import type { GraphMessage, NodeMessage } from './messages.ts';
import { describeNode } from './nodeReader.ts';

/** The nodes that the outputs depend on, each after what it reads; in the file's order where that is one. */
export function orderedNodes(graph: GraphMessage): Result<readonly NodeMessage[]> {
  const makers = new Map<string, NodeMessage>();
  for (const node of graph.node)
    for (const output of node.output) {
      if (output === '') continue;
      const other = makers.get(output);
      if (other)
        return fail(
          'onnx-graph',
          `${describeNode(other)} and ${describeNode(node)} both write ${output}; the file is damaged.`,
          output,
        );
      makers.set(output, node);
    }
  const sources = (node: NodeMessage) =>
    node.input.flatMap((name) => {
      const maker = makers.get(name);
      return maker ? [maker] : [];
    });

  const needed = new Set<NodeMessage>();
  const waiting = graph.output.flatMap(({ name }) => makers.get(name) ?? []);
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (needed.has(node)) continue;
    needed.add(node);
    waiting.push(...sources(node));
  }

  const done = new Set<NodeMessage>();
  const open = new Set<NodeMessage>();
  for (const start of graph.node) {
    if (!needed.has(start)) continue;
    // A stack of our own: a deep graph must not exhaust the engine's.
    const stack = [start];
    for (let node = stack.at(-1); node; node = stack.at(-1)) {
      if (done.has(node)) {
        stack.pop();
        continue;
      }
      const missing = sources(node).filter((source) => !done.has(source));
      if (missing.length === 0) {
        done.add(node);
        open.delete(node);
        stack.pop();
        continue;
      }
      open.add(node);
      const circular = missing.find((source) => open.has(source));
      if (circular)
        return fail(
          'onnx-cycle',
          `${describeNode(node)} reads ${describeNode(circular)}, which depends on it; a network must not be circular.`,
          node.name,
        );
      stack.push(...missing);
    }
  }
  return ok([...done]);
}

/** How often each tensor is read, outputs of the graph included. */
export function tensorUses(nodes: readonly NodeMessage[], graph: GraphMessage): ReadonlyMap<string, number> {
  const uses = new Map<string, number>();
  const names = [...nodes.flatMap(({ input }) => input), ...graph.output.map(({ name }) => name)];
  for (const name of names) uses.set(name, (uses.get(name) ?? 0) + 1);
  return uses;
}

import type { GraphLayout, PlacedEdge, PlacedNode } from './graphLayout.ts';
import type { SelectMode } from './graphModel.ts';

/** What a key asks of the graph. */
export type GraphCommand =
  | { readonly do: 'focus'; readonly id: string; readonly range: boolean }
  | { readonly do: 'select'; readonly id: string; readonly mode: SelectMode }
  | { readonly do: 'insert'; readonly from: string; readonly to: string };

export type Pressed = Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey'>;

/** Shift reaches on from the main selection, Ctrl (Command) adds or removes one. */
export const modeOf = ({ shiftKey, ctrlKey, metaKey }: Omit<Pressed, 'key' | 'altKey'>): SelectMode =>
  shiftKey ? 'range' : ctrlKey || metaKey ? 'toggle' : 'one';

const middleX = ({ box }: PlacedNode): number => box.x + box.width / 2;
const middleY = ({ box }: PlacedNode): number => box.y + box.height / 2;

/** Of several, the one in the same lane, or else the first. */
function along(
  from: PlacedNode,
  ids: readonly string[],
  byId: ReadonlyMap<string, PlacedNode>,
): PlacedNode | null {
  const nodes = ids.flatMap((id) => byId.get(id) ?? []);
  const ahead = nodes.find((node) => Math.abs(middleY(node) - middleY(from)) < 1);
  return ahead ?? nodes[0] ?? null;
}

/** In the nearest lane that has something about above (or below); what lies far aside counts as far. */
function acrossLanes(from: PlacedNode, nodes: readonly PlacedNode[], direction: 1 | -1): PlacedNode | null {
  let [best, least] = [null as PlacedNode | null, Number.POSITIVE_INFINITY];
  for (const node of nodes) {
    const down = (middleY(node) - middleY(from)) * direction;
    if (down < 1) continue;
    const aside = Math.abs(middleX(node) - middleX(from));
    const distance = down + 3 * aside;
    if (distance < least) [best, least] = [node, distance];
  }
  return best;
}

/** Where an arrow key, Home or End leads from a layer: along the connections, or from lane to lane. Null: nowhere. */
export function neighborOf({ nodes, edges }: GraphLayout, id: string, key: string): string | null {
  const byId = new Map(nodes.map((node) => [node.node.id, node]));
  const from = byId.get(id);
  if (!from) return null;
  const ends = (mine: 'from' | 'to', other: 'from' | 'to') =>
    edges.flatMap((edge) => (edge[mine] === id ? [edge[other]] : []));
  const targets: Record<string, () => PlacedNode | null> = {
    ArrowRight: () => along(from, ends('from', 'to'), byId),
    ArrowLeft: () => along(from, ends('to', 'from'), byId),
    ArrowUp: () => acrossLanes(from, nodes, -1),
    ArrowDown: () => acrossLanes(from, nodes, 1),
    Home: () => nodes[0] ?? null,
    End: () => nodes.at(-1) ?? null,
  };
  return targets[key]?.()?.node.id ?? null;
}

/** The connection behind a layer: the next one if one of its own is chosen already, so that a key goes through all. */
export function edgeAfter({ edges }: GraphLayout, id: string, insertAt: string | null): PlacedEdge | null {
  const mine = edges.filter((edge) => edge.from === id);
  const at = mine.findIndex((edge) => edge.key === insertAt);
  return mine[(at + 1) % mine.length] ?? null;
}

/** What a key means on a focused layer; null where the graph has no use for it. */
export function commandOf(
  pressed: Pressed,
  id: string,
  layout: GraphLayout,
  insertAt: string | null,
): GraphCommand | null {
  const { key, altKey, ctrlKey, metaKey, shiftKey } = pressed;
  if (altKey) return null;
  if (key === 'Enter' || key === ' ') return { do: 'select', id, mode: modeOf(pressed) };
  if (ctrlKey || metaKey) return null;
  if (key === 'i' || key === 'I') {
    const edge = edgeAfter(layout, id, insertAt);
    return edge && { do: 'insert', from: edge.from, to: edge.to };
  }
  const target = neighborOf(layout, id, key);
  return target === null ? null : { do: 'focus', id: target, range: shiftKey };
}

/** Whether layers may be dropped on a connection where nothing else is said: none of them is one of its ends. */
export const isElsewhere = (ids: readonly string[], from: string, to: string): boolean =>
  !ids.includes(from) && !ids.includes(to);

/** The connection whose sign is nearest to a point, within a reach in pixels. */
export function nearestEdge(
  edges: readonly PlacedEdge[],
  point: { readonly x: number; readonly y: number },
  reach: number,
): PlacedEdge | null {
  let [best, least] = [null as PlacedEdge | null, reach];
  for (const edge of edges) {
    const distance = Math.hypot(edge.plus.x - point.x, edge.plus.y - point.y);
    if (distance <= least) [best, least] = [edge, distance];
  }
  return best;
}

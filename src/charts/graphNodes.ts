import type { EnterElement, Selection } from 'd3';
import { put, putText } from './frame.ts';
import type { PlacedNode } from './graphLayout.ts';
import { nameOf } from './graphModel.ts';
import { faultSign, markOf, shapeOf } from './graphShapes.ts';

export type Nodes = Selection<SVGGElement, PlacedNode, SVGGElement, unknown>;

/** Elements are kept while a layer keeps its kind and its role. */
export const nodeKey = ({ node, role }: PlacedNode): string => `${role} ${node.kind} ${node.id}`;

const TAGS = {
  hit: 'rect',
  shape: 'path',
  mark: 'path',
  'share-track': 'path',
  share: 'path',
  'fault-sign': 'path',
  'node-label': 'text',
  'node-detail': 'text',
} as const;

type Part = keyof typeof TAGS;

const parts = new WeakMap<Element, Map<Part, SVGElement>>();

export function addNode(enter: Selection<EnterElement, PlacedNode, SVGGElement, unknown>): Nodes {
  return enter
    .append('g')
    .attr('role', 'option')
    .attr('data-item', '')
    .attr('data-id', (placed) => placed.node.id)
    .attr('tabindex', -1);
}

/** One element of a layer, made when it is first needed and removed when it no longer is. */
function part(parent: Element, name: Part, needed: boolean): SVGElement | null {
  const mine = parts.get(parent) ?? new Map<Part, SVGElement>();
  parts.set(parent, mine);
  const found = mine.get(name);
  if (!needed) {
    found?.remove();
    mine.delete(name);
    return null;
  }
  if (found) return found;
  const made = document.createElementNS('http://www.w3.org/2000/svg', TAGS[name]);
  made.setAttribute('class', name);
  mine.set(name, made);
  parent.append(made);
  return made;
}

function putPath(parent: Element, name: Part, d: string): void {
  const path = part(parent, name, d !== '');
  if (path) put(path, 'd', d);
}

export interface ShareScale {
  /** The share that fills a whole bar, and the length of that in pixels. */
  readonly most: number;
  readonly length: number;
}

/** Brings the elements of one layer to their place. */
export function placeNode(element: SVGGElement, placed: PlacedNode, scale: ShareScale): void {
  const { node, role, box, center, label, detail } = placed;
  const { width: w, height: h } = box;
  put(element, 'transform', `translate(${box.x.toFixed(1)},${box.y.toFixed(1)})`);
  const hit = part(element, 'hit', role !== 'bar');
  if (hit) {
    put(hit, 'x', -3);
    put(hit, 'y', -4);
    put(hit, 'width', w + 6);
    put(hit, 'height', h + 8 + (label ? 15 : 0) + (detail ? 13 : 0));
  }
  putPath(element, 'shape', shapeOf(placed));
  putPath(element, 'mark', markOf(placed));
  const share = role === 'box' && scale.most > 0 ? (node.share ?? null) : null;
  const start = `M${(center - box.x - scale.length / 2).toFixed(1)},${(h + 5).toFixed(1)}h`;
  const filled = share === null ? 0 : (scale.length * share) / scale.most;
  putPath(element, 'share-track', share === null ? '' : start + scale.length.toFixed(1));
  putPath(element, 'share', filled > 0 ? start + Math.max(1, filled).toFixed(1) : '');
  putPath(element, 'fault-sign', node.fault ? faultSign(w) : '');
  const first = h + (scale.most > 0 ? 20 : 13);
  for (const [name, text, y] of [
    ['node-label', label, first],
    ['node-detail', detail, first + 13],
  ] as const) {
    const line = part(element, name, text !== '');
    if (!line) continue;
    putText(line, text);
    put(line, 'x', (center - box.x).toFixed(1));
    put(line, 'y', y.toFixed(1));
  }
}

export interface NodeState {
  readonly selected: boolean;
  readonly main: boolean;
  readonly marked: boolean;
}

/** What changes without a new place: selection, and the mark of a hovered layer. */
export function stateNode(element: SVGGElement, { node, role }: PlacedNode, state: NodeState): void {
  const names = [
    `node is-${role} kind-${node.kind}`,
    ...(state.selected ? ['is-selected'] : []),
    ...(state.main ? ['is-main'] : []),
    ...(state.marked ? ['is-marked'] : []),
    ...(node.fault ? ['has-fault'] : []),
  ];
  const dragged = element.classList.contains('is-dragged') ? ' is-dragged' : '';
  put(element, 'class', names.join(' ') + dragged);
  put(element, 'aria-selected', String(state.selected));
  put(element, 'aria-label', nameOf(node, state.selected));
}

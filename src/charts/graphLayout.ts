import { type Box, overlaps } from './dodge.ts';
import { type Column, columnsOf, fittingScale, SMALLEST_SCALE } from './graphColumns.ts';
import { lanesOf, skipsOf } from './graphLanes.ts';
import {
  edgeKey,
  type GraphData,
  type GraphNode,
  isBar,
  type JoinKind,
  joinOf,
  sizeText,
} from './graphModel.ts';
import { branchOff, mergeInto, type Route, skipOver, straight } from './graphRoutes.ts';
import { type GraphUnits, graphUnits, isGate } from './graphUnits.ts';
import { textWidth } from './text.ts';

export interface PlacedNode {
  readonly node: GraphNode;
  readonly role: 'box' | 'bar' | 'join';
  readonly box: Box;
  /** The layer of which this bar is a part, or the layer itself. */
  readonly head: string;
  /** Middle of the layer with its bars: its texts are centered there. */
  readonly center: number;
  /** Texts below the box, empty where they don't fit. */
  readonly label: string;
  readonly detail: string;
}

export interface PlacedEdge extends Route {
  readonly key: string;
  readonly from: string;
  readonly to: string;
  /** `seam`: between a layer and its bar, where nothing is drawn. */
  readonly kind: 'flow' | 'seam' | 'gate' | JoinKind;
}

export interface PlacedBlock {
  readonly name: string;
  readonly box: Box;
  /** Empty where it doesn't fit. */
  readonly label: string;
}

export interface GraphLayout {
  readonly width: number;
  readonly height: number;
  readonly scale: number;
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
  readonly blocks: readonly PlacedBlock[];
  /** Full length of the bars of the shares. */
  readonly shareLength: number;
}

export interface GraphRoom {
  readonly width: number;
  readonly height: number;
  readonly zoom: number;
  readonly fit: boolean;
}

const MARGIN = 8;
/** At the top there is room for a sign above a box. */
const HEAD = 18;
const LARGEST_MAP = 150;
const SMALLEST_MAP = 26;
const LINE = 13;
const SHARE = 7;
/** Behind a unit and its label, before the next one begins. */
const TAP = 5;

/** The tallest map that fits the height; the smallest one where none does, and the drawing is taller. */
function fittingLanes(height: number, lanesAt: (tallest: number) => { top: number; bottom: number }): number {
  const fits = (tallest: number) => {
    const { top, bottom } = lanesAt(tallest);
    return bottom - top <= height;
  };
  let [low, high] = [SMALLEST_MAP, LARGEST_MAP];
  if (fits(high)) return high;
  for (let i = 0; i < 5; i++) {
    const middle = (low + high) / 2;
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/**
 * Lays a network out from left to right: a straight main path, other branches in lanes above and below, skips over
 * the top. No two boxes overlap and every edge goes right. The drawing is at least as high as the room.
 */
export function graphLayout(data: Pick<GraphData, 'nodes'>, room: GraphRoom): GraphLayout {
  const graph = graphUnits(data.nodes);
  const wished = room.fit ? fittingScale(graph, room.width) * room.zoom : room.zoom;
  const scale = Math.min(4, Math.max(SMALLEST_SCALE, wished));
  const { columns, width } = columnsOf(graph, scale);
  const skips = skipsOf(graph);
  const blocks = data.nodes.some((node) => node.block);
  const lines = scale < 1.3 ? LINE : 2 * LINE;
  const text = lines + SHARE + 2;
  const join = 18 * Math.max(0.7, Math.min(1, scale));
  const head = HEAD + (blocks ? LINE : 0);
  const free = room.height - head - MARGIN;
  const at = (tallest: number) => lanesOf(graph, columns, skips, { tallest, text, join });
  const lanes = at(fittingLanes(free, at));
  const needed = lanes.bottom - lanes.top;
  const shift = head - lanes.top + Math.max(0, (free - needed) / 2);
  const nodes: PlacedNode[] = [];
  const placed: PlacedNode[][] = graph.units.map((unit, u) => {
    const first = unit.nodes[0] as GraphNode;
    const { x, slot } = columns[u] ?? { x: 0, slot: 0 };
    const center = x + slot / 2;
    const mine = unit.nodes.map((node, i): PlacedNode => {
      const part = columns[u]?.parts[i] ?? { x: 0, width: 0 };
      const height = lanes.heights[u]?.[i] ?? 0;
      const role = joinOf(node) ? 'join' : isBar(node) ? 'bar' : 'box';
      const box = { ...part, y: shift + (lanes.ys[u] ?? 0) - height / 2, height };
      return { node, role, box, head: first.id, center, label: '', detail: '' };
    });
    nodes.push(...mine);
    return mine;
  });
  const labelled = new Map(labelsOf(graph, placed, lines));
  const byId = new Map(nodes.map((node) => [node.node.id, { ...node, ...labelled.get(node.node.id) }]));
  return {
    width,
    height: Math.max(room.height, needed + head + MARGIN),
    scale,
    nodes: data.nodes.flatMap((node) => byId.get(node.id) ?? []),
    edges: edgesOf(
      graph,
      columns,
      placed,
      skips.map((skip, i) => [`${skip.from} ${skip.to}`, shift + (lanes.levels[i] ?? 0)]),
    ),
    blocks: blocks ? blocksOf(nodes, text) : [],
    shareLength: Math.max(10, Math.min(36, 24 * scale)),
  };
}

/** Label and size below each unit, where they cover neither a box nor a text of the same lane. */
function labelsOf(graph: GraphUnits, placed: readonly PlacedNode[][], lines: number) {
  const ends = new Map<number, number>();
  const boxes = placed.flatMap((unit) => unit.map(({ box }) => box));
  return graph.units.flatMap((_, u): [string, { label: string; detail: string }][] => {
    const first = placed[u]?.[0];
    if (!first || first.role === 'join') return [];
    const { box, center, node } = first;
    const lane = Math.round(box.y + box.height / 2);
    const below = { y: box.y + box.height + 4, height: lines };
    const fits = (text: string) => {
      const half = textWidth(text, true) / 2;
      const room = { ...below, x: center - half, width: 2 * half };
      return room.x >= (ends.get(lane) ?? 0) + 3 && !boxes.some((other) => overlaps(room, other));
    };
    const label = fits(node.label) ? node.label : '';
    const details = lines > LINE && label ? [sizeText(node), `${node.channels} ch`] : [];
    const detail = details.find(fits) ?? '';
    const half = Math.max(textWidth(label, true), textWidth(detail, true)) / 2;
    if (label) ends.set(lane, center + half);
    return [[node.id, { label, detail }]];
  });
}

function edgesOf(
  graph: GraphUnits,
  columns: readonly Column[],
  placed: readonly PlacedNode[][],
  skips: readonly (readonly [string, number])[],
): PlacedEdge[] {
  const levels = new Map(skips);
  const firstOf = new Map(graph.chains.map(({ units, entry }) => [units[0], entry]));
  return graph.units.flatMap((unit, u): PlacedEdge[] => {
    const [mine, first] = [placed[u] ?? [], placed[u]?.[0]];
    if (!first) return [];
    const seams = mine.slice(1).map((bar, i): PlacedEdge => {
      const [from, to] = [mine[i]?.node.id ?? '', bar.node.id];
      const plus = { x: bar.box.x - 0.5, y: bar.box.y - 9 };
      return { key: edgeKey(from, to), from, to, kind: 'seam', path: '', plus };
    });
    const { box } = first;
    const to = { x: box.x, y: box.y + box.height / 2 };
    const center = { x: box.x + box.width / 2, y: to.y };
    const edges = unit.sources.flatMap((source): PlacedEdge[] => {
      const last = placed[source]?.at(-1);
      if (!last) return [];
      const from = { x: last.box.x + last.box.width, y: last.box.y + last.box.height / 2 };
      const { x, slot } = columns[source] ?? { x: 0, slot: 0 };
      const tap = x + slot + TAP;
      const level = levels.get(`${source} ${u}`);
      const join = joinOf(first.node);
      const ahead = level === undefined && Math.abs(from.y - to.y) < 0.5;
      const off = firstOf.get(u) === source || !join;
      const radius = box.height / 2;
      let route = off ? branchOff(from, tap, to) : mergeInto(from, center, radius);
      if (ahead) route = straight(from, to);
      if (level !== undefined) route = skipOver(from, tap, level, center, radius);
      const ids = { from: last.node.id, to: first.node.id };
      const gate = isGate(graph.units[source] as GraphUnits['units'][number], unit);
      // The straight way into an addition is no residual: only what comes from another lane is.
      const kind = gate ? 'gate' : join === 'add' && ahead ? 'flow' : (join ?? 'flow');
      return [
        { ...ids, key: edgeKey(ids.from, ids.to), kind: kind === 'multiply' ? 'flow' : kind, ...route },
      ];
    });
    return [...seams, ...edges];
  });
}

/** A common ground below the layers of a block that follow each other. */
function blocksOf(nodes: readonly PlacedNode[], text: number): PlacedBlock[] {
  const bounds = new Map<string, { left: number; right: number; top: number; bottom: number }>();
  for (const { node, box } of nodes) {
    if (!node.block) continue;
    const old = bounds.get(node.block);
    bounds.set(node.block, {
      left: Math.min(old?.left ?? box.x, box.x),
      right: Math.max(old?.right ?? 0, box.x + box.width),
      top: Math.min(old?.top ?? box.y, box.y),
      bottom: Math.max(old?.bottom ?? 0, box.y + box.height + text),
    });
  }
  let end = 0;
  return [...bounds].map(([name, { left, right, top, bottom }]) => {
    const box = { x: left - 5, y: top - 5, width: right - left + 10, height: bottom - top + 8 };
    const fits = box.x >= end && textWidth(name) <= box.width;
    if (fits) end = box.x + textWidth(name) + 4;
    return { name, box, label: fits ? name : '' };
  });
}

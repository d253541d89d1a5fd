import type { LayerId, LayerKind } from '../core/network/network.ts';
import type { ChartOptions, Table } from './types.ts';

/** One layer of the network as the graph draws it. */
export interface GraphNode {
  readonly id: LayerId;
  readonly kind: LayerKind;
  readonly label: string;
  /** Pixels of the output map. */
  readonly height: number;
  readonly width: number;
  /** Channels of the output map. */
  readonly channels: number;
  readonly inputs: readonly LayerId[];
  /** One more line for the tooltip and the accessible name: "432 MACs". */
  readonly note?: string;
  /** 0..1: the part of the network's time, or of its MACs, that this layer takes. */
  readonly share?: number;
  /** Why the layer cannot be as it is; marked with a sign. */
  readonly fault?: string;
  /** The name of the block it belongs to: layers of one name lie on a common ground. */
  readonly block?: string;
}

export interface GraphData {
  /** In topological order: inputs that do not come before their reader are not drawn. */
  readonly nodes: readonly GraphNode[];
  /** In any order, but the last one is the main one. */
  readonly selected: readonly LayerId[];
  /** Where the next layer goes, as `edgeKey` writes it; null where that is not said. */
  readonly insertAt: string | null;
}

/** `one` replaces the selection, `toggle` adds or removes, `range` reaches from the main one to this one. */
export type SelectMode = 'one' | 'toggle' | 'range';

export interface GraphOptions extends ChartOptions {
  readonly onSelect?: (id: LayerId, extend: SelectMode) => void;
  /** The user picks the connection from one layer to the other, to insert there. */
  readonly onEdge?: (from: LayerId, to: LayerId) => void;
  /** Layers are dropped on a connection; without it nothing can be dragged. With a mouse or a pen only. */
  readonly onMove?: (ids: readonly LayerId[], from: LayerId, to: LayerId) => void;
  /** Whether these layers may be dropped there; by default any connection that none of them has. */
  readonly canMove?: (ids: readonly LayerId[], from: LayerId, to: LayerId) => boolean;
  /** Sees each key before the graph does; true (or `preventDefault`) keeps it from the graph. */
  readonly onKey?: (event: KeyboardEvent, focusedId: LayerId) => boolean | undefined;
  /** Scale of widths and distances; 1 by default. The height follows the frame. */
  readonly zoom?: number;
  /** Chooses the scale so that the width fits the frame, down to a smallest one; `zoom` multiplies it. */
  readonly fit?: boolean;
}

/** For the chart's subtitle: what the eye reads off the drawing. */
export const GRAPH_SCALE =
  'height = pixels, width = channels (both as square roots); attached bars: hollow = normalization, solid = activation; thick line = residual, dashed = concatenation, dotted = gate';

/** Names the connection from one layer to another. */
export const edgeKey = (from: LayerId, to: LayerId): string => `${from}>${to}`;

export type JoinKind = 'add' | 'concat' | 'multiply';

export const joinOf = ({ kind }: GraphNode): JoinKind | null =>
  kind === 'add' || kind === 'concat' || kind === 'multiply' ? kind : null;

const BARS: ReadonlySet<LayerKind> = new Set([
  'batchNorm',
  'l2Normalize',
  'channelShuffle',
  'relu',
  'relu6',
  'leakyRelu',
  'sigmoid',
  'tanh',
  'hardSigmoid',
  'hardSwish',
  'softmax',
  'dropout',
  'flatten',
]);

/** Layers that change values or their order, never the count of them: thin bars on the layer they follow. */
export const isBar = ({ kind }: GraphNode): boolean => BARS.has(kind);

export const sizeText = ({ height, width, channels }: GraphNode): string => `${height}x${width}x${channels}`;

const percent = (share: number): string => `${(share * 100).toFixed(1)} % of the whole`;

/** What is known of a layer, in the order of its accessible name. */
export function linesOf(node: GraphNode): string[] {
  return [
    sizeText(node),
    ...(node.note ? [node.note] : []),
    ...(node.share === undefined ? [] : [percent(node.share)]),
    ...(node.block ? [`in ${node.block}`] : []),
    ...(node.fault ? [`Fault: ${node.fault}`] : []),
  ];
}

/** "conv1, conv2d, 32x32x16, 432 MACs, selected" */
export const nameOf = (node: GraphNode, selected: boolean): string =>
  [node.label, node.kind, ...linesOf(node), ...(selected ? ['selected'] : [])].join(', ');

const count = (n: number, one: string, more = `${one}s`): string => `${n} ${n === 1 ? one : more}`;

export function summary({ nodes, selected, insertAt }: GraphData): string {
  if (nodes.length === 0) return 'No layers yet.';
  const read = new Set(nodes.flatMap((node) => node.inputs));
  const joins = (kind: JoinKind) => nodes.filter((node) => node.kind === kind).length;
  const outputs = nodes.filter((node) => !read.has(node.id)).length;
  const widest = nodes.reduce((best, node) => (node.channels > best.channels ? node : best));
  const costly = nodes.reduce((best, node) => ((node.share ?? 0) > (best.share ?? 0) ? node : best));
  const faults = nodes.filter((node) => node.fault);
  const labels = new Map(nodes.map((node) => [node.id, node.label]));
  const facts = [
    count(nodes.length, 'layer'),
    ...(joins('add') ? [count(joins('add'), 'residual addition')] : []),
    ...(joins('concat') ? [count(joins('concat'), 'concatenation')] : []),
    ...(joins('multiply') ? [count(joins('multiply'), 'gate')] : []),
    ...(outputs > 1 ? [`${outputs} outputs`] : []),
    `widest ${widest.channels} channels (${widest.label})`,
  ];
  const edge = nodes
    .flatMap((node) => node.inputs.map((from) => [from, node.id] as const))
    .find(([from, to]) => edgeKey(from, to) === insertAt);
  const chosen = selected.flatMap((id) => labels.get(id) ?? []);
  return [
    `${facts.join(', ')}.`,
    ...(costly.share ? [`Most goes to ${costly.label}: ${percent(costly.share)}.`] : []),
    ...faults.map((node) => `Fault in ${node.label}: ${node.fault}`),
    ...(chosen.length ? [`Selected: ${chosen.join(', ')}.`] : []),
    ...(edge
      ? [`The next layer goes between ${labels.get(edge[0]) ?? edge[0]} and ${labels.get(edge[1])}.`]
      : []),
  ].join(' ');
}

export function table({ nodes, selected }: GraphData): Table {
  const chosen = new Set(selected);
  return {
    columns: ['layer', 'kind', 'reads', 'height', 'width', 'channels', 'share', 'note', 'block', 'selected'],
    rows: nodes.map((node) => [
      node.label,
      node.kind,
      node.inputs.join(' '),
      node.height,
      node.width,
      node.channels,
      node.share ?? '',
      [node.note, node.fault && `Fault: ${node.fault}`].filter(Boolean).join('. '),
      node.block ?? '',
      chosen.has(node.id) ? 'yes' : '',
    ]),
  };
}

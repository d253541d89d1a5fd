import type { LayerId, Network } from '../../../network/network.ts';
import type { Device } from '../placement.ts';
import type { Inspection, LayerVerdict } from './inspector.ts';

/** Pixels; the text widths count on a monospaced font of 11 px. */
export const BOX_HEIGHT = 42;
const [PLAIN_GAP, FRAME_GAP] = [26, 58];
const [GUTTER, LANE] = [28, 6];
const [FRAME_SIDE, FRAME_ABOVE, FRAME_BELOW] = [8, 26, 10];

export interface PlacedBox {
  readonly verdict: LayerVerdict;
  readonly x: number;
  readonly y: number;
}

export interface PlacedFrame {
  readonly index: number;
  readonly device: Device;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface InspectionLayout {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly PlacedBox[];
  readonly frames: readonly PlacedFrame[];
  /** The `d` of a path from the lower side of a box to the upper side of another. */
  readonly edges: readonly string[];
}

interface Cell {
  readonly rank: number;
  readonly column: number;
}

interface Edge {
  readonly from: LayerId;
  readonly to: LayerId;
}

/** A subgraph's room in whole ranks and columns. */
interface Block {
  readonly first: number;
  readonly last: number;
  readonly columns: number;
}

function edgesOf(network: Network, known: ReadonlySet<LayerId>): Edge[] {
  return network.layers.flatMap(({ id, inputs }) =>
    known.has(id)
      ? [...new Set(inputs)].filter((from) => known.has(from)).map((from) => ({ from, to: id }))
      : [],
  );
}

/** The longest path from an input to each layer; layers come after all they read. */
function ranksOf(
  layers: readonly LayerVerdict[],
  inputs: ReadonlyMap<LayerId, readonly LayerId[]>,
): ReadonlyMap<LayerId, number> {
  const ranks = new Map<LayerId, number>();
  for (const { layerId } of layers) {
    let rank = 0;
    for (const input of inputs.get(layerId) ?? []) rank = Math.max(rank, (ranks.get(input) ?? -1) + 1);
    ranks.set(layerId, rank);
  }
  return ranks;
}

/** A layer stays in the column of the first layer it reads in its own subgraph, where that is free. */
function columnsWithin(
  layers: readonly LayerVerdict[],
  inputs: ReadonlyMap<LayerId, readonly LayerId[]>,
  ranks: ReadonlyMap<LayerId, number>,
): ReadonlyMap<LayerId, number> {
  const columns = new Map<LayerId, number>();
  const subgraphOf = new Map(layers.map(({ layerId, subgraph }) => [layerId, subgraph]));
  const taken = new Map<string, Set<number>>();
  for (const { layerId, subgraph } of layers) {
    const key = `${subgraph} ${ranks.get(layerId)}`;
    const row = taken.get(key) ?? new Set<number>();
    taken.set(key, row);
    const own = (inputs.get(layerId) ?? []).find((input) => subgraphOf.get(input) === subgraph);
    let column = own === undefined ? 0 : (columns.get(own) ?? 0);
    if (row.has(column)) for (column = 0; row.has(column); column++);
    row.add(column);
    columns.set(layerId, column);
  }
  return columns;
}

function blocksOf(
  layers: readonly LayerVerdict[],
  ranks: ReadonlyMap<LayerId, number>,
  columns: ReadonlyMap<LayerId, number>,
): ReadonlyMap<number, Block> {
  const blocks = new Map<number, Block>();
  for (const { layerId, subgraph } of layers) {
    const [rank, column] = [ranks.get(layerId) ?? 0, columns.get(layerId) ?? 0];
    const so = blocks.get(subgraph) ?? { first: rank, last: rank, columns: 0 };
    blocks.set(subgraph, {
      first: Math.min(so.first, rank),
      last: Math.max(so.last, rank),
      columns: Math.max(so.columns, column + 1),
    });
  }
  return blocks;
}

/** The leftmost column at which each block overlaps no earlier one, so that no frame holds a foreign layer. */
function offsetsOf(blocks: ReadonlyMap<number, Block>): ReadonlyMap<number, number> {
  const taken = new Map<number, [number, number][]>();
  const offsets = new Map<number, number>();
  for (const [subgraph, { first, last, columns }] of blocks) {
    const spans: [number, number][] = [];
    for (let rank = first; rank <= last; rank++) spans.push(...(taken.get(rank) ?? []));
    spans.sort((a, b) => a[0] - b[0]);
    let at = 0;
    for (const [from, to] of spans) if (from < at + columns && at < to) at = to;
    offsets.set(subgraph, at);
    for (let rank = first; rank <= last; rank++) {
      const row = taken.get(rank) ?? [];
      row.push([at, at + columns]);
      taken.set(rank, row);
    }
  }
  return offsets;
}

/** Edges over more than one rank run right of their first box: one lane each, as far as they meet. */
function lanesOf(edges: readonly Edge[], cells: ReadonlyMap<LayerId, Cell>) {
  const rank = (id: LayerId) => cells.get(id)?.rank ?? 0;
  const ends = new Map<number, number[]>();
  const lanes = new Map<Edge, number>();
  const long = edges.filter(({ from, to }) => rank(to) - rank(from) > 1);
  for (const edge of long.sort((a, b) => rank(a.from) - rank(b.from))) {
    const column = cells.get(edge.from)?.column ?? 0;
    const row = ends.get(column) ?? [];
    ends.set(column, row);
    const free = row.findIndex((end) => end <= rank(edge.from));
    const lane = free < 0 ? row.length : free;
    row[lane] = rank(edge.to);
    lanes.set(edge, lane);
  }
  return { lanes, lanesIn: (column: number) => ends.get(column)?.length ?? 0 };
}

/** Where each column and each rank begins, and where the drawing ends. */
function tracks(
  blocks: Iterable<Block>,
  cells: Iterable<Cell>,
  boxWidth: number,
  lanesIn: (c: number) => number,
) {
  let [lastRank, lastColumn] = [0, 0];
  for (const { rank, column } of cells) {
    lastRank = Math.max(lastRank, rank);
    lastColumn = Math.max(lastColumn, column);
  }
  const borders = new Set<number>();
  for (const { first, last } of blocks) borders.add(first).add(last + 1);
  const x: number[] = [20];
  for (let column = 0; column <= lastColumn; column++)
    x.push((x[column] ?? 0) + boxWidth + GUTTER + LANE * lanesIn(column));
  const y: number[] = [0];
  for (let rank = 0; rank <= lastRank; rank++) {
    const gap = borders.has(rank + 1) ? FRAME_GAP : PLAIN_GAP;
    y.push((y[rank] ?? 0) + BOX_HEIGHT + gap);
  }
  return { x: (column: number) => x[column] ?? 0, y: (rank: number) => y[rank] ?? 0, width: x.at(-1) ?? 0 };
}

/**
 * Places the layers of an inspection: rows are ranks by the longest path, branches stand side by side, and each
 * subgraph has a rectangle of its own. No edge crosses a box.
 */
export function layoutInspection(
  { layers, subgraphs }: Pick<Inspection, 'layers' | 'subgraphs'>,
  network: Network,
  boxWidth: number,
  top: number,
): InspectionLayout {
  const inputs = new Map(network.layers.map((layer) => [layer.id, layer.inputs]));
  const ranks = ranksOf(layers, inputs);
  const columns = columnsWithin(layers, inputs, ranks);
  const blocks = blocksOf(layers, ranks, columns);
  const offsets = offsetsOf(blocks);
  const cells = new Map(
    layers.map(({ layerId, subgraph }): [LayerId, Cell] => [
      layerId,
      {
        rank: ranks.get(layerId) ?? 0,
        column: (offsets.get(subgraph) ?? 0) + (columns.get(layerId) ?? 0),
      },
    ]),
  );
  const edges = edgesOf(network, new Set(cells.keys()));
  const { lanes, lanesIn } = lanesOf(edges, cells);
  const track = tracks(blocks.values(), cells.values(), boxWidth, lanesIn);
  const first = top + FRAME_ABOVE;
  const at = (id: LayerId) => {
    const { rank = 0, column = 0 } = cells.get(id) ?? {};
    return { x: track.x(column), y: first + track.y(rank), column };
  };
  const path = (edge: Edge): string => {
    const [from, to] = [at(edge.from), at(edge.to)];
    const [x1, y1, x2, y2] = [from.x + boxWidth / 2, from.y + BOX_HEIGHT, to.x + boxWidth / 2, to.y];
    const lane = lanes.get(edge);
    if (lane === undefined && x1 === x2) return `M${x1},${y1}V${y2}`;
    // A slanted edge is at its column before the row of frame names, so that it strikes none out.
    if (lane === undefined) return `M${x1},${y1}L${x2},${y2 - y1 > PLAIN_GAP ? y2 - FRAME_ABOVE : y2}V${y2}`;
    const side = from.x + boxWidth + FRAME_SIDE + LANE * lane;
    return `M${x1},${y1}V${y1 + 5}H${side}V${y2 - 5}H${x2}V${y2}`;
  };
  const frames = subgraphs.flatMap(({ index, device }): PlacedFrame[] => {
    const block = blocks.get(index);
    if (!block) return [];
    const left = offsets.get(index) ?? 0;
    const [x, y] = [track.x(left) - FRAME_SIDE, first + track.y(block.first) - FRAME_ABOVE];
    const width = track.x(left + block.columns) - FRAME_SIDE - 6 - x;
    const height = first + track.y(block.last) + BOX_HEIGHT + FRAME_BELOW - y;
    return [{ index, device, x, y, width, height }];
  });
  const bottom = frames.reduce((lowest, { y, height }) => Math.max(lowest, y + height), first);
  return {
    width: track.width,
    height: bottom + 12,
    boxes: layers.map((verdict) => ({ verdict, x: at(verdict.layerId).x, y: at(verdict.layerId).y })),
    frames,
    edges: edges.map(path),
  };
}

import { assignRows, type Box } from './dodge.ts';
import { textWidth } from './text.ts';
import type { StripData, StripLayer, Table } from './types.ts';

/** For the chart's subtitle: what the eye reads off a block. */
export const STRIP_SCALE = 'height = pixels, width = channels (both as square roots)';

export type StripJoin = 'add' | 'concat' | 'multiply';

export interface StripBlock {
  readonly layer: StripLayer;
  readonly box: Box;
  /** Width of what is left after pruning. */
  readonly after: number;
  readonly labelRow: number | null;
  readonly join: StripJoin | null;
}

export interface StripEdge {
  readonly key: string;
  readonly path: string;
  readonly join: StripJoin | null;
}

export interface StripLayout {
  readonly width: number;
  readonly blocks: readonly StripBlock[];
  readonly edges: readonly StripEdge[];
  readonly labelTop: number;
}

const JOIN = 18;
const SIDE = 14;
const SMALLEST = 6;

const joinOf = ({ kind }: StripLayer): StripJoin | null =>
  kind === 'add' || kind === 'concat' || kind === 'multiply' ? kind : null;

const isJoin = (layer: StripLayer) => joinOf(layer) !== null;

const blockWidth = (layer: StripLayer, scale: number): number =>
  isJoin(layer) ? JOIN : Math.max(SMALLEST, scale * Math.sqrt(layer.before));

function layOut(layers: readonly StripLayer[], scale: number, gap: number): { xs: number[]; width: number } {
  const xs: number[] = [];
  let x = SIDE;
  for (const layer of layers) {
    xs.push(x);
    x += blockWidth(layer, scale) + gap;
  }
  return { xs, width: x - gap + SIDE };
}

/** The largest scale that fits; below the smallest one the strip scrolls. */
function fitScale(layers: readonly StripLayer[], room: number): { scale: number; gap: number } {
  const least = { scale: 1.1, gap: 11 };
  const fixed = (share: number) => {
    const scale = least.scale + share * 3.4;
    return { scale, gap: Math.min(34, least.gap + share * 30) };
  };
  let [low, high] = [0, 1];
  if (layOut(layers, least.scale, least.gap).width > room) return least;
  for (let i = 0; i < 12; i++) {
    const middle = (low + high) / 2;
    const { scale, gap } = fixed(middle);
    if (layOut(layers, scale, gap).width <= room) low = middle;
    else high = middle;
  }
  return fixed(low);
}

export function stripLayout(data: StripData, room: number, height: number): StripLayout {
  const { layers } = data;
  const { scale, gap } = fitScale(layers, room);
  const { xs, width } = layOut(layers, scale, gap);
  const place = new Map(layers.map((layer, i) => [layer.id, i]));
  const skips = layers.flatMap((layer, i) =>
    layer.inputs.flatMap((id) => {
      const from = place.get(id);
      return from !== undefined && from < i - 1 ? [{ from, to: i, layer }] : [];
    }),
  );
  const spans = layers.map((layer, i) => {
    const middle = (xs[i] ?? 0) + blockWidth(layer, scale) / 2;
    const half = textWidth(layer.label, true) / 2;
    return { from: middle - half, to: middle + half };
  });
  const oneRow = assignRows(spans, 1);
  const rows = oneRow.includes(null) ? assignRows(spans, 2) : oneRow;
  const labelTop = height - (rows.includes(1) ? 20 : 7);
  const arcRoom = skips.length > 0 ? Math.min(26, height * 0.22) : 4;
  const top = arcRoom + 2;
  const bottom = labelTop - 15;
  const middle = (top + bottom) / 2;
  const tallest = Math.max(1, ...layers.map((layer) => layer.height));
  const blocks = layers.map((layer, i): StripBlock => {
    const w = blockWidth(layer, scale);
    const share = Math.sqrt(layer.height / tallest);
    const h = isJoin(layer) ? JOIN : Math.max(SMALLEST, share * (bottom - top));
    return {
      layer,
      box: { x: xs[i] ?? 0, y: middle - h / 2, width: w, height: h },
      after: layer.before > 0 ? Math.max(layer.after > 0 ? 2 : 0, (w * layer.after) / layer.before) : 0,
      labelRow: rows[i] ?? null,
      join: joinOf(layer),
    };
  });
  const edges = layers.slice(1).flatMap((layer, i): StripEdge[] => {
    const [from, to] = [blocks[i], blocks[i + 1]];
    if (!from || !to || !layer.inputs.includes(from.layer.id)) return [];
    return [
      {
        key: `${from.layer.id}>${layer.id}`,
        path: `M${from.box.x + from.box.width},${middle}H${to.box.x}`,
        join: null,
      },
    ];
  });
  for (const { from, to, layer } of skips) {
    const [a, b] = [blocks[from], blocks[to]];
    if (!a || !b) continue;
    const x1 = a.box.x + a.box.width + Math.min(4, gap / 3);
    const x2 = b.box.x + b.box.width / 2;
    const peak = Math.max(3, top - Math.min(arcRoom - 2, 6 + (to - from) * 2.5));
    const bend = Math.min(14, (x2 - x1) / 2);
    edges.push({
      key: `${a.layer.id}>${layer.id}`,
      path: `M${x1},${middle}V${peak + 8}Q${x1},${peak} ${x1 + bend},${peak}H${x2 - bend}Q${x2},${peak} ${x2},${peak + 8}V${b.box.y}`,
      join: joinOf(layer),
    });
  }
  return { width: Math.max(width, Math.min(room, width)), blocks, edges, labelTop };
}

export function summary(data: StripData): string {
  const blocks = data.layers.filter((layer) => !isJoin(layer));
  const less = blocks.filter((layer) => layer.after < layer.before);
  const adds = data.layers.filter((layer) => joinOf(layer) === 'add').length;
  const concats = data.layers.filter((layer) => joinOf(layer) === 'concat').length;
  const selected = data.layers.find((layer) => layer.id === data.selected);
  return [
    `${blocks.length} blocks in the order of the network.`,
    ...(adds > 0 ? [`${adds} residual additions.`] : []),
    ...(concats > 0 ? [`${concats} concatenations.`] : []),
    less.length === 0
      ? 'No block loses channels.'
      : `${less.length} lose channels: ${less.map((layer) => `${layer.label} ${layer.before} to ${layer.after}`).join(', ')}.`,
    ...(selected ? [`Selected: ${selected.label}.`] : []),
  ].join(' ');
}

export function table(data: StripData): Table {
  return {
    columns: ['layer', 'kind', 'height', 'width', 'channels before', 'channels after', 'reads'],
    rows: data.layers.map((layer) => [
      layer.label,
      layer.kind,
      layer.height,
      layer.width,
      layer.before,
      layer.after,
      layer.inputs.join(' '),
    ]),
  };
}

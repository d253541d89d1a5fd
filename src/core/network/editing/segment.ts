import { fail, ok, type Result } from '../../result.ts';
import { consumersOf, type Layer, type LayerId, type Network, outputsOf } from '../network.ts';
import { type Geometry, geometryAt } from '../shapes.ts';

/** Layers with one way in and one way out: what can be moved, copied or bridged as a whole. */
export interface Segment {
  /** In network order. */
  readonly layers: readonly Layer[];
  /** The layer outside that the segment reads. */
  readonly entry: LayerId;
  /** The layer inside whose output leaves it. */
  readonly exit: LayerId;
}

const list = (ids: Iterable<LayerId>) => [...ids].join(', ');

/** The segment that these layers are; a fault where they have several ways in or out. */
export function segmentOf(network: Network, ids: readonly LayerId[]): Result<Segment> {
  const inside = new Set(ids);
  const layers = network.layers.filter(({ id }) => inside.has(id));
  if (layers.length === 0) return fail('no-layers', 'No layer is chosen; choose one or several.');
  const input = layers.find(({ kind }) => kind === 'input');
  if (input)
    return fail(
      'input-stays',
      `${input.id} is the network's input and stays where it is; choose layers behind it.`,
      input.id,
    );
  const entries = new Set(layers.flatMap(({ inputs }) => inputs.filter((id) => !inside.has(id))));
  const consumers = consumersOf(network);
  const leaves = (id: LayerId) => {
    const readers = consumers.get(id) ?? [];
    return readers.length === 0 || readers.some((reader) => !inside.has(reader.id));
  };
  const exits = layers.filter(({ id }) => leaves(id)).map(({ id }) => id);
  const [entry, anotherEntry] = entries;
  const [exit, anotherExit] = exits;
  if (entry === undefined || exit === undefined || anotherEntry !== undefined || anotherExit !== undefined) {
    const ways = anotherEntry !== undefined ? `read ${list(entries)}` : `give ${list(exits)} to others`;
    return fail(
      'no-segment',
      `${list(layers.map(({ id }) => id))} ${ways}; choose layers with one way in and one way out, for example a whole block.`,
      layers[0]?.id,
    );
  }
  return ok({ layers, entry, exit });
}

/** Kinds that belong to the layer before them: what a block drags along. */
const ATTACHED: ReadonlySet<string> = new Set([
  'batchNorm',
  'relu',
  'relu6',
  'leakyRelu',
  'sigmoid',
  'tanh',
  'hardSigmoid',
  'hardSwish',
  'dropout',
  'maxPool',
  'averagePool',
]);

/** The nearest layer that every way from the input to each layer passes. */
function dominators(network: Network): ReadonlyMap<LayerId, LayerId> {
  const place = new Map(network.layers.map(({ id }, i) => [id, i]));
  const nearest = new Map<LayerId, LayerId>();
  const up = (id: LayerId) => nearest.get(id) ?? id;
  for (const { id, inputs } of network.layers) {
    let meeting: LayerId | undefined;
    for (const input of inputs) {
      if (meeting === undefined) {
        meeting = input;
        continue;
      }
      let other = input;
      while (meeting !== other) {
        if ((place.get(meeting) ?? 0) > (place.get(other) ?? 0)) meeting = up(meeting);
        else other = up(other);
      }
    }
    if (meeting !== undefined) nearest.set(id, meeting);
  }
  return nearest;
}

/** What lies between a layer and one that depends on it: every layer on a way from one to the other. */
function between(network: Network, from: LayerId, to: LayerId): Set<LayerId> {
  const after = new Set([from]);
  for (const { id, inputs } of network.layers) if (inputs.some((input) => after.has(input))) after.add(id);
  const before = new Set([to]);
  for (const { id, inputs } of [...network.layers].reverse())
    if (before.has(id)) for (const input of inputs) before.add(input);
  const both = new Set([...after].filter((id) => before.has(id)));
  both.delete(from);
  return both;
}

/** The layers behind `exit` that only dress its output: norm, activation, pooling. */
function dressed(network: Network, exit: LayerId, poolings: boolean): readonly LayerId[] {
  const consumers = consumersOf(network);
  const found: LayerId[] = [];
  for (let id = exit; ; ) {
    const [reader, another] = consumers.get(id) ?? [];
    if (!reader || another || !ATTACHED.has(reader.kind)) return found;
    if (!poolings && reader.kind.endsWith('Pool')) return found;
    found.push(reader.id);
    id = reader.id;
  }
}

const inOrder = (network: Network, ids: readonly LayerId[]) => {
  const set = new Set(ids);
  return network.layers.filter((layer) => set.has(layer.id)).map((layer) => layer.id);
};

/** The layer that a norm, activation or pooling dresses; the layer itself where it is none of these. */
function headOf(network: Network, id: LayerId): Layer | undefined {
  const byId = new Map(network.layers.map((layer) => [layer.id, layer]));
  const consumers = consumersOf(network);
  let head = byId.get(id);
  while (head && ATTACHED.has(head.kind)) {
    const before = byId.get(head.inputs[0] ?? '');
    if (!before || before.kind === 'input' || consumers.get(before.id)?.length !== 1) break;
    head = before;
  }
  return head;
}

/**
 * The blocks a layer belongs to, each larger than the one before, in network order: the layer with its norm,
 * activation and pooling; then the residual, fire or inception blocks around it, with what dresses their join, and
 * with the layer before their fork where that is a way in of its own (the squeeze of a fire module).
 */
function blocksAround(network: Network, id: LayerId): readonly (readonly LayerId[])[] {
  const head = headOf(network, id);
  if (!head || head.kind === 'input') return head ? [[id]] : [];
  const line = (at: LayerId) => [at, ...dressed(network, at, true)];
  const nearest = dominators(network);
  const byId = new Map(network.layers.map((layer) => [layer.id, layer]));
  const found: LayerId[][] = [];
  const keep = (block: LayerId[]) => {
    if (block.includes(head.id) && segmentOf(network, block).ok) found.push(block);
  };
  keep([...line(head.id), id]);
  for (const join of network.layers) {
    const fork = nearest.get(join.id);
    if (join.inputs.length < 2 || fork === undefined) continue;
    const inside = [...between(network, fork, join.id), ...dressed(network, join.id, false)];
    const before = headOf(network, fork);
    const longer = before && byId.get(before.id)?.kind !== 'input' ? [...line(before.id), ...inside] : inside;
    keep(inside);
    keep(longer);
  }
  return found.map((block) => inOrder(network, block)).toSorted((a, b) => a.length - b.length);
}

/**
 * The smallest block around a layer that is larger than what is chosen; without a choice, its smallest residual, fire
 * or inception block, or the layer with its norm and activation where it is in none.
 */
export function blockAround(
  network: Network,
  id: LayerId,
  chosen: readonly LayerId[] = [],
): readonly LayerId[] {
  const blocks = blocksAround(network, id);
  const now = new Set(chosen);
  const larger = blocks.filter(
    (block) => block.length > now.size && chosen.every((other) => block.includes(other)),
  );
  if (now.size > 1) return larger[0] ?? chosen;
  const byId = new Map(network.layers.map((layer) => [layer.id, layer]));
  const joined = blocks.find((block) => block.some((other) => (byId.get(other)?.inputs.length ?? 0) > 1));
  return joined ?? blocks[0] ?? [id];
}

/** Whether two layers are an edge of the network; `to: null` stands for everything behind `from`. */
export interface Edge {
  readonly from: LayerId;
  readonly to: LayerId | null;
}

export function edgeExists(network: Network, { from, to }: Edge): boolean {
  const source = network.layers.find(({ id }) => id === from);
  if (!source) return false;
  if (to === null) return true;
  return network.layers.some(({ id, inputs }) => id === to && inputs.includes(from));
}

/**
 * Where something is added when no place is chosen: behind the last layer that makes a map of more than one pixel, or
 * the last of all.
 */
export function usualPlace(network: Network, geometry: Geometry): LayerId {
  const map = network.layers.findLast(({ id }) => {
    const { ofm } = geometryAt(geometry, id);
    return ofm.height * ofm.width > 1;
  });
  return (map ?? outputsOf(network).at(-1) ?? network.layers.at(-1))?.id ?? '';
}

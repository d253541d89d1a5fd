import { fail, ok, type Result } from '../../result.ts';
import type { Layer, LayerId, Network } from '../network.ts';
import { consumersOf } from '../network.ts';
import { inferGeometry } from '../shapes.ts';
import { freshId, stemOf } from './names.ts';
import { ordered } from './order.ts';
import { type Edge, edgeExists, segmentOf } from './segment.ts';

/** A network after an edit that holds together. */
export interface Edited {
  readonly network: Network;
  /** New layers, in network order. */
  readonly added: readonly LayerId[];
  /** Layers that went with those that were removed. */
  readonly alsoRemoved: readonly LayerId[];
}

/** Orders and checks the layers of an edit; the fault says which layer does not fit and why. */
export function checkedEdit(
  before: Network,
  layers: readonly Layer[],
  changes: Partial<Omit<Edited, 'network'>> = {},
): Result<Edited> {
  const network = ordered(before.name, layers);
  if (!network.ok) return network;
  const geometry = inferGeometry(network.value);
  return geometry.ok ? ok({ network: network.value, added: [], alsoRemoved: [], ...changes }) : geometry;
}

const without = (ids: readonly LayerId[], from: LayerId, to: LayerId) =>
  ids.map((id) => (id === from ? to : id));

/**
 * Puts layers on an edge: `exit`, the last of them, is read instead of `edge.from` by `edge.to`, or by all who read it
 * where `to` is null. The layers come with their inputs set.
 */
export function spliced(
  layers: readonly Layer[],
  edge: Edge,
  inserted: readonly Layer[],
  exit: LayerId,
): readonly Layer[] {
  const result: Layer[] = [];
  const own = new Set(inserted.map(({ id }) => id));
  for (const layer of layers) {
    const reads = edge.to === null ? layer.inputs.includes(edge.from) : layer.id === edge.to;
    if (reads && edge.to !== null) result.push(...inserted);
    result.push(
      reads && !own.has(layer.id) ? { ...layer, inputs: without(layer.inputs, edge.from, exit) } : layer,
    );
    if (edge.to === null && layer.id === edge.from) result.push(...inserted);
  }
  return result;
}

const noEdge = ({ from, to }: Edge) =>
  fail('no-edge', `There is no connection from ${from} to ${to}; choose one of the drawing.`, from);

/** Layers with their inputs set, put on an edge of the network. */
export function insertLayers(
  network: Network,
  edge: Edge,
  inserted: readonly Layer[],
  exit: LayerId,
): Result<Edited> {
  if (!edgeExists(network, edge)) return noEdge(edge);
  return checkedEdit(network, spliced(network.layers, edge, inserted, exit), {
    added: inserted.map(({ id }) => id),
  });
}

/** A copy of a segment, behind it. */
export function duplicateLayers(network: Network, ids: readonly LayerId[]): Result<Edited> {
  const segment = segmentOf(network, ids);
  if (!segment.ok) return segment;
  const { layers, entry, exit } = segment.value;
  const taken = new Set(network.layers.map(({ id }) => id));
  const names = new Map<LayerId, LayerId>([[entry, exit]]);
  const copies = layers.map((layer): Layer => {
    const id = freshId(stemOf(layer.id), taken);
    const inputs = layer.inputs.map((input) => names.get(input) ?? input);
    names.set(layer.id, id);
    return { ...layer, id, inputs };
  });
  return insertLayers(network, { from: exit, to: null }, copies, names.get(exit) ?? exit);
}

/** A segment taken out where it is and put on another edge. */
export function moveLayers(network: Network, ids: readonly LayerId[], edge: Edge): Result<Edited> {
  const segment = segmentOf(network, ids);
  if (!segment.ok) return segment;
  if (!edgeExists(network, edge)) return noEdge(edge);
  const { layers, entry, exit } = segment.value;
  const moved = new Set(layers.map(({ id }) => id));
  const stays =
    moved.has(edge.from) ||
    (edge.to !== null && moved.has(edge.to)) ||
    (edge.from === entry && edge.to === null);
  if (stays) return ok({ network, added: [], alsoRemoved: [] });
  const rest = network.layers
    .filter(({ id }) => !moved.has(id))
    .map((layer) => ({ ...layer, inputs: without(layer.inputs, exit, entry) }) as Layer);
  const turned = layers.map(
    (layer) => ({ ...layer, inputs: without(layer.inputs, entry, edge.from) }) as Layer,
  );
  return checkedEdit(network, spliced(rest, edge, turned, exit));
}

/** A segment one place earlier or later on its path; at a join, into its first branch. */
export function moveBy(
  network: Network,
  ids: readonly LayerId[],
  direction: 'earlier' | 'later',
): Result<Edited> {
  const segment = segmentOf(network, ids);
  if (!segment.ok) return segment;
  const { layers, entry, exit } = segment.value;
  const name = layers.map(({ id }) => id).join(', ');
  if (direction === 'earlier') {
    const before = network.layers.find(({ id }) => id === entry);
    const [source] = before?.inputs ?? [];
    if (!before || source === undefined)
      return fail('first-layer', `${name} already comes right after the input.`, exit);
    return moveLayers(network, ids, { from: source, to: before.id });
  }
  const [reader, another] = consumersOf(network).get(exit) ?? [];
  if (!reader) return fail('last-layer', `${name} already comes last.`, exit);
  if (another)
    return fail(
      'several-readers',
      `${exit} is read by ${reader.id} and ${another.id}; drag it to where it should go.`,
      exit,
    );
  return moveLayers(network, ids, { from: reader.id, to: null });
}

/** Other inputs of a layer. */
export function connect(network: Network, id: LayerId, inputs: readonly LayerId[]): Result<Edited> {
  const layers = network.layers.map((layer) => (layer.id === id ? ({ ...layer, inputs } as Layer) : layer));
  return checkedEdit(network, layers);
}

/** Another name, everywhere it is read. */
export function renameLayer(network: Network, id: LayerId, name: LayerId): Result<Edited> {
  if (name === id) return ok({ network, added: [], alsoRemoved: [] });
  if (network.layers.some((layer) => layer.id === name))
    return fail('duplicate-layer', `There is a layer ${name} already; choose another name.`, id);
  const layers = network.layers.map(
    (layer): Layer => ({
      ...layer,
      id: layer.id === id ? name : layer.id,
      inputs: without(layer.inputs, id, name),
    }),
  );
  return checkedEdit(network, layers);
}

import { type ChannelGroup, channelGroups, slotBlocks } from '../pruning/groups.ts';
import { fail, ok, type Result } from '../result.ts';
import { type FeatureMap, type Layer, type LayerId, type Network, outputsOf } from './network.ts';
import { geometryAt, inferGeometry } from './shapes.ts';

type AttributesOf<L> = L extends Layer ? Partial<Omit<L, 'kind' | 'id'>> : never;

/** Attributes of one layer that change; its kind and id stay. */
export type LayerPatch = AttributesOf<Layer>;

function patched(network: Network, patches: ReadonlyMap<LayerId, LayerPatch>): Network {
  return {
    ...network,
    layers: network.layers.map((layer) => {
      const patch = patches.get(layer.id);
      return patch ? ({ ...layer, ...patch } as Layer) : layer;
    }),
  };
}

function checked(network: Network): Result<Network> {
  const geometry = inferGeometry(network);
  return geometry.ok ? ok(network) : geometry;
}

const layerOf = (network: Network, id: LayerId) => network.layers.find((layer) => layer.id === id);

const missing = (network: Network, id: LayerId) =>
  fail('unknown-layer', `${network.name} has no layer ${id}; choose one of its layers.`, id);

/** One layer's attributes changed. The fault of an impossible edit names the layer and the reason. */
export function editLayer(network: Network, id: LayerId, patch: LayerPatch): Result<Network> {
  const layer = layerOf(network, id);
  if (!layer) return missing(network, id);
  const foreign = Object.keys(patch).find((attribute) => !(attribute in layer));
  if (foreign !== undefined)
    return fail('no-attribute', `Layer ${id} (${layer.kind}) has no ${foreign}; change one it has.`, id);
  return checked(patched(network, new Map([[id, patch]])));
}

const widthOf = (layer: Layer | undefined): number =>
  layer?.kind === 'conv2d' ? layer.filters : layer?.kind === 'dense' ? layer.units : 0;

const widthPatch = (layer: Layer | undefined, width: number): LayerPatch =>
  layer?.kind === 'dense' ? { units: width } : { filters: width };

/** New widths for all of a group's producers, in the proportion of their old ones. */
function widen(network: Network, producers: readonly LayerId[], factor: number): Network {
  const patches = producers.map((id): [LayerId, LayerPatch] => {
    const layer = layerOf(network, id);
    return [id, widthPatch(layer, Math.round(widthOf(layer) * factor * 1e6) / 1e6)];
  });
  return patched(network, new Map(patches));
}

/**
 * Another number of filters or units. Layers whose channels are added to this one's change with it, because
 * the branches of an addition have the same width or none; with `coupled: false` they stay, and the fault
 * names them.
 */
export function setFilters(
  network: Network,
  id: LayerId,
  filters: number,
  { coupled = true }: { readonly coupled?: boolean } = {},
): Result<Network> {
  const layer = layerOf(network, id);
  if (!layer) return missing(network, id);
  if (layer.kind !== 'conv2d' && layer.kind !== 'dense') {
    return fail(
      'no-filters',
      `Layer ${id} (${layer.kind}) has as many channels as its input; change the layer before it.`,
      id,
    );
  }
  const valid = checked(network);
  if (!valid.ok) return valid;
  if (!Number.isInteger(filters) || filters < 1) return editLayer(network, id, widthPatch(layer, filters));
  const groups = channelGroups(network);
  const index = groups.groups.findIndex(({ producers }) => producers.includes(id));
  const group = groups.groups[index] as ChannelGroup;
  if (outputsOf(network).some((output) => groups.slots.get(output.id)?.group.includes(index))) {
    return fail(
      'class-outputs',
      `${id} makes outputs of the network; their number follows from the classes of the data.`,
      id,
    );
  }
  if (group.producers.some((other) => layerOf(network, other)?.kind === 'input'))
    return fail('coupled-to-input', `${id} is added to the images themselves; its width is theirs.`, id);
  const together = coupled && slotBlocks(groups, group.id).length === 1;
  const edited = checked(widen(network, together ? group.producers : [id], filters / widthOf(layer)));
  if (edited.ok || group.producers.length === 1) return edited;
  const others = group.producers.filter((other) => other !== id).join(', ');
  const advice = together
    ? 'They were changed with it, but another number is needed.'
    : 'They must change with it.';
  return fail(
    'coupled-width',
    `${id} can't have ${filters} channels: they are tied to those of ${others}. ${advice} ${edited.error.message}`,
    id,
  );
}

/** A square kernel (or pooling window) of another size. */
export function setKernelSize(network: Network, id: LayerId, size: number): Result<Network> {
  const layer = network.layers.find((candidate) => candidate.id === id);
  if (layer?.kind === 'conv2d' || layer?.kind === 'depthwiseConv2d')
    return editLayer(network, id, { kernelSize: [size, size] });
  if (layer?.kind === 'maxPool' || layer?.kind === 'averagePool')
    return editLayer(network, id, { poolSize: [size, size] });
  return layer ? fail('no-kernel', `Layer ${id} (${layer.kind}) has no kernel.`, id) : missing(network, id);
}

/** The same stride along both axes. */
export function setStrides(network: Network, id: LayerId, stride: number): Result<Network> {
  const layer = network.layers.find((candidate) => candidate.id === id);
  if (!layer) return missing(network, id);
  if (!('strides' in layer)) return fail('no-stride', `Layer ${id} (${layer.kind}) has no stride.`, id);
  return editLayer(network, id, { strides: [stride, stride] });
}

/** The same network for images of another shape. */
export function resizeInput(network: Network, shape: FeatureMap): Result<Network> {
  const input = network.layers.find((layer) => layer.kind === 'input');
  if (!input) return fail('no-input', `${network.name} has no input layer.`);
  return editLayer(network, input.id, { shape });
}

/**
 * The same network telling another number of classes apart: the layers that make its outputs change. A detector
 * is refused, for its outputs hold boxes as well and several values a class.
 */
export function replaceClassCount(network: Network, classCount: number): Result<Network> {
  const valid = inferGeometry(network);
  if (!valid.ok) return valid;
  const [output, another] = outputsOf(network);
  if (!output || another)
    return fail(
      'several-outputs',
      `${network.name} has several outputs; classes need a single one. Build a detector anew for other classes.`,
    );
  const { ofm } = geometryAt(valid.value, output.id);
  if (ofm.height !== 1 || ofm.width !== 1)
    return fail(
      'map-output',
      `${network.name} gives ${ofm.channels} values at each of ${ofm.height}x${ofm.width} pixels, not one a class; end it with a pooling and a dense layer, or build a detector anew for other classes.`,
      output.id,
    );
  const groups = channelGroups(network);
  const index = groups.slots.get(output.id)?.group[0] ?? -1;
  const heads = groups.groups[index]?.producers.filter((id) => layerOf(network, id)?.kind !== 'input') ?? [];
  if (heads.length === 0)
    return fail('no-head', `${network.name} has no dense or convolution layer to give it classes.`);
  const edited = patched(
    network,
    new Map(heads.map((id) => [id, widthPatch(layerOf(network, id), classCount)])),
  );
  const geometry = inferGeometry(edited);
  if (!geometry.ok) return geometry;
  const { channels } = geometryAt(geometry.value, output.id).ofm;
  if (channels === classCount) return ok(edited);
  return fail(
    'no-head',
    `${heads.join(', ')} with ${classCount} channels gives ${channels} outputs; end the network with a dense layer.`,
    heads[0],
  );
}

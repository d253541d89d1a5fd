import { channelGroups } from '../pruning/groups.ts';
import { fail, ok, type Result } from '../result.ts';
import { type FeatureMap, type Layer, type LayerId, type Network, outputsOf } from './network.ts';
import { inferGeometry } from './shapes.ts';

type Patch = Partial<Record<string, unknown>>;

function patched(network: Network, patches: ReadonlyMap<LayerId, Patch>): Network {
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

const missing = (network: Network, id: LayerId) =>
  fail('unknown-layer', `${network.name} has no layer ${id}; choose one of its layers.`, id);

/** One layer's attributes changed. The fault of an impossible edit names the layer and the reason. */
export function editLayer(network: Network, id: LayerId, patch: Patch): Result<Network> {
  if (!network.layers.some((layer) => layer.id === id)) return missing(network, id);
  return checked(patched(network, new Map([[id, patch]])));
}

/**
 * Another number of filters or units. Layers whose channels are added to this one's change with it: the
 * branches of an addition have the same width or none.
 */
export function setFilters(network: Network, id: LayerId, filters: number): Result<Network> {
  const layer = network.layers.find((candidate) => candidate.id === id);
  if (!layer) return missing(network, id);
  if (layer.kind !== 'conv2d' && layer.kind !== 'dense') {
    return fail(
      'no-filters',
      `Layer ${id} (${layer.kind}) has as many channels as its input; change the layer before it.`,
      id,
    );
  }
  if (outputsOf(network).some((output) => sharesChannels(network, output.id, id))) {
    return fail(
      'class-outputs',
      `${id} gives one output a class; its width is the number of classes of the data.`,
      id,
    );
  }
  const group = channelGroups(network).groups.find((candidate) => candidate.producers.includes(id));
  const coupled = group?.producers ?? [id];
  const fixed = coupled.find((other) => network.layers.find((l) => l.id === other)?.kind === 'input');
  if (fixed)
    return fail('coupled-to-input', `${id} is added to the images themselves; its width is theirs.`, id);
  const widths = coupled
    .map((other) => network.layers.find((l) => l.id === other))
    .map((l) => (l?.kind === 'dense' ? { units: filters } : { filters }));
  return checked(patched(network, new Map(coupled.map((other, i) => [other, widths[i] ?? {}]))));
}

function sharesChannels(network: Network, output: LayerId, id: LayerId): boolean {
  const groups = channelGroups(network);
  const index = groups.groups.findIndex((group) => group.producers.includes(id));
  return index >= 0 && (groups.slots.get(output)?.group.includes(index) ?? false);
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

/** The same network telling another number of classes apart: its last dense or convolution layer changes. */
export function replaceClassCount(network: Network, classCount: number): Result<Network> {
  const last = network.layers.findLast((layer) => layer.kind === 'dense' || layer.kind === 'conv2d');
  if (!last) return fail('no-head', `${network.name} has no dense or convolution layer to give it classes.`);
  return editLayer(network, last.id, last.kind === 'dense' ? { units: classCount } : { filters: classCount });
}

import { layerCounts, parameterShapes } from '../network/counts.ts';
import {
  type Layer,
  type LayerId,
  type Network,
  parameterKey,
  type Weights,
  type WeightTensor,
} from '../network/network.ts';
import { geometryAt, geometryOf } from '../network/shapes.ts';
import type { ChannelGroups } from './groups.ts';
import type { PruningPlan } from './plan.ts';

/** For each layer, the input and output channels that stay, by their indices in the unpruned network. */
export type ChannelMapping = ReadonlyMap<
  LayerId,
  { readonly inputs: readonly number[]; readonly outputs: readonly number[] }
>;

export interface PrunedNetwork {
  readonly network: Network;
  readonly mapping: ChannelMapping;
}

/** The channels of a layer's output that a plan keeps. */
function keptChannels(
  groups: ChannelGroups,
  kept: readonly (ReadonlySet<number> | null)[],
  id: LayerId,
): number[] {
  const slots = groups.slots.get(id);
  const channels: number[] = [];
  slots?.slot.forEach((slot, channel) => {
    const keep = kept[slots.group[channel] as number];
    if (!keep || keep.has(slot)) channels.push(channel);
  });
  return channels;
}

function narrowed(layer: Layer, outputs: number): Layer {
  if (layer.kind === 'conv2d') return layer.filters === outputs ? layer : { ...layer, filters: outputs };
  if (layer.kind === 'dense') return layer.units === outputs ? layer : { ...layer, units: outputs };
  return layer;
}

/** The physically smaller network, and where its channels come from. Throws where a plan leaves a layer empty. */
export function applyPlan(network: Network, groups: ChannelGroups, plan: PruningPlan): PrunedNetwork {
  const kept = groups.groups.map(({ id }) => (plan.keep[id] ? new Set(plan.keep[id]) : null));
  const mapping = new Map<LayerId, { inputs: readonly number[]; outputs: readonly number[] }>();
  const layers = network.layers.map((layer) => {
    const outputs = keptChannels(groups, kept, layer.id);
    if (outputs.length === 0) throw new Error(`The plan leaves no channel of ${layer.id}`);
    const source = layer.inputs[0];
    mapping.set(layer.id, {
      inputs: source === undefined ? [] : (mapping.get(source)?.outputs ?? []),
      outputs,
    });
    return narrowed(layer, outputs.length);
  });
  return { network: { ...network, layers }, mapping };
}

/** Picks along each axis; null keeps the axis whole. */
function slice(tensor: WeightTensor, picks: readonly (readonly number[] | null)[]): WeightTensor {
  const { shape, values } = tensor;
  const chosen = shape.map((extent, axis) => picks[axis] ?? Array.from({ length: extent }, (_, i) => i));
  const sliced = new Float32Array(chosen.reduce((product, axis) => product * axis.length, 1));
  let at = 0;
  const copy = (axis: number, offset: number): void => {
    if (axis === shape.length) {
      sliced[at++] = values[offset] as number;
      return;
    }
    for (const index of chosen[axis] as readonly number[])
      copy(axis + 1, offset * (shape[axis] as number) + index);
  };
  copy(0, 0);
  return { shape: chosen.map((axis) => axis.length), values: sliced };
}

function picksOf(
  parameter: string,
  rank: number,
  inputs: readonly number[],
  outputs: readonly number[],
  multiplier: number,
) {
  if (parameter === 'kernel') return rank === 4 ? [null, null, inputs, outputs] : [inputs, outputs];
  if (parameter === 'depthwiseKernel') return [null, null, multiplier === 1 ? outputs : inputs, null];
  return [outputs];
}

/** The weights of the smaller network, cut out of those of the network it came from. */
export function transplant(weights: Weights, network: Network, mapping: ChannelMapping): Weights {
  const geometry = geometryOf(network);
  const small: Record<string, WeightTensor> = {};
  for (const layer of network.layers) {
    const kept = mapping.get(layer.id);
    const at = geometryAt(geometry, layer.id);
    if (!kept || layerCounts(layer, at).parameterCount === 0) continue;
    for (const [parameter, shape] of Object.entries(parameterShapes(layer, at))) {
      const key = parameterKey(layer.id, parameter);
      const tensor = weights[key];
      if (!tensor) throw new Error(`No weights for ${key}`);
      // A grouped convolution's kernel holds one group's inputs, and every group loses the same places.
      const groupSize = tensor.shape.at(-2) ?? 0;
      const inputs = kept.inputs.filter((channel) => channel < groupSize);
      const multiplier = layer.kind === 'depthwiseConv2d' ? layer.depthMultiplier : 1;
      small[key] = slice(tensor, picksOf(parameter, shape.length, inputs, kept.outputs, multiplier));
    }
  }
  return small;
}

/**
 * What to set to zero in the unpruned network to get the outputs of the pruned one: for each layer, the
 * channels of its output that fall. Every layer of a group is named, because a bias or a batch norm behind
 * the first zero would bring the channel back.
 */
export function maskChannels(
  network: Network,
  groups: ChannelGroups,
  plan: PruningPlan,
): ReadonlyMap<LayerId, readonly number[]> {
  const { mapping } = applyPlan(network, groups, plan);
  const masks = new Map<LayerId, readonly number[]>();
  for (const layer of network.layers) {
    const kept = new Set(mapping.get(layer.id)?.outputs);
    const all = groups.slots.get(layer.id)?.slot.length ?? 0;
    const fallen = Array.from({ length: all }, (_, i) => i).filter((channel) => !kept.has(channel));
    if (fallen.length > 0) masks.set(layer.id, fallen);
  }
  return masks;
}

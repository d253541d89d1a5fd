import type { Layer, LayerId, Network } from '../network/network.ts';
import { geometryAt, geometryOf } from '../network/shapes.ts';

/**
 * Follows single channels through a network: every channel that a layer makes gets a number, layers that only
 * pass channels on repeat the numbers, an addition or a
 * multiplication (a gate has a value a channel) unites them. Grouped convolutions and channel shuffles unite the
 * channels that stand at one place of their groups: without all of these, every group is as large as the others, and a
 * shuffle still is one. What remains united is one unit of pruning.
 */
export interface ChannelTrace {
  /** For each layer, the number of each output channel; compare them through {@link ChannelTrace.root}. */
  readonly channels: ReadonlyMap<LayerId, Int32Array>;
  readonly count: number;
  root(channel: number): number;
}

class UnionFind {
  readonly #parent: number[] = [];

  make(): number {
    this.#parent.push(this.#parent.length);
    return this.#parent.length - 1;
  }

  get size(): number {
    return this.#parent.length;
  }

  root(element: number): number {
    let at = element;
    while (this.#parent[at] !== at) {
      const above = this.#parent[at] as number;
      this.#parent[at] = this.#parent[above] as number;
      at = above;
    }
    return at;
  }

  /** The smaller root stays, so that roots come in network order. */
  unite(a: number, b: number): void {
    const [low, high] = [this.root(a), this.root(b)].sort((x, y) => x - y) as [number, number];
    this.#parent[high] = low;
  }
}

/** True where a layer's output channels are its own and not those of its input. */
export const makesChannels = (layer: Layer): boolean =>
  layer.kind === 'input' || layer.kind === 'conv2d' || layer.kind === 'dense';

/** The groups of a convolution that reads several channels in each: they can fall one from each group. Else 1. */
export const groupsOfSeveral = (layer: Layer, channels: number): number =>
  layer.kind === 'conv2d' && layer.groups < channels ? layer.groups : 1;

/** Unites the channels at one place of all groups. */
function uniteGroups(sets: UnionFind, channels: Int32Array, groups: number): void {
  const size = channels.length / groups;
  for (let c = size; c < channels.length; c++)
    sets.unite(channels[c % size] as number, channels[c] as number);
}

export function traceChannels(network: Network): ChannelTrace {
  const geometry = geometryOf(network);
  const sets = new UnionFind();
  const channels = new Map<LayerId, Int32Array>();
  for (const layer of network.layers) {
    const { ifm, ofm } = geometryAt(geometry, layer.id);
    const inputs = layer.inputs.map((id) => channels.get(id) as Int32Array);
    const first = inputs[0] as Int32Array;
    if (makesChannels(layer)) {
      const made = Int32Array.from({ length: ofm.channels }, () => sets.make());
      channels.set(layer.id, made);
      const groups = groupsOfSeveral(layer, ifm.channels);
      if (groups > 1) for (const side of [first, made]) uniteGroups(sets, side, groups);
    } else if (layer.kind === 'add' || layer.kind === 'multiply') {
      for (const other of inputs.slice(1))
        for (let c = 0; c < first.length; c++) sets.unite(first[c] as number, other[c] as number);
      channels.set(layer.id, first);
    } else if (layer.kind === 'concat') {
      channels.set(layer.id, Int32Array.from(inputs.flatMap((part) => [...part])));
    } else if (layer.kind === 'channelShuffle') {
      const { groups } = layer;
      const size = ofm.channels / groups;
      uniteGroups(sets, first, groups);
      channels.set(
        layer.id,
        first.map((_, i) => first[(i % groups) * size + Math.floor(i / groups)] as number),
      );
    } else if (layer.kind === 'flatten') {
      channels.set(
        layer.id,
        Int32Array.from({ length: ofm.channels }, (_, i) => first[i % ifm.channels] as number),
      );
    } else if (layer.kind === 'depthwiseConv2d') {
      const multiplier = layer.depthMultiplier;
      channels.set(
        layer.id,
        Int32Array.from({ length: ofm.channels }, (_, i) => first[Math.floor(i / multiplier)] as number),
      );
    } else {
      channels.set(layer.id, first);
    }
  }
  return { channels, count: sets.size, root: (channel) => sets.root(channel) };
}

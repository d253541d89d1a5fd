import type { LayerId, Network } from '../network/network.ts';

/**
 * Channels that must fall together. A group holds the layers whose output channels are tied to each other
 * (by an addition, a depthwise convolution, a batch norm ...); its `slots` are the units of pruning: slot s
 * is removed from all of them at once.
 */
export interface ChannelGroup {
  /** The id of its first producer in network order. */
  readonly id: string;
  /** Layers whose filters or units are removed (conv2d, dense), in network order. */
  readonly producers: readonly LayerId[];
  /** Layers that lose the same channels on the way (depthwiseConv2d, batchNorm). */
  readonly followers: readonly LayerId[];
  /** ReLU and ReLU6 layers at which the group's silence is measured. */
  readonly activations: readonly LayerId[];
  /** Layers whose inputs shrink with the group (conv2d, dense). */
  readonly consumers: readonly LayerId[];
  readonly slotCount: number;
  /** Null where the group can be pruned by APoZ, else one sentence why not. */
  readonly fixed: string | null;
}

/** For the channels of a layer's output: the group of each and its slot there. Channels of the input have group -1. */
export interface ChannelSlots {
  readonly group: Int32Array;
  readonly slot: Int32Array;
}

export interface ChannelGroups {
  readonly groups: readonly ChannelGroup[];
  readonly slots: ReadonlyMap<LayerId, ChannelSlots>;
}

export declare function channelGroups(network: Network): ChannelGroups;

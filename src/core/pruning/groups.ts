import { type Layer, type LayerId, type LayerKind, type Network, outputsOf } from '../network/network.ts';
import { type ChannelTrace, groupsOfSeveral, makesChannels, traceChannels } from './channels.ts';

/**
 * Channels that must fall together. A group holds the layers whose output channels are tied to each other
 * (by an addition, a gate, a depthwise convolution, a batch norm, the groups of a convolution ...); its `slots` are the units of pruning: slot s
 * is removed from all of them at once.
 */
export interface ChannelGroup {
  /** The id of its first producer in network order. */
  readonly id: string;
  /** Layers whose filters or units are removed (conv2d, dense), in network order. */
  readonly producers: readonly LayerId[];
  /** Layers that lose the same channels on the way (depthwiseConv2d, batchNorm, l2Normalize). */
  readonly followers: readonly LayerId[];
  /** ReLU and ReLU6 layers at which the group's silence is measured. */
  readonly activations: readonly LayerId[];
  /** Layers whose inputs shrink with the group (conv2d, dense). */
  readonly consumers: readonly LayerId[];
  readonly slotCount: number;
  /** Null where the group can be pruned by APoZ, else one sentence why not. */
  readonly fixed: string | null;
}

/** For the channels of a layer's output: the group of each (its index in `groups`) and its slot there. */
export interface ChannelSlots {
  readonly group: Int32Array;
  readonly slot: Int32Array;
}

export interface ChannelGroups {
  readonly groups: readonly ChannelGroup[];
  readonly slots: ReadonlyMap<LayerId, ChannelSlots>;
}

/** Producers that share a channel, as connected components: for each layer that makes channels, its group's root. */
function joinProducers(producers: readonly Layer[], trace: ChannelTrace): ReadonlyMap<LayerId, LayerId> {
  const parent = new Map<LayerId, LayerId>(producers.map((layer) => [layer.id, layer.id]));
  const root = (id: LayerId): LayerId => {
    let at = id;
    while (parent.get(at) !== at) at = parent.get(at) as LayerId;
    return at;
  };
  const owner = new Map<number, LayerId>();
  for (const layer of producers) {
    for (const channel of trace.channels.get(layer.id) as Int32Array) {
      const unit = trace.root(channel);
      const first = owner.get(unit);
      if (first === undefined) owner.set(unit, layer.id);
      else if (root(first) !== root(layer.id)) parent.set(root(layer.id), root(first));
    }
  }
  return new Map(producers.map((layer) => [layer.id, root(layer.id)]));
}

interface Draft {
  readonly id: LayerId;
  readonly producers: LayerId[];
  readonly followers: LayerId[];
  readonly activations: LayerId[];
  readonly consumers: LayerId[];
  slotCount: number;
  fixed: string | null;
}

/** Numbers the units of each group: the slots, in the order in which their channels first appear. */
function numberSlots(
  producers: readonly Layer[],
  rootOf: ReadonlyMap<LayerId, LayerId>,
  trace: ChannelTrace,
) {
  const drafts: Draft[] = [];
  const indexOf = new Map<LayerId, number>();
  const groupOfUnit = new Int32Array(trace.count).fill(-1);
  const slotOfUnit = new Int32Array(trace.count).fill(-1);
  for (const layer of producers) {
    const id = rootOf.get(layer.id) as LayerId;
    let index = indexOf.get(id);
    if (index === undefined) {
      index = drafts.length;
      indexOf.set(id, index);
      drafts.push({
        id: layer.id,
        producers: [],
        followers: [],
        activations: [],
        consumers: [],
        slotCount: 0,
        fixed: null,
      });
    }
    const draft = drafts[index] as Draft;
    draft.producers.push(layer.id);
    for (const channel of trace.channels.get(layer.id) as Int32Array) {
      const unit = trace.root(channel);
      if (slotOfUnit[unit] !== -1) continue;
      groupOfUnit[unit] = index;
      slotOfUnit[unit] = draft.slotCount++;
    }
  }
  return { drafts, groupOfUnit, slotOfUnit };
}

const FOLLOWING: ReadonlySet<LayerKind> = new Set(['depthwiseConv2d', 'batchNorm', 'l2Normalize']);

/** What a layer is to the groups whose channels it touches. */
function addRoles(
  network: Network,
  drafts: readonly Draft[],
  slots: ReadonlyMap<LayerId, ChannelSlots>,
): void {
  const touched = (id: LayerId) =>
    [...new Set(slots.get(id)?.group ?? [])].map((index) => drafts[index] as Draft);
  for (const layer of network.layers) {
    if (FOLLOWING.has(layer.kind)) for (const draft of touched(layer.id)) draft.followers.push(layer.id);
    if (layer.kind === 'relu' || layer.kind === 'relu6')
      for (const draft of touched(layer.id)) draft.activations.push(layer.id);
    if (layer.kind === 'conv2d' || layer.kind === 'dense') {
      for (const draft of touched(layer.inputs[0] as LayerId)) draft.consumers.push(layer.id);
    }
  }
}

/** Activations that give zero for single inputs at most, or for a range that is not the silence of a ReLU. */
const NEVER_SILENT: ReadonlySet<LayerKind> = new Set([
  'leakyRelu',
  'sigmoid',
  'tanh',
  'hardSigmoid',
  'hardSwish',
]);

/** Groups of convolutions and shuffles whose places lie so that each ties one channel to the next, and so all. */
function fixUndivided(
  network: Network,
  drafts: readonly Draft[],
  slots: ReadonlyMap<LayerId, ChannelSlots>,
): void {
  const ties = network.layers.filter(
    (layer) => layer.kind === 'channelShuffle' || (layer.kind === 'conv2d' && layer.groups > 1),
  );
  const groupsOf = ({ id, inputs }: Layer) =>
    [id, ...inputs].flatMap((of) => [...(slots.get(of)?.group ?? [])]);
  for (const index of new Set(ties.flatMap(groupsOf))) {
    const draft = drafts[index] as Draft;
    const blocks = slotBlocks({ groups: drafts, slots }, draft.id);
    if (blocks.some((block) => block.length > 1)) continue;
    const names = ties.filter((layer) => groupsOf(layer).includes(index)).map(({ id }) => id);
    draft.fixed ??= `The groups of ${names.join(' and ')} tie all channels of ${draft.producers.join(' and ')} to each other: they could only fall all at once.`;
  }
}

/** Says of each group that APoZ can't prune why not. The first reason stands. */
function markFixed(
  network: Network,
  drafts: readonly Draft[],
  slots: ReadonlyMap<LayerId, ChannelSlots>,
): void {
  const fix = (id: LayerId, reason: string) => {
    for (const index of new Set(slots.get(id)?.group ?? [])) {
      const draft = drafts[index] as Draft;
      draft.fixed ??= reason;
    }
  };
  for (const layer of network.layers) {
    if (layer.kind === 'input') fix(layer.id, 'The channels of the images themselves; they are given.');
  }
  for (const output of outputsOf(network))
    fix(output.id, 'The outputs of the network: each channel is a class.');
  for (const layer of network.layers) {
    if (layer.kind !== 'conv2d' || layer.groups === 1) continue;
    const inputs = slots.get(layer.inputs[0] as LayerId)?.slot.length ?? 0;
    if (groupsOfSeveral(layer, inputs) > 1) continue;
    const reason = `${layer.id} has a group for each channel that it reads: its channels can only fall by whole groups.`;
    fix(layer.id, reason);
    fix(layer.inputs[0] as LayerId, reason);
  }
  for (const layer of network.layers) {
    if (layer.kind === 'softmax')
      fix(layer.id, `${layer.id} shares one sum among its channels: without one of them all others change.`);
  }
  fixUndivided(network, drafts, slots);
  for (const [index, draft] of drafts.entries()) {
    if (draft.activations.length > 0) continue;
    const its = draft.producers.length > 1 ? 'their' : 'its';
    const others = network.layers.filter(
      ({ id, kind }) => NEVER_SILENT.has(kind) && slots.get(id)?.group.includes(index),
    );
    const only = others.length > 0 ? `, only ${others.map(({ id }) => id).join(', ')}` : '';
    draft.fixed ??= `No ReLU follows ${draft.producers.join(' or ')}${only}: ${its} outputs are hardly ever exactly zero, so APoZ says nothing about them. Only ${its} inputs shrink, with the layers before.`;
  }
}

/**
 * The channel groups of a network. Two layers belong together where an addition, a multiplication or the groups of a
 * convolution or shuffle tie any of their channels;
 * slots are still exact where it ties only some (a concat on one branch). About 1 ms for CNV.
 */
export function channelGroups(network: Network): ChannelGroups {
  const trace = traceChannels(network);
  const producers = network.layers.filter(makesChannels);
  const { drafts, groupOfUnit, slotOfUnit } = numberSlots(producers, joinProducers(producers, trace), trace);
  const slots = new Map<LayerId, ChannelSlots>();
  for (const layer of network.layers) {
    const units = (trace.channels.get(layer.id) as Int32Array).map((channel) => trace.root(channel));
    slots.set(layer.id, {
      group: units.map((unit) => groupOfUnit[unit] as number),
      slot: units.map((unit) => slotOfUnit[unit] as number),
    });
  }
  addRoles(network, drafts, slots);
  markFixed(network, drafts, slots);
  return { groups: drafts, slots };
}

/**
 * The slots of a group, parted by which producers make them. A plain group is one block; where an addition
 * ties a concat to another layer, each branch of the concat is one. Widths are rounded block by block, so
 * that every producer of the group gets a legal one and none is left empty.
 */
export function slotBlocks(groups: ChannelGroups, groupId: string): readonly (readonly number[])[] {
  const group = groups.groups.find(({ id }) => id === groupId);
  if (!group) return [];
  const all = Array.from({ length: group.slotCount }, (_, slot) => slot);
  if (group.producers.length === 1) return [all];
  const makers: string[] = all.map(() => '');
  for (const id of group.producers)
    for (const slot of new Set(groups.slots.get(id)?.slot)) makers[slot] += `${id} `;
  const blocks = new Map<string, number[]>();
  for (const slot of all) {
    const made = makers[slot] ?? '';
    const block = blocks.get(made);
    if (block) block.push(slot);
    else blocks.set(made, [slot]);
  }
  return [...blocks.values()];
}

import { type Network, outputsOf } from '../network/network.ts';
import { geometryAt, inferGeometry } from '../network/shapes.ts';
import { applyPlan, type PrunedNetwork } from '../pruning/apply.ts';
import { type ChannelGroups, channelGroups, slotBlocks } from '../pruning/groups.ts';
import { fail, ok, type Result } from '../result.ts';

/**
 * Groups whose width is not to be chosen: the images' channels, the classes, and what convolutions with a group for each
 * channel read and write.
 */
function givenGroups(network: Network, groups: ChannelGroups): ReadonlySet<number> {
  const given = new Set<number>();
  const give = (id: string) => {
    for (const index of groups.slots.get(id)?.group ?? []) given.add(index);
  };
  for (const { id } of outputsOf(network)) give(id);
  for (const layer of network.layers) {
    if (layer.kind === 'input') give(layer.id);
    if (layer.kind !== 'conv2d' || layer.groups === 1) continue;
    const [source] = layer.inputs;
    const channels = groups.slots.get(source ?? '')?.slot.length ?? 0;
    if (layer.groups === channels) for (const id of [layer.id, ...layer.inputs]) give(id);
  }
  return given;
}

/**
 * The same network with all widths times `factor`, rounded, at least 1. Widths that an addition, a gate, a depthwise
 * convolution or the groups of a convolution tie stay equal; classes and the images' channels stay. The first channels
 * are kept, so `transplant` can give the copy a slice of the weights.
 */
export function narrowerCopy(network: Network, factor: number): Result<PrunedNetwork> {
  const geometry = inferGeometry(network);
  if (!geometry.ok) return geometry;
  if (!(factor > 0 && factor <= 1))
    return fail('width-factor', `The factor ${factor} is not above 0 and at most 1; try 0.5.`);
  const groups = channelGroups(network);
  const given = givenGroups(network, groups);
  const keep: Record<string, readonly number[]> = {};
  groups.groups.forEach(({ id }, index) => {
    if (given.has(index)) return;
    const kept = slotBlocks(groups, id).flatMap((block) =>
      block.slice(0, Math.max(1, Math.round(block.length * factor))),
    );
    keep[id] = kept.sort((a, b) => a - b);
  });
  const narrow = applyPlan(network, groups, { keep });
  const fits = inferGeometry(narrow.network);
  if (!fits.ok) return fits;
  const [output] = outputsOf(network);
  const classes = output ? geometryAt(geometry.value, output.id).ofm.channels : 0;
  if (output && geometryAt(fits.value, output.id).ofm.channels !== classes)
    return fail('classes-lost', `${network.name} times ${factor} has no longer ${classes} classes.`);
  return ok(narrow);
}

import type { ChannelShuffleLayer } from '../../core/network/network.ts';
import type { LayerGeometry } from '../../core/network/shapes.ts';
import type { GraphWriter } from './graphWriter.ts';

/** A shuffle as PyTorch exports it: the channels seen as [groups, n], turned to [n, groups], and seen as one axis again. */
export function writeShuffle(
  writer: GraphWriter,
  { id, groups }: ChannelShuffleLayer,
  { ofm: { height, width, channels } }: LayerGeometry,
  input: string,
): string {
  // Zero keeps the batch as it is.
  const parts = writer.integers(`${id}/parts`, [0, groups, channels / groups, height, width]);
  const whole = writer.integers(`${id}/whole`, [0, channels, height, width]);
  const parted = writer.helper('Reshape', `${id}_groups`, [input, parts]);
  const turned = writer.helper('Transpose', `${id}_turned`, [parted], { perm: [0, 2, 1, 3, 4] });
  return writer.layer('Reshape', id, [turned, whole]);
}

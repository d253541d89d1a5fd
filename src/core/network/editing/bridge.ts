import { fail, type Result } from '../../result.ts';
import { LayerWriter } from '../builder.ts';
import type { LayerId, Network } from '../network.ts';
import { describeMap, geometryAt, inferGeometry } from '../shapes.ts';
import { type Edited, insertLayers } from './graph.ts';
import { segmentOf } from './segment.ts';

/**
 * A shortcut around a segment, added to its output: the segment becomes the branch of a residual block. Where it
 * changes the shape, the shortcut is a 1x1 convolution with batch norm and the stride that makes up for it.
 */
export function bridgeLayers(network: Network, ids: readonly LayerId[]): Result<Edited> {
  const segment = segmentOf(network, ids);
  if (!segment.ok) return segment;
  const geometry = inferGeometry(network);
  if (!geometry.ok) return geometry;
  const { entry, exit } = segment.value;
  const from = geometryAt(geometry.value, entry).ofm;
  const to = geometryAt(geometry.value, exit).ofm;
  const writer = new LayerWriter(exit, new Set(network.layers.map(({ id }) => id)));
  const same = from.height === to.height && from.width === to.width;
  if (same && from.channels === to.channels) {
    const sum = writer.add(exit, entry);
    return insertLayers(network, { from: exit, to: null }, writer.layers, sum);
  }
  const stride = [Math.round(from.height / to.height), Math.round(from.width / to.width)] as const;
  const reaches = [stride[0] * to.height, stride[1] * to.width];
  if (Math.ceil(from.height / stride[0]) !== to.height || Math.ceil(from.width / stride[1]) !== to.width)
    return fail(
      'no-shortcut',
      `${describeMap(from)} and ${describeMap(to)} can't be added: no stride of a 1x1 shortcut makes ${to.height}x${to.width} of ${from.height}x${from.width} (nearest: ${reaches.join('x')}). Choose layers that keep the size or halve it.`,
      exit,
    );
  const shortcut = writer.convBlock(
    to.channels,
    1,
    { stride, activation: 'none', prefix: 'shortcut' },
    entry,
  );
  const sum = writer.add(exit, shortcut);
  return insertLayers(network, { from: exit, to: null }, writer.layers, sum);
}

import type { FeatureMap } from '../../core/network/network.ts';
import { describeMap } from '../../core/network/shapes.ts';
import type { Conversion, Tensor } from './conversion.ts';
import { refuse } from './fields.ts';
import type { KerasLayer } from './graph.ts';
import type { LayerReader } from './layers.ts';

// A channel shuffle is three layers in Keras: Reshape to [h, w, groups, n], Permute to [h, w, n, groups], Reshape back.

/** The map seen with its channels in groups, or null where `shape` is something else. */
export function parted(
  { height, width, channels }: FeatureMap,
  shape: readonly unknown[],
  tensor: Tensor,
): Tensor | null {
  const [rows, columns, groups, size] = shape.map(Number) as [number, number, number, number];
  const same = rows === height && columns === width && groups * size === channels;
  const whole = Number.isInteger(groups) && groups >= 1 && Number.isInteger(size);
  if (shape.length !== 4 || !same || !whole) return null;
  return { id: tensor.id, rank: 5, parts: { groups, turned: false } };
}

/** The last of the three: the layer that shuffles. */
export function joined(
  to: Conversion,
  layer: KerasLayer,
  tensor: Tensor,
  map: FeatureMap,
  shape: readonly unknown[],
): Tensor {
  const { groups, turned } = tensor.parts ?? { groups: 1, turned: false };
  if (shape.join() !== [map.height, map.width, map.channels].join())
    refuse(
      'reshape',
      `Layer ${layer.name} reshapes ${describeMap(map)} with its channels in ${groups} groups to [${shape.join(', ')}]; only back to [${map.height}, ${map.width}, ${map.channels}] can be read.`,
      layer.name,
    );
  // Parted and joined again with nothing between: the same map.
  if (!turned) return { id: tensor.id, rank: 4 };
  return { id: to.add(layer.name, { kind: 'channelShuffle', inputs: [tensor.id], groups }), rank: 4 };
}

/** The middle one. */
export const permute: LayerReader = (call, to) => {
  const { layer } = call;
  const { dims } = layer.config;
  const tensor = to.parted(call);
  if (!tensor.parts && Array.isArray(dims) && dims.every((dim, i) => dim === i + 1)) return tensor;
  if (!tensor.parts || tensor.parts.turned || !Array.isArray(dims) || dims.join() !== '1,2,4,3')
    refuse(
      'permute',
      `Layer ${layer.name} permutes axes by ${JSON.stringify(dims) ?? 'nothing'}; only [1, 2, 4, 3] between two Reshapes, a channel shuffle, can be read.`,
      layer.name,
    );
  return { ...tensor, parts: { groups: tensor.parts.groups, turned: true } };
};

import { pushAffine } from './affine.ts';
import { append } from './layers.ts';
import type { NodeReader } from './nodeReader.ts';
import type { NetworkSketch } from './sketch.ts';
import type { MapValue } from './values.ts';

/**
 * A map with the rows and columns of its Pad node inside. No layer only pads: a depthwise convolution of one tap and
 * weight 1 does, its bias the padding's number. A map without such rows comes back as it is.
 */
export function withPadsInside(node: NodeReader, sketch: NetworkSketch, input: MapValue): MapValue {
  const { pending, map } = input;
  if (!pending) return input;
  const filled = (value: number) => new Float64Array(map.channels).fill(value);
  const bare: MapValue = { ...input, pending: null };
  const shifted =
    pending.value === 0 ? bare : pushAffine(node, sketch, bare, filled(1), filled(-pending.value));
  const { layer, value } = append(node, sketch, shifted, {
    kind: 'depthwiseConv2d',
    kernelSize: [1, 1],
    strides: [1, 1],
    padding: pending.pads,
    dilationRate: [1, 1],
    depthMultiplier: 1,
    useBias: pending.value !== 0,
  });
  sketch.setParameter(layer.id, 'depthwiseKernel', [1, 1, map.channels, 1], filled(1));
  if (pending.value !== 0) sketch.setParameter(layer.id, 'bias', [map.channels], filled(pending.value));
  sketch.note(
    `The rows and columns padded before ${node.label} became the depthwise convolution ${layer.id} of one tap and weight 1, which computes the same.`,
  );
  return value;
}

import type { Pair } from '../../core/network/network.ts';
import { append, channelsFirst, type NodeHandler } from './layers.ts';
import type { NodeReader } from './nodeReader.ts';
import { dimsOf, type MapValue, Unsupported } from './values.ts';

/** How much larger rows and columns become, from scales or from sizes. */
function factorsOf(node: NodeReader, input: MapValue): Pair {
  const dims = dimsOf(input);
  const isUpsample = node.message.opType === 'Upsample';
  // Upsample and the first Resize read the scales second, Resize since version 11 third.
  const at = isUpsample || node.opset < 11 ? 1 : 2;
  const given = node.inputs[at] ? [...node.constantAt(at).values] : (node.floats('scales') ?? []);
  const sizes = given.length === 0 && node.inputs[3] ? [...node.constantAt(3).values] : null;
  const scales = sizes ? sizes.map((size, axis) => size / (dims[axis] ?? 1)) : given;
  const [batch, channels, rows, columns, ...more] = scales;
  if (rows === undefined || columns === undefined || more.length > 0 || batch !== 1 || channels !== 1)
    throw new Unsupported(`it resizes by [${scales.join(', ')}], not rows and columns of a feature map`);
  if (![rows, columns].every((scale) => Number.isInteger(scale) && scale >= 1))
    throw new Unsupported(`it resizes by ${rows} x ${columns}, and whole factors are understood`);
  return [rows, columns];
}

/** Whether the nearest pixel repeats each pixel `factor` times. */
function repeats(transformation: string, rounding: string, factor: number): boolean {
  switch (transformation) {
    case 'asymmetric':
      // Halves go down: with factor 2 that is the floor.
      return rounding === 'floor' || (rounding === 'round_prefer_floor' && factor <= 2);
    case 'half_pixel':
    case 'pytorch_half_pixel':
      return rounding === 'round_prefer_floor' || rounding === 'round_prefer_ceil';
    default:
      return transformation === 'tf_half_pixel_for_nn' && rounding === 'floor';
  }
}

/** Upsample (to version 9) and Resize, of feature maps by whole factors. */
export const readResize: NodeHandler = (node, sketch) => {
  const input = channelsFirst(node.mapAt(0));
  const size = factorsOf(node, input);
  const mode = node.word('mode', 'nearest');
  // Before version 11 there was no choice.
  const old = node.message.opType === 'Upsample' || node.opset < 11;
  const transformation = old ? 'asymmetric' : node.word('coordinate_transformation_mode', 'half_pixel');
  const rounding = old ? 'floor' : node.word('nearest_mode', 'round_prefer_floor');
  if (node.has('axes')) throw new Unsupported('it names the axes that it resizes');
  const nearest = mode === 'nearest' && size.every((factor) => repeats(transformation, rounding, factor));
  const bilinear = mode === 'linear' && /^(?:pytorch_)?half_pixel$/.test(transformation);
  if (!nearest && !bilinear)
    throw new Unsupported(`it interpolates in the mode ${mode}, ${transformation}, which no layer here does`);
  return append(node, sketch, input, {
    kind: 'upsample',
    size,
    interpolation: nearest ? 'nearest' : 'bilinear',
  }).value;
};

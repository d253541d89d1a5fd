import type { FeatureMap, Padding, Pair } from '../../core/network/network.ts';
import { Unsupported } from './fields.ts';
import { type LayerReader, onlyInput } from './translation.ts';

const extents = ({ height, width }: FeatureMap): Pair => [height, width];

type Sides = readonly [number, number, number, number];

/** The shortest name of a padding: `valid`, or `same` where TensorFlow's rule adds the same rows and columns. */
function named(sides: Sides, map: FeatureMap, reach: Pair, strides: Pair): Padding {
  if (sides.every((rows) => rows === 0)) return 'valid';
  const same = ([0, 1] as const).flatMap((axis) => {
    const outputs = Math.ceil(extents(map)[axis] / strides[axis]);
    const total = Math.max(0, (outputs - 1) * strides[axis] + reach[axis] - extents(map)[axis]);
    return [Math.floor(total / 2), Math.ceil(total / 2)];
  });
  return sides.every((rows, i) => rows === same[i]) ? 'same' : sides;
}

const DEPTHWISE: ReadonlySet<string> = new Set([
  'DepthwiseConvolution',
  'ConvolutionDepthwise',
  'DepthwiseConv',
  'ConvolutionDepthWise',
]);

export const isConvolution = (type: string): boolean => type === 'Convolution' || DEPTHWISE.has(type);

/** Output floor((in + 2 pad - reach) / stride) + 1, as ours (Caffe, `ConvolutionLayer::compute_output_shape`). */
export const convolution: LayerReader = (layer, inputs, to) => {
  const input = onlyInput(inputs);
  const fields = layer.fields.inside('convolution_param');
  const axis = fields.number('axis', 1);
  if (axis !== 1 && axis !== -3) throw new Unsupported(`its axis is ${axis}, and 1 is understood`);
  const map = to.mapOf(input);
  const filters = fields.whole('num_output', 1);
  const kernelSize = fields.pair('kernel_size', 'kernel', 1);
  const strides = fields.pair('stride', 'stride', 1, 1);
  const pads = fields.pair('pad', 'pad', 0, 0);
  const dilationRate = fields.pair('dilation', 'dilation', 1, 1);
  const useBias = fields.truth('bias_term', true);
  const groups = DEPTHWISE.has(layer.type) ? map.channels : fields.whole('group', 1, 1);
  const reach: Pair = [(kernelSize[0] - 1) * dilationRate[0] + 1, (kernelSize[1] - 1) * dilationRate[1] + 1];
  const padding = named([pads[0], pads[0], pads[1], pads[1]], map, reach, strides);
  const common = { kernelSize, strides, padding, dilationRate, useBias };
  const depthwise = groups === map.channels && groups > 1 && filters % groups === 0;
  return to.push(
    layer,
    depthwise
      ? { kind: 'depthwiseConv2d', depthMultiplier: filters / groups, ...common }
      : { kind: 'conv2d', filters, groups, ...common },
    input,
  );
};

/**
 * Rows added at the end of one axis, so that a window begun counts: Caffe's pooling rounds up, and takes back a window
 * that would begin in the padding (`PoolingLayer::Reshape`). May be fewer than `pad` where the last rows are not used.
 */
function rowsAfter(extent: number, kernel: number, stride: number, pad: number, floor: boolean): number {
  if (floor) return pad;
  let outputs = Math.ceil((extent + 2 * pad - kernel) / stride) + 1;
  if (pad > 0 && (outputs - 1) * stride >= extent + pad) outputs--;
  return Math.max(0, (outputs - 1) * stride + kernel - extent - pad);
}

export const pooling: LayerReader = (layer, inputs, to) => {
  const input = onlyInput(inputs);
  const fields = layer.fields.inside('pooling_param');
  const method = fields.word('pool', ['MAX', 'AVE', 'STOCHASTIC'], 'MAX');
  if (method === 'STOCHASTIC') throw new Unsupported('it picks its values at random');
  if (layer.tops.length > 1) throw new Unsupported('it also hands on where its maxima are');
  const average = method === 'AVE';
  if (fields.truth('global_pooling', false))
    return to.push(layer, { kind: average ? 'globalAveragePool' : 'globalMaxPool' }, input);
  const map = to.mapOf(input);
  const poolSize = fields.pair('kernel_size', 'kernel', 1);
  const strides = fields.pair('stride', 'stride', 1, 1);
  const pads = fields.pair('pad', 'pad', 0, 0);
  if (pads[0] >= poolSize[0] || pads[1] >= poolSize[1])
    fields.refuse(`pad ${pads.join('x')} must be smaller than the kernel ${poolSize.join('x')}`);
  const floor =
    fields.word('round_mode', ['CEIL', 'FLOOR'], 'CEIL') === 'FLOOR' || !fields.truth('ceil_mode', true);
  const after = (axis: 0 | 1) =>
    rowsAfter(extents(map)[axis], poolSize[axis], strides[axis], pads[axis], floor);
  const sides = [pads[0], after(0), pads[1], after(1)] as const;
  const padding = named(sides, map, poolSize, strides);
  if (average && (pads[0] > 0 || pads[1] > 0))
    to.note(
      `${layer.name} averages over its padding too in Caffe, and here over pixels only: values at the border differ, shapes and cost do not.`,
    );
  return to.push(layer, { kind: average ? 'averagePool' : 'maxPool', poolSize, strides, padding }, input);
};

/** A grouped bilinear Deconvolution is how Caffe's users enlarge a map (FCN, `net_surgery`). */
export const deconvolution: LayerReader = (layer, inputs, to) => {
  const input = onlyInput(inputs);
  const fields = layer.fields.inside('convolution_param');
  const map = to.mapOf(input);
  const size = fields.pair('stride', 'stride', 1, 1);
  const kernel = fields.pair('kernel_size', 'kernel', 1);
  const pads = fields.pair('pad', 'pad', 0, 0);
  const bilinear =
    fields.inside('weight_filler').text('type') === 'bilinear' &&
    fields.whole('group', 1, 1) === map.channels &&
    fields.whole('num_output', 1) === map.channels &&
    !fields.truth('bias_term', true) &&
    ([0, 1] as const).every(
      (axis) =>
        kernel[axis] === 2 * size[axis] - (size[axis] % 2) && pads[axis] === Math.ceil((size[axis] - 1) / 2),
    );
  if (!bilinear)
    throw new Unsupported('only one that enlarges each map with a bilinear filler is understood');
  return to.push(layer, { kind: 'upsample', size, interpolation: 'bilinear' }, input);
};

export const upsample: LayerReader = (layer, inputs, to) => {
  const input = onlyInput(inputs);
  const fields = layer.fields.inside('upsample_param');
  const size = fields.pair('scale', 'scale', 1);
  return to.push(layer, { kind: 'upsample', size, interpolation: 'nearest' }, input);
};

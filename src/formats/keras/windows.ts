import { fusedActivation } from './activations.ts';
import { type Conversion, fieldsOf, type Pads } from './conversion.ts';
import type { Fields } from './fields.ts';
import { refuse } from './fields.ts';
import type { Call } from './graph.ts';
import type { LayerReader } from './layers.ts';
import { neverNegative } from './notNegative.ts';

type Pair = readonly [number, number];

const dilated = (size: Pair, dilation: Pair): Pair => [
  (size[0] - 1) * dilation[0] + 1,
  (size[1] - 1) * dilation[1] + 1,
];

/** Kernel, strides, dilation and padding of a convolution, and what it reads. */
function windowOf(call: Call, to: Conversion) {
  const fields = fieldsOf(call.layer);
  fields.channelsLast();
  const tensor = to.padded(call);
  const kernelSize = fields.pair('kernel_size');
  const strides = fields.pair('strides', [1, 1]);
  const dilationRate = fields.pair('dilation_rate', [1, 1]);
  const size = dilated(kernelSize, dilationRate);
  const padding = to.windowPadding(tensor, fields.padding(), { size, strides });
  return { fields, inputs: [tensor.id], kernelSize, strides, dilationRate, padding };
}

export const conv2d: LayerReader = (call, to) => {
  const { layer } = call;
  const { fields, ...window } = windowOf(call, to);
  const useBias = fields.truth('use_bias', true);
  const filters = fields.whole('filters');
  const id = to.add(layer.name, {
    kind: 'conv2d',
    ...window,
    filters,
    groups: fields.whole('groups', 1),
    useBias,
  });
  to.weights(layer, [
    { name: 'kernel', to: [id, 'kernel'] },
    ...(useBias ? [{ name: 'bias', to: [id, 'bias'] as const }] : []),
  ]);
  return fusedActivation(to, layer, { id, rank: 4 });
};

export const depthwiseConv2d: LayerReader = (call, to) => {
  const { layer } = call;
  const { fields, ...window } = windowOf(call, to);
  const useBias = fields.truth('use_bias', true);
  const depthMultiplier = fields.whole('depth_multiplier', 1);
  const id = to.add(layer.name, { kind: 'depthwiseConv2d', ...window, depthMultiplier, useBias });
  to.weights(layer, [
    { name: 'depthwise_kernel', to: [id, 'depthwiseKernel'] },
    ...(useBias ? [{ name: 'bias', to: [id, 'bias'] as const }] : []),
  ]);
  return fusedActivation(to, layer, { id, rank: 4 });
};

/** A depthwise convolution without bias and a 1x1 convolution behind it: that is what it computes. */
export const separableConv2d: LayerReader = (call, to) => {
  const { layer } = call;
  const { fields, ...window } = windowOf(call, to);
  const useBias = fields.truth('use_bias', true);
  const depthMultiplier = fields.whole('depth_multiplier', 1);
  const filters = fields.whole('filters');
  const depthwise = to.add(`${layer.name}_depthwise`, {
    kind: 'depthwiseConv2d',
    ...window,
    depthMultiplier,
    useBias: false,
  });
  const id = to.add(layer.name, {
    kind: 'conv2d',
    inputs: [depthwise],
    filters,
    kernelSize: [1, 1],
    strides: [1, 1],
    dilationRate: [1, 1],
    padding: 'valid',
    groups: 1,
    useBias,
  });
  to.weights(layer, [
    { name: 'depthwise_kernel', to: [depthwise, 'depthwiseKernel'] },
    { name: 'pointwise_kernel', to: [id, 'kernel'] },
    ...(useBias ? [{ name: 'bias', to: [id, 'bias'] as const }] : []),
  ]);
  return fusedActivation(to, layer, { id, rank: 4 });
};

export const pool =
  (kind: 'maxPool' | 'averagePool'): LayerReader =>
  (call, to) => {
    const { layer } = call;
    const fields = fieldsOf(layer);
    fields.channelsLast();
    const tensor = to.padded(call);
    const poolSize = fields.pair('pool_size', [2, 2]);
    const strides = fields.pair('strides', poolSize);
    const padding = to.windowPadding(tensor, fields.padding(), { size: poolSize, strides });
    if (Array.isArray(padding)) {
      if (kind === 'averagePool') {
        refuse(
          'padded-average',
          `A ZeroPadding2D comes before the average pooling ${layer.name}, whose averages would count its zeros; use the pooling's own padding instead.`,
          layer.name,
        );
      }
      if (!neverNegative(to.layers, tensor.id)) {
        to.notes.push(
          `The zeros of a ZeroPadding2D before the max pooling ${layer.name} are no values here: at the border, where all values are negative, the maximum is theirs and not zero.`,
        );
      }
    }
    const id = to.add(layer.name, { kind, inputs: [tensor.id], poolSize, strides, padding });
    return { id, rank: 4 };
  };

/** [[top, bottom], [left, right]], or one number for both sides of an axis, or one for all. */
function padsOf(fields: Fields): Pads {
  const value = fields.raw('padding') ?? 1;
  const axes = Array.isArray(value) ? value : [value, value];
  const sides = axes.flatMap((axis) => (Array.isArray(axis) ? axis : [axis, axis]));
  const valid = axes.length === 2 && sides.length === 4;
  if (!valid || !sides.every((pad) => Number.isInteger(pad) && pad >= 0 && pad <= 4096))
    fields.refuse('padding', 'whole numbers from 0 to 4096 for top, bottom, left and right');
  return sides as [number, number, number, number];
}

/** Adds no layer: the next window takes the zeros in. */
export const zeroPadding: LayerReader = (call, to) => {
  const fields = fieldsOf(call.layer);
  fields.channelsLast();
  const tensor = to.padded(call);
  const before = tensor.pads ?? [0, 0, 0, 0];
  const own = padsOf(fields);
  const pads: Pads = [before[0] + own[0], before[1] + own[1], before[2] + own[2], before[3] + own[3]];
  return { ...tensor, pads };
};

import { describeMap } from '../../core/network/shapes.ts';
import { type Conversion, fieldsOf, type Tensor } from './conversion.ts';
import { refuse } from './fields.ts';
import type { Call, KerasLayer } from './graph.ts';
import type { LayerReader } from './layers.ts';

// Layers that make of images what a network was trained with.

/** One number for all channels, or one for each. */
const numbersOf = (value: unknown, channels: number): readonly number[] | null => {
  const list = [value].flat(4);
  if (!list.every((n) => typeof n === 'number' && Number.isFinite(n))) return null;
  if (list.length === 1) return new Array<number>(channels).fill(list[0] as number);
  return list.length === channels ? (list as number[]) : null;
};

/** A batch norm that still lacks what it subtracts and divides by, and the channels that it has. */
function batchNorm(to: Conversion, layer: KerasLayer, tensor: Tensor) {
  const id = to.add(layer.name, { kind: 'batchNorm', inputs: [tensor.id], epsilon: 0 });
  to.scalings.set(id, `Layer ${layer.name} (${layer.className})`);
  return { id, rank: tensor.rank, channels: to.mapOf(tensor.id).channels };
}

/** x * scale + offset, one number or one a channel: a batch norm of mean 0 and variance 1. */
export const rescaling: LayerReader = (call, to) => {
  const { layer } = call;
  const fields = fieldsOf(layer);
  const { id, rank, channels } = batchNorm(to, layer, to.input(call));
  for (const [key, parameter, usual] of [
    ['scale', 'gamma', 1],
    ['offset', 'beta', 0],
  ] as const) {
    const values = numbersOf(fields.raw(key) ?? usual, channels);
    if (!values) return fields.refuse(key, `one number, or one for each of ${channels} channels`);
    to.numbers(layer, id, parameter, values);
  }
  to.constant(layer, id, 'movingMean', 0);
  to.constant(layer, id, 'movingVariance', 1);
  return { id, rank };
};

/** Over the channels, or over all values together where the axis is none. */
function checkAxis(call: Call, rank: number): void {
  const fields = fieldsOf(call.layer);
  const axis = 'axis' in call.layer.config ? call.layer.config.axis : -1;
  if (axis === null || (Array.isArray(axis) && axis.length === 0) || fields.isLastAxis(rank)) return;
  fields.refuse('axis', '-1 or none');
}

/** (x - mean) / sqrt(variance): a batch norm. The statistics are settings, or weights that `adapt` found. */
export const normalization: LayerReader = (call, to) => {
  const { layer } = call;
  const fields = fieldsOf(layer);
  const tensor = to.input(call);
  checkAxis(call, tensor.rank);
  if (fields.truth('invert', false)) fields.refuse('invert', 'false');
  const { id, rank, channels } = batchNorm(to, layer, tensor);
  to.constant(layer, id, 'gamma', 1);
  to.constant(layer, id, 'beta', 0);
  const given = fields.raw('mean') !== null || fields.raw('variance') !== null;
  if (!given) {
    to.weights(layer, [
      { name: 'mean', to: [id, 'movingMean'], repeated: true },
      { name: 'variance', to: [id, 'movingVariance'], repeated: true },
    ]);
    return { id, rank };
  }
  for (const [key, parameter] of [
    ['mean', 'movingMean'],
    ['variance', 'movingVariance'],
  ] as const) {
    const values = numbersOf(fields.raw(key), channels);
    if (!values || (key === 'variance' && values.some((value) => value <= 0)))
      return fields.refuse(key, `one number, or one for each of ${channels} channels, of a variance above 0`);
    to.numbers(layer, id, parameter, values);
  }
  return { id, rank };
};

/** Nothing where the size stays, an upsampling where it grows by whole numbers. */
export const resizing: LayerReader = (call, to) => {
  const { layer } = call;
  const fields = fieldsOf(layer);
  fields.channelsLast();
  const tensor = to.input(call);
  const map = to.mapOf(tensor.id);
  const size = [fields.whole('height') / map.height, fields.whole('width') / map.width] as const;
  if (size.every((factor) => factor === 1)) return tensor;
  const interpolation = fields.raw('interpolation') ?? 'bilinear';
  const cut = fields.truth('crop_to_aspect_ratio', false) || fields.truth('pad_to_aspect_ratio', false);
  const known = interpolation === 'nearest' || interpolation === 'bilinear';
  if (cut || !known || !size.every((factor) => Number.isInteger(factor)))
    return refuse(
      'resizing',
      `Layer ${layer.name} (Resizing) makes ${fields.whole('height')}x${fields.whole('width')} of ${describeMap(map)} by ${JSON.stringify(interpolation)}; only whole multiples, nearest or bilinear, can be read, so take the layer out and feed images of its size.`,
      layer.name,
    );
  return { id: to.add(layer.name, { kind: 'upsample', inputs: [tensor.id], size, interpolation }), rank: 4 };
};

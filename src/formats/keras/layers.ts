import { activate, leakyRelu } from './activations.ts';
import { type Conversion, fieldsOf, type Tensor } from './conversion.ts';
import { refuse } from './fields.ts';
import type { Call } from './graph.ts';
import { permute } from './shuffle.ts';
import { dense, flatten, inputLayer, reshape } from './vectors.ts';
import { conv2d, depthwiseConv2d, pool, separableConv2d, zeroPadding } from './windows.ts';

/** Reads one class of Keras layers: adds what it is here, and gives back what it hands on. */
export type LayerReader = (call: Call, to: Conversion) => Tensor;

const globalPool =
  (kind: 'globalAveragePool' | 'globalMaxPool'): LayerReader =>
  (call, to) => {
    const fields = fieldsOf(call.layer);
    fields.channelsLast();
    const tensor = to.input(call);
    const id = to.add(call.layer.name, { kind, inputs: [tensor.id] });
    return { id, rank: fields.truth('keepdims', false) ? 4 : 2 };
  };

function refuseAxis({ layer }: Call): never {
  return refuse(
    'axis',
    `Layer ${layer.name} (${layer.className}) works along axis ${JSON.stringify(layer.config.axis)}; only the channels, the last axis, can be read.`,
    layer.name,
  );
}

const batchNorm: LayerReader = (call, to) => {
  const { layer } = call;
  const fields = fieldsOf(layer);
  const tensor = to.input(call);
  if (!fields.isLastAxis(tensor.rank)) refuseAxis(call);
  const epsilon = fields.number('epsilon', 1e-3);
  if (epsilon < 0 || epsilon > 1) fields.refuse('epsilon', 'a number from 0 to 1');
  const id = to.add(layer.name, { kind: 'batchNorm', inputs: [tensor.id], epsilon });
  const scale = fields.truth('scale', true);
  const center = fields.truth('center', true);
  const own = [
    ...(scale ? [{ name: 'gamma', to: [id, 'gamma'] as const }] : []),
    ...(center ? [{ name: 'beta', to: [id, 'beta'] as const }] : []),
    { name: 'moving_mean', to: [id, 'movingMean'] as const },
    { name: 'moving_variance', to: [id, 'movingVariance'] as const },
  ];
  to.weights(layer, own);
  if (!scale) to.constant(layer, id, 'gamma', 1);
  if (!center) to.constant(layer, id, 'beta', 0);
  return { id, rank: tensor.rank };
};

/** ReLU(max_value, negative_slope, threshold): here it has no bound, or 6, or a slope. */
const relu: LayerReader = (call, to) => {
  const { layer } = call;
  const fields = fieldsOf(layer);
  const tensor = to.input(call);
  const most = fields.raw('max_value');
  const slope = fields.number('negative_slope', 0);
  const threshold = fields.number('threshold', 0);
  if (threshold !== 0 || (most !== null && (most !== 6 || slope !== 0))) {
    refuse(
      'relu-settings',
      `Layer ${layer.name} is a ReLU with max_value ${JSON.stringify(most)?.slice(0, 40)}, negative_slope ${slope} and threshold ${threshold}; max_value must be 6 or none, the threshold 0, and a slope has no max_value.`,
      layer.name,
    );
  }
  if (most === null) return leakyRelu(to, layer, tensor, slope, layer.name);
  return { id: to.add(layer.name, { kind: 'relu6', inputs: [tensor.id] }), rank: tensor.rank };
};

/** Keras 2 calls the slope alpha, Keras 3 negative_slope; both take 0.3 where it is not given. */
const leaky: LayerReader = (call, to) => {
  const fields = fieldsOf(call.layer);
  const slope = fields.number('negative_slope', fields.number('alpha', 0.3));
  return leakyRelu(to, call.layer, to.input(call), slope, call.layer.name);
};

const softmax: LayerReader = (call, to) => {
  const tensor = to.input(call);
  if (!fieldsOf(call.layer).isLastAxis(tensor.rank)) refuseAxis(call);
  return { id: to.add(call.layer.name, { kind: 'softmax', inputs: [tensor.id] }), rank: tensor.rank };
};

const elementwise =
  (kind: 'add' | 'multiply'): LayerReader =>
  (call, to) => {
    const tensors = to.inputs(call);
    const id = to.add(call.layer.name, { kind, inputs: tensors.map((tensor) => tensor.id) });
    return { id, rank: Math.max(...tensors.map(({ rank }) => rank)) };
  };

const concat: LayerReader = (call, to) => {
  const tensors = to.inputs(call);
  const rank = Math.max(...tensors.map((tensor) => tensor.rank));
  if (!fieldsOf(call.layer).isLastAxis(rank)) refuseAxis(call);
  return { id: to.add(call.layer.name, { kind: 'concat', inputs: tensors.map(({ id }) => id) }), rank };
};

const upsample: LayerReader = (call, to) => {
  const fields = fieldsOf(call.layer);
  fields.channelsLast();
  const interpolation = fields.raw('interpolation') ?? 'nearest';
  if (interpolation !== 'nearest' && interpolation !== 'bilinear')
    return fields.refuse('interpolation', 'nearest or bilinear');
  const inputs = [to.input(call).id];
  const size = fields.pair('size', [2, 2]);
  return { id: to.add(call.layer.name, { kind: 'upsample', inputs, size, interpolation }), rank: 4 };
};

const dropout: LayerReader = (call, to) => {
  const fields = fieldsOf(call.layer);
  const tensor = to.input(call);
  const rate = fields.number('rate', 0);
  if (rate < 0 || rate > 1) fields.refuse('rate', 'a number from 0 to 1');
  return { id: to.add(call.layer.name, { kind: 'dropout', inputs: [tensor.id], rate }), rank: tensor.rank };
};

/** Layers that only training knows: noise, augmentation. */
const leftOut: LayerReader = (call, to) => {
  to.notes.push(
    `Layer ${call.layer.name} (${call.layer.className}) changes nothing outside training and is left out.`,
  );
  return to.padded(call);
};

const rescaling: LayerReader = (call, to) => {
  const fields = fieldsOf(call.layer);
  const scale = fields.number('scale');
  const offset = fields.number('offset', 0);
  to.notes.push(
    `Layer ${call.layer.name} (Rescaling) multiplies by ${Number(scale.toPrecision(6))} and adds ${Number(offset.toPrecision(6))}; it is left out, so feed the network images that are scaled so already.`,
  );
  return to.input(call);
};

/** One number for all channels, or one for each. */
const numbersOf = (value: unknown, channels: number): readonly number[] | null => {
  const list = [value].flat(4);
  if (!list.every((n) => typeof n === 'number' && Number.isFinite(n))) return null;
  if (list.length === 1) return new Array<number>(channels).fill(list[0] as number);
  return list.length === channels ? (list as number[]) : null;
};

/** (x - mean) / sqrt(variance): a batch norm. The statistics are settings, or weights that `adapt` found. */
const normalization: LayerReader = (call, to) => {
  const { layer } = call;
  const fields = fieldsOf(layer);
  const tensor = to.input(call);
  if (!fields.isLastAxis(tensor.rank)) refuseAxis(call);
  if (fields.truth('invert', false)) fields.refuse('invert', 'false');
  const id = to.add(layer.name, { kind: 'batchNorm', inputs: [tensor.id], epsilon: 0 });
  const { channels } = to.mapOf(tensor.id);
  to.constant(layer, id, 'gamma', 1);
  to.constant(layer, id, 'beta', 0);
  const given = fields.raw('mean') !== null || fields.raw('variance') !== null;
  if (!given) {
    to.weights(layer, [
      { name: 'mean', to: [id, 'movingMean'] },
      { name: 'variance', to: [id, 'movingVariance'] },
    ]);
    return { id, rank: tensor.rank };
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
  return { id, rank: tensor.rank };
};

const READERS: Readonly<Record<string, LayerReader>> = {
  InputLayer: inputLayer,
  Conv2D: conv2d,
  Convolution2D: conv2d,
  DepthwiseConv2D: depthwiseConv2d,
  SeparableConv2D: separableConv2d,
  Dense: dense,
  MaxPooling2D: pool('maxPool'),
  AveragePooling2D: pool('averagePool'),
  GlobalAveragePooling2D: globalPool('globalAveragePool'),
  GlobalMaxPooling2D: globalPool('globalMaxPool'),
  ZeroPadding2D: zeroPadding,
  BatchNormalization: batchNorm,
  BatchNormalizationV1: batchNorm,
  Activation: (call, to) =>
    activate(to, call.layer, to.input(call), call.layer.config.activation ?? null, call.layer.name),
  ReLU: relu,
  LeakyReLU: leaky,
  Softmax: softmax,
  Add: elementwise('add'),
  Multiply: elementwise('multiply'),
  Concatenate: concat,
  UpSampling2D: upsample,
  Flatten: flatten,
  Reshape: reshape,
  Permute: permute,
  Dropout: dropout,
  SpatialDropout2D: leftOut,
  GaussianNoise: leftOut,
  GaussianDropout: leftOut,
  ActivityRegularization: leftOut,
  RandomFlip: leftOut,
  RandomRotation: leftOut,
  RandomZoom: leftOut,
  RandomTranslation: leftOut,
  RandomContrast: leftOut,
  RandomBrightness: leftOut,
  Normalization: normalization,
  Rescaling: rescaling,
};

/** Null for a class that can't be read. */
export const readerOf = (className: string): LayerReader | null =>
  Object.hasOwn(READERS, className) ? (READERS[className] ?? null) : null;

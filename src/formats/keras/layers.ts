import { activate, leakyRelu, reluLayer, slopeOf } from './activations.ts';
import { type Conversion, fieldsOf, type Tensor } from './conversion.ts';
import { refuse } from './fields.ts';
import type { Call } from './graph.ts';
import { normalization, rescaling, resizing } from './preprocessing.ts';
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

export function refuseAxis({ layer }: Call): never {
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

/** What keeps zeros zero can stand between a padding and its window. */
const relu: LayerReader = (call, to) =>
  reluLayer(to, call.layer, to.padded(call), fieldsOf(call.layer), call.layer.name);

const leaky: LayerReader = (call, to) =>
  leakyRelu(to, call.layer, to.padded(call), slopeOf(fieldsOf(call.layer)), call.layer.name);

const softmax: LayerReader = (call, to) => {
  const tensor = to.input(call);
  if (!fieldsOf(call.layer).isLastAxis(tensor.rank)) refuseAxis(call);
  return { id: to.add(call.layer.name, { kind: 'softmax', inputs: [tensor.id] }), rank: tensor.rank };
};

const add: LayerReader = (call, to) => {
  const tensors = to.inputs(call);
  const id = to.add(call.layer.name, { kind: 'add', inputs: tensors.map((tensor) => tensor.id) });
  return { id, rank: Math.max(...tensors.map(({ rank }) => rank)) };
};

/** More than two are multiplied one after the other. */
const multiply: LayerReader = (call, to) =>
  to.inputs(call).reduce((product, { id, rank }) => ({
    id: to.add(call.layer.name, { kind: 'multiply', inputs: [product.id, id] }),
    rank: Math.max(product.rank, rank),
  }));

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
  const tensor = to.padded(call);
  const rate = fields.number('rate', 0);
  if (rate < 0 || rate > 1) fields.refuse('rate', 'a number from 0 to 1');
  return { ...tensor, id: to.add(call.layer.name, { kind: 'dropout', inputs: [tensor.id], rate }) };
};

/** Layers that only training knows: noise, augmentation. */
const TRAINING_ONLY = [
  ...[
    'SpatialDropout2D',
    'GaussianNoise',
    'GaussianDropout',
    'AlphaDropout',
    'ActivityRegularization',
    'Identity',
  ],
  ...['RandomFlip', 'RandomRotation', 'RandomZoom', 'RandomTranslation', 'RandomShear', 'RandomPerspective'],
  ...['RandomContrast', 'RandomBrightness', 'RandomHue', 'RandomSaturation', 'RandomSharpness'],
  ...['RandomColorJitter', 'RandomGrayscale', 'RandomPosterization', 'RandomGaussianBlur', 'RandomErasing'],
  ...['MixUp', 'CutMix', 'AugMix', 'RandAugment'],
];

const leftOut: LayerReader = (call, to) => {
  to.notes.push(
    `Layer ${call.layer.name} (${call.layer.className}) changes nothing outside training and is left out.`,
  );
  return to.padded(call);
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
  Add: add,
  Multiply: multiply,
  Concatenate: concat,
  UpSampling2D: upsample,
  Flatten: flatten,
  Reshape: reshape,
  Permute: permute,
  Dropout: dropout,
  ...Object.fromEntries(TRAINING_ONLY.map((className) => [className, leftOut])),
  Resizing: resizing,
  Normalization: normalization,
  Rescaling: rescaling,
};

/** Null for a class that can't be read. */
export const readerOf = (className: string): LayerReader | null =>
  Object.hasOwn(READERS, className) ? (READERS[className] ?? null) : null;

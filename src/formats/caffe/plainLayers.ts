import { describeMap } from '../../core/network/shapes.ts';
import type { LayerDraft } from '../onnx/sketch.ts';
import { Unsupported } from './fields.ts';
import { checkChannels, type LayerReader, onlyInput } from './translation.ts';

export const plain =
  (draft: LayerDraft): LayerReader =>
  (layer, inputs, to) =>
    to.push(layer, draft, onlyInput(inputs));

/** The same numbers under other names. */
export const alias: LayerReader = (_layer, inputs) => onlyInput(inputs);

export const relu: LayerReader = (layer, inputs, to) => {
  const slope = layer.fields.inside('relu_param').number('negative_slope', 0);
  if (slope === 0) return to.push(layer, { kind: 'relu' }, onlyInput(inputs));
  if (!(slope > 0 && slope <= 1)) throw new Unsupported(`its negative_slope is ${slope}, not from 0 to 1`);
  return to.push(layer, { kind: 'leakyRelu', slope }, onlyInput(inputs));
};

export const clip: LayerReader = (layer, inputs, to) => {
  const fields = layer.fields.inside('clip_param');
  const [low, high] = [fields.number('min', Number.NaN), fields.number('max', Number.NaN)];
  if (low !== 0 || high !== 6)
    throw new Unsupported(`it clips to [${low}, ${high}], and [0, 6] is understood`);
  return to.push(layer, { kind: 'relu6' }, onlyInput(inputs));
};

export const innerProduct: LayerReader = (layer, inputs, to) => {
  const fields = layer.fields.inside('inner_product_param');
  const axis = fields.number('axis', 1);
  if (axis !== 1) throw new Unsupported(`its axis is ${axis}, and 1 is understood`);
  const input = to.flat(layer, onlyInput(inputs));
  const units = fields.whole('num_output', 1);
  return to.push(layer, { kind: 'dense', units, useBias: fields.truth('bias_term', true) }, input);
};

/** Caffe's own eps is 1e-5; its scale and shift are a Scale layer's, which is taken up when it comes. */
export const batchNorm: LayerReader = (layer, inputs, to) => {
  const epsilon = layer.fields.inside('batch_norm_param').number('eps', 1e-5);
  const id = to.push(layer, { kind: 'batchNorm', epsilon }, onlyInput(inputs));
  if (layer.type === 'BatchNorm') to.unscaled.add(id);
  return id;
};

/** Behind a batch norm its gamma and beta; alone a batch norm of mean 0 and variance 1; of two blobs a gate. */
export const scale: LayerReader = (layer, inputs, to) => {
  const fields = layer.fields.inside('scale_param');
  const axis = fields.number('axis', 1);
  const [first, gate] = inputs;
  if (first !== undefined && gate !== undefined) {
    const map = to.mapOf(gate);
    const pixel = map.height === 1 && map.width === 1;
    if (fields.truth('bias_term', false)) throw new Unsupported('it multiplies two blobs and adds a bias');
    if (axis !== 0 && !(axis === 1 && pixel))
      throw new Unsupported(`it multiplies two blobs from axis ${axis} on`);
    return to.push(layer, { kind: 'multiply' }, first, gate);
  }
  const input = onlyInput(inputs);
  checkChannels(to.mapOf(input), axis);
  if (fields.number('num_axes', 1) !== 1)
    throw new Unsupported('it scales otherwise than each channel by a number');
  if (to.unscaled.has(input) && to.isReadOnce(layer, 0)) {
    to.unscaled.delete(input);
    return input;
  }
  to.note(
    `${layer.name} became a batch norm of mean 0 and variance 1, which computes the same; its parameters count four a channel.`,
  );
  return to.push(layer, { kind: 'batchNorm', epsilon: 0 }, input);
};

export const eltwise: LayerReader = (layer, inputs, to) => {
  const fields = layer.fields.inside('eltwise_param');
  const operation = fields.word('operation', ['PROD', 'SUM', 'MAX'], 'SUM');
  if (operation === 'MAX') throw new Unsupported('it takes the larger of its inputs');
  if (operation === 'SUM' && fields.numbers('coeff').some((one) => one !== 1))
    throw new Unsupported(`it adds with the factors ${fields.numbers('coeff').slice(0, 8).join(', ')}`);
  const [first, ...more] = inputs;
  if (first === undefined || more.length === 0) throw new Unsupported('it reads fewer than two blobs');
  if (operation === 'SUM') return to.push(layer, { kind: 'add' }, first, ...more);
  return more.reduce((product, input) => to.push(layer, { kind: 'multiply' }, product, input), first);
};

export const concat: LayerReader = (layer, inputs, to) => {
  const fields = layer.fields.inside('concat_param');
  const [first, ...more] = inputs;
  if (first === undefined) throw new Unsupported('it reads nothing');
  checkChannels(to.mapOf(first), fields.number('axis', fields.number('concat_dim', 1)));
  return more.length === 0 ? first : to.push(layer, { kind: 'concat' }, first, ...more);
};

export const dropout: LayerReader = (layer, inputs, to) => {
  const rate = layer.fields.inside('dropout_param').number('dropout_ratio', 0.5);
  if (!(rate >= 0 && rate < 1)) layer.fields.refuse(`dropout_ratio is ${rate} and must be from 0 to below 1`);
  return to.push(layer, { kind: 'dropout', rate }, onlyInput(inputs));
};

export const softmax: LayerReader = (layer, inputs, to) => {
  const input = onlyInput(inputs);
  checkChannels(to.mapOf(input), layer.fields.inside('softmax_param').number('axis', 1));
  return to.push(layer, { kind: 'softmax' }, input);
};

export const flatten: LayerReader = (layer, inputs, to) => {
  const fields = layer.fields.inside('flatten_param');
  if (fields.number('axis', 1) !== 1 || ![-1, 3].includes(fields.number('end_axis', -1)))
    throw new Unsupported('it joins other axes than all but the first');
  return to.flat(layer, onlyInput(inputs), layer.name);
};

/** The shapes that keep a map or flatten it; 0 keeps an extent, -1 takes what is left (caffe.proto). */
export const reshape: LayerReader = (layer, inputs, to) => {
  const input = onlyInput(inputs);
  const fields = layer.fields.inside('reshape_param');
  const map = to.mapOf(input);
  const dims = fields.inside('shape').numbers('dim');
  const own = [1, map.channels, map.height, map.width];
  const unsupported = () =>
    new Unsupported(`it reshapes ${describeMap(map)} to [${dims.slice(0, 8).join(', ')}]`);
  if (fields.number('axis', 0) !== 0 || fields.number('num_axes', -1) !== -1 || dims.length > 4)
    throw unsupported();
  const size = map.channels * map.height * map.width;
  const [, ...rest] = dims.map((n, i) => (n === 0 ? (own[i] ?? 0) : n));
  const known = rest.filter((n) => n !== -1).reduce((product, n) => product * n, 1);
  const filled = rest.map((n) => (n === -1 ? size / known : n));
  if (filled.length > 0 && filled.join() === own.slice(1).join()) return input;
  const flat = filled[0] === size && filled.slice(1).every((n) => n === 1);
  if (!flat) throw unsupported();
  return to.flat(layer, input, layer.name);
};

/** SSD's Normalize: every pixel by the root of its squares' sum plus eps, where ours has a least length. */
export const normalize: LayerReader = (layer, inputs, to) => {
  const fields = layer.fields.inside('norm_param');
  if (fields.truth('across_spatial', true)) throw new Unsupported('it normalizes all pixels together');
  if (fields.truth('channel_shared', true))
    to.note(`${layer.name} has one scale for all channels in Caffe; here each channel has its own.`);
  const epsilon = Math.sqrt(fields.number('eps', 1e-10));
  return to.push(layer, { kind: 'l2Normalize', epsilon }, onlyInput(inputs));
};

/** ShuffleNet's layer for Caffe. */
export const shuffleChannel: LayerReader = (layer, inputs, to) => {
  const groups = layer.fields.inside('shuffle_channel_param').whole('group', 1, 1);
  return to.push(layer, { kind: 'channelShuffle', groups }, onlyInput(inputs));
};

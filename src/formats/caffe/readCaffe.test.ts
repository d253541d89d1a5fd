import { describe, expect, test } from 'vitest';
import { layerCounts, networkCounts } from '../../core/network/counts.ts';
import type { Network } from '../../core/network/network.ts';
import { presetById } from '../../core/network/presets.ts';
import { geometryAt, geometryOf } from '../../core/network/shapes.ts';
import { unwrap } from '../../core/result.ts';
import { isCaffeText, readCaffe } from './readCaffe.ts';

const read = (text: string) => unwrap(readCaffe(text, 'net.prototxt'));
const kinds = ({ layers }: Network) => layers.map(({ kind }) => kind).join(' ');
const refusal = (text: string): string => {
  const model = readCaffe(text, 'net.prototxt');
  return model.ok ? kinds(model.value.network) : model.error.message;
};
const layerAt = ({ layers }: Network, id: string) => layers.find((layer) => layer.id === id)!;
const ofmOf = (network: Network, id: string) => geometryAt(geometryOf(network), id).ofm;

const input = (channels: number, height: number, width = height) =>
  `name: "net" layer { name: "data" type: "Input" top: "data" input_param { shape: { dim: 1 dim: ${channels} dim: ${height} dim: ${width} } } }\n`;
const layer = (name: string, type: string, bottom: string, parameters = '', top = name) =>
  `layer { name: "${name}" type: "${type}" bottom: "${bottom}" top: "${top}" ${parameters} }\n`;
const conv = (name: string, bottom: string, filters: number, kernel: number, more = '') =>
  layer(
    name,
    'Convolution',
    bottom,
    `convolution_param { num_output: ${filters} kernel_size: ${kernel} ${more} }`,
  ) + layer(`${name}_relu`, 'ReLU', name, '', name);
const pool = (name: string, bottom: string, parameters: string) =>
  layer(name, 'Pooling', bottom, `pooling_param { ${parameters} }`);
const dense = (name: string, bottom: string, units: number) =>
  layer(name, 'InnerProduct', bottom, `inner_product_param { num_output: ${units} }`);

describe('networks that were published as prototxt', () => {
  test("Caffe's LeNet: 430,500 weights and 580 biases", () => {
    const text = `name: "LeNet"  # as examples/mnist
input: "data"
input_shape { dim: 64 dim: 1 dim: 28 dim: 28 }
layer {
  name: "conv1"
  type: "Convolution"
  bottom: "data"
  top: "conv1"
  param { lr_mult: 1 }
  param { lr_mult: 2 }
  convolution_param {
    num_output: 20
    kernel_size: 5
    stride: 1
    weight_filler { type: "xavier" }
  }
}
layer { name: 'pool1' type: 'Pooling' bottom: 'conv1' top: 'pool1' pooling_param { pool: MAX kernel_size: 2 stride: 2 } }
${conv('conv2', 'pool1', 50, 5)}${pool('pool2', 'conv2', 'pool: MAX kernel_size: 2 stride: 2')}
${dense('ip1', 'pool2', 500)}${layer('relu1', 'ReLU', 'ip1', '', 'ip1')}${dense('ip2', 'ip1', 10)}
${layer('prob', 'Softmax', 'ip2')}`;
    const { network, weights, source, notes } = read(text);
    expect([network.name, weights, source, notes]).toEqual(['LeNet', null, 'Caffe prototxt', []]);
    expect(kinds(network)).toBe('input conv2d maxPool conv2d relu maxPool flatten dense relu dense softmax');
    // 5*5*1*20 + 5*5*20*50 + 800*500 + 500*10 weights
    expect(networkCounts(network)).toMatchObject({ weightCount: 430_500, parameterCount: 431_080 });
    expect(networkCounts(network).macCount).toBe(24 * 24 * 500 + 8 * 8 * 25_000 + 400_000 + 5_000);
  });

  test('AlexNet with groups and LRN: 60,965,224 parameters and 724,406,816 MACs', () => {
    const lrn = (name: string, bottom: string) => layer(name, 'LRN', bottom, 'lrn_param { local_size: 5 }');
    const big = 'pool: MAX kernel_size: 3 stride: 2';
    const text =
      input(3, 227) +
      conv('conv1', 'data', 96, 11, 'stride: 4') +
      lrn('norm1', 'conv1') +
      pool('pool1', 'norm1', big) +
      conv('conv2', 'pool1', 256, 5, 'pad: 2 group: 2') +
      lrn('norm2', 'conv2') +
      pool('pool2', 'norm2', big) +
      conv('conv3', 'pool2', 384, 3, 'pad: 1') +
      conv('conv4', 'conv3', 384, 3, 'pad: 1 group: 2') +
      conv('conv5', 'conv4', 256, 3, 'pad: 1 group: 2') +
      pool('pool5', 'conv5', big) +
      dense('fc6', 'pool5', 4096) +
      layer('drop6', 'Dropout', 'fc6', 'dropout_param { dropout_ratio: 0.5 }', 'fc6') +
      dense('fc7', 'fc6', 4096) +
      dense('fc8', 'fc7', 1000) +
      layer('prob', 'Softmax', 'fc8');
    const { network, notes } = read(text);
    expect(networkCounts(network)).toMatchObject({
      parameterCount: 60_965_224,
      // 55*55*11*11*3*96 + 27*27*25*48*256 + 13*13*9*(256*384 + 192*384 + 192*256) + 9216*4096 + 4096*4096 + 4096*1000
      macCount: 105_415_200 + 223_948_800 + 149_520_384 + 112_140_288 + 74_760_192 + 58_621_952,
    });
    expect(layerAt(network, 'conv2')).toMatchObject({ groups: 2, padding: 'same' });
    expect(notes).toEqual([
      expect.stringMatching(/^norm1 \(LRN\) is left out: .* accuracy does not\.$/),
      expect.stringMatching(/^norm2/),
    ]);
  });

  test('SqueezeNet 1.0 has the counts of the preset', () => {
    const fire = (n: number, bottom: string, squeeze: number, expand: number) =>
      conv(`fire${n}/squeeze1x1`, bottom, squeeze, 1) +
      conv(`fire${n}/expand1x1`, `fire${n}/squeeze1x1`, expand, 1) +
      conv(`fire${n}/expand3x3`, `fire${n}/squeeze1x1`, expand, 3, 'pad: 1') +
      `layer { name: "fire${n}/concat" type: "Concat" bottom: "fire${n}/expand1x1" bottom: "fire${n}/expand3x3" top: "fire${n}/concat" }\n`;
    const ceil = 'pool: MAX kernel_size: 3 stride: 2';
    const text =
      input(3, 224) +
      conv('conv1', 'data', 96, 7, 'stride: 2') +
      pool('pool1', 'conv1', ceil) +
      fire(2, 'pool1', 16, 64) +
      fire(3, 'fire2/concat', 16, 64) +
      fire(4, 'fire3/concat', 32, 128) +
      pool('pool4', 'fire4/concat', ceil) +
      fire(5, 'pool4', 32, 128) +
      fire(6, 'fire5/concat', 48, 192) +
      fire(7, 'fire6/concat', 48, 192) +
      fire(8, 'fire7/concat', 64, 256) +
      pool('pool8', 'fire8/concat', ceil) +
      fire(9, 'pool8', 64, 256) +
      layer('drop9', 'Dropout', 'fire9/concat', 'dropout_param { dropout_ratio: 0.5 }', 'fire9/concat') +
      conv('conv10', 'fire9/concat', 1000, 1) +
      pool('pool10', 'conv10', 'pool: AVE global_pooling: true') +
      layer('prob', 'Softmax', 'pool10');
    const { network, notes } = read(text);
    const preset = presetById('squeezenet-1.0')!;
    const wanted = preset.build(preset.input, 1000);
    expect(networkCounts(network)).toEqual(networkCounts(wanted));
    expect(kinds(network)).toBe(kinds(wanted));
    expect(notes).toEqual([]);
  });
});

test("an inception branch of GoogLeNet: Caffe's ceil pooling, four branches side by side", () => {
  const text =
    input(3, 224) +
    conv('conv1', 'data', 64, 7, 'pad: 3 stride: 2') +
    pool('pool1', 'conv1', 'pool: MAX kernel_size: 3 stride: 2') +
    conv('b1', 'pool1', 64, 1) +
    conv('b2_reduce', 'pool1', 96, 1) +
    conv('b2', 'b2_reduce', 128, 3, 'pad: 1') +
    conv('b3_reduce', 'pool1', 16, 1) +
    conv('b3', 'b3_reduce', 32, 5, 'pad: 2') +
    pool('b4_pool', 'pool1', 'pool: MAX kernel_size: 3 stride: 1 pad: 1') +
    conv('b4', 'b4_pool', 32, 1) +
    'layer { name: "out" type: "Concat" bottom: ["b1", "b2", "b3", "b4"] top: "out" concat_param { axis: 1 } }' +
    pool('gap', 'out', 'pool: AVE kernel_size: 7 stride: 1');
  const { network } = read(text);
  // ceil((112 - 3) / 2) + 1 = 56, where rounding down gives 55
  expect(ofmOf(network, 'pool1')).toEqual({ height: 56, width: 56, channels: 64 });
  expect(ofmOf(network, 'out')).toEqual({ height: 56, width: 56, channels: 256 });
  expect(layerAt(network, 'out').inputs).toEqual(['b1_relu', 'b2_relu', 'b3_relu', 'b4_relu']);
});

test.each([
  // extent, kernel, stride, pad, outputs of Caffe's rule
  [112, 3, 2, 0, 56],
  [13, 3, 2, 0, 6],
  [5, 2, 2, 1, 3],
  [6, 2, 2, 1, 4],
  [7, 3, 3, 1, 3],
  [4, 1, 3, 0, 2],
  [10, 3, 4, 2, 3],
])('pooling of %i pixels by %i, stride %i, pad %i, gives %i', (extent, kernel, stride, pad, outputs) => {
  const text = input(2, extent) + pool('p', 'data', `kernel_size: ${kernel} stride: ${stride} pad: ${pad}`);
  expect(ofmOf(read(text).network, 'p')).toMatchObject({ height: outputs, width: outputs });
});

describe('a residual block', () => {
  const normalized = (name: string, bottom: string, filters: number, more = '') =>
    layer(
      name,
      'Convolution',
      bottom,
      `convolution_param { num_output: ${filters} kernel_size: 3 pad: 1 bias_term: false ${more} }`,
    ) +
    layer(`bn_${name}`, 'BatchNorm', name, 'batch_norm_param { use_global_stats: true }', name) +
    layer(`scale_${name}`, 'Scale', name, 'scale_param { bias_term: true }', name);
  const block =
    input(16, 8) +
    normalized('a', 'data', 16) +
    layer('relu', 'ReLU', 'a', '', 'a') +
    normalized('b', 'a', 16) +
    'layer { name: "sum" type: "Eltwise" bottom: "data" bottom: "b" top: "sum" }';

  test('BatchNorm and Scale are one batch norm, in place', () => {
    const { network, notes } = read(block);
    expect(kinds(network)).toBe('input conv2d batchNorm relu conv2d batchNorm add');
    expect(layerAt(network, 'sum').inputs).toEqual(['data', 'bn_b']);
    expect(layerAt(network, 'bn_a')).toMatchObject({ epsilon: 1e-5 });
    expect(networkCounts(network).trainableCount).toBe(2 * (9 * 16 * 16 + 2 * 16));
    expect(notes).toEqual([]);
  });

  test('a Scale alone, a BatchNorm alone and a batch norm that something else reads too', () => {
    const alone = read(input(4, 2) + layer('s', 'Scale', 'data', 'scale_param { bias_term: true }'));
    expect(layerAt(alone.network, 's')).toMatchObject({ kind: 'batchNorm', epsilon: 0 });
    expect(alone.notes[0]).toMatch(/^s became a batch norm of mean 0 and variance 1/);
    expect(read(input(4, 2) + layer('b', 'BatchNorm', 'data')).notes[0]).toMatch(/^No Scale follows b:/);
    const shared =
      input(4, 2) +
      layer('b', 'BatchNorm', 'data') +
      layer('s', 'Scale', 'b') +
      'layer { name: "sum" type: "Eltwise" bottom: "b" bottom: "s" top: "sum" eltwise_param { operation: SUM } }';
    expect(kinds(read(shared).network)).toBe('input batchNorm batchNorm add');
  });

  test('a Scale of two blobs is a gate, a product too', () => {
    const gate =
      input(4, 6) +
      pool('gap', 'data', 'pool: AVE global_pooling: true') +
      'layer { name: "g" type: "Scale" bottom: "data" bottom: "gap" top: "g" scale_param { axis: 0 } }' +
      'layer { name: "p" type: "Eltwise" bottom: "g" bottom: "data" top: "p" eltwise_param { operation: PROD } }';
    expect(kinds(read(gate).network)).toBe('input globalAveragePool multiply multiply');
  });
});

test('a group for each channel is a depthwise convolution, whatever its type is called', () => {
  const depthwise = (type: string, more: string) =>
    input(32, 12) +
    layer('dw', type, 'data', `convolution_param { num_output: 32 kernel_size: 3 pad: 1 stride: 2 ${more} }`);
  for (const text of [
    depthwise('Convolution', 'group: 32 engine: CAFFE'),
    depthwise('DepthwiseConvolution', ''),
    depthwise('ConvolutionDepthwise', ''),
  ]) {
    const { network } = read(text);
    expect(layerAt(network, 'dw')).toMatchObject({ kind: 'depthwiseConv2d', depthMultiplier: 1 });
    const geometry = geometryAt(geometryOf(network), 'dw');
    expect(geometry.ofm).toEqual({ height: 6, width: 6, channels: 32 });
    expect(layerCounts(layerAt(network, 'dw'), geometry)).toMatchObject({
      macCount: 36 * 9 * 32,
      weightCount: 288,
    });
  }
});

test('layers {} with capitals, input_dim and numbers of an enumeration', () => {
  const text = `name: 'old' input: 'data' input_dim: 10 input_dim: 3 input_dim: 32 input_dim: 24
layers { name: 'c' type: CONVOLUTION bottom: 'data' top: 'c' convolution_param < num_output: 8 kernel_h: 3 kernel_w: 1 stride_h: 2 stride_w: 1 pad_h: 1 pad_w: 0 > }
layers { name: 'r' type: RELU bottom: 'c' top: 'c' relu_param { negative_slope: 1e-1 } }
layers { name: 'p' type: POOLING bottom: 'c' top: 'p' pooling_param { pool: 1; kernel_size: 2, stride: 2 } }
layers { name: 'ip' type: INNER_PRODUCT bottom: 'p' top: 'ip' inner_product_param { num_output: 2 bias_term: false } }
layers { name: 'loss' type: SOFTMAX_LOSS bottom: 'ip' bottom: 'label' top: 'loss' }
layers { name: 'other' type: DATA top: 'unread' }`;
  const { network, notes } = read(text);
  expect(kinds(network)).toBe('input conv2d leakyRelu averagePool flatten dense');
  expect(network.layers[0]).toMatchObject({ shape: { height: 32, width: 24, channels: 3 } });
  expect(ofmOf(network, 'c')).toEqual({ height: 16, width: 24, channels: 8 });
  expect(layerAt(network, 'r')).toMatchObject({ slope: 0.1 });
  expect(notes).toEqual([
    'Without effect on what the network computes, and left out: loss (SoftmaxWithLoss).',
    'Read by no layer, and left out: unread.',
  ]);
});

describe('a training prototxt', () => {
  const data = (phase: string, transform: string) =>
    `layer { name: "data" type: "Data" top: "data" top: "label" include { phase: ${phase} } transform_param { ${transform} } data_param { batch_size: 64 } }`;
  const rest =
    conv('c', 'data', 4, 3) +
    dense('ip', 'c', 2) +
    'layer { name: "acc" type: "Accuracy" bottom: "ip" bottom: "label" top: "acc" include { phase: TEST } }' +
    'layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" top: "loss" }' +
    'layer { name: "half" type: "Dropout" bottom: "ip" top: "ip" include { phase: TRAIN } }' +
    'layer { name: "not" type: "ReLU" bottom: "ip" top: "ip" exclude { phase: TEST } }';

  test('what runs in phase TEST is taken', () => {
    const { network, notes } = read(data('TRAIN', 'crop_size: 99') + data('TEST', 'crop_size: 20') + rest);
    expect(kinds(network)).toBe('input conv2d relu flatten dense');
    expect(network.layers[0]).toMatchObject({ shape: { height: 20, width: 20, channels: 3 } });
    expect(notes).toEqual([
      'data does not say how many channels its images have; three are read, as in color images.',
      'Only while training, and left out: data, half, not (phase TRAIN or a stage).',
      'Without effect on what the network computes, and left out: acc (Accuracy), loss (SoftmaxWithLoss).',
    ]);
  });

  test('means or force_gray tell the channels, and no size is a fault', () => {
    const channels = (transform: string) =>
      read(data('TEST', `crop_size: 20 ${transform}`) + rest).network.layers[0];
    expect(channels('mean_value: 1 mean_value: 2 mean_value: 3')).toMatchObject({ shape: { channels: 3 } });
    expect(channels('force_gray: true')).toMatchObject({ shape: { channels: 1 } });
    expect(refusal(data('TEST', 'scale: 0.00390625') + rest)).toMatch(
      /data reads images without saying their size/,
    );
  });
});

test('flattening, reshaping, enlarging and splitting', () => {
  const text =
    input(4, 3) +
    'layer { name: "split" type: "Split" bottom: "data" top: "x" top: "y" }' +
    layer('up', 'Upsample', 'x', 'upsample_param { scale: 2 }') +
    layer(
      'fcn',
      'Deconvolution',
      'y',
      'convolution_param { num_output: 4 group: 4 kernel_size: 4 stride: 2 pad: 1 bias_term: false weight_filler { type: "bilinear" } }',
    ) +
    'layer { name: "both" type: "Concat" bottom: "up" bottom: "fcn" top: "both" }' +
    layer('keep', 'Reshape', 'both', 'reshape_param { shape { dim: 0 dim: 8 dim: -1 dim: 6 } }') +
    layer('flat', 'Reshape', 'keep', 'reshape_param { shape { dim: 0 dim: -1 } }') +
    layer('six', 'ReLU6', 'flat') +
    layer('sig', 'Sigmoid', 'six') +
    layer('tan', 'TanH', 'sig');
  const { network } = read(text);
  expect(kinds(network)).toBe('input upsample upsample concat flatten relu6 sigmoid tanh');
  expect(ofmOf(network, 'flat').channels).toBe(288);
});

test("SSD's normalization and ShuffleNet's shuffle", () => {
  const text =
    input(4, 3) +
    layer('norm', 'Normalize', 'data', 'norm_param { across_spatial: false channel_shared: false }') +
    layer('mix', 'ShuffleChannel', 'norm', 'shuffle_channel_param { group: 2 }');
  const { network, notes } = read(text);
  expect([kinds(network), notes]).toEqual(['input l2Normalize channelShuffle', []]);
  expect(layerAt(network, 'mix')).toMatchObject({ groups: 2 });
  expect(refusal(input(4, 3) + layer('norm', 'Normalize', 'data'))).toMatch(/normalizes all pixels together/);
});

describe('what can not be read', () => {
  test('all layers are named in one fault, those behind them are not', () => {
    const text =
      input(4, 8) +
      layer('a', 'PReLU', 'data') +
      conv('c', 'a', 4, 3) +
      layer('p', 'Permute', 'data') +
      layer('m', 'Pooling', 'data', 'pooling_param { pool: STOCHASTIC kernel_size: 2 }') +
      layer('e', 'Eltwise', 'data', 'eltwise_param { operation: MAX }');
    expect(refusal(text)).toBe(
      "The layers a (PReLU), p (Permute), m (Pooling: it picks its values at random), e (Eltwise: it takes the larger of its inputs) can't be read; replace them or cut the network before them.",
    );
    expect(refusal(input(4, 8) + layer('x', 'constructor', 'data'))).toMatch(/x \(constructor\)/);
  });

  test.each([
    ['layer {', /line 1: the message that begins in line 1 has no end/],
    ['layer { name: "a', /line 1: a text in quotes has no end/],
    ['layer { name }', /stands where the value of name should/],
    ['layer { name: }', /stands where the value of name should/],
    ['\n\nlayer } ', /line 3/],
    ['layer { a: 1 } %', /"%" is out of place/],
    [`${'layer {'.repeat(100_000)}`, /nest deeper than 64/],
    ['base_lr: 0.01\nnet: "train.prototxt"', /is a solver/],
    ['name: "empty"', /holds no layers/],
    ['layers { layer { name: "c" type: "conv" } }', /before 2014/],
    ['layer { name: "c" }', /layer c has no type/],
    ['input: "data" layer { name: "r" type: "ReLU" bottom: "data" top: "r" }', /input data has no shape/],
    [layer('r', 'ReLU', 'ghost'), /r reads ghost, which no layer before it writes/],
    [input(3, 8) + conv('c', 'data', -4, 3), /Layer c: num_output is -4/],
    [input(3, 8) + conv('c', 'data', 4, 9), /Layer c slides a 9x9 window/],
    [input(3, 8) + conv('c', 'data', 4, 3, 'group: 2'), /Layer c splits 3 input channels/],
    [input(3, 8) + conv('c', 'data', 4, 3, 'pad: 99999'), /more than 2\^31 values/],
    [input(3, 8) + conv('c', 'data', 900_000, 3), /Layer c: filters must be/],
    [
      input(3, 8) + layer('c', 'Convolution', 'data', 'convolution_param { num_output: four }'),
      /num_output is four/,
    ],
    [
      input(3, 8) + layer('c', 'Convolution', 'data', 'convolution_param { num_output: 4 }'),
      /kernel_size is missing/,
    ],
    [input(3, 8) + pool('p', 'data', 'kernel_size: 2 pad: 2'), /pad 2x2 must be smaller/],
    [input(3, 1_000_000_000) + pool('p', 'data', 'kernel_size: 2'), /input data is 1000000000x/],
    [input(3, 8) + layer('r', 'ReLU', 'data').repeat(2001), /more than 2000 layers/],
    [input(3, 8), /no layer behind its input/],
    [
      'input: "a" input_shape { dim: 1 dim: 3 dim: 8 dim: 8 } input: "b" input_shape { dim: 1 dim: 3 dim: 8 dim: 8 } layer { name: "s" type: "Eltwise" bottom: "a" bottom: "b" top: "s" }',
      /several inputs \(a and b\)/,
    ],
  ])('is told in one sentence (%#)', (text, sentence) => {
    expect(refusal(text)).toMatch(sentence);
  });

  test('a text cut off anywhere, or with letters missing, is read or told', () => {
    const text = input(3, 16) + conv('c', 'data', 4, 3, 'pad: 1') + dense('ip', 'c', 2);
    for (let at = 0; at < text.length; at += 3) {
      expect(readCaffe(text.slice(0, at), 'cut')).toHaveProperty('ok');
      expect(readCaffe(text.slice(0, at) + text.slice(at + 2), 'holes')).toHaveProperty('ok');
    }
  });

  test('a text of many megabytes is refused or read soon', () => {
    const started = performance.now();
    expect(refusal('a: 1\n'.repeat(2_000_000))).toMatch(/more than a million values/);
    expect(refusal(' '.repeat(17 * 2 ** 20))).toMatch(/more than 16 MB/);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

test('a prototxt is told by its content', () => {
  expect(isCaffeText(`# comment\nname: "x"\n${layer('r', 'ReLU', 'data')}`)).toBe(true);
  expect(isCaffeText('layers {\n}')).toBe(true);
  expect(isCaffeText('{"layers": []}')).toBe(false);
  expect(isCaffeText('Layer name, IFMAP Height')).toBe(false);
});

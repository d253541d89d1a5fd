import { describe, expect, test } from 'vitest';
import { forward, randomWeights } from '../../pruning/testing/referenceInterpreter.ts';
import { createRandom } from '../../random.ts';
import { NetworkBuilder } from '../builder.ts';
import { layerCounts, layerMacCount, networkCounts } from '../counts.ts';
import type { Network } from '../network.ts';
import { PRESETS, presetById } from '../presets.ts';
import { geometryAt, geometryOf } from '../shapes.ts';
import { lenetRgb } from './small.ts';

const built = (id: string): Network => {
  const preset = presetById(id)!;
  return preset.build(preset.input, preset.classCount);
};
const parametersOf = (network: Network, id: string) =>
  layerCounts(network.layers.find((layer) => layer.id === id)!, geometryAt(geometryOf(network), id))
    .parameterCount;
const macsOf = (network: Network, id: string) =>
  layerMacCount(network.layers.find((layer) => layer.id === id)!, geometryAt(geometryOf(network), id));

// Trained parameters, all parameters as Keras counts them, MACs.
test.each([
  ['alexnet', 61_100_840, 61_100_840, 714_188_480],
  ['vgg-13', 133_047_848, 133_047_848, 11_308_466_176],
  ['vgg-16', 138_357_544, 138_357_544, 15_470_264_320],
  ['vgg-19', 143_667_240, 143_667_240, 19_632_062_464],
  ['resnet-18', 11_689_512, 11_699_112, 1_814_073_344],
  ['resnet-50-v1', 25_557_032, 25_610_152, 3_857_973_248],
  ['resnet-50-v1.5', 25_557_032, 25_610_152, 4_089_184_256],
  ['resnet-152-v1', 60_192_808, 60_344_232, 11_282_415_616],
  ['resnet-152-v1.5', 60_192_808, 60_344_232, 11_513_626_624],
  ['mobilenet-v1', 4_231_976, 4_253_864, 568_740_352],
  ['mobilenet-v2', 3_504_872, 3_538_984, 300_774_272],
  ['squeezenet-1.0', 1_248_424, 1_248_424, 818_924_576],
  ['squeezenet-1.1', 1_235_496, 1_235_496, 349_151_936],
  ['tiny-yolo-v2', 15_861_773, 15_867_885, 3_485_520_896],
  ['mobilenet-v2-ssd1024', 861_116, 880_124, 2_595_482_624],
  ['mobilenet-v2-ssd1024-pruned', 756_860, 773_692, 2_361_688_320],
  ['lenet-rgb', 338_486, 338_486, 3_577_800],
  // mlcommons/tiny; the sums of its Keras models' layers.
  ['resnet-8', 78_186, 78_666, 12_501_632],
  ['ds-cnn', 23_756, 24_908, 2_656_768],
  ['mobilenet-v1-0.25', 216_322, 221_794, 7_489_664],
])('%s has the published totals', (id, trainableCount, parameterCount, macCount) => {
  expect(networkCounts(built(id))).toMatchObject({ trainableCount, parameterCount, macCount });
});

test('LeNet-5 RGB on 32x32 has 62,006 parameters and 651,720 MACs', () => {
  const network = lenetRgb({ height: 32, width: 32, channels: 3 }, 10);
  expect(networkCounts(network)).toMatchObject({ parameterCount: 62_006, macCount: 651_720 });
});

test.each([
  ['sfc', 334_336],
  ['tfc', 59_008],
])('%s has %i weights, each used once a frame', (id, count) => {
  expect(networkCounts(built(id))).toMatchObject({ weightCount: count, macCount: count });
});

describe('detectors', () => {
  test('VGG-SSD300 has 31.37 G MACs and 26,285,486 parameters, 512 of them of its L2 normalization (SI-05)', () => {
    const counts = networkCounts(built('vgg-ssd300'));
    expect(counts.macCount).toBe(31_373_537_792);
    expect(counts.parameterCount).toBe(26_285_486);
    expect(parametersOf(built('vgg-ssd300'), 'l2norm1')).toBe(512);
  });

  test('SqueezeNet-SSD300 has 1.176 G MACs and 5,530,656 trained parameters (SI-05)', () => {
    expect(networkCounts(built('squeezenet-ssd300'))).toMatchObject({
      macCount: 1_175_969_984,
      trainableCount: 5_530_656,
      parameterCount: 5_536_800,
    });
  });
});

test('VGG-16 reads 224x224x3 and has 3x3 convolutions only (SX-03)', () => {
  const network = built('vgg-16');
  expect(network.layers[0]).toMatchObject({ shape: { height: 224, width: 224, channels: 3 } });
  const convolutions = network.layers.filter((layer) => layer.kind === 'conv2d');
  expect(convolutions.map(({ kernelSize }) => kernelSize.join('x'))).toEqual(Array(13).fill('3x3'));
});

test.each([
  'vgg',
  'resnet',
  'squeezenet',
  'shufflenet',
  'mobilenet-v1',
  'mobilenet-v2',
  'mobilenet-v3',
  'mnasnet',
])('the catalog has a network of the family %s, which is one (SX-03)', (family) => {
  const its = PRESETS.filter(({ id, purpose }) => purpose === 'estimate' && id.startsWith(family));
  expect(its.length).toBeGreaterThan(0);
  for (const { id } of its) expect(networkCounts(built(id)).macCount).toBeGreaterThan(1e7);
});

describe('convolution types on a 14x14 map with 512 channels', () => {
  const b = new NetworkBuilder('types', { height: 14, width: 14, channels: 512 });
  b.conv(512, 3);
  b.depthwise(3, {}, 'input');
  b.conv(512, 1, {}, 'input');
  b.conv(512, 1, { groups: 4 }, 'input');
  const network = b.build();

  test('a standard 3x3 convolution costs 462,422,016 MACs (SX-04) (LI-01)', () => {
    expect(macsOf(network, 'conv1')).toBe(462_422_016);
  });

  test('a depthwise and a pointwise one cost 8.84 times less together (SX-05) (LI-01)', () => {
    expect([macsOf(network, 'dw1'), macsOf(network, 'conv2')]).toEqual([903_168, 51_380_224]);
    const ratio = (macsOf(network, 'dw1') + macsOf(network, 'conv2')) / macsOf(network, 'conv1');
    expect(1 / ratio).toBeCloseTo(8.84, 2);
    expect(ratio).toBeCloseTo(1 / 512 + 1 / 9, 12);
  });

  test('kernels have K x K x M x N, K x K x M and M x N weights (SX-06)', () => {
    const geometry = geometryOf(network);
    const weights = network.layers
      .slice(1, 4)
      .map((layer) => layerCounts(layer, geometryAt(geometry, layer.id)).weightCount);
    expect(weights).toEqual([9 * 512 * 512, 9 * 512, 512 * 512]);
  });

  test('four groups divide the MACs of a 1x1 convolution by four (SX-09)', () => {
    expect(macsOf(network, 'conv2') / macsOf(network, 'conv3')).toBe(4);
  });
});

test('a residual block whose branch has only zeros gives the ReLU of its input (SX-07)', () => {
  const b = new NetworkBuilder('residual', { height: 5, width: 5, channels: 3 });
  b.convBlock(3, 3);
  const branch = b.convBlock(3, 3, { activation: 'none' });
  b.add(branch, 'input');
  const output = b.relu();
  const network = b.build();
  const random = createRandom(3);
  const weights = Object.fromEntries(
    Object.entries(randomWeights(network, random.next)).map(([key, { shape, values }]) => [
      key,
      { shape, values: new Float32Array(values.length) },
    ]),
  );
  const image = Float64Array.from({ length: 75 }, () => 2 * random.next() - 1);
  const outputs = forward(network, weights, image);
  expect([...outputs.get(output)!]).toEqual([...image].map((value) => Math.max(0, value)));
});

test('fire2 of SqueezeNet 1.0 squeezes 96 to 16, expands to 64 and 64, with 11,920 parameters (SX-08)', () => {
  const network = built('squeezenet-1.0');
  const geometry = geometryOf(network);
  const end = network.layers.findIndex(({ kind }) => kind === 'concat');
  const start = network.layers.findIndex(({ id }) => id === 'squeeze1');
  const convolutions = network.layers.slice(start, end).filter((layer) => layer.kind === 'conv2d');
  expect(geometryAt(geometry, 'squeeze1').ifm.channels).toBe(96);
  expect(convolutions.map(({ filters }) => filters)).toEqual([16, 64, 64]);
  const counts = convolutions.map((layer) => layerCounts(layer, geometryAt(geometry, layer.id)));
  expect(counts.reduce((sum, { parameterCount }) => sum + parameterCount, 0)).toBe(11_920);
});

test('MobileNetV2 has 17 blocks, 10 of them with an addition, and linear projections (SX-10)', () => {
  const { layers } = built('mobilenet-v2');
  expect(layers.filter(({ kind }) => kind === 'depthwiseConv2d').length).toBe(17);
  expect(layers.filter(({ kind }) => kind === 'add').length).toBe(10);
  const normalized = layers.filter(({ kind, inputs }) => kind === 'batchNorm' && /^project/.test(inputs[0]!));
  const read = new Set(layers.filter(({ kind }) => kind === 'relu6').map(({ inputs }) => inputs[0]));
  expect(normalized.length).toBe(17);
  expect(normalized.some(({ id }) => read.has(id))).toBe(false);
});

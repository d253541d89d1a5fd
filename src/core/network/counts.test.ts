import { expect, test } from 'vitest';
import { networkCounts } from './counts.ts';
import { PRESETS, presetById } from './presets.ts';
import { geometryOf } from './shapes.ts';

const built = (id: string, classCount = 10) => {
  const preset = presetById(id)!;
  return preset.build(preset.input, classCount);
};

test('custom_rs_classifier has 408,906 parameters, 408,202 trained, and 321.3 M MACs (VT-32)', () => {
  expect(networkCounts(built('custom-rs-classifier'))).toMatchObject({
    parameterCount: 408_906,
    trainableCount: 408_202,
    macCount: 321_275_136,
  });
});

test('custom_rs_classifier maps shrink 224, 56, 14, 3 (VT-32)', () => {
  const geometry = geometryOf(built('custom-rs-classifier'));
  expect(['input', 'pool1', 'pool2', 'pool3'].map((id) => geometry.get(id)?.ofm.height)).toEqual([
    224, 56, 14, 3,
  ]);
});

test('CNV has 1,542,848 weights, 59,461,376 MACs and maps 30, 28, 14, 12, 10, 5, 3, 1 (BO-18)', () => {
  const network = built('cnv');
  expect(networkCounts(network)).toMatchObject({ weightCount: 1_542_848, macCount: 59_461_376 });
  const geometry = geometryOf(network);
  const windows = network.layers.filter((layer) => layer.kind === 'conv2d' || layer.kind === 'maxPool');
  expect(windows.map((layer) => geometry.get(layer.id)?.ofm.height)).toEqual([30, 28, 14, 12, 10, 5, 3, 1]);
});

test('LeNet-5 on 28x28 has 61,706 parameters and 416,520 MACs', () => {
  expect(networkCounts(built('lenet'))).toMatchObject({ parameterCount: 61_706, macCount: 416_520 });
});

test('every preset builds at its own input, those that train at 64x64 too', () => {
  const small = { height: 64, width: 64, channels: 3 };
  for (const preset of PRESETS)
    for (const input of preset.purpose === 'train' ? [preset.input, small] : [preset.input])
      expect(networkCounts(preset.build(input, 7)).macCount, preset.id).toBeGreaterThan(0);
});

test('ids and names of presets are unique, and a network is named as its preset', () => {
  expect(new Set(PRESETS.map(({ id }) => id)).size).toBe(PRESETS.length);
  expect(new Set(PRESETS.map(({ name }) => name)).size).toBe(PRESETS.length);
  for (const { name, build, input, classCount } of PRESETS) expect(build(input, classCount).name).toBe(name);
});

test('the presets that train come first, the oldest six in front', () => {
  expect(PRESETS.slice(0, 6).map(({ id }) => id)).toEqual([
    'tiny-cnn',
    'lenet',
    'custom-rs-classifier',
    'cnv',
    'tiny-resnet',
    'tiny-mobilenet-v2',
  ]);
  const firstEstimated = PRESETS.findIndex(({ purpose }) => purpose === 'estimate');
  expect(PRESETS.slice(firstEstimated).every(({ purpose }) => purpose === 'estimate')).toBe(true);
});

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

test('every preset builds at its own input and at 64x64', () => {
  for (const preset of PRESETS) {
    for (const input of [preset.input, { height: 64, width: 64, channels: 3 }]) {
      expect(networkCounts(preset.build(input, 7)).macCount, preset.id).toBeGreaterThan(0);
    }
  }
});

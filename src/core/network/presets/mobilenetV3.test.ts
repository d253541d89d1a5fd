import { expect, test } from 'vitest';
import { channelGroups } from '../../pruning/groups.ts';
import { networkCounts } from '../counts.ts';
import { presetById } from '../presets.ts';
import { geometryAt, geometryOf } from '../shapes.ts';

const built = (id: string) => {
  const preset = presetById(id)!;
  return preset.build(preset.input, preset.classCount);
};

/**
 * `num_params` and `GFLOPS` (multiply-accumulates, in two digits) of torchvision's pages of weights. The exact
 * multiply-accumulates are those of the layers of its models, gates' convolutions included.
 */
test.each([
  ['mobilenet-v3-large', 5_483_032, 216_589_760, '0.22'],
  ['mobilenet-v3-small', 2_542_856, 56_510_400, '0.06'],
  ['mnasnet-1.0', 4_383_312, 314_415_872, '0.31'],
])('%s has the parameters and MACs of torchvision (SX-03)', (id, parameters, macs, billions) => {
  const counts = networkCounts(built(id));
  expect(counts.trainableCount).toBe(parameters);
  expect(counts.macCount).toBe(macs);
  expect((counts.macCount / 1e9).toFixed(2)).toBe(billions);
});

test('MobileNetV3 has its blocks, gates and additions', () => {
  for (const [id, blocks, gates, additions] of [
    ['mobilenet-v3-large', 15, 8, 10],
    ['mobilenet-v3-small', 11, 9, 6],
  ] as const) {
    const { layers } = built(id);
    const count = (kind: string) => layers.filter((layer) => layer.kind === kind).length;
    expect([count('depthwiseConv2d'), count('multiply'), count('add')]).toEqual([blocks, gates, additions]);
  }
});

test('the maps end at 7x7, and the gate of the last block squeezes 960 channels to 240', () => {
  const network = built('mobilenet-v3-large');
  const geometry = geometryOf(network);
  const last = network.layers.findLast(({ kind }) => kind === 'multiply')!;
  expect(geometryAt(geometry, last.id).ofm).toEqual({ height: 7, width: 7, channels: 960 });
  const squeeze = network.layers.findLast(({ id }) => id.startsWith('squeeze'));
  expect(squeeze).toMatchObject({ filters: 240 });
});

test('a gate and the depthwise convolution it scales fall together; hard swish hides their silence', () => {
  const { groups } = channelGroups(built('mobilenet-v3-large'));
  const of = (id: string) => groups.find(({ producers }) => producers.includes(id))!;
  expect(of('expand3').producers).toEqual(['expand3', 'excite1']);
  expect(of('expand3').fixed).toBe(null);
  expect(of('squeeze1')).toMatchObject({ consumers: ['excite1'], fixed: null });
  expect(of('expand10').fixed).toMatch(/^No ReLU follows expand10 or excite4, only hswish/);
});

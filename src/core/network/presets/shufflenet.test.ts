import { expect, test } from 'vitest';
import { applyPlan } from '../../pruning/apply.ts';
import { channelGroups } from '../../pruning/groups.ts';
import { forward } from '../../pruning/testing/referenceInterpreter.ts';
import { NetworkBuilder } from '../builder.ts';
import { layerMacCount, networkCounts } from '../counts.ts';
import { presetById } from '../presets.ts';
import { geometryAt, geometryOf } from '../shapes.ts';

const built = (id: string) => {
  const preset = presetById(id)!;
  return preset.build(preset.input, preset.classCount);
};

test('eight channels in two groups come out as 0, 4, 1, 5, 2, 6, 3, 7 at every pixel (SX-09)', () => {
  const b = new NetworkBuilder('shuffle', { height: 1, width: 2, channels: 8 });
  b.channelShuffle(2);
  const image = Float64Array.from({ length: 16 }, (_, i) => i);
  const order = [0, 4, 1, 5, 2, 6, 3, 7];
  expect([...forward(b.build(), {}, image).get('shuffle1')!]).toEqual([...order, ...order.map((c) => 8 + c)]);
});

/** Zhang et al. 2018, table 1: filters of the three stages by groups, and the MACs in its last row, in millions. */
const TABLE = [
  [2, [200, 400, 800], 140],
  [3, [240, 480, 960], 137],
] as const;

/** Trained parameters and MACs by the paper's formulas for a unit of c channels, m in its bottleneck, g groups. */
function bySums(groups: number, filters: readonly number[]) {
  let [macs, parameters] = [112 * 112 * 27 * 24, 27 * 24 + 2 * 24];
  let [channels, extent] = [24, 56];
  for (const [stage, width] of filters.entries()) {
    for (let unit = 0; unit < [4, 8, 4][stage]!; unit++) {
      const after = unit === 0 ? extent / 2 : extent;
      const middle = width / 4;
      const own = unit === 0 ? width - channels : width;
      const first = (channels * middle) / (stage + unit === 0 ? 1 : groups);
      const last = (middle * own) / groups;
      macs += extent ** 2 * first + after ** 2 * (9 * middle + last);
      parameters += first + 9 * middle + last + 2 * (middle + middle + own);
      [channels, extent] = [width, after];
    }
  }
  return { macs: macs + 1000 * channels, parameters: parameters + 1001 * channels + 1000 - channels };
}

test('the sums over the paper give the MACs in the last row of its table 1', () => {
  for (const [groups, filters, millions] of TABLE)
    expect(Math.floor(bySums(groups, filters).macs / 1e6)).toBe(millions);
});

test('ShuffleNetV1 has 137 M MACs as published, and the 1.87 M parameters of MMClassification (SX-03)', () => {
  const counts = networkCounts(built('shufflenet-v1'));
  const { macs, parameters } = bySums(3, [240, 480, 960]);
  expect(counts.macCount).toBe(macs);
  expect(counts.trainableCount).toBe(parameters);
  expect((counts.trainableCount / 1e6).toFixed(2)).toBe('1.87');
});

test('its maps shrink to 7x7 with 960 channels, in 13 additions and 3 concats', () => {
  const network = built('shufflenet-v1');
  const geometry = geometryOf(network);
  const count = (kind: string) => network.layers.filter((layer) => layer.kind === kind).length;
  expect([count('channelShuffle'), count('add'), count('concat')]).toEqual([16, 13, 3]);
  expect(geometryAt(geometry, 'gap1').ifm).toEqual({ height: 7, width: 7, channels: 960 });
});

test('its grouped 1x1 convolutions cost a third of ungrouped ones (SX-09)', () => {
  const network = built('shufflenet-v1');
  const geometry = geometryOf(network);
  const grouped = network.layers.filter((layer) => layer.kind === 'conv2d' && layer.groups === 3);
  expect(grouped.length).toBe(31);
  for (const layer of grouped) {
    const { ifm, ofm } = geometryAt(geometry, layer.id);
    const whole = ofm.height * ofm.width * ifm.channels * ofm.channels;
    expect(layerMacCount(layer, geometryAt(geometry, layer.id)) * 3).toBe(whole);
  }
});

test('Tiny ShuffleNet can be pruned everywhere, and its groups and shuffles stay', () => {
  const network = built('tiny-shufflenet');
  const groups = channelGroups(network);
  const open = groups.groups.filter(({ fixed }) => fixed === null);
  expect(open.map(({ id, slotCount }) => [id, slotCount])).toEqual([
    ['conv1', 16],
    ['squeeze1', 8],
    ['squeeze2', 8],
    ['squeeze3', 16],
    ['squeeze4', 16],
  ]);
  const keep = Object.fromEntries(
    open.map(({ id, slotCount }) => [id, Array.from({ length: slotCount / 2 }, (_, slot) => 2 * slot)]),
  );
  const small = applyPlan(network, groups, { keep }).network;
  expect(geometryAt(geometryOf(small), 'gap1').ofm.channels).toBe(128);
  for (const layer of small.layers) {
    const before = network.layers.find(({ id }) => id === layer.id)!;
    if ('groups' in layer && 'groups' in before) expect(layer.groups).toBe(before.groups);
  }
});

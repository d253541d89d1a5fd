import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { KeepMultiple } from '../exploration/design.ts';
import { NetworkBuilder } from '../network/builder.ts';
import { PRESETS } from '../network/presets.ts';
import { applyPlan } from './apply.ts';
import { channelGroups, slotBlocks } from './groups.ts';
import { planPruning, slotApoz } from './plan.ts';
import { concatAdd, depthMultiplier, grouped, normalized } from './testing/networks.ts';

const silence = (length: number) =>
  fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: length, maxLength: length });

describe('a concat tied to another layer by an addition', () => {
  const network = concatAdd();
  const groups = channelGroups(network);

  test('has one block of slots a branch', () => {
    expect(slotBlocks(groups, 'conv1').map((block) => block.length)).toEqual([4, 8]);
  });

  test('gives every layer a width that is a multiple, and leaves none empty (SX-46)', () => {
    fc.assert(
      fc.property(
        silence(12),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.constantFrom<KeepMultiple>(1, 2, 4),
        (apoz, threshold, keepMultiple) => {
          const choice = { thresholds: { conv1: threshold }, keepMultiple };
          const plan = planPruning(groups, { conv1: Float64Array.from(apoz) }, choice);
          const layers = applyPlan(network, groups, plan).network.layers;
          const widths = layers.flatMap((layer) => (layer.kind === 'conv2d' ? [layer.filters] : []));
          expect(widths[0]! + widths[1]!).toBe(widths[2]);
          for (const width of widths.slice(0, 3)) {
            expect(width).toBeGreaterThan(0);
            expect(width % keepMultiple).toBe(0);
          }
        },
      ),
    );
  });

  test('keeps the slots that no ReLU sees', () => {
    const half = concatAdd(true);
    const seen = slotApoz(channelGroups(half), { relu1: [0.9, 0.1, 0.8, 1] });
    expect([...seen.conv1!]).toEqual([0.9, 0.1, 0.8, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
  });
});

test('a plan says how many slots were above the threshold and how many of them fill up a multiple', () => {
  const b = new NetworkBuilder('one layer', { height: 4, width: 4, channels: 1 });
  b.conv(8, 1);
  b.relu();
  b.conv(2, 1);
  const groups = channelGroups(b.build());
  const scores = { conv1: Float64Array.of(0.9, 0.1, 0.9, 0.2, 0.8, 0.3, 0.4, 0.5) };
  const plan = planPruning(groups, scores, { thresholds: { conv1: 0.7 }, keepMultiple: 4 });
  expect(plan).toEqual({ keep: {}, counts: { conv1: { aboveThreshold: 3, keptByRounding: 3 } } });
  const lower = planPruning(groups, scores, { thresholds: { conv1: 0.35 }, keepMultiple: 4 });
  expect(lower.counts.conv1).toEqual({ aboveThreshold: 5, keptByRounding: 1 });
  expect(lower.keep.conv1).toEqual([1, 3, 5, 6]);
  const ties = planPruning(groups, scores, { thresholds: { conv1: 0.85 }, keepMultiple: 1 });
  expect(ties.keep.conv1).toEqual([1, 3, 4, 5, 6, 7]);
  expect(planPruning(groups, scores, { thresholds: { conv1: 0 }, keepMultiple: 1 }).keep.conv1).toEqual([1]);
});

test('a depthwise convolution ties two channels to one where it makes two of each', () => {
  const network = depthMultiplier();
  const groups = channelGroups(network);
  const group = groups.groups.find(({ id }) => id === 'conv1')!;
  expect(group).toMatchObject({ producers: ['conv1', 'conv2'], slotCount: 4, fixed: null });
  expect(applyPlan(network, groups, { keep: { conv1: [1, 3] } }).mapping.get('conv2')?.outputs).toEqual([
    2, 3, 6, 7,
  ]);
});

test('a grouped convolution loses the same places of all its groups', () => {
  const network = grouped();
  const groups = channelGroups(network);
  expect(groups.groups.slice(1, 3)).toMatchObject([
    { id: 'conv1', slotCount: 4, fixed: null },
    { id: 'conv2', slotCount: 4, fixed: null },
  ]);
  const { mapping } = applyPlan(network, groups, { keep: { conv1: [1, 2, 3], conv2: [0, 3] } });
  expect(mapping.get('conv2')).toEqual({ inputs: [1, 2, 3, 5, 6, 7], outputs: [0, 3, 4, 7] });
});

test('a convolution with a group for each channel keeps them, and says why', () => {
  const b = new NetworkBuilder('as depthwise', { height: 4, width: 4, channels: 1 });
  b.convRelu(4, 1);
  b.convRelu(8, 3, { groups: 4 });
  b.conv(2, 1);
  const { groups } = channelGroups(b.build());
  for (const id of [1, 2]) expect(groups[id]?.fixed).toMatch(/conv2 has a group for each channel/);
});

describe('channel shuffles', () => {
  /** A shuffle of `channels` between two convolutions of `groups` groups. */
  const between = (channels: number, groups: number) => {
    const b = new NetworkBuilder('shuffle', { height: 4, width: 4, channels: 1 });
    b.convRelu(channels, 1);
    b.channelShuffle(groups);
    b.convRelu(channels, 1, { groups });
    b.conv(2, 1);
    return b.build();
  };

  test('a slot holds the channels at one place of all groups, which come out side by side', () => {
    const b = new NetworkBuilder('shuffle', { height: 4, width: 4, channels: 1 });
    b.convRelu(8, 1);
    b.channelShuffle(2);
    b.conv(2, 1);
    const groups = channelGroups(b.build());
    expect(groups.groups[1]).toMatchObject({ producers: ['conv1'], consumers: ['conv2'], slotCount: 4 });
    expect([...groups.slots.get('conv1')!.slot]).toEqual([0, 1, 2, 3, 0, 1, 2, 3]);
    expect([...groups.slots.get('shuffle1')!.slot]).toEqual([0, 0, 1, 1, 2, 2, 3, 3]);
    const { mapping } = applyPlan(b.build(), groups, { keep: { conv1: [0, 2] } });
    expect(mapping.get('shuffle1')).toEqual({ inputs: [0, 2, 4, 6], outputs: [0, 1, 4, 5] });
  });

  test('between grouped convolutions the places of both count: 16 channels in 2 groups are 4 slots', () => {
    expect(channelGroups(between(16, 2)).groups[1]).toMatchObject({ slotCount: 4, fixed: null });
  });

  test('where they tie all channels, as in the bottlenecks of ShuffleNet, the reason is said', () => {
    const [, first] = channelGroups(between(60, 3)).groups;
    expect(first).toMatchObject({ slotCount: 1 });
    expect(first?.fixed).toBe(
      'The groups of shuffle1 and conv2 tie all channels of conv1 to each other: they could only fall all at once.',
    );
  });
});

test('an L2 normalization loses the channels that it reads, for zeros add nothing to a length', () => {
  const { groups } = channelGroups(normalized());
  expect(groups[1]).toMatchObject({ producers: ['conv1'], followers: ['bn1', 'l2norm1'], fixed: null });
});

test('a softmax inside the network keeps its channels', () => {
  const b = new NetworkBuilder('attention', { height: 4, width: 4, channels: 1 });
  b.conv(8, 1);
  b.relu();
  b.softmax();
  b.conv(2, 1);
  expect(channelGroups(b.build()).groups[1]?.fixed).toMatch(/softmax1 shares one sum/);
});

describe.each(PRESETS)('the groups of $name', (preset) => {
  const network = preset.build(preset.input, 10);
  const { groups } = channelGroups(network);

  test('hold every convolution and dense layer once, in network order (SX-44)', () => {
    const makers = network.layers.filter(({ kind }) => ['input', 'conv2d', 'dense'].includes(kind));
    const held = groups.flatMap(({ producers }) => producers);
    expect([...held].sort()).toEqual(makers.map(({ id }) => id).sort());
    const order = groups.map(({ id }) => network.layers.findIndex((layer) => layer.id === id));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    for (const { id, producers } of groups) expect(producers[0]).toBe(id);
  });
});

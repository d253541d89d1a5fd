import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { KeepMultiple } from '../exploration/design.ts';
import { NetworkBuilder } from '../network/builder.ts';
import { networkCounts } from '../network/counts.ts';
import type { Network } from '../network/network.ts';
import { presetById, TRAINED_PRESETS } from '../network/presets.ts';
import { inferGeometry } from '../network/shapes.ts';
import { applyPlan } from './apply.ts';
import { type ChannelGroups, channelGroups } from './groups.ts';
import { planPruning, reduction, slotApoz } from './plan.ts';
import { curved, gated } from './testing/networks.ts';

const built = (id: string): Network => {
  const preset = presetById(id)!;
  return preset.build(preset.input, 10);
};

const groupOf = (groups: ChannelGroups, layerId: string) =>
  groups.groups.find((group) => group.producers.includes(layerId))!;

/** Random silence for every group that APoZ can prune. */
function randomScores(groups: ChannelGroups, values: readonly number[]): Record<string, Float64Array> {
  let at = 0;
  return Object.fromEntries(
    groups.groups
      .filter((group) => group.fixed === null)
      .map((group) => [
        group.id,
        Float64Array.from({ length: group.slotCount }, () => values[at++ % values.length]!),
      ]),
  );
}

describe('channel groups', () => {
  test('a plain convolution is a group of its own, with its batch norm and its consumer (SX-19)', () => {
    const group = groupOf(channelGroups(built('tiny-cnn')), 'conv2');
    expect(group).toMatchObject({
      producers: ['conv2'],
      followers: ['bn2'],
      activations: ['relu2'],
      consumers: ['conv3'],
      slotCount: 32,
      fixed: null,
    });
  });

  test('the branches of an addition fall together (SX-19)', () => {
    const group = groupOf(channelGroups(built('tiny-resnet')), 'conv1');
    expect(group.producers).toEqual(['conv1', 'conv3']);
    expect(group.slotCount).toBe(16);
    expect(group.activations).toEqual(['relu1', 'relu3']);
  });

  test('a depthwise convolution follows the expansion before it (SX-19)', () => {
    const group = groupOf(channelGroups(built('tiny-mobilenet-v2')), 'conv2');
    expect(group).toMatchObject({ producers: ['conv2'], consumers: ['conv3'], fixed: null });
    expect(group.followers).toContain('dw1');
  });

  test('a gate falls with the channels it scales, the factors of a product fall together', () => {
    const groups = channelGroups(gated());
    expect(groupOf(groups, 'conv1')).toMatchObject({
      producers: ['conv1', 'conv3'],
      activations: ['relu1'],
      consumers: ['conv2', 'conv4', 'conv5'],
      slotCount: 8,
      fixed: null,
    });
    expect(groupOf(groups, 'conv2')).toMatchObject({
      producers: ['conv2'],
      consumers: ['conv3'],
      slotCount: 4,
    });
    expect(groupOf(groups, 'conv4')).toMatchObject({ producers: ['conv4', 'conv5'], activations: ['relu3'] });
  });

  test('activations other than ReLU and ReLU6 are never silent: their group is fixed, and they are named', () => {
    const groups = channelGroups(curved());
    expect(groupOf(groups, 'conv1')).toMatchObject({ activations: [], followers: ['bn1'] });
    expect(groupOf(groups, 'conv1').fixed).toMatch(/^No ReLU follows conv1, only hswish1: its outputs are/);
    expect(groupOf(groups, 'conv4').fixed).toMatch(/^No ReLU follows conv4, only leaky1: /);
    expect(groupOf(groups, 'conv2').fixed).toBe(null);
  });

  test('a linear projection has no zeros to count: it is fixed, with a reason', () => {
    const group = groupOf(channelGroups(built('tiny-mobilenet-v2')), 'conv5');
    expect(group.fixed).toMatch(/No ReLU follows conv5/);
  });

  test('images and classes are fixed', () => {
    const groups = channelGroups(built('tiny-cnn'));
    expect(groupOf(groups, 'input').fixed).not.toBeNull();
    expect(groupOf(groups, 'fc1').fixed).toMatch(/class/);
  });

  test('a concat keeps the branches apart, and an addition behind it ties each to its counterpart', () => {
    const b = new NetworkBuilder('mixed', { height: 8, width: 8, channels: 3 });
    const left = b.convBlock(4, 3);
    const right = b.convBlock(6, 3, {}, 'input');
    const both = b.concat(left, right);
    const whole = b.convBlock(10, 3, {}, 'input');
    b.add(both, whole);
    b.relu();
    b.conv(5, 3);
    b.globalAveragePool();
    const groups = channelGroups(b.build());
    const group = groupOf(groups, 'conv1');
    expect(group.producers).toEqual(['conv1', 'conv2', 'conv3']);
    expect(group.slotCount).toBe(10);
    const pruned = applyPlan(b.build(), groups, { keep: { conv1: [0, 4, 9] } }).network;
    const widths = pruned.layers.filter((l) => l.kind === 'conv2d').map((l) => l.filters);
    expect(widths).toEqual([1, 2, 3, 5]);
  });

  test('a flattened map gives the dense layer every pixel of a channel', () => {
    const network = built('custom-rs-classifier');
    const groups = channelGroups(network);
    const { mapping } = applyPlan(network, groups, { keep: { conv3: [1, 2] } });
    expect(mapping.get('fc1')?.inputs.length).toBe(3 * 3 * 2);
    expect(mapping.get('fc1')?.inputs.slice(0, 4)).toEqual([1, 2, 129, 130]);
  });
});

describe('thresholds', () => {
  const groups = channelGroups(built('tiny-cnn'));
  const silence = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 112, maxLength: 112 });

  test('a higher threshold never removes more, and 1 removes none (SX-18)', () => {
    fc.assert(
      fc.property(
        silence,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, a, b) => {
          const scores = randomScores(groups, values);
          const kept = (t: number) =>
            planPruning(groups, scores, { thresholds: { conv2: t }, keepMultiple: 1 }).keep.conv2?.length ??
            32;
          expect(kept(Math.max(a, b))).toBeGreaterThanOrEqual(kept(Math.min(a, b)));
          expect(kept(1)).toBe(32);
        },
      ),
    );
  });

  test('kept channels come in multiples, the most silent fall first (SX-46)', () => {
    fc.assert(
      fc.property(
        silence,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.constantFrom<KeepMultiple>(1, 2, 4, 8, 16),
        (values, threshold, keepMultiple) => {
          const scores = randomScores(groups, values);
          const keep = planPruning(groups, scores, { thresholds: { conv3: threshold }, keepMultiple }).keep
            .conv3;
          if (!keep) return;
          expect(keep.length % keepMultiple).toBe(0);
          const kept = new Set(keep);
          const score = scores.conv3!;
          const loudestFallen = Math.min(
            ...[...score.keys()].filter((s) => !kept.has(s)).map((s) => score[s]!),
          );
          expect(Math.max(...keep.map((s) => score[s]!))).toBeLessThanOrEqual(loudestFallen);
        },
      ),
    );
  });

  test('a slot that several ReLUs see is as silent as the least silent of them', () => {
    const residual = channelGroups(built('tiny-resnet'));
    const apoz = {
      relu1: new Float64Array(16).fill(0.9),
      relu3: Float64Array.from({ length: 16 }, (_, i) => i / 16),
    };
    expect([...slotApoz(residual, apoz).conv1!]).toEqual(
      Array.from({ length: 16 }, (_, i) => Math.min(0.9, i / 16)),
    );
  });
});

describe.each(TRAINED_PRESETS)('pruning $name', (preset) => {
  const network = preset.build(preset.input, 10);
  const groups = channelGroups(network);
  const before = networkCounts(network);

  test('gives a valid network with no more MACs or parameters than before', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 97, maxLength: 97 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, threshold) => {
          const scores = randomScores(groups, values);
          const thresholds = Object.fromEntries(groups.groups.map((group) => [group.id, threshold]));
          const small = applyPlan(
            network,
            groups,
            planPruning(groups, scores, { thresholds, keepMultiple: 4 }),
          ).network;
          expect(inferGeometry(small).ok).toBe(true);
          const after = networkCounts(small);
          expect(after.macCount).toBeLessThanOrEqual(before.macCount);
          expect(after.parameterCount).toBeLessThanOrEqual(before.parameterCount);
        },
      ),
      { numRuns: 15 },
    );
  });
});

test('880,124 parameters pruned to 773,692 are 12.09 % less (SX-49)', () => {
  expect((100 * reduction(880_124, 773_692)).toFixed(2)).toBe('12.09');
});

import { describe, expect, test } from 'vitest';
import { networkCounts, parameterShapes } from '../network/counts.ts';
import { type Network, parameterKey } from '../network/network.ts';
import { TRAINED_PRESETS } from '../network/presets.ts';
import { geometryAt, geometryOf } from '../network/shapes.ts';
import { createRandom, type Random } from '../random.ts';
import { applyPlan, maskChannels, transplant } from './apply.ts';
import { channelGroups } from './groups.ts';
import { type PruningPlan, planPruning } from './plan.ts';
import {
  concatAdd,
  crossedConcats,
  curved,
  depthMultiplier,
  enlarged,
  gated,
  grouped,
  normalized,
  shuffled,
  shuffledSum,
} from './testing/networks.ts';
import { forward, randomWeights } from './testing/referenceInterpreter.ts';

/** The smallest square images that the presets' windows leave something of. */
const EXTENTS: Readonly<Record<string, number>> = { 'custom-rs-classifier': 64, cnv: 32 };

const CASES: readonly (readonly [string, Network])[] = [
  ...TRAINED_PRESETS.map(({ id, name, input, build }) => {
    const extent = EXTENTS[id] ?? 16;
    return [name, build({ ...input, height: extent, width: extent }, 10)] as const;
  }),
  ...[
    concatAdd(),
    concatAdd(true),
    crossedConcats(),
    depthMultiplier(),
    grouped(),
    curved(),
    gated(),
    enlarged(),
    shuffled(),
    shuffledSum(),
    normalized(),
  ].map((network) => [network.name, network] as const),
];

function randomPlan(network: Network, random: Random): PruningPlan {
  const groups = channelGroups(network);
  const open = groups.groups.filter((group) => group.fixed === null);
  const scores = open.map(({ id, slotCount }) => [
    id,
    Float64Array.from({ length: slotCount }, () => random.next()),
  ]);
  const thresholds = Object.fromEntries(open.map(({ id }) => [id, 0.5]));
  return planPruning(groups, Object.fromEntries(scores), { thresholds, keepMultiple: 1 });
}

describe.each(CASES)('%s', (_, network) => {
  const random = createRandom(7);
  const groups = channelGroups(network);
  const plan = randomPlan(network, random);
  const weights = randomWeights(network, random.next);
  const pruned = applyPlan(network, groups, plan);
  const small = transplant(weights, network, pruned.mapping);

  test('pruned computes what it computed with the same channels set to zero (SX-19)', () => {
    expect(networkCounts(pruned.network).parameterCount).toBeLessThan(networkCounts(network).parameterCount);
    const { ofm } = geometryAt(geometryOf(network), 'input');
    const image = Float64Array.from({ length: ofm.height * ofm.width * ofm.channels }, () => random.next());
    const masked = forward(network, weights, image, maskChannels(network, groups, plan));
    const smaller = forward(pruned.network, small, image);
    const geometry = geometryOf(network);
    let worst = 0;
    for (const { id } of network.layers) {
      const kept = pruned.mapping.get(id)!.outputs;
      const { channels } = geometryAt(geometry, id).ofm;
      const whole = masked.get(id)!;
      const part = smaller.get(id)!;
      expect(part.length * channels, id).toBe(whole.length * kept.length);
      part.forEach((value, i) => {
        const expected = whole[Math.floor(i / kept.length) * channels + kept[i % kept.length]!]!;
        worst = Math.max(worst, Math.abs(value - expected));
      });
    }
    expect(worst).toBeLessThan(1e-6);
  });

  test('its weights have the shapes that the smaller network asks for', () => {
    const geometry = geometryOf(pruned.network);
    const wanted = pruned.network.layers.flatMap((layer) =>
      Object.entries(parameterShapes(layer, geometryAt(geometry, layer.id))).map(
        ([name, shape]) => [parameterKey(layer.id, name), shape] as const,
      ),
    );
    expect(Object.keys(small).sort()).toEqual(wanted.map(([key]) => key).sort());
    for (const [key, shape] of wanted) {
      expect(small[key]?.shape, key).toEqual(shape);
      expect(small[key]?.values.length, key).toBe(shape.reduce((a, b) => a * b, 1));
    }
  });

  test('an empty plan changes nothing', () => {
    const same = applyPlan(network, groups, { keep: {} });
    expect(same.network).toEqual(network);
    const copy = transplant(weights, network, same.mapping);
    expect(Object.keys(copy)).toEqual(Object.keys(weights));
    for (const [key, { shape, values }] of Object.entries(weights)) {
      expect(copy[key]?.shape).toEqual(shape);
      expect(copy[key]?.values.every((value, i) => value === values[i])).toBe(true);
    }
    expect(maskChannels(network, groups, { keep: {} }).size).toBe(0);
  });
});

test('a zero has to be set behind every layer: batch norm would bring the channel back', () => {
  const network = CASES.find(([name]) => name === 'custom_rs_classifier')![1];
  const groups = channelGroups(network);
  const masks = maskChannels(network, groups, { keep: { conv1: [0, 1, 2, 3] } });
  expect([...masks.keys()]).toEqual(['conv1', 'relu1', 'bn1', 'pool1']);
});

test('a plan that would empty a layer is refused', () => {
  const network = concatAdd();
  expect(() => applyPlan(network, channelGroups(network), { keep: { conv1: [5, 6] } })).toThrow(/conv1/);
});

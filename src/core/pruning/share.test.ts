import { expect, test } from 'vitest';
import { presetById } from '../network/presets.ts';
import { createRandom } from '../random.ts';
import { channelGroups } from './groups.ts';
import { planShare } from './share.ts';

const network = presetById('tiny-resnet')?.build({ height: 32, width: 32, channels: 3 }, 10);
if (!network) throw new Error('no preset');
const groups = channelGroups(network);
const random = createRandom(7);
const scores = Object.fromEntries(
  groups.groups
    .filter(({ fixed }) => fixed === null)
    .map(({ id, slotCount }) => [id, Float64Array.from({ length: slotCount }, () => random.next())]),
);
const slots = Object.values(scores).reduce((sum, score) => sum + score.length, 0);

test('the slots with the highest scores fall, as many as the share says', () => {
  for (const share of [0.05, 0.2, 0.5]) {
    const found = planShare(groups, scores, share, 1);
    expect(found?.removed).toBe(Math.round(share * slots));
    for (const [id, score] of Object.entries(scores)) {
      const keep = new Set(found?.plan.keep[id] ?? score.keys());
      for (const [slot, value] of score.entries())
        expect(keep.has(slot)).toBe(value <= (found?.threshold ?? 1));
    }
  }
});

test('with multiples at least the share falls where it can, and every group keeps one multiple', () => {
  const found = planShare(groups, scores, 0.3, 4);
  expect(found?.removed).toBeGreaterThanOrEqual(Math.round(0.3 * slots));
  for (const kept of Object.values(found?.plan.keep ?? {})) expect(kept.length % 4).toBe(0);
  const most = planShare(groups, scores, 0.9, 16);
  for (const kept of Object.values(most?.plan.keep ?? {})) expect(kept.length).toBeGreaterThanOrEqual(16);
});

test('slots that are never silent do not fall, and a share of nothing is no plan', () => {
  const awake = Object.fromEntries(
    Object.entries(scores).map(([id, score]) => [id, new Float64Array(score.length)]),
  );
  expect(planShare(groups, awake, 0.3, 1)).toBeNull();
  expect(planShare(groups, scores, 0, 1)).toBeNull();
});

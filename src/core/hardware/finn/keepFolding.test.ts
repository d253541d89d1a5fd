import { expect, test } from 'vitest';
import type { Network } from '../../network/network.ts';
import { presetById, TRAINED_PRESETS } from '../../network/presets.ts';
import { applyPlan } from '../../pruning/apply.ts';
import { channelGroups } from '../../pruning/groups.ts';
import { unwrap } from '../../result.ts';
import { estimateFinn, layerFoldings } from './estimate.ts';

const OPTIONS = { foldings: {}, targetCycles: 20_000, weightBits: 2, activationBits: 2, clockHertz: 100e6 };

/** The network with the first `share` of the slots of each group kept, rounded up to a multiple. */
function narrowed(network: Network, share: number, multiple: number): Network {
  const groups = channelGroups(network);
  const keep = Object.fromEntries(
    groups.groups
      .filter((group) => group.fixed === null)
      .map((group) => {
        const kept = Math.min(
          group.slotCount,
          Math.max(1, Math.ceil((share * group.slotCount) / multiple)) * multiple,
        );
        return [group.id, Array.from({ length: kept }, (_, i) => i)];
      }),
  );
  return applyPlan(network, groups, { keep }).network;
}

test.each(TRAINED_PRESETS)(
  '$name, half as wide on the same hardware: no node takes more cycles',
  (preset) => {
    const network = preset.build(preset.input, 10);
    const before = unwrap(estimateFinn(network, OPTIONS));
    const after = unwrap(estimateFinn(narrowed(network, 0.5, 8), { ...OPTIONS, foldedLike: network }));
    const earlier = new Map(before.rows.map((row) => [row.id, row.cycles]));
    const adjusted = new Set(after.violations.flatMap((violation) => violation.layerIds));
    expect(after.rows.map((row) => row.id)).toEqual(before.rows.map((row) => row.id));
    for (const row of after.rows) {
      if (row.layerIds.some((id) => adjusted.has(id))) continue;
      expect(row.cycles, row.id).toBeLessThanOrEqual(earlier.get(row.id) ?? 0);
    }
    expect(after.initiationInterval).toBeLessThanOrEqual(before.initiationInterval);
  },
);

test('a width that PE does not divide loses its PE, and is told', () => {
  const preset = presetById('cnv')!;
  const network = preset.build(preset.input, 10);
  const groups = channelGroups(network);
  const keep = { conv4: Array.from({ length: 127 }, (_, i) => i) };
  const pruned = applyPlan(network, groups, { keep }).network;
  const options = { ...OPTIONS, foldings: { conv4: { pe: 16, simd: 32 } } };
  const kept = unwrap(layerFoldings(pruned, { ...options, foldings: {}, foldedLike: network }));
  expect(kept.find(({ layerId }) => layerId === 'conv4')?.pe).toBe(1);
  const report = unwrap(estimateFinn(pruned, { ...options, foldings: {}, foldedLike: network }));
  expect(report.violations.map(({ message }) => message).join(' ')).toMatch(
    /conv4 can't keep its folding.*PE \d+ no longer divides/,
  );
});

import { expect, test } from 'vitest';
import { defaultDesign } from '../exploration/defaultDesign.ts';
import { presetById } from '../network/presets.ts';
import { unwrap } from '../result.ts';
import { pruningGains } from './pruningGains.ts';

const { hardware } = defaultDesign();
const preset = presetById('cnv')!;
const network = preset.build(preset.input, 10);
const first = (count: number) => Array.from({ length: count }, (_, i) => i);
const gainsOf = (keep: Record<string, number[]>, targetId = 'dpu-b4096') =>
  unwrap(pruningGains(network, { keep }, targetId, hardware));

test('a cut within one step of the engine saves parameters but no time, and is marked keep (SX-58)', () => {
  const [conv3] = gainsOf({ conv3: first(126) });
  expect(conv3).toMatchObject({ label: 'conv3', width: 128, kept: 126, savedCycles: 0, keep: true });
  expect(conv3!.savedParameters).toBeGreaterThan(0);
});

test('a cut across a step saves time and is not', () => {
  const gains = gainsOf({ conv3: first(96), conv4: first(126) });
  expect(gains.map(({ groupId, keep }) => [groupId, keep])).toEqual([
    ['conv3', false],
    ['conv4', true],
  ]);
  expect(gains[0]!.savedCycles).toBeGreaterThan(1000);
});

test('in a dataflow only cuts at the slowest node save time, and the others say what resources they save', () => {
  const gains = gainsOf({ conv1: first(32), conv2: first(32) }, 'finn');
  expect(gains.some(({ keep }) => keep)).toBe(true);
  for (const { savedLut } of gains) expect(savedLut).toBeGreaterThan(0);
});

test('nothing cut, nothing listed', () => {
  expect(gainsOf({ conv1: first(64) })).toEqual([]);
});

import { expect, test } from 'vitest';
import { defaultDesign } from '../exploration/defaultDesign.ts';
import { presetById } from '../network/presets.ts';
import { channelGroups } from '../pruning/groups.ts';
import { concatAdd } from '../pruning/testing/networks.ts';
import { unwrap } from '../result.ts';
import { channelWidthSweep } from './widthSweep.ts';

const { hardware } = defaultDesign();

test('on B4096 the staircase of CNV steps every 16 channels, and the last width costs most (SX-56)', () => {
  const preset = presetById('cnv')!;
  const network = preset.build(preset.input, 10);
  const { widths, cycles } = unwrap(channelWidthSweep(network, 'conv3', 'dpu-b4096', hardware));
  expect(widths.at(-1)).toBe(128);
  const at = (width: number) => cycles[widths.indexOf(width)]!;
  for (const width of [98, 104, 111]) expect(at(width)).toBe(at(112));
  expect(at(113)).toBeGreaterThan(at(112));
  expect(Math.max(...cycles)).toBe(at(128));
});

test('a concat tied to another branch is narrowed evenly, so that no branch runs empty', () => {
  const network = concatAdd();
  const group = channelGroups(network).groups.find(({ producers }) => producers.length > 2)!;
  const sweep = unwrap(channelWidthSweep(network, group.id, 'dpu-b4096', hardware));
  expect(sweep.widths.length).toBeGreaterThan(1);
});

import { expect, test } from 'vitest';
import { defaultDesign } from '../exploration/defaultDesign.ts';
import { NetworkBuilder } from '../network/builder.ts';
import { presetById } from '../network/presets.ts';
import { channelGroups } from '../pruning/groups.ts';
import { concatAdd } from '../pruning/testing/networks.ts';
import { unwrap } from '../result.ts';
import { channelWidthSweep, plateauAt } from './widthSweep.ts';

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

test('81 to 96 filters take the same time on B4096, 97 more: what is free and what is wasted is named (SX-56)', () => {
  const b = new NetworkBuilder('one layer', { height: 32, width: 32, channels: 16 });
  const conv = b.conv(128, 3);
  b.conv(16, 3);
  const sweep = unwrap(channelWidthSweep(b.build(), conv, 'dpu-b4096', hardware));
  expect(plateauAt(sweep, 84)).toEqual({ from: 81, to: 96 });
  expect(plateauAt(sweep, 97)).toEqual({ from: 97, to: 112 });
  expect(plateauAt(sweep, 4000)).toBeNull();
});

test('a concat tied to another branch is narrowed evenly, so that no branch runs empty', () => {
  const network = concatAdd();
  const group = channelGroups(network).groups.find(({ producers }) => producers.length > 2)!;
  const sweep = unwrap(channelWidthSweep(network, group.id, 'dpu-b4096', hardware));
  expect(sweep.widths.length).toBeGreaterThan(1);
});

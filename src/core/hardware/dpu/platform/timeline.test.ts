import { expect, test } from 'vitest';
import { NetworkBuilder } from '../../../network/builder.ts';
import type { Network } from '../../../network/network.ts';
import { TRAINED_PRESETS } from '../../../network/presets.ts';
import { unwrap } from '../../../result.ts';
import { estimateDpu } from '../estimate.ts';
import { compareArchitectures, compareNetworks, timeline } from './timeline.ts';

const CLOCK = 325e6;

/** Twelve inverted residual blocks, one of the nets whose parameters could be the source's 880,124. */
function twelveBlocks(outputs: readonly number[]): Network {
  const strides = [1, 2, 2, 1, 2, 1, 2, 1, 2, 1, 2, 2];
  const b = new NetworkBuilder('twelve blocks', { height: 512, width: 512, channels: 3 });
  let trunk = b.convBlock(32, 3, { stride: 2, activation: 'relu6' });
  let channels = 32;
  outputs.forEach((filters, i) => {
    const stride = strides[i] ?? 1;
    const entry = trunk;
    if (i > 0) b.convBlock(6 * channels, 1, { activation: 'relu6' }, entry);
    b.depthwiseBlock(3, { stride, activation: 'relu6' });
    const projected = b.convBlock(filters, 1, { activation: 'none' });
    trunk = stride === 1 && filters === channels ? b.add(entry, projected) : projected;
    channels = filters;
  });
  return b.build();
}
const FULL = [16, 24, 32, 32, 56, 56, 104, 104, 112, 112, 128, 128];

test.each(TRAINED_PRESETS)('$name: steps join, and rate times time is the work (SX-53)', (preset) => {
  const report = unwrap(
    estimateDpu(preset.build(preset.input, 10), { architecture: 'B4096', clockHertz: CLOCK }),
  );
  const steps = timeline(report);
  expect(steps.map((step) => step.rowId)).toEqual(report.rows.map((row) => row.id));
  let end = 0;
  steps.forEach((step, i) => {
    expect(step.startSeconds).toBe(end);
    end = step.endSeconds;
    const operations = step.gops * 1e9 * (step.endSeconds - step.startSeconds);
    expect(operations).toBeCloseTo(2 * report.rows[i]!.macCount, 0);
    expect(step.gops).toBeLessThan(1331.2);
  });
  expect(end).toBeCloseTo(report.initiationInterval / CLOCK, 12);
});

test('B512 takes three to five times as long as B4096, not eight times (SX-53)', () => {
  const { ratio, idealRatio, slow, fast } = unwrap(compareArchitectures(twelveBlocks(FULL), CLOCK));
  expect(idealRatio).toBe(8);
  expect(ratio).toBeGreaterThan(3);
  expect(ratio).toBeLessThan(5);
  expect(slow.length).toBeGreaterThan(12);
  expect(fast.length).toBeGreaterThan(12);
});

test('pruning saves time, but 84 filters take what 96 take (SX-54)', () => {
  const pruned = FULL.map((filters) => Math.max(8, filters - 8));
  const { saved } = unwrap(compareNetworks(twelveBlocks(FULL), twelveBlocks(pruned), 'B4096', CLOCK));
  expect(saved).toBeGreaterThan(0);
  expect(saved).toBeLessThan(0.3);
  const early = (filters: number) => {
    const b = new NetworkBuilder('early', { height: 64, width: 64, channels: 3 });
    b.convBlock(filters, 3);
    b.convBlock(32, 3);
    return b.build();
  };
  const same = unwrap(compareNetworks(early(96), early(84), 'B4096', CLOCK));
  expect(same.afterSeconds).toBe(same.beforeSeconds);
});

test('a fault of the estimate comes back', () => {
  expect(compareArchitectures(twelveBlocks(FULL), 0).ok).toBe(false);
  expect(compareNetworks(twelveBlocks(FULL), twelveBlocks(FULL), 'B4096', Number.NaN).ok).toBe(false);
});

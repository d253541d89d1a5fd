import { describe, expect, test } from 'vitest';
import { NetworkBuilder } from '../../network/builder.ts';
import { PRESETS, TRAINED_PRESETS } from '../../network/presets.ts';
import { unwrap } from '../../result.ts';
import { DPU_ARCHITECTURE_NAMES, dpuArchitecture, peakOpsPerCycle } from './architectures.ts';
import { estimateDpu } from './estimate.ts';

const CLOCK = 300e6;
const onB4096 = (network: Parameters<typeof estimateDpu>[0]) =>
  unwrap(estimateDpu(network, { architecture: 'B4096', clockHertz: CLOCK }));

test('the number in an architecture name is its operations a cycle, 2 PP ICP OCP (VT-41)', () => {
  for (const name of DPU_ARCHITECTURE_NAMES)
    expect(peakOpsPerCycle(dpuArchitecture(name))).toBe(Number(name.slice(1)));
});

test('at 325 MHz B512 peaks at 166.4 and B4096 at 1331.2 GOP/s (SX-52)', () => {
  const peak = (name: 'B512' | 'B4096') => (peakOpsPerCycle(dpuArchitecture(name)) * 325e6) / 1e9;
  expect([peak('B512'), peak('B4096')]).toEqual([166.4, 1331.2]);
});

describe.each(TRAINED_PRESETS)('$name', (preset) => {
  const network = preset.build(preset.input, 10);
  const report = onB4096(network);

  test('every layer is computed in exactly one row, but the input, and the softmax, which the CPU computes', () => {
    const seen = report.rows.flatMap((row) => row.layerIds);
    // A concat is addressing only.
    const free = new Set(['input', 'softmax', 'concat']);
    // Pixels in another order are still the images: a flatten of the input is no work.
    const reordered = network.layers.filter(
      ({ kind, inputs }) => kind === 'flatten' && inputs[0] === 'input',
    );
    const wanted = network.layers
      .filter((layer) => !free.has(layer.kind) && !reordered.includes(layer))
      .map((layer) => layer.id);
    expect([...seen].sort()).toEqual([...wanted].sort());
  });

  test('the rows add up to the frame, and the frame to its latency (SX-59)', () => {
    const sum = report.rows.reduce((total, row) => total + row.cycles, 0);
    expect(report.initiationInterval).toBeCloseTo(sum, 6);
    expect(report.latencySeconds).toBeCloseTo(sum / CLOCK + 70e-6, 12);
  });

  test('it runs on every architecture, without a violation but for grouped convolutions and shuffles', () => {
    const refused = network.layers.filter(
      (layer) => layer.kind === 'channelShuffle' || (layer.kind === 'conv2d' && layer.groups > 1),
    );
    for (const architecture of DPU_ARCHITECTURE_NAMES) {
      const { violations } = unwrap(estimateDpu(network, { architecture, clockHertz: CLOCK }));
      expect(violations.flatMap(({ layerIds }) => layerIds)).toEqual(refused.map(({ id }) => id));
    }
  });

  test('eight times the peak is less than eight times the speed (SX-53)', () => {
    const small = unwrap(estimateDpu(network, { architecture: 'B512', clockHertz: CLOCK }));
    const factor = small.latencySeconds / report.latencySeconds;
    expect(factor).toBeGreaterThan(1);
    expect(factor).toBeLessThan(8);
  });
});

test('a row is plain data: copies, JSON and clones hold its sentence', () => {
  const preset = PRESETS[0]!;
  const row = onB4096(preset.build(preset.input, 10)).rows[0]!;
  expect(row.boundSentence).not.toBe('');
  for (const copy of [{ ...row }, JSON.parse(JSON.stringify(row)), structuredClone(row)])
    expect(copy).toEqual({ ...row });
});

test('a clock of nothing and a network of nothing are faults', () => {
  const preset = PRESETS[0]!;
  const network = preset.build(preset.input, 10);
  expect(estimateDpu(network, { architecture: 'B512', clockHertz: 0 })).toMatchObject({
    error: { code: 'clock' },
  });
  const empty = new NetworkBuilder('empty', preset.input).build();
  expect(estimateDpu(empty, { architecture: 'B512', clockHertz: CLOCK })).toMatchObject({
    error: { code: 'nothing-to-run' },
  });
});

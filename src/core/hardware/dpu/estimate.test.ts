import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NetworkBuilder } from '../../network/builder.ts';
import { PRESETS } from '../../network/presets.ts';
import { unwrap } from '../../result.ts';
import { DPU_ARCHITECTURE_NAMES, dpuArchitecture, peakOpsPerCycle } from './architectures.ts';
import { convolutionCycles } from './cost.ts';
import { estimateDpu } from './estimate.ts';
import type { ConvolutionOp } from './ops.ts';

const CLOCK = 300e6;
const onB4096 = (network: Parameters<typeof estimateDpu>[0]) =>
  unwrap(estimateDpu(network, { architecture: 'B4096', clockHertz: CLOCK }));

function convolution(inputs: number, filters: number, extent = 56): ConvolutionOp {
  const map = (channels: number) => ({ height: extent, width: extent, channels });
  return {
    kind: 'convolution',
    id: 'conv',
    inputs: [],
    layerIds: [],
    ifm: map(inputs),
    ofm: map(filters),
    kernelSize: [3, 3],
    strides: [1, 1],
  };
}

test('the number in an architecture name is its operations a cycle, 2 PP ICP OCP (VT-41)', () => {
  for (const name of DPU_ARCHITECTURE_NAMES)
    expect(peakOpsPerCycle(dpuArchitecture(name))).toBe(Number(name.slice(1)));
});

test('at 325 MHz B512 peaks at 166.4 and B4096 at 1331.2 GOP/s (SX-52)', () => {
  const peak = (name: 'B512' | 'B4096') => (peakOpsPerCycle(dpuArchitecture(name)) * 325e6) / 1e9;
  expect([peak('B512'), peak('B4096')]).toEqual([166.4, 1331.2]);
});

test('81 to 96 filters take the same time on B4096, 97 take more (SX-56)', () => {
  const arch = dpuArchitecture('B4096');
  const cycles = (filters: number) => convolutionCycles(convolution(64, filters), arch);
  for (let filters = 81; filters <= 96; filters++) expect(cycles(filters)).toBe(cycles(96));
  expect(cycles(97)).toBeGreaterThan(cycles(96));
  expect(cycles(80)).toBeLessThan(cycles(81));
});

test('convolution cycles never rise when filters or inputs fall', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 9, max: 300 }),
      fc.integer({ min: 1, max: 300 }),
      fc.constantFrom(...DPU_ARCHITECTURE_NAMES),
      (inputs, filters, name) => {
        const arch = dpuArchitecture(name);
        const full = convolutionCycles(convolution(inputs, filters), arch);
        expect(convolutionCycles(convolution(inputs, Math.max(1, filters - 1)), arch)).toBeLessThanOrEqual(
          full,
        );
      },
    ),
  );
});

describe.each(PRESETS)('$name', (preset) => {
  const network = preset.build(preset.input, 10);
  const report = onB4096(network);

  test('every layer but the input is computed in exactly one row', () => {
    const seen = report.rows.flatMap((row) => row.layerIds);
    const free = new Set(['input', 'concat']);
    const wanted = network.layers.filter((layer) => !free.has(layer.kind)).map((layer) => layer.id);
    expect([...seen].sort()).toEqual([...wanted].sort());
  });

  test('the rows add up to the frame, and the frame to its latency (SX-59)', () => {
    const sum = report.rows.reduce((total, row) => total + row.cycles, 0);
    expect(report.initiationInterval).toBeCloseTo(sum, 6);
    expect(report.latencySeconds).toBeCloseTo(sum / CLOCK + 70e-6, 12);
  });

  test('eight times the peak is less than eight times the speed (SX-53)', () => {
    const small = unwrap(estimateDpu(network, { architecture: 'B512', clockHertz: CLOCK }));
    const factor = small.latencySeconds / report.latencySeconds;
    expect(factor).toBeGreaterThan(1);
    expect(factor).toBeLessThan(8);
  });
});

test('a batch norm that no convolution can take in runs on the ALU', () => {
  const preset = PRESETS.find(({ id }) => id === 'custom-rs-classifier')!;
  const report = onB4096(preset.build(preset.input, 10));
  expect(report.rows.filter((row) => row.layerIds.includes('bn1')).length).toBe(1);
  expect(
    report.rows.find((row) => row.layerIds.includes('bn1'))?.terms.some((term) => term.name === 'ALU'),
  ).toBe(true);
});

test('a layer a DPU cannot run is named with its rule and what to do', () => {
  const b = new NetworkBuilder('wide kernel', { height: 64, width: 64, channels: 3 });
  b.conv(16, 17);
  const { violations } = onB4096(b.build());
  expect(violations.map((violation) => violation.message)).toEqual([
    'conv1 would run on the CPU: its kernel is 17x17, a DPU convolves up to 16x16; make it 16 or smaller.',
  ]);
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DPU_ARCHITECTURE_NAMES, dpuArchitecture } from './architectures.ts';
import { convolutionCycles, convolutionShape, idleConvolutionCycles } from './cost.ts';
import { type DpuRow, simulateDpu } from './model.ts';
import type { ConvolutionOp, DpuOp } from './ops.ts';

const B4096 = dpuArchitecture('B4096');
const map = (extent: number, channels: number) => ({ height: extent, width: extent, channels });

function convolution(inputs: number, filters: number, extent = 56, kernel = 3): ConvolutionOp {
  return {
    kind: 'convolution',
    id: 'conv',
    inputs: ['input'],
    layerIds: [],
    ifm: map(extent, inputs),
    ofm: map(extent, filters),
    kernelSize: [kernel, kernel],
    strides: [1, 1],
  };
}

const input = (extent: number, channels: number): DpuOp => ({
  kind: 'input',
  id: 'input',
  inputs: [],
  layerIds: [],
  ofm: map(extent, channels),
});

const oneLayer = (op: ConvolutionOp, name: (typeof DPU_ARCHITECTURE_NAMES)[number]): DpuRow =>
  simulateDpu([input(op.ifm.height, op.ifm.channels), op], dpuArchitecture(name))[0]!;

const architectures = fc.constantFrom(...DPU_ARCHITECTURE_NAMES);
const kernels = fc.constantFrom(1, 2, 3, 5, 7, 11);
const extents = fc.integer({ min: 1, max: 120 });

test('81 to 96 filters take the same time on B4096, 97 take more (SX-56)', () => {
  const cycles = (filters: number) => convolutionCycles(convolution(64, filters), B4096);
  for (let filters = 81; filters <= 96; filters++) expect(cycles(filters)).toBe(cycles(96));
  expect(cycles(97)).toBeGreaterThan(cycles(96));
  expect(cycles(80)).toBeLessThan(cycles(81));
});

describe('laws', () => {
  test('convolution cycles never rise when filters or input channels fall', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 300 }),
        fc.integer({ min: 2, max: 300 }),
        kernels,
        extents,
        architectures,
        (inputs, filters, kernel, extent, name) => {
          const cycles = (i: number, f: number) =>
            convolutionCycles(convolution(i, f, extent, kernel), dpuArchitecture(name));
          expect(cycles(inputs, filters - 1)).toBeLessThanOrEqual(cycles(inputs, filters));
          expect(cycles(inputs - 1, filters)).toBeLessThanOrEqual(cycles(inputs, filters));
        },
      ),
    );
  });

  // A whole row may rise: fewer filters can need fewer tiles, and fewer tiles hide less of loading and storing
  // behind computing (a 5x5 convolution of a 7x7x16 map on B1600: 401 filters run in 3 tiles, 400 in 1 and
  // take 1.44 times as long). So the specification has it; the law holds where the tiles stay.
  test('a row never rises when filters fall and it is cut into as many tiles as before', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 2, max: 600 }),
        kernels,
        extents,
        architectures,
        (inputs, filters, kernel, extent, name) => {
          const wide = oneLayer(convolution(inputs, filters, extent, kernel), name);
          const narrow = oneLayer(convolution(inputs, filters - 1, extent, kernel), name);
          fc.pre(wide.tiles === narrow.tiles);
          expect(narrow.cycles).toBeLessThanOrEqual(wide.cycles * (1 + 1e-12));
        },
      ),
    );
  });

  test('idle lanes are a part of the convolution, none where everything fills whole blocks', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 200 }),
        kernels,
        extents,
        architectures,
        (inputs, filters, kernel, extent, name) => {
          const op = convolution(inputs, filters, extent, kernel);
          const arch = dpuArchitecture(name);
          const idle = idleConvolutionCycles(op, arch);
          expect(idle).toBeGreaterThanOrEqual(0);
          expect(idle).toBeLessThan(convolutionCycles(op, arch));
        },
      ),
    );
    expect(idleConvolutionCycles(convolution(64, 96, 56), B4096)).toBe(0);
    const [narrow, wide] = [convolution(64, 58), convolution(64, 64)];
    expect(convolutionCycles(narrow, B4096)).toBe(convolutionCycles(wide, B4096));
    expect(idleConvolutionCycles(narrow, B4096)).toBeGreaterThan(0);
  });
});

test('kernel columns of an image are merged into the channels', () => {
  // 3 columns of 3 channels fill 9 lanes: 3 taps instead of 9.
  expect(convolutionShape(convolution(3, 64, 32, 3), B4096)).toEqual({
    inputBlocks: 1,
    taps: 3,
    mergedColumns: 3,
  });
  expect(convolutionShape(convolution(16, 64, 32, 3), B4096)).toEqual({
    inputBlocks: 1,
    taps: 9,
    mergedColumns: 1,
  });
});

test('where one output group fills more than half of the weight buffer, loading and computing take turns', () => {
  // 7 * 7 * 512 / 16 = 1568 words of 2048.
  const op: ConvolutionOp = { ...convolution(512, 64, 7, 7), ofm: map(1, 64) };
  const row = oneLayer(op, 'B4096');
  expect(row.doubleBuffered).toBe(false);
  expect(row.cycles).toBeGreaterThan(row.convolution + row.weightLoad);
  // 7 * 7 * 256 / 16 = 784 words: the next group is loaded meanwhile.
  const half = oneLayer({ ...op, ifm: map(7, 256) }, 'B4096');
  expect(half.doubleBuffered).toBe(true);
});

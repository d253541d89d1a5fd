import { describe, expect, test } from 'vitest';
import { presetById } from '../../../network/presets.ts';
import { unwrap } from '../../../result.ts';
import { fifoReport } from './report.ts';
import { runToEnd } from './simulate.ts';

const options = { foldings: {}, targetCycles: 20_000, weightBits: 2, activationBits: 2 };

function reportOf(id: string, depth: number) {
  const preset = presetById(id)!;
  const network = preset.build({ height: 32, width: 32, channels: 3 }, 10);
  return unwrap(runToEnd(fifoReport(network, options, depth)));
}

describe('the FIFOs of a residual network', () => {
  const report = reportOf('tiny-resnet', 2);

  test('too shallow everywhere stand still, and the sentence names the shortcut and what it needs (BO-42)', () => {
    expect(report.cyclesPerFrame).toBe(Number.POSITIVE_INFINITY);
    expect(report.deadlock).toMatch(
      /^The shortcut FIFO from relu1 fork to add1 holds 2 words and needs \d+\.$/,
    );
  });

  test('have a safe depth each: 2 or 32 words where that is enough, and far less memory than one for all', () => {
    for (const { safeDepth, depth } of report.fifos) {
      expect(depth).toBeGreaterThanOrEqual(safeDepth);
      if (safeDepth <= 32) expect([2, 32]).toContain(depth);
    }
    expect(report.bits).toBeLessThan(report.uniformBits / 5);
    expect(report.resources.lut).toBeGreaterThan(0);
  });

  test('show in the study from which depth on the pipeline runs', () => {
    const running = report.study.filter(({ cyclesPerFrame }) => Number.isFinite(cyclesPerFrame));
    expect(running.length).toBeGreaterThan(0);
    expect(running.length).toBeLessThan(report.study.length);
    expect(running.at(-1)!.cyclesPerFrame).toBeLessThan(report.maxCycles * 1.01);
  });
});

test('layers of a dataflow work at the same time, on the same frame and on the next ones (BO-06)', () => {
  const { stalls, fillCycles } = reportOf('tiny-cnn', 32);
  const spans = stalls.map(({ frames }) => frames);
  for (const [first, second] of spans) {
    expect(first!.end).toBeGreaterThan(first!.start);
    expect(second!.end).toBeGreaterThan(first!.end);
  }
  const [input, last] = [spans[0]!, spans.at(-1)!];
  expect(last[0]!.end).toBe(fillCycles);
  // The first layer is at the second frame before the last layer has ended the first.
  expect(input[1]!.start).toBeLessThan(last[0]!.end);
  // One after the other it would take the sum.
  const sum = stalls.reduce((total, { cycles }) => total + cycles, 0);
  expect(fillCycles).toBeLessThan(sum);
});

test('a chain with shallow FIFOs runs, more slowly, and every node says what it waits for (BO-43)', () => {
  const report = reportOf('tiny-cnn', 2);
  expect(report.deadlock).toBeNull();
  expect(report.cyclesPerFrame).toBeGreaterThan(report.maxCycles * 1.2);
  for (const { cycles, starvedCycles, blockedCycles, layerIds } of report.stalls) {
    expect(layerIds.length).toBeGreaterThan(0);
    expect(cycles + starvedCycles + blockedCycles).toBeLessThanOrEqual(report.cyclesPerFrame * 1.05);
  }
});

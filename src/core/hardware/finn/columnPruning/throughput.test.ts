import { describe, expect, test } from 'vitest';
import { presetById } from '../../../network/presets.ts';
import { unwrap } from '../../../result.ts';
import { foldNetwork } from '../foldNetwork.ts';
import { CNV_DEFAULT_FOLDING } from '../publishedFoldings.ts';
import { type ColumnMethod, columnPruned, planForAll } from './columnPruned.ts';
import { empiricalCap, PUBLISHED_GAINS } from './published.ts';
import { prunedThroughput, type WindowOverhead } from './throughput.ts';

const CLOCK = 100e6;
const preset = presetById('cnv')!;
const fold = (foldings: typeof CNV_DEFAULT_FOLDING) =>
  unwrap(
    foldNetwork(preset.build(preset.input, 10), {
      foldings,
      targetCycles: 40_000,
      weightBits: 1,
      activationBits: 1,
    }),
  ).nodes;

const cnv = fold(CNV_DEFAULT_FOLDING);
/** Dense layers fast enough that the convolutions decide. */
const fastDense = fold({
  ...CNV_DEFAULT_FOLDING,
  fc1: { pe: 64, simd: 16 },
  fc2: { pe: 64, simd: 16 },
});

const run = (nodes: typeof cnv, method: ColumnMethod, sparsity: number, overhead: WindowOverhead) =>
  unwrap(prunedThroughput(columnPruned(nodes, planForAll(nodes, { method, sparsity })), CLOCK, overhead));

const STEPS = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

describe('the throughput of coarse pruning', () => {
  test('does not fall with sparsity, and stays at the 3,052 frames a second of the dense layers (BO-46)', () => {
    const rates = STEPS.map((sparsity) => run(cnv, 'coarse', sparsity, 'ideal'));
    for (const { throughputFps, initiationInterval, bottleneck } of rates) {
      expect(throughputFps).toBeCloseTo(3051.76, 2);
      expect(initiationInterval).toBe(32_768);
      expect(bottleneck).toMatch(/^MVAU_hls_[67]$/);
    }
  });

  test('rises with sparsity where the convolutions decide (BO-46)', () => {
    const rates = STEPS.map((sparsity) => run(fastDense, 'coarse', sparsity, 'ideal').throughputFps);
    for (const [i, rate] of rates.entries()) if (i > 0) expect(rate).toBeGreaterThanOrEqual(rates[i - 1]!);
    expect(rates[0]).toBeCloseTo(CLOCK / 32_400, 6);
    expect(rates.at(-1)! / rates[0]!).toBeGreaterThan(4);
  });

  test('at 87.5 % is below that at 75 % with the published windows, and above it without their overhead (BO-59)', () => {
    const at = (sparsity: number, overhead: WindowOverhead) => run(fastDense, 'coarse', sparsity, overhead);
    const capped = at(0.875, 'published');
    expect(capped.throughputFps).toBe(2000);
    expect(capped.throughputFps).toBeLessThan(at(0.75, 'published').throughputFps);
    expect(capped.sentence).toContain(
      'no published design with 87.5 % coarse column pruning went beyond 2,000; the cause is unknown.',
    );
    expect(at(0.875, 'ideal').throughputFps).toBeGreaterThan(at(0.75, 'ideal').throughputFps);
    expect(at(0.875, 'ideal').capFps).toBeNull();
  });

  test('keeps the loops of the published windows as long as they were (BO-59)', () => {
    const windows = (sparsity: number, overhead: WindowOverhead) =>
      run(cnv, 'coarse', sparsity, overhead).cycles.filter((_, i) => 'parallelWindow' in cnv[i]!);
    expect(windows(0.75, 'published')).toEqual(windows(0, 'published'));
    expect(windows(0, 'ideal')).toEqual(windows(0, 'published'));
    for (const [i, cycles] of windows(0.75, 'ideal').entries())
      expect(cycles).toBeLessThan(windows(0, 'ideal')[i]!);
  });

  test('is limited by the reading of the input where hardly a column is left', () => {
    // conv2: 28 rows of 30 pixels, two words each, and the first window before them (2 rows, 3 pixels).
    const index = cnv.findIndex((node) => 'parallelWindow' in node && node.layerIds[0] === 'conv2');
    expect(run(cnv, 'coarse', 0.94, 'ideal').cycles[index]).toBe((2 * 30 + 3) * 2 + 28 * 30 * 2);
  });
});

describe('the throughput of fine pruning', () => {
  test('is the same at 0, 50, 75 and 87.5 %, as work and parallelism fall together (BO-65)', () => {
    for (const sparsity of [0.5, 0.75, 0.875])
      expect(run(fastDense, 'fine', sparsity, 'ideal').throughputFps).toBe(
        run(fastDense, 'coarse', 0, 'ideal').throughputFps,
      );
  });

  test('never exceeds the published caps of 75 and 87.5 % (BO-71)', () => {
    expect(run(cnv, 'fine', 0.75, 'published').capFps).toBe(3400);
    expect(run(cnv, 'fine', 0.75, 'published').throughputFps).toBeCloseTo(3051.76, 2);
    expect(run(cnv, 'fine', 0.875, 'published').throughputFps).toBe(1800);
  });
});

describe('what was published', () => {
  test('has caps at three settings only, as cycles at other clocks (BO-59) (BO-71)', () => {
    expect(empiricalCap('coarse', 0.875, CLOCK)).toBe(2000);
    expect(empiricalCap('coarse', 0.75, CLOCK)).toBeNull();
    expect(empiricalCap('fine', 0.5, CLOCK)).toBeNull();
    expect(empiricalCap('free', 0.875, CLOCK)).toBeNull();
    expect(CLOCK / empiricalCap('fine', 0.875, CLOCK)!).toBeCloseTo(
      (2 * CLOCK) / empiricalCap('fine', 0.875, 2 * CLOCK)!,
      6,
    );
  });

  test('gains speed up to 75 % and loses it at 87.5 %, coarse above fine throughout (BO-58) (BO-70) (BO-72)', () => {
    const gain = (method: string, sparsity: number) =>
      PUBLISHED_GAINS.find((one) => one.method === method && one.sparsity === sparsity)!;
    for (const method of ['coarse', 'fine']) {
      expect(gain(method, 0.75).throughput[0]).toBeGreaterThan(gain(method, 0.5).throughput[0]);
      expect(gain(method, 0.875).throughput[0]).toBeLessThan(0);
    }
    for (const sparsity of [0.5, 0.75, 0.875]) {
      const [coarse, fine] = [gain('coarse', sparsity), gain('fine', sparsity)];
      expect(coarse.throughput[0]).toBeGreaterThan(fine.throughput[0]);
      expect(coarse.accuracyPoints[0]).toBeLessThan(fine.accuracyPoints[0]);
    }
  });
});

test('a clock of nothing is refused', () => {
  expect(prunedThroughput(columnPruned(cnv, {}), 0).ok).toBe(false);
});

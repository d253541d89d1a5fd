import { describe, expect, test } from 'vitest';
import type { Folding } from '../../../exploration/design.ts';
import { presetById } from '../../../network/presets.ts';
import { unwrap } from '../../../result.ts';
import { CNV_DEFAULT_FOLDING } from '../publishedFoldings.ts';
import { oddPart, type Priority, runAlgorithm1 } from './algorithm1.ts';
import { searchBudget } from './algorithm2.ts';
import { THESIS_BUDGET_RATIO, THESIS_CNV_RAM_STYLES, thesisModel, ULTRA96_V2_LUT } from './thesisEstimate.ts';

const preset = presetById('cnv')!;
const model = unwrap(
  thesisModel(preset.build(preset.input, 10), {
    weightBits: 1,
    activationBits: 1,
    ramStyles: THESIS_CNV_RAM_STYLES,
  }),
);

const tune = (priority: Priority, ratio = THESIS_BUDGET_RATIO) =>
  runAlgorithm1(model, { priority, lutBudget: ratio * ULTRA96_V2_LUT });

const columns = (foldings: readonly Folding[]) => ({
  SIMD: foldings.map((folding) => folding.simd),
  PE: foldings.map((folding) => folding.pe),
});

const cyclesOf = (kind: 'window' | 'matrix', cycles: readonly number[]) =>
  cycles.filter((_, i) => model.nodes[i]!.kind === kind);

/** Source 003, Tables 4.3 to 4.5: CNV W1A1 tuned for the Ultra96V2. */
const TABLES = {
  balanced: {
    SIMD: [3, 64, 64, 64, 32, 16, 8, 8, 1],
    PE: [64, 64, 32, 64, 16, 8, 4, 8, 5],
    window: [1.4128, 1.4699],
    lut: 99_686,
    maxCycles: 8196,
  },
  simd: {
    SIMD: [3, 64, 64, 128, 128, 128, 32, 64, 1],
    PE: [64, 64, 32, 32, 4, 1, 1, 1, 5],
    window: [1.3961, 1.4463],
    lut: 98_510,
    maxCycles: 8196,
  },
  pe: {
    SIMD: [3, 64, 16, 16, 2, 4, 1, 1, 1],
    PE: [64, 64, 128, 128, 128, 16, 16, 32, 5],
    window: [1.3544, 1.4522],
    lut: 95_567,
    maxCycles: 10_368,
  },
} as const;

const defaults = model.layerIds.map((id) => CNV_DEFAULT_FOLDING[id]!);

describe('Algorithm 1', () => {
  test('starts at the smallest foldings that can be built and doubled (BO-28)', () => {
    // Source 003's published code: (PE, SIMD) a layer.
    expect(model.start.map(({ pe, simd }) => [pe, simd])).toEqual([
      [1, 3],
      [1, 1],
      [1, 1],
      [1, 2],
      [1, 2],
      [1, 4],
      [1, 1],
      [1, 1],
      [5, 1],
    ]);
  });

  test.each([
    ['balanced', 'Table 4.3 (BO-30)'],
    ['simd', 'Table 4.4 (BO-31)'],
    ['pe', 'Table 4.5 (BO-32)'],
  ] as const)('%s priority gives %s', (priority, _table) => {
    const table = TABLES[priority];
    const found = tune(priority);
    expect(columns(found.foldings)).toEqual({ SIMD: table.SIMD, PE: table.PE });
    expect(found.lut).toBe(table.lut);
    expect(found.maxCycles).toBe(table.maxCycles);
    expect(found.stopped).toBe('budget');
  });

  test.each(['balanced', 'simd', 'pe'] as const)('%s priority holds in a window of budgets (C3-23)', (p) => {
    const { SIMD, PE, window } = TABLES[p];
    for (const ratio of [window[0] + 1e-4, window[1] - 1e-4])
      expect(columns(tune(p, ratio).foldings)).toEqual({ SIMD, PE });
    for (const ratio of [window[0] - 1e-3, window[1] + 1e-3])
      expect(columns(tune(p, ratio).foldings)).not.toEqual({ SIMD, PE });
  });

  test('keeps a log: each step halves a node, the last one is given back (BO-28)', () => {
    const { steps } = tune('balanced');
    expect(steps[0]!.sentence).toBe(
      'MVAU_hls_1 takes 28,901,376 cycles: SIMD of conv2 from 1 to 2, LUT 7,992 of 100,901.',
    );
    expect(steps.map((step) => step.step)).toEqual(steps.map((_, i) => i + 1));
    expect(steps.slice(0, -1).every((step) => step.kept && step.lut < 100_901)).toBe(true);
    expect(steps.at(-1)!.kept).toBe(false);
    expect(steps.at(-1)!.sentence).toMatch(/given back\.$/);
  });

  test('a slow sliding window is sped up by the SIMD of its matrix unit (BO-29)', () => {
    const windows = new Set(model.nodes.flatMap((node) => (node.kind === 'window' ? [node.name] : [])));
    const found = tune('pe').steps.filter((step) => windows.has(step.node));
    expect(found.length).toBeGreaterThan(0);
    expect(found.every((step) => step.parameter === 'simd')).toBe(true);
    const wider = defaults.map((folding, i) => (i === 1 ? { ...folding, simd: 64 } : folding));
    const [before, after] = [model.measure(defaults).cycles, model.measure(wider).cycles];
    for (const kind of ['window', 'matrix'] as const)
      expect(2 * cyclesOf(kind, after)[1]!).toBe(cyclesOf(kind, before)[1]!);
  });

  test('the slowest node falls from start to default to result (BO-34)', () => {
    const slowest = (foldings: readonly Folding[]) => Math.max(...model.measure(foldings).cycles);
    expect(slowest(model.start)).toBeGreaterThanOrEqual(slowest(defaults));
    expect(slowest(defaults)).toBeGreaterThanOrEqual(tune('balanced').maxCycles);
  });

  test('levels the layers (BO-35)', () => {
    const spread = (cycles: readonly number[]) => {
      const windows = [...cyclesOf('window', cycles), 0, 0, 0];
      const layers = cyclesOf('matrix', cycles).map((own, i) => own + windows[i]!);
      const six = layers.sort((a, b) => b - a).slice(0, 6);
      return six[0]! / ((six[2]! + six[3]!) / 2);
    };
    expect(spread(tune('balanced').cycles)).toBeLessThan(spread(model.measure(model.start).cycles));
  });

  test('has the cycles of Table 4.2 for the default folding (BO-23)', () => {
    const { cycles } = model.measure(defaults);
    expect(cyclesOf('matrix', cycles)).toEqual([
      32400, 28224, 20736, 28800, 20736, 18432, 32768, 32768, 1024,
    ]);
  });

  test('a budget below the start is said, one above everything ends by itself', () => {
    expect(tune('balanced', 0.01)).toMatchObject({ stopped: 'start', steps: [] });
    const all = tune('simd', 1e6);
    expect(all.stopped).toBe('nothing-to-speed-up');
    expect(all.foldings.at(-1)).toEqual({ pe: 10, simd: 512 });
  });

  test('the start is the odd part of the width', () => {
    expect([3, 64, 10, 48, 1].map((n) => oddPart(n))).toEqual([3, 1, 5, 3, 1]);
    expect(oddPart(256, (simd) => simd > 2)).toBe(4);
  });

  test('a network that FINN 0.5 could not estimate is refused by the node', () => {
    const mobile = presetById('tiny-mobilenet-v2')!;
    const found = thesisModel(mobile.build(mobile.input, 10), { weightBits: 1, activationBits: 1 });
    expect(found).toMatchObject({ ok: false, error: { code: 'finn-thesis-node' } });
  });
});

describe('Algorithm 2', () => {
  const upTo = (limit: number) => (percent: number) => (percent <= limit ? 'fits' : 'fails');
  const percents = (initial: number, limit: number) => {
    const { percent, trials } = searchBudget(initial, upTo(limit));
    return [percent, trials.map((trial) => trial.percent)];
  };

  test('moves in steps of 10 % of the initial budget until the result flips (BO-33)', () => {
    expect(percents(100, 123)).toEqual([120, [100, 110, 120, 130]]);
    expect(percents(150, 123)).toEqual([120, [150, 135, 120]]);
  });

  test('stops at the floor and where nothing can be folded further (C3-18)', () => {
    const nothing = searchBudget(100, () => 'fails');
    expect(nothing).toMatchObject({ percent: null, stopped: 'floor' });
    expect(nothing.trials.at(-1)!.percent).toBe(30);
    const all = searchBudget(100, (percent) => (percent < 140 ? 'fits' : 'folded-out'));
    expect(all).toMatchObject({ percent: 140, stopped: 'folded-out' });
    expect(searchBudget(100, () => 'folded-out').trials.length).toBe(1);
  });
});

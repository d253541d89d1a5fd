import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NetworkBuilder } from '../../../network/builder.ts';
import { presetById } from '../../../network/presets.ts';
import { unwrap } from '../../../result.ts';
import type { Resources } from '../../report.ts';
import { lowerToFinn } from '../lower.ts';
import type { FinnNode, RamStyle } from '../nodes.ts';
import { cyclesOf, resourcesOf } from '../operators.ts';
import { type Priority, runAlgorithm1 } from './algorithm1.ts';
import { boardBudgets } from './optimalFolding.ts';
import type { FoldingUnit } from './optimalFoldingOptions.ts';
import { searchFolding } from './optimalFoldingSearch.ts';
import { tunerUnits } from './optimalFoldingTuner.ts';
import { nodeUnits } from './optimalFoldingUnits.ts';
import { THESIS_BUDGET_RATIO, THESIS_CNV_RAM_STYLES, thesisModel, ULTRA96_V2_LUT } from './thesisEstimate.ts';

type Use = Resources & { readonly cycles: number };

const KEYS = ['lut', 'bram18', 'uram', 'dsp'] as const;
const NONE: Use = { cycles: 0, lut: 0, bram18: 0, uram: 0, dsp: 0 };

const join = (a: Use, b: Use): Use => ({
  cycles: Math.max(a.cycles, b.cycles),
  lut: a.lut + b.lut,
  bram18: a.bram18 + b.bram18,
  uram: a.uram + b.uram,
  dsp: a.dsp + b.dsp,
});

/** The fewest cycles of any combination within the limits: every one of them is looked at. */
function bruteForce(units: readonly (readonly Use[])[], limits: Resources): number {
  let best = Number.POSITIVE_INFINITY;
  const descend = (at: number, sum: Use) => {
    if (at === units.length) {
      if (KEYS.every((key) => sum[key] <= limits[key])) best = Math.min(best, sum.cycles);
      return;
    }
    for (const one of units[at]!) descend(at + 1, join(sum, one));
  };
  descend(0, NONE);
  return best;
}

function run<C>(units: readonly FoldingUnit<C>[], limits: Resources) {
  const board = { name: 'a board', part: 'xczu7ev-ffvc1156-2-e', budget: limits };
  const search = searchFolding(units, boardBudgets(board));
  for (;;) {
    const step = search.next();
    if (step.done) return step.value;
  }
}

const total = (units: readonly FoldingUnit[], picks: readonly number[]): Use =>
  units.reduce((sum, { options }, u) => join(sum, options[picks[u]!]!), NONE);

const amount = fc.integer({ min: 0, max: 12 });
const option = fc.record({
  cycles: fc.integer({ min: 1, max: 9 }),
  lut: amount,
  bram18: amount,
  uram: amount,
  dsp: amount,
  parallelism: fc.integer({ min: 1, max: 4 }),
  choice: fc.constant(null),
});
const limit = fc.integer({ min: 0, max: 36 });
const limitsArbitrary = fc.record({ lut: limit, bram18: limit, uram: limit, dsp: limit });

describe('the folding search', () => {
  test('finds what trying every combination finds', () => {
    const arbitrary = fc.record({
      tables: fc.array(fc.array(option, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 3 }),
      // Several units may be built alike.
      of: fc.array(fc.nat(2), { minLength: 1, maxLength: 5 }),
      limits: limitsArbitrary,
    });
    fc.assert(
      fc.property(arbitrary, ({ tables, of, limits }) => {
        const units = of.map((i) => ({ label: '', layerIds: [], options: tables[i % tables.length]! }));
        const best = bruteForce(
          units.map((unit) => unit.options),
          limits,
        );
        const found = run(units, limits);
        expect(found.cycles).toBe(best);
        expect(found.lowerBoundCycles).toBe(best);
        if (!found.picks) return;
        const used = total(units, found.picks);
        expect(used.cycles).toBeLessThanOrEqual(best);
        expect(KEYS.every((key) => used[key] <= limits[key])).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test('proves by a budget that fewer cycles are impossible', () => {
    const unit = (fast: number, slow: number) => ({
      label: '',
      layerIds: [],
      options: [
        { ...NONE, cycles: 10, lut: fast, parallelism: 2, choice: null },
        { ...NONE, cycles: 20, lut: slow, parallelism: 1, choice: null },
      ],
    });
    const found = run([unit(50, 30), unit(70, 40)], { lut: 100, bram18: 0, uram: 0, dsp: 0 });
    expect(found).toMatchObject({ cycles: 20, lowerBoundCycles: 20, picks: [1, 1], fewestCycles: 10 });
    expect(found.proof).toMatchObject({ cycles: 10, label: 'LUT', limit: 100 });
    expect(found.proof!.atLeast).toBeCloseTo(120, 6);
  });
});

const divisors = (n: number) => Array.from({ length: n }, (_, i) => i + 1).filter((d) => n % d === 0);

/** Every legal state of a node of the tiny networks below, written down anew from finn.md sections 3, 5 and 7. */
function statesOf(node: FinnNode): readonly FinnNode[] {
  switch (node.opType) {
    case 'MVAU_hls':
      return divisors(node.mh).flatMap((pe) =>
        divisors(node.mw).flatMap((simd) =>
          (['block', 'distributed', 'ultra'] as const).flatMap((ramStyle: RamStyle) =>
            (['lut', 'dsp'] as const).map((resType) => ({ ...node, pe, simd, ramStyle, resType })),
          ),
        ),
      );
    case 'ConvolutionInputGenerator_rtl':
      return (['block', 'distributed', 'ultra'] as const).flatMap((ramStyle) => [
        ...divisors(node.channels).map((simd) => ({ ...node, ramStyle, simd, parallelWindow: false })),
        { ...node, ramStyle, simd: node.channels, parallelWindow: true },
      ]);
    case 'Thresholding_rtl':
      return divisors(node.channels).map((pe) => ({ ...node, pe }));
    case 'LabelSelect_hls':
      return divisors(node.labels).map((pe) => ({ ...node, pe }));
    default:
      throw new Error(`A tiny network is not meant to need ${node.opType}.`);
  }
}

/** Equal uses once: the combinations stay few enough to try them all. */
const distinct = (uses: readonly Use[]): readonly Use[] => [
  ...new Map(
    uses.map(({ cycles, lut, bram18, uram, dsp }) => [
      [cycles, lut, bram18, uram, dsp].join(),
      { cycles, lut, bram18, uram, dsp },
    ]),
  ).values(),
];

describe('the folding search on tiny networks', () => {
  const tiny = (channels: number, filters: number, bits: number) => {
    const b = new NetworkBuilder('tiny', { height: 6, width: 6, channels });
    b.conv(filters, 3, { padding: 'valid', stride: 3 });
    b.relu();
    b.flatten();
    b.dense(3, { bias: false });
    b.softmax();
    return unwrap(
      lowerToFinn(b.build(), { weightBits: bits, activationBits: bits, fpgaPart: 'xczu7ev-ffvc1156-2-e' }),
    ).nodes;
  };

  test.each([
    [1, 2, 1],
    [2, 2, 2],
    [2, 4, 2],
    [3, 3, 2],
  ])('of %i channels, %i filters and %i bits finds the true optimum', (channels, filters, bits) => {
    const nodes = tiny(channels, filters, bits);
    const uses = nodes.map((node) =>
      distinct(
        statesOf(node).map((state) => {
          const weighted = state.opType === 'MVAU_hls' && state.weightType.name === 'BIPOLAR';
          const counted = weighted ? { ...state, weightType: { ...state.weightType, bits: 2 } } : state;
          return { cycles: cyclesOf(state), ...resourcesOf(counted, 'DSP48E2') };
        }),
      ),
    );
    const units = nodeUnits(nodes, { block: 'DSP48E2', windows: 'free', memories: 'free', ultra: true });
    let trials = 0;
    for (const lut of [1400, 1700, 2300, 4000])
      for (const [bram18, uram, dsp] of [
        [0, 0, 0],
        [1, 0, 4],
        [2, 1, 20],
      ] as const) {
        const limits = { lut, bram18, uram, dsp };
        const best = bruteForce(uses, limits);
        const found = run(units, limits);
        expect(found.cycles).toBe(best);
        expect(found.lowerBoundCycles).toBe(best);
        if (Number.isFinite(best)) trials++;
      }
    expect(trials).toBeGreaterThan(3);
  });
});

describe('the folding search under the estimate of FINN 0.5', () => {
  const preset = presetById('cnv')!;
  const model = (bits: number) =>
    unwrap(
      thesisModel(preset.build(preset.input, 10), {
        weightBits: bits,
        activationBits: bits,
        ramStyles: THESIS_CNV_RAM_STYLES,
      }),
    );

  test.each([1, 2, 3, 4])('is never slower than Algorithm 1 on CNV of %i bits', (bits) => {
    const thesis = model(bits);
    const units = tunerUnits(thesis, 512);
    for (const ratio of [0.5, 1, THESIS_BUDGET_RATIO, 3]) {
      const lutBudget = ratio * ULTRA96_V2_LUT;
      // Algorithm 1 stays below its budget.
      const found = run(units, { lut: Math.ceil(lutBudget) - 1, bram18: 0, uram: 0, dsp: 0 });
      expect(found.lowerBoundCycles).toBe(found.cycles);
      const foldings = units.flatMap(({ options }, u) => options[found.picks![u]!]!.choice ?? []);
      const measured = thesis.measure(foldings);
      expect(Math.max(...measured.cycles)).toBe(found.cycles);
      expect(measured.lut).toBeLessThan(lutBudget);
      for (const priority of ['balanced', 'simd', 'pe'] satisfies Priority[]) {
        const tuned = runAlgorithm1(thesis, { priority, lutBudget });
        if (tuned.stopped !== 'start') expect(found.cycles).toBeLessThanOrEqual(tuned.maxCycles);
      }
    }
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { presetById } from '../../../network/presets.ts';
import { unwrap } from '../../../result.ts';
import { lowerToFinn } from '../lower.ts';
import { blockAverageOf, boardById } from './boards.ts';
import { boardBudgets } from './optimalFolding.ts';
import { searchExactly } from './optimalFoldingExact.ts';
import { type Budget, type FoldingProblem, FULL, foldingProblem, prefixes } from './optimalFoldingProblem.ts';
import { cheapest, relax } from './optimalFoldingRelaxation.ts';
import { nodeUnits } from './optimalFoldingUnits.ts';

const KEYS = ['lut', 'bram18', 'dsp'] as const;
const amount = fc.integer({ min: 0, max: 15 });
const option = fc.record({
  cycles: fc.constant(1),
  lut: amount,
  bram18: amount,
  uram: fc.constant(0),
  dsp: amount,
  parallelism: fc.constant(1),
  choice: fc.constant(null),
});

/** Units of which some are built alike, and limits near what they need. */
const arbitrary = fc
  .record({
    tables: fc.array(fc.array(option, { minLength: 1, maxLength: 5 }), { minLength: 2, maxLength: 4 }),
    of: fc.array(fc.nat(3), { minLength: 2, maxLength: 6 }),
    limits: fc.tuple(
      fc.integer({ min: 10, max: 40 }),
      fc.integer({ min: 10, max: 40 }),
      fc.integer({ min: 10, max: 40 }),
      fc.integer({ min: 10, max: 40 }),
    ),
  })
  .map(({ tables, of, limits }) => {
    const budgets = KEYS.map(
      (key, i): Budget => ({ label: key, limit: limits[i]!, amount: (use) => use[key] }),
    );
    // Follows from the others, as the mean share of a chip's blocks does: weights must leave it and come back.
    budgets.push({ label: 'mean', limit: limits[3], amount: (use) => (use.lut + use.bram18 + use.dsp) / 3 });
    const units = of.map((i) => ({ label: '', layerIds: [], options: tables[i % tables.length]! }));
    return foldingProblem(units, budgets);
  });

/** Whether any selection keeps the budgets: all are looked at. */
function anyFits({ tables, tableOf, budgets }: FoldingProblem): boolean {
  const width = budgets.length;
  const descend = (unit: number, used: readonly number[]): boolean => {
    if (unit === tableOf.length) return used.every((load) => load <= FULL);
    const { loads } = tables[tableOf[unit]!]!;
    for (let at = 0; at < loads.length || (width === 0 && at === 0); at += Math.max(1, width))
      if (
        descend(
          unit + 1,
          used.map((load, d) => load + loads[at + d]!),
        )
      )
        return true;
    return false;
  };
  return descend(
    0,
    budgets.map(() => 0),
  );
}

function exact(problem: FoldingProblem, allowance: number) {
  const counts = prefixes(problem, 1);
  const width = problem.budgets.length;
  const search = searchExactly(problem, counts, new Float64Array(width).fill(1 / width), allowance);
  for (;;) {
    const step = search.next();
    if (step.done) return step.value;
  }
}

const used = ({ tables, tableOf, budgets }: FoldingProblem, picks: Int32Array) =>
  budgets.map((_, d) =>
    tableOf.reduce((sum, t, unit) => sum + tables[t]!.loads[picks[unit]! * budgets.length + d]!, 0),
  );

describe('the exact search', () => {
  test('fits where any selection fits, and refutes where none does', () => {
    const seen = { fits: 0, refuted: 0, searched: 0 };
    fc.assert(
      fc.property(arbitrary, (problem) => {
        fc.pre(problem.budgets.length > 0);
        const outcome = exact(problem, 1e6);
        expect(outcome.status).toBe(anyFits(problem) ? 'fits' : 'refuted');
        if (outcome.status !== 'unknown') seen[outcome.status]++;
        if (outcome.visited > 10) seen.searched++;
        if (outcome.picks) expect(used(problem, outcome.picks).every((load) => load <= FULL)).toBe(true);
      }),
      { numRuns: 3000, seed: 1 },
    );
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(10);
  });

  test('says that it does not know where its allowance ends', () => {
    const loads = [1, 2, 4].map((lut) => ({
      cycles: 1,
      lut,
      bram18: 5 - lut,
      uram: 0,
      dsp: 0,
      parallelism: 1,
      choice: null,
    }));
    const units = Array.from({ length: 6 }, () => ({ label: '', layerIds: [], options: loads }));
    const budgets = KEYS.map((key): Budget => ({ label: key, limit: 15, amount: (use) => use[key] }));
    const problem = foldingProblem(units, budgets);
    expect(exact(problem, 3)).toMatchObject({ status: 'unknown', picks: null });
  });
});

/** Weights of sum 1 in steps. */
function grid(width: number, steps: number): readonly Float64Array[] {
  const parts = (left: number, more: number): number[][] =>
    more === 1
      ? [[left]]
      : Array.from({ length: left + 1 }, (_, own) => own).flatMap((own) =>
          parts(left - own, more - 1).map((rest) => [own, ...rest]),
        );
  return width === 0 ? [] : parts(steps, width).map((row) => Float64Array.from(row, (own) => own / steps));
}

describe('the relaxation', () => {
  test('refutes nothing that fits, and leaves open only what no weighing refutes', () => {
    const seen = { fits: 0, refuted: 0, open: 0 };
    fc.assert(
      fc.property(arbitrary, (problem) => {
        const counts = prefixes(problem, 1);
        const { status } = relax(problem, counts);
        seen[status]++;
        if (status === 'refuted') expect(anyFits(problem)).toBe(false);
        if (status !== 'open') return;
        const loads = new Float64Array(problem.budgets.length);
        for (const weights of grid(problem.budgets.length, 10)) {
          cheapest(problem, counts, weights, loads);
          expect(loads.reduce((sum, load, d) => sum + load * weights[d]!, 0)).toBeLessThanOrEqual(FULL);
        }
      }),
      { numRuns: 3000, seed: 1 },
    );
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(10);
  });

  test('is not misled by a budget that follows from the others', () => {
    const preset = presetById('cnv')!;
    const network = preset.build(preset.input, 10);
    const { nodes } = unwrap(lowerToFinn(network, { weightBits: 4, activationBits: 4 }));
    const units = nodeUnits(nodes, { block: 'DSP48E1', windows: 'free', memories: 'free', ultra: false });
    const board = boardById('pynq-z1')!;
    const mean: Budget = { label: 'mean', limit: 1, amount: (use) => blockAverageOf(use, board.budget) };
    for (const budgets of [boardBudgets(board), [...boardBudgets(board), mean]]) {
      const problem = foldingProblem(units, budgets);
      for (const cycles of [82_944, 84_928, 97_200])
        expect(relax(problem, prefixes(problem, cycles)).status).toBe('refuted');
      expect(relax(problem, prefixes(problem, 165_888)).status).not.toBe('refuted');
    }
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULT_RECIPE_OPTIONS } from '../exploration/defaultDesign.ts';
import type { Schedule } from '../exploration/design.ts';
import { namedRecipe } from './recipes.ts';
import { learningRateAt, type RateChoices, rateCurve } from './schedule.ts';

const choices = (schedule: Schedule, more: Partial<RateChoices> = {}): RateChoices => ({
  ...DEFAULT_RECIPE_OPTIONS,
  learningRate: 0.1,
  epochs: 10,
  schedule,
  ...more,
});

const rates = (recipe: RateChoices, stepsPerEpoch: number) =>
  Array.from({ length: recipe.epochs * stepsPerEpoch }, (_, step) =>
    learningRateAt(recipe, step, stepsPerEpoch),
  );

describe('the learning rate', () => {
  test('is constant', () => {
    expect(new Set(rates(choices({ kind: 'constant' }), 5))).toEqual(new Set([0.1]));
  });

  test('falls in steps after whole epochs', () => {
    const recipe = choices({ kind: 'step', factor: 0.5, everyEpochs: 3 });
    expect([0, 11, 12, 23, 24, 39].map((step) => learningRateAt(recipe, step, 4))).toEqual([
      0.1, 0.1, 0.05, 0.05, 0.025, 0.0125,
    ]);
  });

  test('falls along half a cosine, to the share at the last step', () => {
    const all = rates(choices({ kind: 'cosine', endShare: 0.01 }, { epochs: 1 }), 5);
    // 0.001 + 0.099 * (1 + cos(pi * i / 4)) / 2, by hand
    [0.1, 0.0855017857, 0.0505, 0.0154982143, 0.001].forEach((rate, i) => {
      expect(all[i]).toBeCloseTo(rate, 9);
    });
    expect(all[4]).toBe(0.1 * 0.01);
  });

  test('makes one cycle: up over the rise, down to the end', () => {
    const recipe = choices({ kind: 'one-cycle', riseShare: 0.3, startShare: 0.04, endShare: 0.001 });
    const all = rates(recipe, 10);
    expect(all[0]).toBeCloseTo(0.004, 12);
    expect(Math.max(...all)).toBeCloseTo(0.1, 4);
    expect(all.indexOf(Math.max(...all))).toBe(30);
    expect(all.at(-1)).toBeCloseTo(0.0001, 12);
  });

  test('warms up along a line that ends at the schedule', () => {
    const recipe = choices({ kind: 'constant' }, { warmUpEpochs: 2 });
    rates(recipe, 4).forEach((rate, step) => {
      expect(rate).toBeCloseTo(step < 8 ? (0.1 * (step + 1)) / 8 : 0.1, 12);
    });
  });

  test('is lowered by every plateau, and only where the recipe asks for it', () => {
    const lowering = choices({ kind: 'constant' }, { reduceOnPlateau: { factor: 0.1, patience: 5 } });
    expect(learningRateAt(lowering, 7, 4, 2)).toBeCloseTo(0.001, 15);
    expect(learningRateAt(choices({ kind: 'constant' }), 7, 4, 2)).toBe(0.1);
  });
});

describe('a range', () => {
  const range = fc.record({
    low: fc.double({ min: 1e-6, max: 0.1, noNaN: true }),
    width: fc.double({ min: 0, max: 1, noNaN: true }),
    shape: fc.constantFrom('triangular' as const, 'cosine' as const),
    cycles: fc.integer({ min: 1, max: 7 }),
    epochs: fc.integer({ min: 2, max: 12 }),
    stepsPerEpoch: fc.integer({ min: 1, max: 60 }),
    warmUpEpochs: fc.integer({ min: 0, max: 3 }),
  });

  test('has its ends as the least and the greatest rate, exactly (SX-32)', () => {
    fc.assert(
      fc.property(range, ({ low, width, shape, cycles, epochs, stepsPerEpoch, warmUpEpochs }) => {
        const high = low + width;
        const recipe = choices({ kind: 'range', low, high, shape, cycles }, { epochs, warmUpEpochs });
        const all = rates(recipe, stepsPerEpoch);
        expect(Math.min(...all)).toBe(low);
        expect(Math.max(...all)).toBe(high);
      }),
    );
  });

  test('of the source goes from 0.001 to 0.02 and back, in the plot too (SX-32)', () => {
    const { recipe } = namedRecipe('detector-initial');
    const all = rates(recipe, 1000);
    expect([Math.min(...all), Math.max(...all)]).toEqual([0.001, 0.02]);
    expect([all[0], all[5000]]).toEqual([0.001, 0.02]);
    expect(all[2500]).toBeCloseTo(0.0105, 12);
    const fine = rates(namedRecipe('detector-final').recipe, 1000);
    expect([Math.min(...fine), Math.max(...fine)]).toEqual([0.003, 0.01]);
    const plotted = rateCurve(recipe, 1000).map(({ rate }) => rate);
    expect([Math.min(...plotted), Math.max(...plotted)]).toEqual([0.001, 0.02]);
  });
});

test('no schedule leaves 0 to its greatest rate, and the plot ends with the last step', () => {
  const schedule = fc.oneof(
    fc.record({ kind: fc.constant('cosine' as const), endShare: fc.double({ min: 0, max: 1, noNaN: true }) }),
    fc.record({
      kind: fc.constant('one-cycle' as const),
      riseShare: fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      startShare: fc.double({ min: 0, max: 1, noNaN: true }),
      endShare: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    fc.record({
      kind: fc.constant('step' as const),
      factor: fc.double({ min: 1e-6, max: 1, noNaN: true }),
      everyEpochs: fc.integer({ min: 1, max: 9 }),
    }),
  );
  fc.assert(
    fc.property(
      schedule,
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 50 }),
      fc.double({ min: 0, max: 14, noNaN: true }),
      (one, epochs, stepsPerEpoch, warmUpEpochs) => {
        const recipe = choices(one, { epochs, warmUpEpochs });
        for (const rate of rates(recipe, stepsPerEpoch)) {
          expect(rate).toBeGreaterThanOrEqual(0);
          expect(rate).toBeLessThanOrEqual(0.1 * (1 + 1e-12));
        }
        const plot = rateCurve(recipe, stepsPerEpoch, 20);
        const last = epochs * stepsPerEpoch - 1;
        expect(plot.at(-1)).toEqual({
          epoch: plot.length === 1 ? 0 : last / stepsPerEpoch,
          rate: learningRateAt(recipe, plot.length === 1 ? 0 : last, stepsPerEpoch),
        });
      },
    ),
  );
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { afterEpoch, type CallbackState, NO_EPOCHS } from './callbacks.ts';
import { namedRecipe } from './recipes.ts';
import { learningRateAt } from './schedule.ts';

const { recipe } = namedRecipe('vehicle-transfer');

/** Validation loss best at epoch 7, flat after it. */
const BEST_AT_7 = Array.from({ length: 100 }, (_, i) => (i < 7 ? 1 - 0.1 * i : 0.5));

/** The epochs that a trace of validation losses leads to, up to the stop. */
function run(choices: Parameters<typeof afterEpoch>[0], losses: readonly number[]) {
  let state: CallbackState = NO_EPOCHS;
  const rates: number[] = [];
  let saves = 0;
  for (const loss of losses) {
    rates.push(learningRateAt(recipe, 0, 1, state.reductions));
    const verdict = afterEpoch(choices, state, loss);
    state = verdict.state;
    if (verdict.save) saves++;
    if (verdict.stop) break;
  }
  return { state, rates, saves };
}

describe('the training of source 002', () => {
  test('is Adam at 1e-4 for at most 100 epochs (VT-33)', () => {
    expect(recipe).toMatchObject({ optimizer: 'adam', learningRate: 1e-4, epochs: 100 });
    const falling = Array.from({ length: 100 }, (_, i) => 1 / (i + 1));
    expect(run(recipe, falling).state.epoch).toBe(100);
  });

  test('stops at epoch 22 where epoch 7 was best, and restores 7 (VT-34)', () => {
    const { state } = run(recipe, BEST_AT_7);
    expect(state.epoch).toBe(22);
    expect(state.best).toMatchObject({ epoch: 7 });
    expect(recipe.earlyStopping?.restoreBest).toBe(true);
  });

  test('lowers its rate after epochs 12 and 17 (VT-35)', () => {
    const { rates } = run(recipe, BEST_AT_7);
    rates.forEach((rate, i) => {
      const epoch = i + 1;
      expect(rate).toBeCloseTo(epoch <= 12 ? 1e-4 : epoch <= 17 ? 1e-5 : 1e-6, 18);
    });
    expect(rates).toHaveLength(22);
  });

  test('saves as often as the loss improves (VT-36)', () => {
    expect(run(recipe, BEST_AT_7).saves).toBe(7);
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 5, noNaN: true }), { maxLength: 40 }), (losses) => {
        const { saves, state } = run({ ...recipe, earlyStopping: null }, losses);
        const improvements = losses.filter((loss, i) =>
          losses.slice(0, i).every((earlier) => loss < earlier),
        );
        expect(saves).toBe(improvements.length);
        expect(state.saves).toBe(saves);
        expect(run({ ...recipe, earlyStopping: null, checkpoint: 'each-epoch' }, losses).saves).toBe(
          losses.length,
        );
      }),
    );
  });
});

test('callbacks that are off do nothing, whatever the losses (SX-29)', () => {
  const off = { earlyStopping: null, reduceOnPlateau: null, checkpoint: 'each-epoch' as const };
  const { state, rates } = run(off, BEST_AT_7);
  expect(state).toMatchObject({ epoch: 100, reductions: 0 });
  expect(new Set(rates)).toEqual(new Set([1e-4]));
});

test('an improvement starts both waits anew', () => {
  const losses = [1, 1, 1, 1, 1, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9];
  const { state } = run({ ...recipe, earlyStopping: { patience: 6, restoreBest: true } }, losses);
  expect(state).toMatchObject({ epoch: 11, reductions: 1, best: { epoch: 6, loss: 0.9 } });
});

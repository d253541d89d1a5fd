import { expect, test } from 'vitest';
import { present } from '../../state/designStore.ts';
import type { Trial } from '../../state/distillationStore.ts';
import type { Model } from '../../state/modelStore.ts';
import { gainOf, gainSentence, seedRows } from './seedRows.ts';

const model = (id: string): Model => ({
  id,
  network: present().design.network,
  weights: {},
  origin: 'trained',
  epochs: 1,
  backend: 'wasm',
  curves: null,
  validation: null,
  apoz: null,
});

const trial = (seed: number, question = 'asked'): Trial => ({
  question,
  seed,
  withoutId: `without ${seed}`,
  withId: `with ${seed}`,
});

/** Models by id, and what they have right of 400. */
function measuredAs(correct: Readonly<Record<string, number>>) {
  const models = Object.fromEntries(Object.keys(correct).map((id) => [id, model(id)]));
  const measured = Object.fromEntries(
    Object.entries(correct).map(([id, right]) => [
      id,
      {
        weights: models[id]!.weights,
        dataKey: 'images',
        prediction: { report: { correct: right, imageCount: 400 } } as never,
      },
    ]),
  );
  return { models, measured, dataKey: 'images' };
}

const three = {
  'without 1': 300,
  'with 1': 308,
  'without 2': 290,
  'with 2': 300,
  'without 3': 310,
  'with 3': 316,
};

test('pairs of the last question are told by seed, those of another one or without numbers are not', () => {
  const trials = [trial(3), trial(7, 'another'), trial(1), trial(2), trial(4)];
  expect(seedRows({ ...measuredAs(three), trials })).toEqual([
    { seed: 1, without: 0.75, taught: 0.77 },
    { seed: 2, without: 0.725, taught: 0.75 },
    { seed: 3, without: 0.775, taught: 0.79 },
  ]);
  expect(seedRows({ ...measuredAs(three), dataKey: 'others', trials })).toEqual([]);
  expect(seedRows({ ...measuredAs(three), trials: [] })).toEqual([]);
});

// Differences 2, 2.5 and 1.5 points: mean 2, deviation 0.5, t(2) = 4.303: 2 -+ 4.303 * 0.5 / sqrt(3).
test('the gain over seeds has the interval of a paired t-test, and says what follows', () => {
  const rows = seedRows({ ...measuredAs(three), trials: [trial(1), trial(2), trial(3)] });
  expect(gainSentence(gainOf(rows)!)).toBe(
    'Over 3 seeds the teachers change the accuracy by +2.00 points on average, 95 % interval +0.76 to +3.24 (paired t-test over seeds). So they help here, beyond what the seed explains.',
  );
  expect(gainOf(rows.slice(0, 1))).toBeNull();
  const unsure = rows.map((row, i) => ({ ...row, taught: row.without + (i - 1) / 100 }));
  expect(gainSentence(gainOf(unsure)!)).toMatch(/by \+0\.00 points.*do not show whether they help/);
  const worse = rows.map((row) => ({ ...row, taught: row.without - 0.02 }));
  expect(gainSentence(gainOf(worse)!)).toMatch(/by −2\.00 points.*they harm here/);
});

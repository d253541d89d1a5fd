import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unwrap } from '../result.ts';
import {
  channelTransforms,
  checkStandardization,
  choiceOfTransforms,
  largestValue,
  type NormalizationChoice,
  normalizationText,
  parseNormalization,
  plainChoice,
  sameNormalization,
} from './normalizationChoice.ts';

const standardized = (mean: readonly number[], deviation: readonly number[]): NormalizationChoice => ({
  normalization: 'standardized',
  standardization: { mean, deviation },
});

/** What becomes of a byte, by channel. */
const seen = (choice: NormalizationChoice, byte: number, channels = 3) =>
  channelTransforms(choice, channels).map(({ scale, offset }) => byte * scale + offset);

test('a byte becomes what its normalization says', () => {
  expect(seen(plainChoice('none'), 255, 1)).toEqual([255]);
  expect(seen(plainChoice('unit'), 255, 1)).toEqual([1]);
  expect(seen(plainChoice('signed'), 0, 2)).toEqual([-1, -1]);
  expect(seen(standardized([100, 110, 120], [50, 64, 80]), 200)).toEqual([2, 1.40625, 1]);
  expect(seen(standardized([100], [50]), 200)).toEqual([2, 2, 2]);
  // Color images that a network reads as gray: the mean of the channels.
  expect(seen(standardized([90, 110, 130], [40, 50, 60]), 160, 1)).toEqual([1]);
});

describe('a transform of bytes', () => {
  test('is recognized as one of the plain normalizations, also in single precision', () => {
    const single = (scale: number, offset: number) =>
      choiceOfTransforms(Array(3).fill({ scale: Math.fround(scale), offset: Math.fround(offset) }));
    expect(single(1 / 255, 0)).toEqual(plainChoice('unit'));
    expect(single(1 / 127.5, -1)).toEqual(plainChoice('signed'));
    expect(single(1, 0)).toEqual(plainChoice('none'));
    expect(single(1 / 256, 0)).toEqual(standardized([0], [256]));
  });

  test('that no design can say is none', () => {
    expect(choiceOfTransforms([])).toBeNull();
    expect(choiceOfTransforms([{ scale: -1, offset: 0 }])).toBeNull();
    expect(choiceOfTransforms([{ scale: 0, offset: 1 }])).toBeNull();
    expect(choiceOfTransforms([{ scale: Number.NaN, offset: 1 }])).toBeNull();
    expect(choiceOfTransforms([{ scale: Number.POSITIVE_INFINITY, offset: 1 }])).toBeNull();
    const five = Array.from({ length: 5 }, (_, c) => ({ scale: 1 / (c + 50), offset: 0 }));
    expect(choiceOfTransforms(five)).toBeNull();
    expect(choiceOfTransforms(Array(5).fill({ scale: 1 / 50, offset: -2 }))).toEqual(
      standardized([100], [50]),
    );
  });

  test('and the choice made of it are the same, for any mean and deviation', () => {
    const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(number(-1000, 1000), number(0.001, 1000)), { minLength: 1, maxLength: 4 }),
        (pairs) => {
          const choice = standardized(
            pairs.map(([mean]) => mean),
            pairs.map(([, deviation]) => deviation),
          );
          const found = choiceOfTransforms(channelTransforms(choice, pairs.length));
          return found !== null && sameNormalization(choice, found, pairs.length);
        },
      ),
    );
  });
});

test('two normalizations are the same where they bring the same numbers', () => {
  expect(sameNormalization(plainChoice('signed'), standardized([127.5], [127.5]), 3)).toBe(true);
  expect(sameNormalization(plainChoice('signed'), plainChoice('unit'), 3)).toBe(false);
  expect(sameNormalization(plainChoice('unit'), standardized([1], [255]), 3)).toBe(false);
});

test('the largest number that a byte becomes', () => {
  expect(largestValue(plainChoice('none'), 3)).toBe(255);
  expect(largestValue(plainChoice('signed'), 3)).toBe(1);
  expect(largestValue(standardized([155, 100, 100], [50, 100, 100]), 3)).toBeCloseTo(3.1);
});

describe('a normalization as text', () => {
  test.each(['none', 'unit', 'signed', '125.3,123,113.9/63,62.1,66.7', '127.5/60'])(
    '%s comes back',
    (text) => {
      expect(normalizationText(unwrap(parseNormalization(text)))).toBe(text);
    },
  );

  test.each([
    '',
    'odd',
    'standardized',
    '1',
    '1/0',
    '1/-3',
    '1,2/3',
    '1/2/3',
    'a/b',
    '1,,2/1,1,1',
    'Infinity/1',
  ])('%j is refused in one sentence', (text) => {
    const parsed = parseNormalization(text);
    expect(parsed.ok ? '' : parsed.error.message).toMatch(
      /is no normalization; give none, unit, signed, or .*\.$/,
    );
  });
});

test('a standardization fits one channel, those of the network, or color images read as gray', () => {
  const fits = (count: number, channels: number | null) =>
    checkStandardization(standardized(Array(count).fill(1), Array(count).fill(1)), channels).ok;
  expect([fits(1, 3), fits(3, 3), fits(3, 1), fits(4, 4), fits(4, null)]).toEqual(Array(5).fill(true));
  expect([fits(2, 3), fits(3, 4), fits(2, 1)]).toEqual(Array(3).fill(false));
  expect(checkStandardization({ normalization: 'standardized', standardization: null }, 3).ok).toBe(false);
  expect(checkStandardization(plainChoice('signed'), 7).ok).toBe(true);
});

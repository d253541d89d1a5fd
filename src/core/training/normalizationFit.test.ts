import { describe, expect, test } from 'vitest';
import { type NormalizationChoice, plainChoice } from '../data/normalizationChoice.ts';
import {
  candidatesFor,
  judgeNormalization,
  type NormalizationFit,
  ownStandardization,
} from './normalizationFit.ts';

const fitOf = (
  normalization: 'none' | 'unit' | 'signed',
  numbers: Partial<NormalizationFit>,
): NormalizationFit => ({
  choice: plainChoice(normalization),
  distance: null,
  correct: null,
  confidence: null,
  oneAnswer: null,
  ...numbers,
});

const judged = (imageCount: number, ...fits: NormalizationFit[]) => judgeNormalization({ fits, imageCount });

test('the chosen normalization comes first among the candidates, and none comes twice', () => {
  const names = (chosen: NormalizationChoice, channels = 3) =>
    candidatesFor(chosen, channels).map(({ normalization }) => normalization);
  expect(names(plainChoice('signed'))).toEqual(['signed', 'none', 'unit', 'standardized']);
  expect(names(plainChoice('unit'), 1)).toEqual(['unit', 'none', 'signed']);
  const halves = { mean: [127.5], deviation: [127.5] };
  expect(names({ normalization: 'standardized', standardization: halves }, 1)).toEqual([
    'standardized',
    'none',
    'unit',
  ]);
});

test("the images' own mean and deviation are a candidate, a number a channel", () => {
  // red 0 and 200, green always 50, blue 10 and 30
  const own = ownStandardization(Uint8Array.of(0, 50, 10, 200, 50, 30), 3);
  expect(own.standardization).toEqual({ mean: [100, 50, 20], deviation: [100, 1, 10] });
  expect(candidatesFor(plainChoice('unit'), 3, own).at(-1)).toBe(own);
  expect(candidatesFor(own, 3, own).filter((choice) => choice === own)).toHaveLength(1);
});

describe('by batch norms', () => {
  test('a normalization that fits far better is named', () => {
    const verdict = judged(50, fitOf('signed', { distance: 2.78 }), fitOf('none', { distance: 0.16 }));
    expect(verdict).toEqual({
      better: plainChoice('none'),
      sentence:
        'This network was probably trained with pixels of 0 to 255, not −1 to 1: its first batch norms are off by 2.8, and by 0.2 with the other.',
    });
  });

  test('one that fits as usual, or nearly as well as any, is not doubted', () => {
    expect(judged(50, fitOf('signed', { distance: 0.9 }), fitOf('none', { distance: 0.1 }))).toBeNull();
    expect(judged(50, fitOf('signed', { distance: 3 }), fitOf('none', { distance: 2.5 }))).toBeNull();
  });

  test('one that gives right answers is not doubted', () => {
    const other = fitOf('none', { distance: 0.1, correct: 5 });
    expect(judged(50, fitOf('signed', { distance: 3, correct: 40 }), other)).toBeNull();
    expect(judged(50, fitOf('signed', { distance: 3, correct: 8 }), other)?.better).toEqual(
      plainChoice('none'),
    );
  });
});

describe('by answers', () => {
  test('far more right ones decide, a few more do not', () => {
    const verdict = judged(50, fitOf('unit', { correct: 6 }), fitOf('signed', { correct: 40 }));
    expect(verdict?.better).toEqual(plainChoice('signed'));
    expect(verdict?.sentence).toMatch(/of 50 images it gets 6 right, and 40 with the other\.$/);
    expect(judged(50, fitOf('unit', { correct: 20 }), fitOf('signed', { correct: 30 }))).toBeNull();
  });

  test('the same answer for all without a doubt is wrong, and which is right may stay open', () => {
    const stuck = fitOf('none', { confidence: 1, oneAnswer: 1 });
    const free = { confidence: 0.5, oneAnswer: 0.3 };
    expect(judged(50, stuck, fitOf('signed', free))?.better).toEqual(plainChoice('signed'));
    const open = judged(50, stuck, fitOf('signed', free), fitOf('unit', free));
    expect(open?.better).toBeNull();
    expect(open?.sentence).toMatch(/not so with −1 to 1 or 0 to 1\.$/);
    expect(judged(50, stuck, fitOf('signed', { confidence: 1, oneAnswer: 0.3 }))).toBeNull();
    expect(judged(50, fitOf('none', { confidence: 0.99, oneAnswer: 1 }), fitOf('signed', free))).toBeNull();
  });
});

test('where nothing was measured nothing is said', () => {
  expect(judged(0)).toBeNull();
  expect(judged(10, fitOf('unit', {}), fitOf('none', {}))).toBeNull();
});

import { expect, test } from 'vitest';
import { shortSentence } from './sentence.ts';

test('a sentence with an endless name keeps what is wrong and what to do', () => {
  expect(shortSentence('Layer a is wrong; remove it.')).toBe('Layer a is wrong; remove it.');
  const long = shortSentence(`Layer ${'x'.repeat(1_000_000)} is wrong; remove it.`);
  expect(long).toMatch(/^Layer x+…x+ is wrong; remove it\.$/);
  expect(long).toHaveLength(500);
});

test('characters that turn or end lines are spaces', () => {
  expect(shortSentence('Layer a\u0000\r\n\u202Eb is wrong.')).toBe('Layer a b is wrong.');
  expect(shortSentence(`Layer \uD800 is wrong.`)).toBe('Layer   is wrong.');
});

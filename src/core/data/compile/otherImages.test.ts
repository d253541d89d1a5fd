import { expect, test } from 'vitest';
import { howOther } from './otherImages.ts';

test('two sets of one size differ in what is in them, others in their size', () => {
  expect(howOther(600, 600)).toBe('as many (600), with other pixels, labels or parts');
  expect(howOther(1200, 600)).toBe('1,200 instead of 600');
});

import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { createRandom } from '../../random.ts';
import { hexOf, sha256 } from './digest.ts';

const judged = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

test('SHA-256 is that of Node, at every length around a block and for a megabyte', () => {
  const random = createRandom(3);
  const bytes = (length: number) => Uint8Array.from({ length }, () => random.integer(256));
  for (let length = 0; length <= 200; length++) {
    const some = bytes(length);
    expect(hexOf(sha256(some)), `${length} bytes`).toBe(judged(some));
  }
  const many = bytes(2 ** 20 + 3);
  expect(hexOf(sha256(many))).toBe(judged(many));
  expect(hexOf(sha256(many.subarray(5, 700)))).toBe(judged(many.subarray(5, 700)));
});

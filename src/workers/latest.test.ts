import { expect, test } from 'vitest';
import { latestOnly } from './latest.ts';

test('while one request runs only the newest of the others is kept', async () => {
  const seen: number[] = [];
  let release: () => void = () => {};
  const request = latestOnly<number>(async (n) => {
    seen.push(n);
    await new Promise<void>((resolve) => {
      release = resolve;
    });
  });
  request(1);
  request(2);
  request(3);
  expect(seen).toEqual([1]);
  release();
  await Promise.resolve();
  await Promise.resolve();
  expect(seen).toEqual([1, 3]);
  release();
});

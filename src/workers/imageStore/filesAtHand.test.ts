import { expect, test } from 'vitest';
import { filesAtHand } from './filesAtHand.ts';

/** Files that the browser takes a while to look up. */
function slowFiles(count: number, milliseconds: number) {
  let looked = 0;
  const file = {
    get size() {
      const end = performance.now() + milliseconds;
      while (performance.now() < end);
      return ++looked;
    },
  };
  return { files: Array.from({ length: count }, () => file as Blob), looked: () => looked };
}

test('all files are looked up, and the page lives meanwhile', async () => {
  const { files, looked } = slowFiles(60, 2);
  let turns = 0;
  let counting = true;
  const count = () => {
    turns++;
    if (counting) setImmediate(count);
  };
  setImmediate(count);
  expect(await filesAtHand(files, new AbortController().signal)).toBe((60 * 61) / 2);
  counting = false;
  expect(looked()).toBe(60);
  expect(turns).toBeGreaterThan(5);
});

test('a cancel is heard', async () => {
  const { files, looked } = slowFiles(1000, 2);
  const abort = new AbortController();
  setImmediate(() => abort.abort());
  await expect(filesAtHand(files, abort.signal)).rejects.toThrow();
  expect(looked()).toBeLessThan(500);
});

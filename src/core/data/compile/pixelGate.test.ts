import { expect, test } from 'vitest';
import { PixelGate } from './pixelGate.ts';

/** Pieces of work of so many pixels, each of which ends when it is told to. */
function begun(gate: PixelGate, sizes: readonly number[]) {
  const inside: number[] = [];
  const ends = new Map<number, () => void>();
  const all = sizes.map((pixels, n) =>
    gate.through(pixels, async () => {
      inside.push(n);
      await new Promise<void>((resolve) => ends.set(n, resolve));
      inside.splice(inside.indexOf(n), 1);
    }),
  );
  const end = async (n: number) => {
    ends.get(n)?.();
    await all[n];
  };
  return { inside, end, all };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

test('work is let in as long as all of it fits, in its order, and what never fits comes in alone', async () => {
  const { inside, end } = begun(new PixelGate(10), [4, 4, 4, 25, 1]);
  await settled();
  expect(inside).toEqual([0, 1]);
  await end(1);
  await settled();
  expect(inside).toEqual([0, 2]);
  await end(0);
  await settled();
  expect(inside).toEqual([2]); // the large one waits for an empty room, and the small one behind it
  await end(2);
  await settled();
  expect(inside).toEqual([3]);
  await end(3);
  await settled();
  expect(inside).toEqual([4]);
  await end(4);
});

test('work that fails makes room too', async () => {
  const gate = new PixelGate(10);
  const failing = gate.through(10, async () => Promise.reject(new Error('torn')));
  const next = gate.through(10, async () => 'in');
  await expect(failing).rejects.toThrow('torn');
  expect(await next).toBe('in');
});

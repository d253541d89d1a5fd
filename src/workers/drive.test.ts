import { expect, test } from 'vitest';
import { drive } from './drive.ts';

function* counting(steps: number): Generator<void, number> {
  for (let i = 0; i < steps; i++) {
    const until = performance.now() + 5;
    while (performance.now() < until);
    yield;
  }
  return steps;
}

test('a search runs to its end and returns what it found', async () => {
  await expect(drive(counting(20), new AbortController().signal)).resolves.toBe(20);
});

test('a cancel that arrives while it searches ends it', async () => {
  const controller = new AbortController();
  const running = drive(counting(100_000), controller.signal);
  setTimeout(() => controller.abort(), 20);
  await expect(running).rejects.toMatchObject({ name: 'AbortError' });
});

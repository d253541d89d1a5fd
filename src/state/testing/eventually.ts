import { vi } from 'vitest';

/** Waits until a check holds. Longer than vitest's second: on two loaded cores a save takes as long. */
export const eventually = <T>(check: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(check, { timeout: 20_000 });

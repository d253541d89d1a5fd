import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { setsStore } from '../setsStore.ts';
import { askToPersist, askToPersistOnce, lookUpPersistence } from './persist.ts';

let asked = 0;
let persists = false;
let answer: () => boolean = () => true;

beforeEach(() => {
  const noted = new Map<string, string>();
  asked = 0;
  persists = false;
  answer = () => true;
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => noted.get(key) ?? null,
    setItem: (key: string, value: string) => noted.set(key, value),
  });
  vi.stubGlobal('navigator', {
    storage: {
      persisted: async () => persists,
      persist: async () => {
        asked++;
        persists = answer();
        return persists;
      },
    },
  });
  setsStore.setState({ isPersistent: null });
});

afterEach(() => vi.unstubAllGlobals());

test('the browser is asked once to keep what is stored, and its answer is known', async () => {
  await lookUpPersistence();
  expect(setsStore.getState().isPersistent).toBe(false);
  await askToPersistOnce();
  expect(setsStore.getState().isPersistent).toBe(true);
  await askToPersistOnce();
  expect(asked).toBe(1);
});

test('a refusal is not asked about again but by the user, and a failure is no error', async () => {
  answer = () => false;
  await askToPersistOnce();
  await askToPersistOnce();
  expect([asked, setsStore.getState().isPersistent]).toEqual([1, false]);
  answer = () => {
    throw new TypeError('not here');
  };
  await askToPersist();
  expect([asked, setsStore.getState().isPersistent]).toEqual([2, false]);
});

test('a browser that tells nothing leaves it unknown', async () => {
  vi.stubGlobal('navigator', {});
  await askToPersistOnce();
  expect(setsStore.getState().isPersistent).toBeNull();
});

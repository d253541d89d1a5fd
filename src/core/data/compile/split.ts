import { createRandom, permutation, type Random } from '../../random.ts';
import { PARTS, type Part } from './entries.ts';

/** Shares of all items, from 0 to 1 and together at most 1; the rest is for training. */
export interface SplitShares {
  readonly validation: number;
  readonly test: number;
}

const TRAIN = PARTS.indexOf('train');

/** The members of each class, each class in a random order. */
function shuffledClasses(labels: ArrayLike<number>, random: Random): Map<number, number[]> {
  const byClass = new Map<number, number[]>();
  for (let index = 0; index < labels.length; index++) {
    const members = byClass.get(labels[index] as number);
    if (members) members.push(index);
    else byClass.set(labels[index] as number, [index]);
  }
  const shuffled = new Map<number, number[]>();
  for (const label of [...byClass.keys()].sort((a, b) => a - b)) {
    const members = byClass.get(label) ?? [];
    shuffled.set(
      label,
      Array.from(permutation(members.length, random), (place) => members[place] as number),
    );
  }
  return shuffled;
}

/**
 * How many of each class go to a part of `wanted` items: the share of the class rounded down, then one more where most
 * was lost (largest remainders; equal ones by chance), so that the part has exactly `wanted` items. A class keeps one
 * item to train with as long as other classes can give.
 */
function quotas(
  sizes: readonly number[],
  left: readonly number[],
  share: number,
  wanted: number,
  random: Random,
): number[] {
  const chance = sizes.map(() => random.next());
  const exact = sizes.map((size) => size * share);
  // a share of 0.1 of 30 items is 3, whatever the floating point makes of it
  const given = exact.map((quota, i) => Math.min(Math.floor(quota + 1e-9), left[i] as number));
  const lost = exact.map((quota) => quota - Math.floor(quota + 1e-9));
  const order = sizes
    .map((_, i) => i)
    .sort(
      (a, b) => (lost[b] as number) - (lost[a] as number) || (chance[a] as number) - (chance[b] as number),
    );
  let missing = wanted - given.reduce((sum, count) => sum + count, 0);
  const more = new Set<number>();
  const give = (kept: number, again: boolean) => {
    for (const i of order) {
      if (missing <= 0) return;
      if ((!again && more.has(i)) || (given[i] as number) + kept >= (left[i] as number)) continue;
      given[i] = (given[i] as number) + 1;
      more.add(i);
      missing--;
    }
  };
  give(1, false);
  give(0, false);
  // only where other parts have taken what would be this one's share
  while (missing > 0 && given.some((count, i) => count < (left[i] as number))) give(0, true);
  return given;
}

/**
 * Splits items into parts with the same share of every class, by a seed: gives each item its index in {@link PARTS}.
 * The parts have round(share * items) items exactly; equal seeds give equal splits on every machine.
 */
export function splitStratified(labels: ArrayLike<number>, shares: SplitShares, seed: number): Uint8Array {
  const random = createRandom(seed);
  const classes = [...shuffledClasses(labels, random).values()];
  const parts = new Uint8Array(labels.length).fill(TRAIN);
  const sizes = classes.map((members) => members.length);
  const used = classes.map(() => 0);
  let unused = labels.length;
  for (const part of ['test', 'validation'] as const) {
    const share = Math.min(1, Math.max(0, shares[part]));
    const wanted = Math.min(unused, Math.round(share * labels.length));
    const left = sizes.map((size, i) => size - (used[i] as number));
    const given = quotas(sizes, left, share, wanted, random);
    given.forEach((count, i) => {
      const start = used[i] as number;
      for (const index of (classes[i] as number[]).slice(start, start + count)) {
        parts[index] = PARTS.indexOf(part);
      }
      used[i] = start + count;
    });
    unused -= wanted;
  }
  return parts;
}

/**
 * The parts of items of which some already have one, by the folders they came in. Parts that no item has yet are taken
 * by their shares from the items that are for training or for nothing yet; the others stay as they are.
 */
export function splitRest(
  labels: ArrayLike<number>,
  given: readonly (Part | undefined)[],
  shares: SplitShares,
  seed: number,
): Uint8Array {
  const parts = Uint8Array.from(given, (part) => PARTS.indexOf(part ?? 'train'));
  const pool: number[] = [];
  for (const [index, part] of given.entries()) if ((part ?? 'train') === 'train') pool.push(index);
  const open = (part: Part, share: number) => (given.includes(part) ? 0 : share);
  const drawn = splitStratified(
    pool.map((index) => labels[index] as number),
    { validation: open('validation', shares.validation), test: open('test', shares.test) },
    seed,
  );
  pool.forEach((index, i) => {
    parts[index] = drawn[i] as number;
  });
  return parts;
}

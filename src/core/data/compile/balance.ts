import { createRandom, permutation } from '../../random.ts';
import { fail, ok, type Result } from '../../result.ts';

/** How the classes of the training part are weighed: all items once, as few of each as of the rarest, or as many as of the most frequent. */
export const BALANCES = ['as is', 'undersample', 'oversample'] as const;
export type Balance = (typeof BALANCES)[number];

export interface BalanceReport {
  readonly counts: readonly number[];
  /** Indices of the rarest class that has items and of the most frequent one; -1 where no class has any. */
  readonly rarest: number;
  readonly mostFrequent: number;
  /** Items of the most frequent class for one of the rarest; 1 is balanced. */
  readonly ratio: number;
  readonly emptyClasses: readonly number[];
}

/** Counts of all classes and how far they are from equal. */
export function balanceReport(labels: ArrayLike<number>, classCount: number): BalanceReport {
  const counts = new Array<number>(classCount).fill(0);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i] as number;
    counts[label] = (counts[label] ?? 0) + 1;
  }
  let rarest = -1;
  let mostFrequent = -1;
  const emptyClasses: number[] = [];
  counts.forEach((count, label) => {
    if (count === 0) emptyClasses.push(label);
    else if (rarest < 0 || count < (counts[rarest] as number)) rarest = label;
    if (count > 0 && (mostFrequent < 0 || count > (counts[mostFrequent] as number))) mostFrequent = label;
  });
  const ratio = rarest < 0 ? 1 : (counts[mostFrequent] as number) / (counts[rarest] as number);
  return { counts, rarest, mostFrequent, ratio, emptyClasses };
}

/** One rare class beside a frequent one makes few items into many. */
const MOST_ITEMS = 10_000_000;

/**
 * The items of one epoch, as indices into `labels` in rising order: an undersampled item is left out, an oversampled
 * one stands several times, each of a class as often as any other or once more. Classes without items stay without.
 */
export function balancedIndices(
  labels: ArrayLike<number>,
  classCount: number,
  balance: Balance,
  seed: number,
): Result<Uint32Array> {
  const { counts, rarest, mostFrequent, emptyClasses } = balanceReport(labels, classCount);
  if (balance === 'as is' || rarest < 0) return ok(Uint32Array.from({ length: labels.length }, (_, i) => i));
  const wanted = counts[balance === 'undersample' ? rarest : mostFrequent] as number;
  const total = wanted * (counts.length - emptyClasses.length);
  if (total > MOST_ITEMS) {
    return fail(
      'too-many-items',
      `Oversampling would make ${total.toLocaleString('en-US')} items of ${labels.length.toLocaleString('en-US')}, more than the ${MOST_ITEMS.toLocaleString('en-US')} of an epoch; undersample, or leave the rarest classes out.`,
    );
  }
  const members = counts.map(() => [] as number[]);
  for (let i = 0; i < labels.length; i++) members[labels[i] as number]?.push(i);
  const random = createRandom(seed);
  const indices = new Uint32Array(total);
  let n = 0;
  for (const items of members) {
    if (items.length === 0) continue;
    const order = permutation(items.length, random);
    for (let i = 0; i < wanted; i++) indices[n++] = items[order[i % items.length] as number] as number;
  }
  return ok(indices.sort());
}

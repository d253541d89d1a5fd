import { type Balance, balanceReport } from '../core/data/compile/balance.ts';
import type { Part } from '../core/data/compile/entries.ts';
import { type SplitChoice, splitOf } from '../core/data/splitOf.ts';

/** Images of each class, by what they are for. */
export type SplitCounts = Readonly<Record<Part, readonly number[]>>;

/**
 * How many images of each class the training will get for what. A split looks at nothing but classes and parts, and how
 * many of a class go where does not depend on the order of the images: they are counted without being there.
 *
 * @param countByPart images of each class in each of PARTS, as they came
 */
export function splitCounts(countByPart: readonly (readonly number[])[], choice: SplitChoice): SplitCounts {
  const classCount = Math.max(0, ...countByPart.map(({ length }) => length));
  const total = countByPart.reduce((sum, counts) => sum + counts.reduce((a, b) => a + b, 0), 0);
  const labels = new Uint16Array(total);
  const parts = new Uint8Array(total);
  let at = 0;
  countByPart.forEach((counts, part) => {
    counts.forEach((count, label) => {
      labels.fill(label, at, at + count);
      parts.fill(part, at, at + count);
      at += count;
    });
  });
  const split = splitOf(labels, parts, classCount, choice);
  const counted = (indices: Uint32Array) => {
    const counts = new Array<number>(classCount).fill(0);
    for (const index of indices) {
      const label = labels[index] as number;
      counts[label] = (counts[label] as number) + 1;
    }
    return counts;
  };
  return {
    train: counted(split.train),
    validation: counted(split.validation),
    test: counted(split.test),
  };
}

export interface BalanceEffect {
  /** Images of the most frequent class for one of the rarest, among those to train with. */
  readonly ratio: number;
  readonly mostFrequent: number;
  readonly rarest: number;
  /** Images that all classes but the empty ones have in an epoch; null where they keep their own. */
  readonly perClass: number | null;
  readonly epochImages: number;
}

/** What a recipe's balance makes of the images to train with; as `balancedIndices` draws them. */
export function balanceEffect(train: readonly number[], balance: Balance): BalanceEffect {
  const labels = new Uint16Array(train.reduce((a, b) => a + b, 0));
  let at = 0;
  train.forEach((count, label) => {
    labels.fill(label, at, at + count);
    at += count;
  });
  const { ratio, mostFrequent, rarest, emptyClasses } = balanceReport(labels, train.length);
  if (balance === 'as is' || rarest < 0)
    return { ratio, mostFrequent, rarest, perClass: null, epochImages: labels.length };
  const perClass = train[balance === 'undersample' ? rarest : mostFrequent] as number;
  return {
    ratio,
    mostFrequent,
    rarest,
    perClass,
    epochImages: perClass * (train.length - emptyClasses.length),
  };
}

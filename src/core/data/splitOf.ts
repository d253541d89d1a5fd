import type { DataChoice } from '../exploration/design.ts';
import { createRandom, permutation } from '../random.ts';
import { PARTS, type Part } from './compile/entries.ts';
import { splitRest } from './compile/split.ts';

/** Places of images in their set, rising. Each image is in one part. */
export interface Split {
  readonly train: Uint32Array;
  readonly validation: Uint32Array;
  readonly test: Uint32Array;
}

export type SplitChoice = Pick<DataChoice, 'splitSeed' | 'validationShare' | 'testShare' | 'keepsParts'>;

const TRAIN = PARTS.indexOf('train');

/** Keeps the stream that draws the test part apart from the validation's. */
const TEST_STREAM = 0x7e57;

/** The images of each class, rising. A label beyond the classes gets a row of its own: no image is lost. */
function membersByClass(labels: ArrayLike<number>, classCount: number): number[][] {
  const members: number[][] = Array.from({ length: classCount }, () => []);
  for (let index = 0; index < labels.length; index++) {
    const label = labels[index] as number;
    while (members.length <= label) members.push([]);
    (members[label] as number[]).push(index);
  }
  return members;
}

/**
 * A seeded split with the same share of every class: of each class the rounded share is held back, at least
 * one image where it has two. A share of 1 holds all back.
 */
function stratifiedSplit(
  labels: ArrayLike<number>,
  classCount: number,
  validationShare: number,
  seed: number,
): Split {
  const random = createRandom(seed);
  const train: number[] = [];
  const validation: number[] = [];
  for (const members of membersByClass(labels, classCount)) {
    const order = permutation(members.length, random);
    const wanted = Math.round(members.length * validationShare);
    const most = validationShare >= 1 ? members.length : Math.max(0, members.length - 1);
    const held = validationShare > 0 ? Math.min(most, Math.max(1, wanted)) : 0;
    order.forEach((position, rank) => {
      (rank < held ? validation : train).push(members[position] as number);
    });
  }
  return {
    train: Uint32Array.from(train).sort(),
    validation: Uint32Array.from(validation).sort(),
    test: new Uint32Array(),
  };
}

const named = (parts: Uint8Array): Part[] => Array.from(parts, (part) => PARTS[part] ?? 'train');

/** The images of one part, rising. */
function ofPart(parts: Uint8Array, part: Part): Uint32Array {
  const wanted = PARTS.indexOf(part);
  const indices: number[] = [];
  for (let i = 0; i < parts.length; i++) if (parts[i] === wanted) indices.push(i);
  return Uint32Array.from(indices);
}

/**
 * Which images are trained, validated and tested with.
 *
 * Where nothing is asked for but a validation share, each class gives its rounded share to validation. Otherwise images
 * that came in a part stay in it (`keepsParts`; `parts` are indices into PARTS), and parts that no image came in are
 * drawn from those that are left to train with: shares are of these, stratified, with exactly round(share * images) in
 * all. The test part is drawn first and by a stream of its own: another validation share leaves it as it is.
 *
 * Parts that leave nothing to train with, as of a lone file of test images, do not count.
 */
export function splitOf(
  labels: ArrayLike<number>,
  parts: Uint8Array | null,
  classCount: number,
  { splitSeed, validationShare, testShare, keepsParts }: SplitChoice,
): Split {
  const counts = keepsParts && parts?.some((part) => part !== TRAIN) && parts.includes(TRAIN);
  const given = counts ? parts : null;
  if (!given && testShare <= 0) return stratifiedSplit(labels, classCount, validationShare, splitSeed);
  const start = given ?? new Uint8Array(labels.length);
  const open = start.filter((part) => part === TRAIN).length;
  const tested = splitRest(labels, named(start), { validation: 0, test: testShare }, splitSeed ^ TEST_STREAM);
  const left = tested.filter((part) => part === TRAIN).length;
  // The share is of all that could be drawn from, and the test part is already gone.
  const share = left === 0 ? 0 : Math.min(1, (validationShare * open) / left);
  const all = splitRest(labels, named(tested), { validation: share, test: 0 }, splitSeed);
  return { train: ofPart(all, 'train'), validation: ofPart(all, 'validation'), test: ofPart(all, 'test') };
}

import { PARTS, type Part } from '../../core/data/compile/entries.ts';
import { partOfFolder } from './classFolders.ts';

/** CIFAR's data_batch and test_batch, MNIST's train and t10k, and words like them between other characters. */
const WORDS: readonly (readonly [RegExp, Part])[] = [
  [/(^|[^a-z])(t10k|test|testing)([^a-z]|$)/, 'test'],
  [/(^|[^a-z])(val|valid|validation)([^a-z]|$)/, 'validation'],
  [/(^|[^a-z])(train|training|data_batch)([^a-z]|$)/, 'train'],
];

/** The part that a file of images is for, by its name or by the folders it lies in. */
export function partOfFile(path: string): Part | undefined {
  const folders = path.toLowerCase().split('/');
  const name = folders.pop() ?? '';
  const word = WORDS.find(([pattern]) => pattern.test(name));
  return word?.[1] ?? folders.map(partOfFolder).findLast((part) => part !== undefined);
}

/**
 * The parts of images that stand file by file, as indices into PARTS: nothing where no file tells one, and the training
 * part for the files that do not where others do.
 */
export function partsByFile(files: readonly { readonly name: string; readonly count: number }[]): {
  readonly parts?: Uint8Array;
} {
  const told = files.map(({ name }) => partOfFile(name));
  if (told.every((part) => part === undefined)) return {};
  const parts = new Uint8Array(files.reduce((sum, { count }) => sum + count, 0));
  let n = 0;
  for (const [i, { count }] of files.entries()) {
    parts.fill(PARTS.indexOf(told[i] ?? 'train'), n, n + count);
    n += count;
  }
  return { parts };
}

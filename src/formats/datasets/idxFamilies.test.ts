import { expect, test } from 'vitest';
import { readIdxFiles } from './idx.ts';
import { FASHION_CLASS_NAMES, guessIdxFamily, IDX_FAMILIES, otherClassNames } from './idxFamilies.ts';

const images = Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4);
const labels = (label: number) => Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1, label);
const read = (prefix: string, label: number, family = guessIdxFamily([prefix])) =>
  readIdxFiles(
    [
      { name: `${prefix}train-images-idx3-ubyte`, bytes: images },
      { name: `${prefix}train-labels-idx1-ubyte`, bytes: labels(label) },
    ],
    family,
  );
const told = (...parameters: Parameters<typeof read>) => {
  const set = read(...parameters);
  return set.ok
    ? [set.value.name, set.value.classNames[set.value.labels[0]!], [...set.value.pixels].join('')]
    : set.error.message;
};

test('labels mean what the family says, and EMNIST images are turned', () => {
  expect(told('', 9)).toEqual(['MNIST', '9', '1234']);
  expect(told('fashion-', 9)).toEqual(['Fashion-MNIST', 'Ankle boot', '1234']);
  expect(told('', 9, IDX_FAMILIES[1])).toEqual(['Fashion-MNIST', 'Ankle boot', '1234']);
  expect(told('emnist-letters-', 26)).toEqual(['EMNIST Letters', 'Z', '1324']);
  expect(told('emnist-balanced-', 46)).toEqual(['EMNIST Balanced', 't', '1324']);
  expect(told('emnist-byclass-', 61)).toEqual(['EMNIST By class', 'z', '1324']);
});

test('labels that the family does not have are refused with its range', () => {
  expect(told('emnist-letters-', 0)).toContain(
    'label 0 in entry 1, but EMNIST Letters labels go from 1 to 26',
  );
  expect(told('emnist-balanced-', 47)).toContain('from 0 to 46');
  expect(told('', 10)).toContain('from 0 to 9');
});

test('families of as many classes are offered each once, in both directions', () => {
  const offered = (names: readonly string[]) => otherClassNames(names).map(({ name }) => name);
  expect(offered([...'0123456789'])).toEqual(['Fashion-MNIST']);
  expect(offered(FASHION_CLASS_NAMES)).toEqual(['MNIST']);
  expect(offered(IDX_FAMILIES.find(({ id }) => id === 'emnist-letters')!.classNames)).toEqual([]);
  expect(offered([...'9876543210'])).toEqual([]);
});

/** A set in MNIST's format: what its labels mean, and how its images lie. */
export interface IdxFamily {
  readonly id: string;
  readonly name: string;
  readonly classNames: readonly string[];
  /** The label of the first class. */
  readonly firstLabel: number;
  /** Whether rows and columns are exchanged in the file. */
  readonly isTransposed: boolean;
}

export const MNIST_CLASS_NAMES: readonly string[] = [...'0123456789'];

/** Fashion-MNIST's classes in the order of their labels (Xiao et al. 2017, README of the set). */
export const FASHION_CLASS_NAMES: readonly string[] = [
  'T-shirt or top',
  'Trouser',
  'Pullover',
  'Dress',
  'Coat',
  'Sandal',
  'Shirt',
  'Sneaker',
  'Bag',
  'Ankle boot',
];

const CAPITALS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
const SMALL = [...'abcdefghijklmnopqrstuvwxyz'];
/** Small letters that look unlike their capitals (Cohen et al. 2017, EMNIST, "Balanced" and "By merge"). */
const UNLIKE = [...'abdefghnqrt'];

const mnist: IdxFamily = {
  id: 'mnist',
  name: 'MNIST',
  classNames: MNIST_CLASS_NAMES,
  firstLabel: 0,
  isTransposed: false,
};

/** EMNIST's files hold their images column by column (the set's own page: "inverted horizontally and rotated"). */
const emnist = (id: string, part: string, classNames: readonly string[], firstLabel = 0): IdxFamily => ({
  id: `emnist-${id}`,
  name: `EMNIST ${part}`,
  classNames,
  firstLabel,
  isTransposed: true,
});

export const IDX_FAMILIES: readonly IdxFamily[] = [
  mnist,
  { ...mnist, id: 'fashion', name: 'Fashion-MNIST', classNames: FASHION_CLASS_NAMES },
  emnist('balanced', 'Balanced', [...MNIST_CLASS_NAMES, ...CAPITALS, ...UNLIKE]),
  emnist('bymerge', 'By merge', [...MNIST_CLASS_NAMES, ...CAPITALS, ...UNLIKE]),
  emnist('byclass', 'By class', [...MNIST_CLASS_NAMES, ...CAPITALS, ...SMALL]),
  emnist('digits', 'Digits', MNIST_CLASS_NAMES),
  emnist('mnist', 'MNIST', MNIST_CLASS_NAMES),
  // the letters' labels begin with 1
  emnist('letters', 'Letters', CAPITALS, 1),
];

/** The family that the files' names tell; Fashion-MNIST's own names are MNIST's, so it may have to be chosen. */
export function guessIdxFamily(fileNames: readonly string[]): IdxFamily {
  const names = fileNames.join(' ').toLowerCase();
  return IDX_FAMILIES.find(({ id }) => id !== 'mnist' && names.includes(id)) ?? mnist;
}

/** Names for every class of a set, in the order of its classes. */
export interface ClassNames {
  readonly name: string;
  readonly classNames: readonly string[];
}

/**
 * What else the classes of an opened set may be called: Fashion-MNIST's files are named like MNIST's, and where neither a
 * folder nor an archive tells, its classes are digits. Given are the names of other families of as many classes, each
 * once; none for classes that are of no family.
 */
export function otherClassNames(classNames: readonly string[]): readonly ClassNames[] {
  const key = JSON.stringify(classNames);
  const byNames = new Map<string, ClassNames>();
  for (const family of IDX_FAMILIES) {
    const names = JSON.stringify(family.classNames);
    if (family.classNames.length === classNames.length && !byNames.has(names))
      byNames.set(names, { name: family.name, classNames: family.classNames });
  }
  return byNames.delete(key) ? [...byNames.values()] : [];
}

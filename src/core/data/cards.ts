import type { FeatureMap } from '../network/network.ts';

/** What is published of a data set, with where it is published. */
export interface DatasetCard {
  readonly id: string;
  readonly name: string;
  readonly imageCount: number;
  readonly classCount: number;
  /** Images of each class in the order of the labels; null where the source does not tell. */
  readonly countByClass: readonly number[] | null;
  /** Names that tell the set by its folders, in the order of the labels; left out where the name of the set does. */
  readonly classNames?: readonly string[];
  /** Images of the published parts, where the set comes in parts. */
  readonly parts: { readonly train: number; readonly test: number } | null;
  /** Null where images are of different sizes or the source does not tell. */
  readonly image: FeatureMap | null;
  readonly bitsPerChannel: 8;
  readonly shows: string;
  /** Countries that the images come from. */
  readonly countryCount?: number;
  readonly source: string;
  readonly link: string | null;
}

const same = (classCount: number, count: number) => new Array<number>(classCount).fill(count);
const color = (extent: number): FeatureMap => ({ height: extent, width: extent, channels: 3 });
const DIGITS: FeatureMap = { height: 28, width: 28, channels: 1 };

const KRIZHEVSKY = 'A. Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009';
const COHEN =
  'G. Cohen, S. Afshar, J. Tapson, A. van Schaik, EMNIST: an extension of MNIST to handwritten letters, 2017';

export const DATASET_CARDS: readonly DatasetCard[] = [
  {
    id: 'cifar10',
    name: 'CIFAR-10',
    imageCount: 60_000,
    classCount: 10,
    countByClass: same(10, 6000),
    parts: { train: 50_000, test: 10_000 },
    image: color(32),
    bitsPerChannel: 8,
    shows: 'animals and vehicles in color',
    source: KRIZHEVSKY,
    link: 'https://www.cs.toronto.edu/~kriz/cifar.html',
  },
  {
    id: 'cifar100',
    name: 'CIFAR-100',
    imageCount: 60_000,
    classCount: 100,
    countByClass: same(100, 600),
    parts: { train: 50_000, test: 10_000 },
    image: color(32),
    bitsPerChannel: 8,
    shows: 'animals, plants, people and things in color; 100 classes in 20 superclasses',
    source: KRIZHEVSKY,
    link: 'https://www.cs.toronto.edu/~kriz/cifar.html',
  },
  {
    id: 'eurosat',
    name: 'EuroSAT',
    imageCount: 27_000,
    classCount: 10,
    countByClass: [3000, 3000, 3000, 2500, 2500, 2000, 2500, 3000, 2500, 3000],
    classNames: [
      'AnnualCrop',
      'Forest',
      'HerbaceousVegetation',
      'Highway',
      'Industrial',
      'Pasture',
      'PermanentCrop',
      'Residential',
      'River',
      'SeaLake',
    ],
    parts: null,
    image: color(64),
    bitsPerChannel: 8,
    shows: 'land use and land cover from the Sentinel-2 satellites',
    countryCount: 34,
    source:
      'P. Helber, B. Bischke, A. Dengel, D. Borth, EuroSAT: A Novel Dataset and Deep Learning Benchmark for Land Use and Land Cover Classification, 2019',
    link: 'https://github.com/phelber/eurosat',
  },
  {
    id: 'flower',
    name: 'Flower',
    imageCount: 13_700,
    classCount: 14,
    countByClass: null,
    parts: null,
    image: null,
    bitsPerChannel: 8,
    shows:
      'photographs of flowers; neither the names of the classes nor their sizes are published with these numbers',
    source: 'The study of quantized networks on FPGAs that this product models (section 5.2.1)',
    link: null,
  },
  {
    id: 'mnist',
    name: 'MNIST',
    imageCount: 70_000,
    classCount: 10,
    countByClass: [6903, 7877, 6990, 7141, 6824, 6313, 6876, 7293, 6825, 6958],
    parts: { train: 60_000, test: 10_000 },
    image: DIGITS,
    bitsPerChannel: 8,
    shows: 'handwritten digits',
    source: 'Y. LeCun, C. Cortes, C. J. C. Burges, The MNIST database of handwritten digits',
    link: 'http://yann.lecun.com/exdb/mnist/',
  },
  {
    id: 'fashion',
    name: 'Fashion-MNIST',
    imageCount: 70_000,
    classCount: 10,
    countByClass: same(10, 7000),
    parts: { train: 60_000, test: 10_000 },
    image: DIGITS,
    bitsPerChannel: 8,
    shows: 'clothes, shoes and bags',
    source: 'H. Xiao, K. Rasul, R. Vollgraf, Fashion-MNIST, 2017',
    link: 'https://github.com/zalandoresearch/fashion-mnist',
  },
  {
    id: 'emnist-balanced',
    name: 'EMNIST Balanced',
    imageCount: 131_600,
    classCount: 47,
    countByClass: same(47, 2800),
    parts: { train: 112_800, test: 18_800 },
    image: DIGITS,
    bitsPerChannel: 8,
    shows: 'handwritten digits and letters',
    source: COHEN,
    link: 'https://www.nist.gov/itl/products-and-services/emnist-dataset',
  },
];

const plainOf = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, '');

/** The card of a set by the name that its reader gives it; undefined for a set of somebody's own. */
export const datasetCard = (name: string): DatasetCard | undefined => {
  const plain = plainOf(name);
  return DATASET_CARDS.find(({ name: known }) => {
    const start = plainOf(known);
    return (
      plain === start ||
      (plain.startsWith(start) && /^(zip|targz|rgb|rgbzip|20superclasses)$/.test(plain.slice(start.length)))
    );
  });
};

/** The card of a set whose classes are all named as in a published one, whatever its archive is called. */
export function cardOfClasses(classNames: readonly string[]): DatasetCard | undefined {
  const names = new Set(classNames.map(plainOf));
  return DATASET_CARDS.find(
    (card) =>
      names.size === card.classNames?.length && card.classNames.every((name) => names.has(plainOf(name))),
  );
}

/** What is published, what was read, and whether they are the same; null where the card doesn't say. */
export interface CardRow {
  readonly what: string;
  readonly published: string;
  readonly found: string | null;
  readonly isSame: boolean | null;
}

const count = (value: number) => value.toLocaleString('en-US');
const extent = ({ height, width, channels }: FeatureMap) => `${height}x${width}x${channels}`;

/** A set that was read, beside its card. */
export interface FoundSet {
  readonly imageCount: number;
  readonly classNames: readonly string[];
  readonly countByClass: readonly number[];
  readonly image: FeatureMap;
}

const spread = (counts: readonly number[]): string => {
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return least === most ? count(least) : `${count(least)} to ${count(most)}`;
};

/** The published numbers of a card beside those that were found. */
export function compareWithCard(card: DatasetCard, found: FoundSet): readonly CardRow[] {
  const row = (what: string, published: string, here: string | null): CardRow => ({
    what,
    published,
    found: here,
    isSame: here === null ? null : here === published,
  });
  const rows = [
    row('Images', count(card.imageCount), count(found.imageCount)),
    row('Classes', count(card.classCount), count(found.classNames.length)),
  ];
  if (card.countByClass) {
    const published = spread(card.countByClass);
    rows.push(row('Images of a class', published, spread(found.countByClass)));
  }
  if (card.image) rows.push(row('Image', extent(card.image), extent(found.image)));
  rows.push(row('Bits of a channel', String(card.bitsPerChannel), '8'));
  if (card.parts) {
    const { train, test } = card.parts;
    rows.push(row('Parts', `${count(train)} to train, ${count(test)} to test`, null));
  }
  if (card.countryCount !== undefined) rows.push(row('Countries', count(card.countryCount), null));
  return rows;
}

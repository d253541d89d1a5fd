import { expect, test } from 'vitest';
import { cardOfClasses, compareWithCard, DATASET_CARDS, datasetCard } from './cards.ts';

test('the cards tell the published numbers (VT-31)', () => {
  expect(datasetCard('EuroSAT')).toMatchObject({
    classCount: 10,
    imageCount: 27_000,
    image: { height: 64, width: 64, channels: 3 },
    countryCount: 34,
  });
  expect(datasetCard('Flower')).toMatchObject({ classCount: 14, imageCount: 13_700 });
});

test('CIFAR-10 has 60,000 images of 8 bits (BO-79)', () => {
  expect(datasetCard('CIFAR-10')).toMatchObject({
    imageCount: 60_000,
    bitsPerChannel: 8,
    countByClass: Array(10).fill(6000),
    image: { height: 32, width: 32, channels: 3 },
  });
});

test('classes and parts of each card sum to its images', () => {
  for (const { countByClass, imageCount, classCount, parts } of DATASET_CARDS) {
    if (countByClass) {
      expect(countByClass).toHaveLength(classCount);
      expect(countByClass.reduce((a, b) => a + b)).toBe(imageCount);
    }
    if (parts) expect(parts.train + parts.test).toBe(imageCount);
  }
});

test('a card is found by the names that readers give', () => {
  expect(datasetCard('EuroSAT.zip')?.id).toBe('eurosat');
  expect(datasetCard('CIFAR-100 (20 superclasses)')?.id).toBe('cifar100');
  expect(datasetCard('CIFAR-10')?.id).toBe('cifar10');
  expect(datasetCard('my flowers')).toBeUndefined();
});

test('EuroSAT is known by its folders, whatever the archive is called (VT-31)', () => {
  const names = [...(datasetCard('EuroSAT')?.classNames ?? [])];
  expect(cardOfClasses(names.reverse())?.id).toBe('eurosat');
  expect(cardOfClasses(names.slice(1))).toBeUndefined();
  expect(cardOfClasses([])).toBeUndefined();
});

test('what was read stands beside what is published, and differences are told (BO-79)', () => {
  const card = datasetCard('CIFAR-10')!;
  const classNames = Array.from({ length: 10 }, (_, label) => `class ${label}`);
  const part = { classNames, countByClass: Array(10).fill(300), imageCount: 3000, image: card.image! };
  const rows = Object.fromEntries(
    compareWithCard(card, part).map(({ what, published, found, isSame }) => [
      what,
      [published, found, isSame],
    ]),
  );
  expect(rows).toEqual({
    Images: ['60,000', '3,000', false],
    Classes: ['10', '10', true],
    'Images of a class': ['6,000', '300', false],
    Image: ['32x32x3', '32x32x3', true],
    'Bits of a channel': ['8', '8', true],
    Parts: ['50,000 to train, 10,000 to test', null, null],
  });
});

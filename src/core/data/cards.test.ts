import { expect, test } from 'vitest';
import { DATASET_CARDS, datasetCard } from './cards.ts';

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

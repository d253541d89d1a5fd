import { strToU8, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { PARTS } from '../../core/data/compile/entries.ts';
import { unwrap } from '../../core/result.ts';
import { faultIn } from '../testing/fuzz/judge.ts';
import { bytesSource } from './byteSource.ts';
import { CIFAR10_RECORD } from './cifar10.ts';
import { partOfFile, partsByFile } from './fileParts.ts';
import { otherClassNames } from './idxFamilies.ts';
import { openSource, sortFiles } from './openSources.ts';

const cifar = (...labels: readonly number[]) => {
  const bytes = new Uint8Array(labels.length * CIFAR10_RECORD);
  labels.forEach((label, i) => {
    bytes[i * CIFAR10_RECORD] = label;
  });
  return bytes;
};
const idxImages = Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4);
const idxLabels = (label: number) => Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1, label);

describe('the part of a file', () => {
  test.each([
    ['data_batch_3', 'train'],
    ['cifar-10-batches-bin/data_batch_1.bin', 'train'],
    ['test_batch.bin', 'test'],
    ['cifar10_test_1000.bin', 'test'],
    ['train-images-idx3-ubyte.gz', 'train'],
    ['t10k-images-idx3-ubyte', 'test'],
    ['emnist-letters-train-images-idx3-ubyte', 'train'],
    ['mnist/val/images-idx3-ubyte', 'validation'],
    ['latest.bin', undefined],
    ['trainer/images.bin', undefined],
    ['constraint.bin', undefined],
  ])('%s: %s', (path, part) => {
    expect(partOfFile(path)).toBe(part);
  });

  test('is told for all images, or for none', () => {
    expect(
      partsByFile([
        { name: 'a.bin', count: 1 },
        { name: 'test.bin', count: 2 },
      ]),
    ).toEqual({ parts: Uint8Array.of(0, 2, 2) });
    expect(partsByFile([{ name: 'a.bin', count: 1 }])).toEqual({});
  });
});

describe('files that were chosen', () => {
  test('are told apart by what they hold, and archives are sources of their own', async () => {
    const zip = (name: string) =>
      bytesSource(name, zipSync({ 'a/1.png': strToU8('x'), 'b/1.png': strToU8('y') }));
    const set = bytesSource('land.sweetset', strToU8('SWEETSET....'));
    const list = bytesSource('land.json', strToU8('{"format":"sweetspot-image-set","version":1}'));
    const [one, other] = [bytesSource('train.bin', cifar(1)), bytesSource('test.bin', cifar(2))];
    const sorted = await sortFiles([zip('1.zip'), set, one, list, zip('2.zip'), other]);
    const names = (files: readonly { name: string }[]) => files.map(({ name }) => name);
    expect(names(sorted.containers)).toEqual(['land.sweetset']);
    expect(names(sorted.references)).toEqual(['land.json']);
    expect(sorted.groups.map(names)).toEqual([['1.zip'], ['2.zip'], ['train.bin', 'test.bin']]);
  });

  test('an archive in a folder of pictures is no source', async () => {
    const zip = bytesSource('f/old.zip', zipSync({ 'a/1.png': strToU8('x') }));
    const sorted = await sortFiles([bytesSource('f/a/1.png', strToU8('x')), zip]);
    expect(sorted.groups.map((group) => group.length)).toEqual([2]);
  });

  test('a table and zip archives are one source', async () => {
    const zip = bytesSource('f.zip', zipSync({ 'a/1.png': strToU8('x') }));
    const table = bytesSource('labels.csv', strToU8('a/1.png,x'));
    const sorted = await sortFiles([zip, table]);
    expect(sorted.groups.map((group) => group.map(({ name }) => name))).toEqual([['labels.csv', 'f.zip']]);
  });

  test("CIFAR's batches keep their parts", async () => {
    const files = [bytesSource('test_batch.bin', cifar(1, 2)), bytesSource('data_batch_1.bin', cifar(3))];
    const { kind, image, source } = unwrap(await openSource(files));
    expect([kind, image]).toEqual(['arrays', { height: 32, width: 32, channels: 3 }]);
    expect(source.entries.map(({ label, part }) => [label, part])).toEqual([
      [3, 'train'],
      [1, 'test'],
      [2, 'test'],
    ]);
    const alone = unwrap(await openSource([bytesSource('some.bin', cifar(1, 2))]));
    expect(alone.source.entries.map(({ part }) => part)).toEqual([undefined, undefined]);
    expect(PARTS).toEqual(['train', 'validation', 'test']);
  });

  test('of Fashion-MNIST are known by their folder or archive; else its names can be chosen', async () => {
    const files = {
      'train-images-idx3-ubyte': idxImages,
      'train-labels-idx1-ubyte': idxLabels(9),
      't10k-images-idx3-ubyte': idxImages,
      't10k-labels-idx1-ubyte': idxLabels(0),
    };
    const inFolder = (folder: string) =>
      Object.entries(files).map(([name, bytes]) => bytesSource(`${folder}${name}`, bytes));
    for (const chosen of [inFolder('fashion/'), [bytesSource('fashion-mnist.zip', zipSync(files))]]) {
      const { source } = unwrap(await openSource(chosen));
      expect(source.name).toBe('Fashion-MNIST');
      expect(source.entries.map(({ label, part }) => [source.classNames[label], part])).toEqual([
        ['T-shirt or top', 'test'],
        ['Ankle boot', 'train'],
      ]);
    }
    const plain = unwrap(await openSource(inFolder(''))).source;
    expect(plain.name).toBe('MNIST');
    const [choice] = otherClassNames(plain.classNames);
    expect([choice?.name, choice?.classNames[9]]).toEqual(['Fashion-MNIST', 'Ankle boot']);
    expect(otherClassNames(['cat', 'dog'])).toEqual([]);
  });

  test.each([
    [
      'a zip in a zip',
      'outer.zip',
      zipSync({ 'inner.zip': zipSync({ 'a/1.png': strToU8('x') }) }),
      'archive',
    ],
    ['an empty zip', 'a.zip', zipSync({}), 'no-images'],
    ['labels out of range', 'train.bin', cifar(1, 10), 'label-range'],
    ['an empty file', 'a.bin', new Uint8Array(0), 'empty-file'],
  ])('%s is refused in one sentence', async (_, name, bytes, code) => {
    const opened = await openSource([bytesSource(name, bytes)]);
    if (opened.ok) throw new Error('expected a fault');
    expect(opened.error.code).toBe(code);
    expect(faultIn(opened.error)).toBeNull();
  });
});

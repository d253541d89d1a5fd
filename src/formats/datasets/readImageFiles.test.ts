import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import type { LabeledImages, NamedFile } from '../../core/data/labeledImages.ts';
import { CIFAR10_RECORD } from './cifar10.ts';
import { readImageFiles } from './readImageFiles.ts';

const file = (name: string, bytes: Uint8Array): NamedFile => ({ name, bytes: Uint8Array.from(bytes).buffer });

function fault(...files: readonly NamedFile[]) {
  const read = readImageFiles(files);
  if (read.ok) throw new Error('expected a fault');
  expect(read.error.message).toMatch(/^[^.].*\.$/s);
  return read.error;
}

function images(...files: readonly NamedFile[]): LabeledImages {
  const read = readImageFiles(files);
  if (!read.ok) throw new Error(read.error.message);
  return read.value.images;
}

function cifarBatch(labels: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(labels.length * CIFAR10_RECORD);
  labels.forEach((label, n) => {
    const at = n * CIFAR10_RECORD;
    bytes
      .fill(50, at + 1, at + 1025)
      .fill(100, at + 1025, at + 2049)
      .fill(150, at + 2049, at + 3073);
    bytes[at] = label;
  });
  return bytes;
}

function idx(
  extents: readonly number[],
  body: ArrayLike<number>,
  magic = 0x800 + extents.length,
): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * extents.length + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, magic);
  extents.forEach((extent, d) => {
    view.setUint32(4 + 4 * d, extent);
  });
  bytes.set(body, 4 + 4 * extents.length);
  return bytes;
}

const idxImages = (count: number, fill = 9) => idx([count, 2, 3], new Uint8Array(count * 6).fill(fill));
const idxLabels = (...labels: readonly number[]) => idx([labels.length], labels);

describe('CIFAR-10 batches', () => {
  test('become one set with interleaved colors', () => {
    const set = images(file('b.bin', cifarBatch([7])), file('a.bin', cifarBatch([3, 0])));
    expect([...set.labels]).toEqual([3, 0, 7]); // by name: the order of choosing does not matter
    expect([...set.pixels.slice(0, 6)]).toEqual([50, 100, 150, 50, 100, 150]);
    expect(set.classNames[3]).toBe('Cat');
    expect(set.image).toEqual({ height: 32, width: 32, channels: 3 });
    expect(set.synthetic).toBe(false);
  });

  test('may be gzipped', () => {
    expect([...images(file('a.bin.gz', gzipSync(cifarBatch([4])))).labels]).toEqual([4]);
  });

  test('of a broken size are refused with the bytes left over', () => {
    const { code, message } = fault(file('a.bin', cifarBatch([1, 2]).slice(0, -100)));
    expect(code).toBe('cifar10-size');
    expect(message).toContain('2973 bytes left over');
    expect(message).toContain('truncated');
  });

  test('with an impossible label are refused with its record', () => {
    const { code, message } = fault(file('a.bin', cifarBatch([1, 2, 77])));
    expect(code).toBe('label-range');
    expect(message).toContain('label 77 in record 3 (byte 6146)');
  });

  test('are told from CIFAR-100 and from the Python version', () => {
    expect(fault(file('train.bin', new Uint8Array(3074 * 2))).code).toBe('cifar100');
    expect(fault(file('data_batch_1', Uint8Array.of(0x80, 2, 0x7d, 0x71))).code).toBe('cifar10-python');
  });
});

describe('IDX files', () => {
  test('are paired whatever their order, zipped or not', () => {
    const set = images(
      file('t10k-labels-idx1-ubyte', idxLabels(1, 2)),
      file('train-images-idx3-ubyte.gz', gzipSync(idxImages(3, 5))),
      file('train-labels-idx1-ubyte.gz', gzipSync(idxLabels(7, 8, 9))),
      file('t10k-images-idx3-ubyte', idxImages(2, 4)),
    );
    expect([...set.labels]).toEqual([1, 2, 7, 8, 9]);
    expect([...set.pixels]).toEqual([...new Array(12).fill(4), ...new Array(18).fill(5)]);
    expect(set.image).toEqual({ height: 2, width: 3, channels: 1 });
    expect(set.classNames).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
  });

  test('are paired by count where their names say nothing', () => {
    const set = images(
      file('a', idxImages(2)),
      file('b', idxImages(3)),
      file('c', idxLabels(1, 2, 3)),
      file('d', idxLabels(4, 5)),
    );
    expect([...set.labels]).toEqual([4, 5, 1, 2, 3]);
  });

  test('with a wrong magic number are refused', () => {
    const { code, message } = fault(file('x-images-idx3-ubyte', idx([1], [1], 0x00000d01)));
    expect(code).toBe('idx-magic');
    expect(message).toContain('0x00000d01');
  });

  test('that are cut off are refused with both lengths', () => {
    const { code, message } = fault(file('x-images-idx3-ubyte', idxImages(4).slice(0, 30)));
    expect(code).toBe('idx-truncated');
    expect(message).toContain('40 bytes');
    expect(message).toContain('has 30');
    expect(fault(file('x-images-idx3-ubyte', idxImages(4).slice(0, 5))).code).toBe('idx-truncated');
  });

  test('that are too long, empty or of impossible extent are refused', () => {
    expect(fault(file('x-idx', Uint8Array.of(...idxLabels(1), 0))).code).toBe('idx-length');
    expect(fault(file('x-idx', idxLabels())).code).toBe('no-images');
    expect(fault(file('x-idx', idx([1, 0, 5], []))).code).toBe('idx-extent');
    expect(fault(file('x-idx', idx([2, 0xffffffff, 0xffffffff], [1]))).code).toBe('idx-extent');
  });

  test('need both files, and the missing one is asked for by name', () => {
    const labelsMissing = fault(file('train-images-idx3-ubyte.gz', gzipSync(idxImages(2))));
    expect(labelsMissing.code).toBe('labels-missing');
    expect(labelsMissing.message).toContain('train-labels-idx1-ubyte.gz');
    const imagesMissing = fault(file('train-labels-idx1-ubyte', idxLabels(1)));
    expect(imagesMissing.code).toBe('images-missing');
    expect(imagesMissing.message).toContain('train-images-idx3-ubyte');
  });

  test('of different counts are refused with both', () => {
    const { code, message } = fault(file('x-images-idx3', idxImages(3)), file('x-labels-idx1', idxLabels(1)));
    expect(code).toBe('count-mismatch');
    expect(message).toContain('3 images');
    expect(message).toContain('1 labels');
  });

  test('of different extents are refused', () => {
    const other = idx([1, 4, 4], new Uint8Array(16));
    const { code } = fault(
      file('a-images', idxImages(1)),
      file('a-labels', idxLabels(1)),
      file('b-images', other),
      file('b-labels', idxLabels(1)),
    );
    expect(code).toBe('extent-mismatch');
  });

  test('with an impossible label are refused with its place', () => {
    const { code, message } = fault(file('x-images', idxImages(2)), file('x-labels', idxLabels(1, 26)));
    expect(code).toBe('label-range');
    expect(message).toContain('label 26 in entry 2');
  });
});

describe('other files are refused with what to do', () => {
  const batch = cifarBatch([1]);
  const packed = gzipSync(batch);
  const tar = new Uint8Array(1024);
  tar.set([0x75, 0x73, 0x74, 0x61, 0x72], 257);
  const corrupt = packed.slice();
  corrupt[corrupt.length - 6]! ^= 1;
  const bomb = packed.slice();
  new DataView(bomb.buffer).setUint32(bomb.length - 4, 0xffffffff, true);

  test.each([
    ['an empty file', [file('a.bin', new Uint8Array(0))], 'empty-file'],
    ['a gzip file of nothing', [file('a.gz', gzipSync(new Uint8Array(0)))], 'empty-file'],
    ['no file', [], 'no-files'],
    ['a zip archive', [file('a.zip', zipSync({ 'x.bin': batch }))], 'archive'],
    ['a tar archive', [file('a.tar', tar)], 'archive'],
    ['a tar.gz archive', [file('cifar-10-binary.tar.gz', gzipSync(tar))], 'archive'],
    ['a tar.gz archive without its name', [file('download', gzipSync(tar))], 'archive'],
    ['a cut gzip file', [file('a.bin.gz', packed.slice(0, -20))], 'broken-gzip'],
    ['a tiny gzip file', [file('a.bin.gz', packed.slice(0, 10))], 'broken-gzip'],
    ['a gzip file with a wrong checksum', [file('a.bin.gz', corrupt)], 'broken-gzip'],
    ['a gzip file that promises too much', [file('a.bin.gz', bomb)], 'broken-gzip'],
    ['a picture', [file('a.png', Uint8Array.of(0x89, 0x50, 0x4e, 0x47))], 'unsupported-type'],
    ['two formats at once', [file('a.bin', batch), file('b-labels', idxLabels(1))], 'mixed-formats'],
  ])('%s', (_, files, code) => {
    expect(fault(...files).code).toBe(code);
  });

  test('a gzip file cut anywhere is a fault, never an exception', () => {
    for (let length = 0; length < packed.length; length++) {
      expect(readImageFiles([file('a.bin.gz', packed.slice(0, length))]).ok).toBe(false);
    }
  });
});

const shared = join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'data');
const load = (name: string) => file(basename(name), readFileSync(join(shared, name)));

describe('real files', () => {
  const cifar = 'cifar10_test_1000.bin';
  test.skipIf(!existsSync(join(shared, cifar)))("1,000 images of CIFAR-10's test batch", () => {
    const named = load(cifar);
    const raw = new Uint8Array(named.bytes);
    const set = images(named);
    expect(set.labels).toHaveLength(1000);
    const counts = new Array<number>(10).fill(0);
    for (const label of set.labels) counts[label]!++;
    expect(counts.reduce((a, b) => a + b)).toBe(1000);
    expect(Math.min(...counts)).toBeGreaterThan(70);
    for (const [n, y, x] of [
      [0, 0, 0],
      [417, 13, 30],
      [999, 31, 31],
    ] as const) {
      const at = n * 3073 + 1 + y * 32 + x;
      const pixel = set.pixels.slice(((n * 32 + y) * 32 + x) * 3, ((n * 32 + y) * 32 + x) * 3 + 3);
      expect([...pixel]).toEqual([raw[at], raw[at + 1024], raw[at + 2048]]);
    }
  });

  const mnist = ['mnist-test-1000-images-idx3-ubyte.gz', 'mnist-test-1000-labels-idx1-ubyte.gz'];
  test.skipIf(!existsSync(join(shared, mnist[0]!)))("1,000 digits of MNIST's test set", () => {
    const set = images(...mnist.map(load));
    expect(set.image).toEqual({ height: 28, width: 28, channels: 1 });
    expect(set.labels).toHaveLength(1000);
    expect([...set.labels.slice(0, 5)]).toEqual([7, 2, 1, 0, 4]); // the first digits of the official test set
    expect(set.pixels.includes(255)).toBe(true);
  });
});

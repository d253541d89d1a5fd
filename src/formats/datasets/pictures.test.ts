import fc from 'fast-check';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import type { ImageSource } from '../../core/data/compile/entries.ts';
import { createRandom } from '../../core/random.ts';
import { ok, type Result } from '../../core/result.ts';
import { damagedBytes } from '../testing/fuzz/bytes.ts';
import { faultIn } from '../testing/fuzz/judge.ts';
import { type ByteSource, blobSource, bytesSource } from './byteSource.ts';
import { readClassFolders } from './classFolders.ts';
import { readLabelTable } from './labelTable.ts';
import { type OpenOptions, openImageSet } from './openImageSet.ts';
import { guardedDecoder, pictureExtent } from './pictureHeader.ts';
import type { StoredFile } from './storedFile.ts';
import { cifar100Record, fromBase64, joined } from './testing/bytes.ts';
import { PICKLE_TAR, PICKLES } from './testing/pickles.ts';
import { openZip } from './zip.ts';

const body = (text: string) => strToU8(text.repeat(20));
const file = (path: string, text = path): StoredFile => ({
  path,
  byteLength: text.length,
  load: async () => ok(strToU8(text)),
});

function fault(result: Result<unknown>) {
  if (result.ok) throw new Error('expected a fault');
  expect(faultIn(result.error)).toBeNull();
  return result.error;
}

async function pictures(files: readonly ByteSource[], options?: OpenOptions): Promise<ImageSource> {
  const opened = await openImageSet(files, options);
  if (!opened.ok) throw new Error(opened.error.message);
  if (opened.value.kind !== 'pictures') throw new Error('expected pictures');
  return opened.value.source;
}

const euroSat = zipSync({
  'EuroSAT/': new Uint8Array(0),
  'EuroSAT/AnnualCrop/AnnualCrop_1.jpg': body('a'),
  'EuroSAT/AnnualCrop/AnnualCrop_2.jpg': body('b'),
  'EuroSAT/River/River_1.jpg': [body('c'), { level: 0 }],
  'EuroSAT/.DS_Store': body('x'),
  '__MACOSX/EuroSAT/River/._River_1.jpg': body('x'),
  'EuroSAT/readme.txt': body('x'),
});

const shape = (source: ImageSource) =>
  source.entries.map(({ path, label, part }) => [path, source.classNames[label], ...(part ? [part] : [])]);

describe('a zip archive of pictures', () => {
  test("in EuroSAT's layout: folders are classes, what is no picture is left out", async () => {
    for (const source of [
      bytesSource('EuroSAT.zip', euroSat),
      blobSource('EuroSAT.zip', new Blob([Uint8Array.from(euroSat)])),
    ]) {
      const set = await pictures([source]);
      expect(shape(set)).toEqual([
        ['EuroSAT/AnnualCrop/AnnualCrop_1.jpg', 'AnnualCrop'],
        ['EuroSAT/AnnualCrop/AnnualCrop_2.jpg', 'AnnualCrop'],
        ['EuroSAT/River/River_1.jpg', 'River'],
      ]);
      const loaded = await Promise.all(set.entries.map(({ load }) => load()));
      expect(loaded).toEqual([ok(body('a')), ok(body('b')), ok(body('c'))]);
    }
  });

  test('reads a picture only when it is asked for', async () => {
    let read = 0;
    const large = zipSync({ 'a/1.png': [new Uint8Array(1e6), { level: 0 }], 'b/1.png': body('x') });
    const counting: ByteSource = {
      name: 'large.zip',
      size: large.length,
      read: async (start, end) => {
        read += end - start;
        return large.subarray(start, end);
      },
    };
    const set = await pictures([counting]);
    expect(read).toBeLessThan(70_000);
    await set.entries[0]!.load();
    expect(read).toBeGreaterThan(1e6);
  });

  test('with parts as folders tells them', async () => {
    const zip = zipSync({
      'flowers/train/daisy/1.jpg': body('a'),
      'flowers/val/daisy/2.jpg': body('b'),
      'flowers/Test/rose/3.jpg': body('c'),
    });
    expect(shape(await pictures([bytesSource('f.zip', zip)]))).toEqual([
      ['flowers/train/daisy/1.jpg', 'daisy', 'train'],
      ['flowers/val/daisy/2.jpg', 'daisy', 'validation'],
      ['flowers/Test/rose/3.jpg', 'rose', 'test'],
    ]);
  });

  test('that can not be a set is refused in one sentence', async () => {
    const open = (files: Record<string, Uint8Array>) => openImageSet([bytesSource('a.zip', zipSync(files))]);
    expect(fault(await open({ 'inner.zip': euroSat })).message).toContain('inner.zip; unpack it once');
    expect(fault(await open({})).code).toBe('no-images');
    expect(fault(await open({ 'readme.txt': body('x') })).code).toBe('no-images');
    expect(fault(await open({ '1.png': body('x') })).code).toBe('no-class');
    expect(fault(await open({ 'train/1.png': body('x') })).code).toBe('no-class');
    expect(fault(await openImageSet([bytesSource('a.zip', euroSat.slice(0, -40))])).code).toBe('broken-zip');
    const many = Array.from({ length: 100_000 }, (_, i) => file(`c${i}/1.png`));
    expect(fault(readClassFolders(many, 'many')).message).toContain('100,000 classes');
  });

  test('whose picture is damaged, a bomb or encrypted is a fault of that picture only', async () => {
    const whole = zipSync({ 'a/1.png': [body('q'), { level: 0 }], 'b/1.png': body('x') });
    const wrong = whole.slice();
    wrong[50]! ^= 1;
    const damaged = await pictures([bytesSource('a.zip', wrong)]);
    expect(fault(await damaged.entries[0]!.load()).message).toContain('wrong checksum');
    expect((await damaged.entries[1]!.load()).ok).toBe(true);
    const bomb = zipSync({ 'a/1.png': new Uint8Array(2 ** 25), 'b/1.png': body('x') });
    const view = new DataView(bomb.buffer);
    let at = 0;
    while (view.getUint32(at, true) !== 0x02014b50) at++;
    view.setUint32(at + 24, 1000, true); // promises 1,000 bytes and has 33 million
    const opened = await pictures([bytesSource('a.zip', bomb)]);
    expect(fault(await opened.entries[0]!.load()).message).toContain("can't be unpacked");
  });
});

describe('a folder of pictures', () => {
  test('by relative paths, with classes in order, numbers as numbers', async () => {
    const files = ['s/10/a.png', 's/9/a.png', 's/9/B.JPG'].map((path) => bytesSource(path, body('x')));
    expect((await pictures(files)).classNames).toEqual(['9', '10']);
  });
});

describe('a table of paths and labels', () => {
  const files = ['d/img/1.png', 'd/img/2.png', 'd/other/3.png'].map((path) => file(path));
  const table = (text: string, names?: readonly string[], at = 'd/labels.csv') =>
    readLabelTable(text, at, files, 'set', names);
  const told = (result: Result<ImageSource>) => {
    if (!result.ok) throw new Error(result.error.message);
    return shape(result.value);
  };

  test.each([
    ['with a header', 'path,label\nimg/1.png,cat\nimg/2.png,dog\n'],
    ['without', 'img/1.png,cat\r\nimg/2.png,dog'],
    ['semicolons, other order', 'Class;File\ncat;./img/1.png\ndog;img\\2.png\n\n'],
    ['tabs', 'filename\tclass\nimg/1.png\tcat\nimg/2.png\tdog'],
    ['quotes, absolute paths', '"cat","/home/me/d/img/1.png"\n"dog","C:\\data\\img\\2.png"'],
    ['bare names', '\uFEFFname_of_class,image,label\nx,1.png,cat\ny,2.png,dog'],
  ])('%s', (_, text) => {
    expect(told(table(text))).toEqual([
      ['d/img/1.png', 'cat'],
      ['d/img/2.png', 'dog'],
    ]);
  });

  test('numbers stand for the names that are given, and a column tells parts', () => {
    const text = 'path,label,split\nimg/1.png,1,train\nother/3.png,0,val';
    expect(told(table(text, ['cat', 'dog']))).toEqual([
      ['d/img/1.png', 'dog', 'train'],
      ['d/other/3.png', 'cat', 'validation'],
    ]);
  });

  test('with rows that do not fit are refused with the row', () => {
    expect(fault(table('img/1.png,2\nimg/2.png,0', ['a', 'b'])).message).toContain('label 2 in row 1');
    expect(fault(table('img/1.png,-1', ['a', 'b'])).code).toBe('label-range');
    expect(fault(table('img/1.png,a\nimg/9.png,b')).message).toContain('img/9.png in row 2');
    expect(fault(table('img/1.png,a\nimg/1.png,b')).message).toContain('rows 1 and 2');
    expect(fault(table('img/1.png,')).message).toContain('no label in row 1');
    expect(fault(table('path,label\n')).code).toBe('no-images');
    expect(fault(table('nothing')).code).toBe('table-columns');
    expect(fault(table('')).code).toBe('table-columns');
  });

  test('is used where a zip archive holds one', async () => {
    const zip = zipSync({
      '1.png': body('a'),
      '2.png': body('b'),
      'labels.csv': strToU8('1.png,x\n2.png,y'),
    });
    expect((await pictures([bytesSource('a.zip', zip)])).classNames).toEqual(['x', 'y']);
  });

  test('of something else does not hide the folders of classes', async () => {
    const zip = zipSync({
      'a/1.png': body('a'),
      'b/2.png': body('b'),
      'log.csv': strToU8('epoch;loss\n1;2'),
    });
    expect((await pictures([bytesSource('a.zip', zip)])).classNames).toEqual(['a', 'b']);
  });

  test('any texts are joined or refused, never thrown', () => {
    const cell = fc.oneof(
      fc.string(),
      fc.constantFrom('img/1.png', 'img/2.png', 'path', 'label', '0', 'toString'),
    );
    const rows = fc.array(fc.array(cell, { maxLength: 4 }), { maxLength: 8 });
    fc.assert(
      fc.property(rows, fc.constantFrom(',', ';', '\t'), (cells, delimiter) => {
        const result = table(cells.map((row) => row.join(delimiter)).join('\n'));
        if (!result.ok) expect(faultIn(result.error)).toBeNull();
        else expect(result.value.entries.length).toBeGreaterThan(0);
      }),
      { numRuns: 500 },
    );
  });
});

test('sets of pixels are opened by their content', async () => {
  const name = async (fileName: string, bytes: Uint8Array, options?: OpenOptions) => {
    const opened = await openImageSet([bytesSource(fileName, bytes)], options);
    return opened.ok ? opened.value.kind === 'images' && opened.value.images.name : opened.error.code;
  };
  expect(await name('x.bin', cifar100Record(1, 2))).toBe('CIFAR-100');
  expect(await name('x.bin', cifar100Record(1, 2), { cifar100: 'coarse' })).toContain('20 superclasses');
  expect(await name('data_batch_1', fromBase64(PICKLES[2]))).toBe('CIFAR-10');
  expect(await name('cifar.tar', fromBase64(PICKLE_TAR))).toBe('CIFAR-10');
  expect(await name('x', new Uint8Array(3073))).toBe('CIFAR-10');
  expect(await name('x', new Uint8Array(0))).toBe('empty-file');
  expect(fault(await openImageSet([])).code).toBe('no-files');
});

describe('headers of pictures', () => {
  const png = joined(
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13),
    strToU8('IHDR'),
    Uint8Array.of(0, 0, 1, 0, 0, 0, 0, 64),
  );
  const jpeg = Uint8Array.of(255, 216, 255, 224, 0, 4, 0, 0, 255, 255, 192, 0, 17, 8, 0, 64, 0, 48, 3, 0, 0);
  const webp = joined(
    strToU8('RIFF....WEBPVP8L....'),
    Uint8Array.of(0x2f, 0x3f, 0xc0, 0x0f, 0, 0, 0, 0, 0, 0),
  );
  test.each([
    ['PNG', png, 256, 64],
    ['JPEG', jpeg, 48, 64],
    ['WebP', webp, 64, 64],
    ['GIF', joined(strToU8('GIF89a'), Uint8Array.of(7, 0, 9, 1)), 7, 265],
  ])('%s', (_, bytes, width, height) => {
    expect(pictureExtent(bytes)).toEqual({ width, height });
    for (let length = 0; length < bytes.length; length++)
      expect(() => pictureExtent(bytes.slice(0, length))).not.toThrow();
  });

  test('keep what is too large, or no picture, from the decoder', async () => {
    let calls = 0;
    const decoder = guardedDecoder(async () => {
      calls++;
      return ok({ width: 1, height: 1, data: new Uint8Array(4) });
    });
    const huge = png.slice();
    huge.set([0, 1, 0, 0, 0, 1, 0, 0], 16);
    expect(fault(await decoder(huge, 'h.png')).message).toContain('65536x65536');
    expect(fault(await decoder(body('x'), 'x.png')).code).toBe('image-broken');
    expect(calls).toBe(0);
    await decoder(png, 'a.png');
    expect(calls).toBe(1);
  });
});

describe('500 damaged files are each opened or refused in one sentence', () => {
  const check = async (result: Result<unknown>) => {
    if (!result.ok) expect(faultIn(result.error)).toBeNull();
    return result.ok;
  };
  test('zip', async () => {
    let bad = 0;
    for (let seed = 0; seed < 500; seed++) {
      const zip = await openZip(bytesSource('a.zip', damagedBytes(euroSat, createRandom(seed))));
      let isGood = await check(zip);
      if (zip.ok) for (const { load } of zip.value) isGood = (await check(await load())) && isGood;
      if (!isGood) bad++;
    }
    expect(bad).toBeGreaterThan(200);
  });
  test('table', async () => {
    const text = strToU8('path,label,split\nimg/1.png,cat,train\n"img/2.png",dog,val\nother/3.png,cat,\n');
    const files = ['img/1.png', 'img/2.png', 'other/3.png'].map((path) => file(path));
    let bad = 0;
    for (let seed = 0; seed < 500; seed++) {
      const damaged = new TextDecoder().decode(damagedBytes(text, createRandom(seed)));
      if (!(await check(readLabelTable(damaged, 'l.csv', files, 'set')))) bad++;
    }
    expect(bad).toBeGreaterThan(100);
  });
});

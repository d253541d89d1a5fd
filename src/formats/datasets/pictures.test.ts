import fc from 'fast-check';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import type { ImageSource } from '../../core/data/compile/entries.ts';
import { createRandom } from '../../core/random.ts';
import { ok, type Result, unwrap } from '../../core/result.ts';
import { damagedBytes } from '../testing/fuzz/bytes.ts';
import { faultIn } from '../testing/fuzz/judge.ts';
import { type ByteSource, blobSource, bytesSource } from './byteSource.ts';
import { readClassFolders } from './classFolders.ts';
import { readLabelTable, tableText } from './labelTable.ts';
import { type OpenOptions, openImageSet } from './openImageSet.ts';
import { guardedDecoder, pictureExtent } from './pictureHeader.ts';
import type { StoredFile } from './storedFile.ts';
import { cifar100Record, fromBase64, joined } from './testing/bytes.ts';
import { PICKLE_CIFAR100, PICKLE_TAR, PICKLES } from './testing/pickles.ts';
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
      ['flowers/Test/rose/3.jpg', 'rose', 'test'],
      ['flowers/train/daisy/1.jpg', 'daisy', 'train'],
      ['flowers/val/daisy/2.jpg', 'daisy', 'validation'],
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

describe('pictures by class', () => {
  const paths = ['s/b/2.png', 's/a/10.png', 's/b/1.png', 's/a/9.png', 's/a/x/3.png'];

  test('are the same source in whatever order a disk or an archive lists them, with a root folder or without (SX-26)', async () => {
    const one = unwrap(
      readClassFolders(
        paths.map((path) => file(path)),
        's',
      ),
    );
    expect(shape(one)).toEqual([
      ['s/a/10.png', 'a'],
      ['s/a/9.png', 'a'],
      ['s/a/x/3.png', 'x'],
      ['s/b/1.png', 'b'],
      ['s/b/2.png', 'b'],
    ]);
    const reversed = readClassFolders(
      paths.toReversed().map((path) => file(path)),
      's',
    );
    expect(shape(unwrap(reversed))).toEqual(shape(one));
    const bare = paths.map((path) => path.slice(2));
    const archive = zipSync(Object.fromEntries(bare.map((path) => [path, body(path)])));
    const zipped = await pictures([bytesSource('s.zip', archive)]);
    const labels = ({ classNames, entries }: ImageSource) =>
      entries.map(({ path, label }) => [path.split('/').at(-1), classNames[label]]);
    expect(labels(zipped)).toEqual(labels(one));
  });

  test('have their classes in one order, however numbers and names are mixed', () => {
    for (const names of [
      ['9', '10', '1a'],
      ['1a', '10', '9'],
      ['10', '1a', '9'],
    ]) {
      const source = readClassFolders(
        names.map((name) => file(`s/${name}/1.png`)),
        's',
      );
      expect(unwrap(source).classNames).toEqual(['9', '10', '1a']);
    }
  });

  test('of one class whose accents are written in two ways are of one class', () => {
    const source = readClassFolders([file('s/\u00c4pfel/1.png'), file('s/A\u0308pfel/2.png')], 's');
    expect(unwrap(source).classNames).toEqual(['\u00c4pfel']);
  });

  test('of a class that no container could name are refused', () => {
    const refused = fault(readClassFolders([file(`s/${'x'.repeat(501)}/1.png`), file('s/a/1.png')], 's'));
    expect(refused.message).toContain('a class of 501 letters');
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

  test('never takes a picture of another folder for one that is missing', () => {
    expect(fault(table('img/1.png,a\nother/2.png,b')).message).toContain('other/2.png in row 2');
    // a folder that was renamed, or is gone, is none of these
    const flat = ['pics/1.png', 'pics/2.png'].map((path) => file(path));
    const read = readLabelTable('old/1.png,a\nold/2.png,b', 'pics/l.csv', flat, 'set');
    expect(told(read)).toHaveLength(2);
  });

  test('may be in UTF-16 or in the letters of Windows, and write accents otherwise than the disk', async () => {
    const text = 'Datei;Klasse\nB\u00e4r.png;S\u00e4uger\nHuhn.png;Vogel\n';
    const wide = Uint8Array.from([...`\ufeff${text}`].flatMap((c) => [c.charCodeAt(0), 0]));
    wide[1] = 0xfe;
    const narrow = Uint8Array.from(text, (c) => c.charCodeAt(0));
    for (const bytes of [strToU8(text), wide, narrow]) {
      const read = readLabelTable(
        tableText(bytes).replace('Datei;Klasse', 'file;class'),
        'l.csv',
        [file('Ba\u0308r.png'), file('Huhn.png')],
        'set',
      );
      expect(told(read)).toEqual([
        ['Ba\u0308r.png', 'S\u00e4uger'],
        ['Huhn.png', 'Vogel'],
      ]);
    }
  });

  test('that is one of several is not taken for the whole', async () => {
    const zip = zipSync({
      'images/1.png': body('a'),
      'train.csv': strToU8('1.png,x'),
      'test/2.png': body('b'),
      'test.csv': strToU8('2.png,y'),
    });
    const refused = fault(await openImageSet([bytesSource('a.zip', zip)]));
    expect(refused.message).toMatch(/2 tables \(train\.csv, test\.csv\).*join them/);
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

test("CIFAR-100's files are opened in a zip too, though larger than a picture", async () => {
  const bytes = new Uint8Array(22_000 * 3074);
  bytes.set([3, 14], 21_999 * 3074);
  const zip = zipSync({ 'cifar-100-binary/train.bin': [bytes, { level: 1 }] });
  const opened = unwrap(await openImageSet([bytesSource('c.zip', zip)]));
  if (opened.kind !== 'images') throw new Error('expected images');
  expect(opened.images.name).toBe('CIFAR-100');
  expect([opened.images.labels.length, opened.images.labels[21_999]]).toEqual([22_000, 14]);
  const python = zipSync({ 'cifar-100-python/train': fromBase64(PICKLE_CIFAR100) });
  expect((await openImageSet([bytesSource('p.zip', python)])).ok).toBe(true);
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

test('large pictures are decoded one after the other, however many are asked for', async () => {
  const header = (side: number) => {
    const bytes = new Uint8Array(24);
    bytes.set([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]);
    new DataView(bytes.buffer).setUint32(16, side);
    new DataView(bytes.buffer).setUint32(20, side);
    return bytes;
  };
  let held = 0;
  let most = 0;
  const decoder = guardedDecoder(async (bytes) => {
    const pixels = new DataView(bytes.buffer).getUint32(16) ** 2;
    held += pixels;
    most = Math.max(most, held);
    await new Promise((resolve) => setTimeout(resolve, 0));
    held -= pixels;
    return ok({ width: 1, height: 1, data: new Uint8Array(4) });
  }, 30_000);
  const all = (side: number) => Promise.all(Array.from({ length: 16 }, () => decoder(header(side), 'a.png')));
  await all(150);
  expect(most).toBe(22_500);
  most = 0;
  await all(40);
  expect(most).toBe(16 * 1600);
  most = 0;
  await all(200);
  expect(most).toBe(40_000); // larger than all may be together: alone
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

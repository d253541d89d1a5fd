import { strToU8, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import type { ImageSource } from '../../core/data/compile/entries.ts';
import { ok, type Result } from '../../core/result.ts';
import { faultIn } from '../testing/fuzz/judge.ts';
import { type ByteSource, bytesSource } from './byteSource.ts';
import { readClassFolders } from './classFolders.ts';
import { openImageSet } from './openImageSet.ts';

const body = (text: string) => strToU8(text.repeat(20));

function fault(result: Result<unknown>) {
  if (result.ok) throw new Error('expected a fault');
  expect(faultIn(result.error)).toBeNull();
  return result.error;
}

async function pictures(files: readonly ByteSource[]): Promise<ImageSource> {
  const opened = await openImageSet(files);
  if (!opened.ok) throw new Error(opened.error.message);
  if (opened.value.kind !== 'pictures') throw new Error('expected pictures');
  return opened.value.source;
}

const shape = (source: ImageSource) =>
  source.entries.map(({ path, label }) => [path, source.classNames[label]]);

describe('a zip archive as other programs write it', () => {
  const names = zipSync({ 'a/1.png': body('a'), 'b/1.png': body('b'), 'ü/1.png': body('c') });
  /** The places of the members in the archive's list. */
  const members = (bytes: Uint8Array) => {
    const view = new DataView(bytes.buffer);
    const found: number[] = [];
    for (let at = 0; at + 46 < bytes.length; at++)
      if (view.getUint32(at, true) === 0x02014b50) found.push(at);
    return found;
  };

  test('with names in UTF-8 that no bit tells, and others in Latin 1', async () => {
    const bytes = names.slice();
    const last = members(bytes).at(-1) ?? 0;
    bytes[last + 9]! &= ~0x08; // bit 11 of the flags
    expect((await pictures([bytesSource('a.zip', bytes)])).classNames).toEqual(['a', 'b', 'ü']);
    bytes.set([0xe4, 0x5f], last + 46); // no UTF-8
    expect((await pictures([bytesSource('a.zip', bytes)])).classNames).toEqual(['a', 'b', 'ä_']);
  });

  test('with a count modulo 65,536: no file of the list is lost', async () => {
    const bytes = names.slice();
    const end = bytes.length - 22;
    new DataView(bytes.buffer).setUint16(end + 10, 1, true);
    expect((await pictures([bytesSource('a.zip', bytes)])).entries).toHaveLength(3);
  });

  test('with paths that begin with dots: these are no hidden files and no classes', async () => {
    const zip = zipSync({ './a/1.png': body('a'), '../b/2.png': body('b'), '../3/.x/../4.png': body('c') });
    const set = await pictures([bytesSource('a.zip', zip)]);
    expect(shape(set).map(([, name]) => name)).toEqual(['a', 'b']);
  });

  test('encrypted: what helps is said', async () => {
    const bytes = names.slice();
    for (const at of members(bytes)) bytes[at + 8]! |= 1;
    const set = await pictures([bytesSource('a.zip', bytes)]);
    expect(fault(await set.entries[0]!.load()).message).toMatch(/is encrypted; unpack it with its password/);
  });

  test('with a file that is too large for a picture: that one alone is left out, without being read', async () => {
    const load = async () => Promise.reject(new Error('read'));
    const set = readClassFolders(
      [
        { path: 'a/1.png', byteLength: 9, load },
        { path: 'b/2.png', byteLength: 2 ** 27, load },
      ],
      'x.zip',
    );
    if (!set.ok) throw new Error(set.error.message);
    expect(set.value.entries).toHaveLength(2);
    expect(fault(await set.value.entries[1]!.load()).message).toMatch(
      /b\/2.png in x.zip has 134,217,728 bytes/,
    );
  });
});

describe('a table beside zip archives', () => {
  const table = bytesSource('labels.csv', strToU8('path,label\n1.png,x\nimg/2.png,y'));
  const zip = (name: string, paths: readonly string[]) =>
    bytesSource(name, zipSync(Object.fromEntries(paths.map((path) => [path, body(name + path)]))));

  test('names their pictures, in one archive or in several', async () => {
    for (const archives of [
      [zip('a.zip', ['1.png', 'img/2.png'])],
      [zip('a.zip', ['1.png']), zip('b.zip', ['img/2.png'])],
    ]) {
      const set = await pictures([table, ...archives]);
      expect(shape(set)).toEqual([
        ['1.png', 'x'],
        ['img/2.png', 'y'],
      ]);
      expect((await set.entries[1]!.load()).ok).toBe(true);
    }
  });

  test('never takes a picture for that of the same path in another archive', async () => {
    const both = ['1.png', 'img/2.png'];
    const opened = await openImageSet([table, zip('a.zip', both), zip('b.zip', both)]);
    expect(fault(opened).code).toBe('missing-image');
    const exact = bytesSource('l.csv', strToU8('a.zip/1.png,x\nb.zip/1.png,y'));
    const set = await pictures([exact, zip('a.zip', both), zip('b.zip', both)]);
    expect(await set.entries[1]!.load()).toEqual(ok(body('b.zip1.png')));
  });

  test('alone is told to need its pictures, and an unknown file what can be read', async () => {
    expect(fault(await openImageSet([table])).message).toMatch(/labels.csv is a table without pictures/);
    expect(fault(await openImageSet([bytesSource('x.doc', body('x'))])).message).toMatch(
      /pictures in folders/,
    );
  });
});

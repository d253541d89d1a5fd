import { expect, test } from 'vitest';
import { droppedFiles } from './droppedFiles.ts';

const fileEntry = (fullPath: string) => ({
  isFile: true,
  isDirectory: false,
  name: fullPath.split('/').pop() ?? '',
  fullPath,
  file: (resolve: (file: File) => void) => resolve(new File(['x'], fullPath.split('/').pop() ?? '')),
});

/** A folder whose reader gives two entries at a time, as Chromium's gives a hundred. */
const folderEntry = (fullPath: string, inside: readonly object[]) => ({
  isFile: false,
  isDirectory: true,
  name: fullPath.split('/').pop() ?? '',
  fullPath,
  createReader() {
    const left = [...inside];
    return { readEntries: (resolve: (some: readonly object[]) => void) => resolve(left.splice(0, 2)) };
  },
});

const transferOf = (entries: readonly (object | null)[], files: readonly File[] = []) =>
  ({
    items: entries.map((entry) => ({ kind: 'file', webkitGetAsEntry: () => entry })),
    files,
  }) as unknown as DataTransfer;

test('a dropped folder gives all its files with their paths, however many', async () => {
  const lime = folderEntry(
    '/fruit/Lime',
    [5, 3, 1, 2, 4].map((n) => fileEntry(`/fruit/Lime/${n}.png`)),
  );
  const fruit = folderEntry('/fruit', [lime, fileEntry('/fruit/Apple.png')]);
  const files = await droppedFiles(transferOf([fruit, fileEntry('/list.csv')]));
  expect(files.map((file) => file.webkitRelativePath || file.name)).toEqual([
    'fruit/Apple.png',
    'fruit/Lime/1.png',
    'fruit/Lime/2.png',
    'fruit/Lime/3.png',
    'fruit/Lime/4.png',
    'fruit/Lime/5.png',
    'list.csv',
  ]);
});

test('files without a folder are those of the drop itself', async () => {
  const file = new File(['x'], 'a.zip');
  expect(await droppedFiles(transferOf([fileEntry('/a.zip')], [file]))).toEqual([file]);
  expect(await droppedFiles(transferOf([null], [file]))).toEqual([file]);
  expect(await droppedFiles(null)).toEqual([]);
});

test('what can not be read is left out', async () => {
  const broken = {
    ...fileEntry('/fruit/gone.png'),
    file: (_: unknown, reject: (error: Error) => void) => reject(new Error('gone')),
  };
  const files = await droppedFiles(
    transferOf([folderEntry('/fruit', [broken, fileEntry('/fruit/here.png')])]),
  );
  expect(files.map(({ name }) => name)).toEqual(['here.png']);
});

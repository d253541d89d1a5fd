import type { ImageSource, Part } from '../../core/data/compile/entries.ts';
import { fail, type Result } from '../../core/result.ts';
import { shortSentence } from '../../core/sentence.ts';
import { delimiterOf, parseCsv } from '../tables/csv.ts';
import { composed, partOfFolder, picturesAmong, sourceOf } from './classFolders.ts';
import { MOST_FILES, type StoredFile } from './storedFile.ts';

/** A million rows of 200 letters. */
const LARGEST_TABLE = 200 * 2 ** 20;

const PATH_COLUMN =
  /^(path|paths|file|files|filename|file_name|filepath|file_path|image|image_path|images|img)$/i;
const LABEL_COLUMN = /^(label|labels|class|classname|class_name|category|target|y)$/i;
const ID_COLUMN = /^(label_id|class_id|id|index|label_index)$/i;
const PART_COLUMN = /^(split|part|set|subset|partition)$/i;

interface Columns {
  readonly path: number;
  readonly label: number;
  readonly part: number;
  readonly hasHeader: boolean;
}

const ONLY_UTF_8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The text of a table: UTF-8, or UTF-16 where its first bytes say so (Excel's "Unicode Text"); what is no UTF-8 is in
 * Windows' Latin letters, as Excel's plain "CSV".
 */
export function tableText(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return ONLY_UTF_8.decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

const plain = (path: string) =>
  composed(path)
    .trim()
    .replaceAll('\\', '/')
    .replace(/^(\.?\/)+/, '');

/** Which columns hold what: by a header's names, else the first cell that names a picture and the one after it. */
function columnsOf(first: readonly string[]): Columns | null {
  const cells = first.map((cell) => cell.trim());
  const byName = (pattern: RegExp) => cells.findIndex((cell) => pattern.test(cell));
  const path = byName(PATH_COLUMN);
  const label = byName(LABEL_COLUMN) >= 0 ? byName(LABEL_COLUMN) : byName(ID_COLUMN);
  if (path >= 0 && label >= 0) return { path, label, part: byName(PART_COLUMN), hasHeader: true };
  const picture = cells.findIndex((cell) => /\.(jpe?g|png|webp|gif|bmp)$/i.test(cell));
  if (picture < 0 || cells.length < 2) return null;
  return { path: picture, label: picture === 0 ? 1 : 0, part: -1, hasHeader: false };
}

const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);

/** The name of the folder that a file lies in; empty where there is none. */
const folderOf = (path: string) => path.split('/').at(-2) ?? '';

/** Finds a table's file by its path from the table's folder, else by the only path that ends like it. */
class Finder {
  readonly #byPath = new Map<string, StoredFile>();
  /** The only file of a name, and the folder it lies in below the one that all lie in. */
  readonly #byEnd = new Map<string, { readonly file: StoredFile; readonly folder: string } | null>();
  readonly #folder: string;

  constructor(files: readonly StoredFile[], folder: string) {
    this.#folder = folder;
    const paths = files.map((file) => plain(file.path));
    const root = `${paths[0]?.split('/', 1)[0]}/`;
    const start = paths.every((path) => path.startsWith(root)) ? root.length : 0;
    for (const [i, file] of files.entries()) {
      const path = paths[i] as string;
      this.#byPath.set(path, file);
      const name = nameOf(path);
      const below = folderOf(path.slice(start));
      this.#byEnd.set(name, this.#byEnd.has(name) ? null : { file, folder: below });
    }
  }

  find(told: string): StoredFile | null {
    const path = plain(told);
    const near = this.#byPath.get(this.#folder + path) ?? this.#byPath.get(path);
    if (near) return near;
    // the table may have been written elsewhere: its folders count only from some point on
    const parts = path.split('/').slice(0, 32);
    for (let i = 1; i < parts.length; i++) {
      const end = parts.slice(i).join('/');
      const file = this.#byPath.get(this.#folder + end) ?? this.#byPath.get(end);
      if (file) return file;
    }
    const only = this.#byEnd.get(nameOf(path));
    // a picture of the same name in a folder of another name is another picture
    const isOther = only && only.folder !== '' && folderOf(path) !== '' && only.folder !== folderOf(path);
    return only && !isOther ? only.file : null;
  }
}

/**
 * Joins a table of paths and labels with the pictures that it names. The header is optional; the delimiter is a comma, a
 * semicolon or a tab; labels are names or numbers, numbers from 0 on being those of `classNames` where these are given.
 * A column "split" tells parts. Every row must find its picture.
 */
export function readLabelTable(
  text: string,
  tablePath: string,
  files: readonly StoredFile[],
  name: string,
  classNames?: readonly string[],
): Result<ImageSource> {
  if (text.length > LARGEST_TABLE) {
    return fail(
      'too-large',
      `${tablePath} has ${text.length.toLocaleString('en-US')} letters, more than a table of a million images; choose another one.`,
      tablePath,
    );
  }
  const pictures = picturesAmong(files, name);
  if (!pictures.ok) return pictures;
  const { rows, isCut } = parseCsv(text, delimiterOf(text), MOST_FILES + 1);
  const columns = columnsOf(rows[0] ?? []);
  const wrong = (code: string, what: string) => fail(code, shortSentence(`${tablePath} ${what}`), tablePath);
  if (isCut) return wrong('too-many-files', 'has more than a million rows; use a smaller part of the set.');
  if (!columns) {
    return wrong(
      'table-columns',
      'tells no columns of paths and labels; begin it with a header like "path,label", or put the path of a picture first in each row.',
    );
  }
  const finder = new Finder(pictures.value, plain(tablePath).replace(/[^/]*$/, ''));
  const found: { file: StoredFile; className: string; part: Part | undefined }[] = [];
  const rowOf = new Map<StoredFile, number>();
  for (const [n, row] of rows.entries()) {
    if (n === 0 && columns.hasHeader) continue;
    if (row.every((cell) => cell.trim() === '')) continue;
    const path = row[columns.path] ?? '';
    const label = composed(row[columns.label] ?? '').trim();
    if (label === '') return wrong('table-row', `has no label in row ${n + 1}; add it or delete the row.`);
    const file = finder.find(path);
    if (!file) {
      return wrong(
        'missing-image',
        `names ${path.slice(0, 150)} in row ${n + 1}, which is not among the ${pictures.value.length.toLocaleString('en-US')} pictures; add it or delete the row.`,
      );
    }
    const before = rowOf.get(file);
    if (before !== undefined) {
      return wrong(
        'table-row',
        `names ${path.slice(0, 150)} in rows ${before} and ${n + 1}; an image has one label, so delete one of them.`,
      );
    }
    rowOf.set(file, n + 1);
    let className = label;
    if (classNames && !classNames.includes(label)) {
      const named = /^\d+$/.test(label) ? classNames[Number(label)] : undefined;
      if (named === undefined) {
        return wrong(
          'label-range',
          `has label ${label.slice(0, 100)} in row ${n + 1}, but labels are the names of the ${classNames.length} classes or go from 0 to ${classNames.length - 1}; correct it.`,
        );
      }
      className = named;
    }
    const part = columns.part < 0 ? undefined : partOfFolder((row[columns.part] ?? '').trim());
    found.push({ file, className, part });
  }
  if (found.length === 0) return wrong('no-images', 'has no rows; add one for each image.');
  return sourceOf(name, found);
}

import type { ImageSource } from '../../core/data/compile/entries.ts';
import type { LabeledImages } from '../../core/data/labeledImages.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { shortSentence } from '../../core/sentence.ts';
import { type ByteSource, bytesSource } from './byteSource.ts';
import { CIFAR10_RECORD, type FileContent } from './cifar10.ts';
import { CIFAR100_RECORD, readCifar100 } from './cifar100.ts';
import type { Cifar100Labels } from './cifar100Names.ts';
import { readCifarArchive } from './cifarArchive.ts';
import { isPickle, readCifarPython } from './cifarPython.ts';
import { readClassFolders } from './classFolders.ts';
import { gunzip, isGzip } from './gzip.ts';
import { fitsIdx } from './idx.ts';
import type { IdxFamily } from './idxFamilies.ts';
import { readLabelTable, tableText } from './labelTable.ts';
import { readImageFiles } from './readImageFiles.ts';
import { isPicture, isTable, type StoredFile } from './storedFile.ts';
import { isTarHeader } from './tar.ts';
import { isZipStart, openZip } from './zip.ts';

/** Images that a file holds as pixels, or pictures that have to be decoded and compiled first. */
export type OpenedImageSet =
  | { readonly kind: 'images'; readonly images: LabeledImages }
  | { readonly kind: 'pictures'; readonly source: ImageSource };

export interface OpenOptions {
  /** CIFAR-100's 100 classes or 20 superclasses. */
  readonly cifar100?: Cifar100Labels;
  /** What the labels of IDX files mean; guessed from their names where it isn't told. */
  readonly idxFamily?: IdxFamily;
  /** The names that numbers in a CSV table stand for. */
  readonly classNames?: readonly string[];
}

/** The most bytes of files that are read whole; the set made of them takes as much again. */
const LARGEST = 2 ** 29;
const LARGEST_TABLE = 200 * 2 ** 20;

const asImages = (images: Result<LabeledImages>): Result<OpenedImageSet> =>
  images.ok ? ok({ kind: 'images', images: images.value }) : images;

const severalTables = (tables: readonly StoredFile[], name: string) =>
  fail(
    'several-tables',
    shortSentence(
      `${name} has ${tables.length.toLocaleString('en-US')} tables (${tables
        .slice(0, 3)
        .map(({ path }) => path)
        .join(
          ', ',
        )}), and of one only are paths and labels read; join them to one, with a column "split" for train and test, and leave the others out.`,
    ),
    name,
  );

/** Pictures with their classes: by the only CSV table among the files, else by folders. */
async function openPictures(
  files: readonly StoredFile[],
  name: string,
  options: OpenOptions,
): Promise<Result<OpenedImageSet>> {
  const tables = files.filter(isTable);
  const [table] = tables;
  let source: Result<ImageSource>;
  if (table && tables.length === 1 && table.byteLength <= LARGEST_TABLE) {
    const bytes = await table.load();
    if (!bytes.ok) return bytes;
    source = readLabelTable(tableText(bytes.value), table.path, files, name, options.classNames);
    // a table of something else beside folders of classes
    if (!source.ok && source.error.code === 'table-columns') {
      const folders = readClassFolders(files, name);
      if (folders.ok) source = folders;
    }
  } else {
    source = readClassFolders(files, name);
    if (!source.ok && source.error.code === 'no-class' && tables.length > 1)
      source = severalTables(tables, name);
  }
  return source.ok ? ok({ kind: 'pictures', source: source.value }) : source;
}

const storedFile = (source: ByteSource): StoredFile => ({
  path: source.name,
  byteLength: source.size,
  load: async () => ok(await source.read(0, source.size)),
});

/** The name of the folder that all files lie in, or what there is of one. */
const folderName = (files: readonly ByteSource[]): string => {
  const [first = ''] = (files[0]?.name ?? '').split('/');
  return files.every(({ name }) => name.startsWith(`${first}/`)) ? first : 'The chosen files';
};

/** The bytes as a buffer of their own; copied only where they are a part of a larger one. */
const ownBuffer = (bytes: Uint8Array): ArrayBuffer =>
  bytes.buffer instanceof ArrayBuffer && bytes.buffer.byteLength === bytes.length
    ? bytes.buffer
    : Uint8Array.from(bytes).buffer;

const isCifar100 = ({ bytes }: FileContent) =>
  bytes.length > 0 && bytes.length % CIFAR100_RECORD === 0 && bytes.length % CIFAR10_RECORD !== 0;

/** The bytes that a file will take: of a gzip file what it promises (RFC 1952), which {@link gunzip} holds it to. */
const unpackedSize = (bytes: Uint8Array): number =>
  isGzip(bytes) && bytes.length >= 18
    ? new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 4).getUint32(0, true)
    : bytes.length;

async function openWhole(
  files: readonly ByteSource[],
  options: OpenOptions,
): Promise<Result<OpenedImageSet>> {
  const tooLarge = (total: number) =>
    fail(
      'too-large',
      `The chosen files have ${total.toLocaleString('en-US')} bytes, more than the ${LARGEST.toLocaleString('en-US')} that are read at once; choose fewer of them.`,
    );
  const packedTotal = files.reduce((sum, { size }) => sum + size, 0);
  if (packedTotal > LARGEST) return tooLarge(packedTotal);
  const bare: FileContent[] = [];
  let total = 0;
  for (const { name, size, read } of [...files].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const bytes = await read(0, size);
    total += unpackedSize(bytes);
    if (total > LARGEST) return tooLarge(total);
    const unpacked = isGzip(bytes) ? gunzip(bytes, name) : ok(bytes);
    if (!unpacked.ok) return unpacked;
    bare.push({ name, bytes: unpacked.value });
  }
  if (bare.every(({ bytes }) => isPickle(bytes) && !fitsIdx(bytes))) {
    return asImages(readCifarPython(bare, options.cifar100));
  }
  if (bare.every(isCifar100)) return asImages(readCifar100(bare, options.cifar100));
  const read = readImageFiles(
    bare.map(({ name, bytes }) => ({ name, bytes: ownBuffer(bytes) })),
    options.idxFamily,
  );
  if (read.ok) return ok({ kind: 'images', images: read.value.images });
  const { code, where = 'This file' } = read.error;
  return code === 'unsupported-type' ? fail(code, unknownType(where), where) : read;
}

/** All that is read here, where `readImageFiles` knows only sets of pixels. */
const unknownType = (name: string) =>
  shortSentence(
    `${name} is of a type that is not known here; choose pictures in folders or in a zip archive, a CSV table with its pictures, the files of CIFAR or MNIST, or a set exported here.`,
  );

/** A CSV table and the zip archives whose pictures it names, as one source. */
async function openTableOfZips(
  table: StoredFile,
  archives: readonly ByteSource[],
  options: OpenOptions,
): Promise<Result<OpenedImageSet>> {
  const inside: { readonly archive: string; readonly files: readonly StoredFile[] }[] = [];
  for (const archive of archives) {
    const files = await openZip(archive);
    if (!files.ok) return files;
    inside.push({ archive: archive.name, files: files.value });
  }
  const all = inside.flatMap(({ files }) => files);
  const isUnique = new Set(all.map(({ path }) => path)).size === all.length;
  const named = isUnique
    ? all
    : inside.flatMap(({ archive, files }) =>
        files.map((file) => ({ ...file, path: `${archive}/${file.path}` })),
      );
  // the table that was chosen counts, not those in the archives
  const pictures = named.filter((file) => !isTable(file));
  const names = archives.slice(0, 3).map(({ name }) => name);
  const more = archives.length > names.length ? ` and ${archives.length - names.length} more` : '';
  return openPictures([table, ...pictures], `${names.join(' + ')}${more}`, options);
}

/** Files of sets of pixels, as they are named where the sets are offered: CIFAR-100's Python version has no endings. */
const ARRAYS = /((^|\/)(data_batch_\d+|test_batch|batches\.meta|train|test|meta)|\.bin|[-.]ubyte)(\.gz)?$/i;

/** A zip archive of pictures or, where it has none, of the files of a set; its name stands before theirs. */
async function openZipArchive(archive: ByteSource, options: OpenOptions): Promise<Result<OpenedImageSet>> {
  const members = await openZip(archive);
  if (!members.ok) return members;
  const arrays = members.value.filter(({ path }) => ARRAYS.test(path) && !path.startsWith('__MACOSX/'));
  const total = arrays.reduce((sum, { byteLength }) => sum + byteLength, 0);
  if (arrays.length === 0 || total > LARGEST || members.value.some(isPicture)) {
    return openPictures(members.value, archive.name, options);
  }
  // CIFAR-100's file for training is larger than any picture
  const whole = await openZip(archive, LARGEST);
  if (!whole.ok) return whole;
  const wanted = new Set(arrays.map(({ path }) => path));
  const sources: ByteSource[] = [];
  for (const { path, load } of whole.value) {
    if (!wanted.has(path)) continue;
    const bytes = await load();
    if (!bytes.ok) return bytes;
    sources.push(bytesSource(`${archive.name}/${path}`, bytes.value));
  }
  return openWhole(sources, options);
}

/** Whether a file is a tar archive, packed or not; only its begin is looked at. */
export async function isTarArchive(source: ByteSource): Promise<boolean> {
  const start = await source.read(0, Math.min(source.size, 512));
  return /\.(tar|tar\.gz|tgz)$/i.test(source.name) ? isGzip(start) || isTarHeader(start) : isTarHeader(start);
}

/**
 * Opens whatever a user chose or dropped: CIFAR-10 and -100 (binary or Python version, also as .tar.gz), MNIST and its
 * kin, a zip archive or a folder of pictures by class, or pictures or their zip archives with a CSV table. A source's name is its path, where
 * it comes from a folder (webkitRelativePath).
 */
export async function openImageSet(
  files: readonly ByteSource[],
  options: OpenOptions = {},
): Promise<Result<OpenedImageSet>> {
  const [first] = files;
  if (!first)
    return fail('no-files', 'No file was chosen; choose a folder, an archive or the files of a set.');
  const stored = files.map(storedFile);
  if (stored.some(isPicture)) return openPictures(stored, folderName(files), options);
  const [table, ...others] = stored.filter(isTable);
  if (table && others.length === 0) {
    const archives = files.filter(({ name }) => name !== table.path);
    const areZips = await Promise.all(archives.map(async (archive) => isZipStart(await archive.read(0, 4))));
    if (archives.length === 0) {
      return fail(
        'lone-table',
        shortSentence(
          `${table.path} is a table without pictures; choose it together with the folder or the zip archive that has them.`,
        ),
        table.path,
      );
    }
    if (areZips.every((isZip) => isZip)) return openTableOfZips(table, archives, options);
  }
  if (files.length === 1) {
    if (isZipStart(await first.read(0, 4))) return openZipArchive(first, options);
    if (await isTarArchive(first)) return asImages(await readCifarArchive(first, options.cifar100));
  }
  return openWhole(files, options);
}

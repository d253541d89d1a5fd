import type { LabeledImages, NamedFile } from '../../core/data/labeledImages.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { CIFAR10_RECORD, type FileContent, readCifar10 } from './cifar10.ts';
import { gunzip, isGzip } from './gzip.ts';
import { fitsIdx, readIdxFiles } from './idx.ts';
import type { IdxFamily } from './idxFamilies.ts';

export interface ImageFiles {
  readonly format: 'cifar10' | 'mnist';
  readonly images: LabeledImages;
}

const WANTED = "CIFAR-10's binary batches (.bin) and MNIST's IDX files (.gz or not) can be read";

const startsWith = (bytes: Uint8Array, ...start: readonly number[]) =>
  start.every((byte, i) => bytes[i] === byte);

const isTar = (bytes: Uint8Array) =>
  [0x75, 0x73, 0x74, 0x61, 0x72].every((byte, i) => bytes[257 + i] === byte); // "ustar"

function archiveFault(name: string, kind: string): Result<never> {
  return fail(
    'archive',
    `${name} is a ${kind} archive; unpack it and choose the .bin files (CIFAR-10) or the two IDX files (MNIST) in it.`,
    name,
  );
}

/** The content of a file, unpacked if it is a single gzip file. */
function unpack(file: NamedFile): Result<FileContent> {
  const { name } = file;
  const bytes = new Uint8Array(file.bytes);
  if (bytes.length === 0) {
    return fail('empty-file', `${name} is empty; choose another file or download it again.`, name);
  }
  if (startsWith(bytes, 0x50, 0x4b) && (bytes[2] === 3 || bytes[2] === 5)) return archiveFault(name, 'zip');
  if (!isGzip(bytes)) return isTar(bytes) ? archiveFault(name, 'tar') : ok({ name, bytes });
  if (/\.(tar\.gz|tgz)$/i.test(name)) return archiveFault(name, 'tar.gz');
  const unpacked = gunzip(bytes, name);
  if (!unpacked.ok) return unpacked;
  if (unpacked.value.length === 0) {
    return fail('empty-file', `${name} unpacks to nothing; choose another file.`, name);
  }
  return isTar(unpacked.value) ? archiveFault(name, 'tar.gz') : ok({ name, bytes: unpacked.value });
}

/**
 * By content first: an IDX header that fits the file's length settles it. A CIFAR-10 file has no header, so
 * its length or its name must speak for it; a name decides which fault is told.
 */
function sniff({ name, bytes }: FileContent): Result<'cifar10' | 'mnist'> {
  if (fitsIdx(bytes)) return ok('mnist');
  const plainName = name.toLowerCase().replace(/\.gz$/, '');
  if (/idx|ubyte/.test(plainName)) return ok('mnist');
  if (startsWith(bytes, 0x80) && !/\.bin$/.test(plainName)) {
    return fail(
      'cifar10-python',
      `${name} looks like a Python pickle, as in CIFAR-10's Python version; download the binary version and choose its .bin files.`,
      name,
    );
  }
  if (bytes.length % CIFAR10_RECORD === 0) return ok('cifar10');
  if (startsWith(bytes, 0, 0, 8)) return ok('mnist');
  if (/\.bin$|cifar/.test(plainName)) return ok('cifar10');
  return fail('unsupported-type', `${name} is of a type that is not known here; ${WANTED}.`, name);
}

/**
 * Reads whatever images a user chose or dropped; the files' order does not matter. What labels of IDX files mean is the
 * family's, which is guessed from names where it isn't told.
 */
export function readImageFiles(files: readonly NamedFile[], family?: IdxFamily): Result<ImageFiles> {
  if (files.length === 0) return fail('no-files', `No file was chosen; ${WANTED}.`);
  const contents: FileContent[] = [];
  let format: 'cifar10' | 'mnist' | null = null;
  const sorted = [...files].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  for (const file of sorted) {
    const content = unpack(file);
    if (!content.ok) return content;
    const sniffed = sniff(content.value);
    if (!sniffed.ok) return sniffed;
    if (format !== null && format !== sniffed.value) {
      return fail(
        'mixed-formats',
        `${file.name} does not belong to the same set as ${sorted[0]?.name}; choose files of CIFAR-10 or of MNIST, not of both.`,
        file.name,
      );
    }
    format = sniffed.value;
    contents.push(content.value);
  }
  const images = format === 'mnist' ? readIdxFiles(contents, family) : readCifar10(contents);
  return images.ok ? ok({ format: format ?? 'cifar10', images: images.value }) : images;
}

import type { LabeledImages } from '../../core/data/labeledImages.ts';
import { FaultError, fail, type Result } from '../../core/result.ts';
import { type ByteSource, pieces } from './byteSource.ts';
import { type FileContent, readCifar10 } from './cifar10.ts';
import { readCifar100 } from './cifar100.ts';
import type { Cifar100Labels } from './cifar100Names.ts';
import { readCifarPython } from './cifarPython.ts';
import { gunzipPieces } from './gunzipStream.ts';
import { isGzip } from './gzip.ts';
import { tarEntries } from './tar.ts';

/** CIFAR's four archives unpack to 185 MB. */
const LARGEST = 2 ** 28;

const PYTHON = /(^|\/)(data_batch_\d+|test_batch|batches\.meta|train|test|meta)$/;
const BINARY = /(^|\/)(data_batch_\d+|test_batch|train|test)\.bin$/;

/** Reads CIFAR-10 or CIFAR-100, binary or Python version, out of its .tar.gz (or .tar) as it was downloaded. */
export async function readCifarArchive(
  source: ByteSource,
  choice: Cifar100Labels = 'fine',
): Promise<Result<LabeledImages>> {
  const files: FileContent[] = [];
  try {
    const packed = isGzip(await source.read(0, 2));
    const unpacked = packed ? gunzipPieces(pieces(source), source.name, LARGEST) : pieces(source);
    const wants = (name: string) => PYTHON.test(name) || BINARY.test(name);
    let total = 0;
    for await (const file of tarEntries(unpacked, source.name, wants, LARGEST)) {
      total += file.bytes.length;
      if (total > LARGEST) {
        return fail(
          'too-large',
          `${source.name} holds more than ${LARGEST.toLocaleString('en-US')} bytes of batches, more than CIFAR has; choose its own archive.`,
          source.name,
        );
      }
      files.push(file);
    }
  } catch (error) {
    if (error instanceof FaultError) return { ok: false, error: error.fault };
    throw error;
  }
  files.sort((a, b) => (a.name < b.name ? -1 : 1));
  const binary = files.filter(({ name }) => BINARY.test(name));
  if (files.length === 0) {
    return fail(
      'no-images',
      `${source.name} holds no CIFAR batches (data_batch_1 or .bin files); unpack it and choose the files in it.`,
      source.name,
    );
  }
  if (binary.length === 0) return readCifarPython(files, choice);
  return binary.some(({ name }) => /(train|test)\.bin$/.test(name))
    ? readCifar100(binary, choice)
    : readCifar10(binary);
}

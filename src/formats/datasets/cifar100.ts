import type { LabeledImages } from '../../core/data/labeledImages.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { FileContent } from './cifar10.ts';
import {
  CIFAR100_COARSE_NAMES,
  CIFAR100_FINE_NAMES,
  type Cifar100Labels,
  cifar100Names,
} from './cifar100Names.ts';
import { CIFAR_EXTENT, CIFAR_IMAGE, interleave } from './cifarPlanes.ts';
import { partsByFile } from './fileParts.ts';

/** A superclass, a class, then the three color planes (Krizhevsky, "CIFAR-100 binary version"). */
export const CIFAR100_RECORD = 2 + CIFAR_IMAGE;

/** Reads CIFAR-100's train.bin and test.bin, one after the other, into one set with interleaved colors (NHWC). */
export function readCifar100(
  files: readonly FileContent[],
  choice: Cifar100Labels = 'fine',
): Result<LabeledImages> {
  let total = 0;
  for (const { name, bytes } of files) {
    const left = bytes.length % CIFAR100_RECORD;
    if (bytes.length === 0 || left !== 0) {
      return fail(
        'cifar100-size',
        `${name} is no whole number of CIFAR-100 records: ${bytes.length} bytes are ${Math.floor(bytes.length / CIFAR100_RECORD)} records of ${CIFAR100_RECORD} bytes and ${left} bytes left over; it may be truncated, so download it again.`,
        name,
      );
    }
    total += bytes.length / CIFAR100_RECORD;
  }
  if (total === 0) return fail('no-images', "No file was chosen; choose CIFAR-100's train.bin or test.bin.");
  const pixels = new Uint8Array(total * CIFAR_IMAGE);
  const labels = new Uint8Array(total);
  let n = 0;
  for (const { name, bytes } of files) {
    for (let at = 0; at < bytes.length; at += CIFAR100_RECORD, n++) {
      const coarse = bytes[at] as number;
      const fine = bytes[at + 1] as number;
      // both are looked at: a wrong one shows that this is another file, whichever is chosen
      if (coarse >= CIFAR100_COARSE_NAMES.length || fine >= CIFAR100_FINE_NAMES.length) {
        return fail(
          'label-range',
          `${name} has superclass ${coarse} and class ${fine} in record ${at / CIFAR100_RECORD + 1} (byte ${at}), but CIFAR-100's go from 0 to 19 and from 0 to 99; choose train.bin or test.bin of its binary version.`,
          name,
        );
      }
      labels[n] = choice === 'fine' ? fine : coarse;
      interleave(bytes, at + 2, pixels, n * CIFAR_IMAGE);
    }
  }
  return ok({
    name: choice === 'fine' ? 'CIFAR-100' : 'CIFAR-100 (20 superclasses)',
    synthetic: false,
    image: { height: CIFAR_EXTENT, width: CIFAR_EXTENT, channels: 3 },
    classNames: cifar100Names(choice),
    pixels,
    labels,
    ...partsByFile(files.map(({ name, bytes }) => ({ name, count: bytes.length / CIFAR100_RECORD }))),
  });
}

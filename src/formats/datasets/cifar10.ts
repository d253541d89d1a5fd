import type { LabeledImages } from '../../core/data/labeledImages.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { CIFAR_EXTENT, CIFAR_IMAGE, interleave } from './cifarPlanes.ts';
import { partsByFile } from './fileParts.ts';

/** A file's unpacked content under the name the user knows it by. */
export interface FileContent {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** One label byte, then the red, green and blue planes (Krizhevsky, "CIFAR-10 binary version"). */
export const CIFAR10_RECORD = 1 + CIFAR_IMAGE;
const CIFAR100_RECORD = CIFAR10_RECORD + 1;

export const CIFAR10_CLASS_NAMES: readonly string[] = [
  'Airplane',
  'Automobile',
  'Bird',
  'Cat',
  'Deer',
  'Dog',
  'Frog',
  'Horse',
  'Ship',
  'Truck',
];

function checkSize({ name, bytes }: FileContent): Result<number> {
  const count = Math.floor(bytes.length / CIFAR10_RECORD);
  const left = bytes.length % CIFAR10_RECORD;
  if (left === 0) return ok(count);
  if (bytes.length % CIFAR100_RECORD === 0) {
    return fail(
      'cifar100',
      `${name} looks like CIFAR-100 (two label bytes an image); choose the .bin files of CIFAR-10's binary version.`,
      name,
    );
  }
  return fail(
    'cifar10-size',
    `${name} is no whole number of CIFAR-10 records: ${bytes.length} bytes are ${count} records of ${CIFAR10_RECORD} bytes and ${left} bytes left over; it may be truncated, so download it again.`,
    name,
  );
}

/** Reads CIFAR-10 binary batches, one after the other, into one set with interleaved colors (NHWC). */
export function readCifar10(files: readonly FileContent[]): Result<LabeledImages> {
  let total = 0;
  for (const file of files) {
    const size = checkSize(file);
    if (!size.ok) return size;
    total += size.value;
  }
  const pixels = new Uint8Array(total * CIFAR_IMAGE);
  const labels = new Uint8Array(total);
  let n = 0;
  for (const { name, bytes } of files) {
    for (let at = 0; at < bytes.length; at += CIFAR10_RECORD, n++) {
      const label = bytes[at] as number;
      if (label >= CIFAR10_CLASS_NAMES.length) {
        return fail(
          'label-range',
          `${name} has label ${label} in record ${at / CIFAR10_RECORD + 1} (byte ${at}), but CIFAR-10 labels go from 0 to 9; choose the .bin files of CIFAR-10's binary version.`,
          name,
        );
      }
      labels[n] = label;
      interleave(bytes, at + 1, pixels, n * CIFAR_IMAGE);
    }
  }
  return ok({
    name: 'CIFAR-10',
    synthetic: false,
    image: { height: CIFAR_EXTENT, width: CIFAR_EXTENT, channels: 3 },
    classNames: CIFAR10_CLASS_NAMES,
    pixels,
    labels,
    ...partsByFile(files.map(({ name, bytes }) => ({ name, count: bytes.length / CIFAR10_RECORD }))),
  });
}

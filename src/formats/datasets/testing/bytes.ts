import { gunzipSync } from 'fflate';

export const fromBase64 = (text: string): Uint8Array =>
  gunzipSync(Uint8Array.from(atob(text), (character) => character.charCodeAt(0)));

export const joined = (...parts: readonly Uint8Array[]): Uint8Array => {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};

const ascii = (text: string) => new TextEncoder().encode(text);
const op = (...codes: readonly number[]) => Uint8Array.from(codes);
const shortString = (text: string) => joined(op(0x55, text.length), ascii(text));

/** A batch as Python 2's cPickle writes it (protocol 2), instruction for instruction as in CIFAR-10's data_batch_1. */
export function python2Batch(
  labels: readonly number[],
  rows: Uint8Array,
  callee = 'numpy.core.multiarray\n_reconstruct\n',
) {
  const count = Uint8Array.of(labels.length & 255, labels.length >> 8);
  const size = new Uint8Array(4);
  new DataView(size.buffer).setUint32(0, rows.length, true);
  return joined(
    op(0x80, 2, 0x7d, 0x71, 1, 0x28),
    joined(shortString('batch_label'), op(0x71, 2), shortString('training batch 1 of 5'), op(0x71, 3)),
    joined(shortString('labels'), op(0x71, 4, 0x5d, 0x71, 5, 0x28)),
    joined(...labels.map((label) => op(0x4b, label)), op(0x65)),
    joined(
      shortString('data'),
      op(0x71, 6, 0x63),
      ascii(callee),
      op(0x71, 7, 0x63),
      ascii('numpy\nndarray\n'),
    ),
    joined(op(0x71, 8, 0x4b, 0, 0x85), shortString('b'), op(0x87, 0x52, 0x71, 9)),
    joined(
      op(0x28, 0x4b, 1, 0x4d),
      count,
      op(0x4d, 0, 12, 0x86, 0x63),
      ascii('numpy\ndtype\n'),
      op(0x71, 10),
    ),
    joined(shortString('u1'), op(0x4b, 0, 0x4b, 1, 0x87, 0x52, 0x71, 11)),
    joined(op(0x28, 0x4b, 3), shortString('|'), op(0x4e, 0x4e, 0x4e, 0x4a, 255, 255, 255, 255)),
    joined(op(0x4a, 255, 255, 255, 255, 0x4b, 0, 0x74, 0x62, 0x89, 0x54), size, rows, op(0x74, 0x62)),
    op(0x75, 0x2e),
  );
}

/** A record of CIFAR-100's binary version. */
export function cifar100Record(coarse: number, fine: number): Uint8Array {
  const bytes = new Uint8Array(3074).fill(50, 2, 1026).fill(100, 1026, 2050).fill(150, 2050);
  bytes[0] = coarse;
  bytes[1] = fine;
  return bytes;
}

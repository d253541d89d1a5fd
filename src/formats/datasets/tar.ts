import { FaultError } from '../../core/result.ts';
import { PieceReader } from './pieceReader.ts';

export interface TarEntry {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const BLOCK = 512;
/** Names and pax headers are texts; a longer one is a broken header. */
const LONGEST_TEXT = 65_536;
const MOST_ENTRIES = 1_000_000;

const text = (bytes: Uint8Array): string => {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
};

/** A number of a header: octal digits (POSIX ustar) or, where the first bit is set, big-endian (GNU). */
function numberOf(field: Uint8Array): number {
  const [first = 0] = field;
  if (first & 0x80) return field.subarray(1).reduce((value, byte) => value * 256 + byte, first & 0x7f);
  const digits = text(field).trim();
  return digits === '' ? 0 : /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN;
}

/** The sum of a header's bytes with spaces in place of the sum itself (POSIX ustar). */
export function tarChecksum(header: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < BLOCK; i++) sum += i >= 148 && i < 156 ? 32 : (header[i] as number);
  return sum;
}

/** Whether a block is a header of a tar archive; its checksum decides, whatever the file is called. */
export const isTarHeader = (block: Uint8Array): boolean =>
  block.length >= BLOCK && block[0] !== 0 && numberOf(block.subarray(148, 156)) === tarChecksum(block);

/** The value of `path` in a pax header: records "length key=value\n" (POSIX pax). */
function paxPath(records: Uint8Array): string | null {
  const found = /(?:^|\n)\d+ path=([^\n]*)\n/.exec(new TextDecoder().decode(records));
  return found?.[1] ?? null;
}

/**
 * The files of a tar archive (ustar, GNU or pax) one after the other, of which only those that `wants` are ever held.
 * Throws a FaultError with one sentence for a broken archive or for a wanted file of more than `mostBytes`.
 */
export async function* tarEntries(
  pieces: AsyncIterable<Uint8Array>,
  fileName: string,
  wants: (name: string) => boolean,
  mostBytes: number,
): AsyncGenerator<TarEntry> {
  const broken = (why: string) =>
    new FaultError({
      code: 'broken-tar',
      message: `${fileName} is a tar archive that ${why}; it may be cut off, so download it again.`,
      where: fileName,
    });
  const blocks = new PieceReader(pieces);
  const read = async (size: number): Promise<Uint8Array> => {
    const bytes = await blocks.bytes(size);
    if (bytes.length < size) {
      throw broken(`ends ${(size - bytes.length).toLocaleString('en-US')} bytes too early`);
    }
    return bytes;
  };
  const skip = async (size: number) => {
    if ((await blocks.take(size, () => {})) < size) throw broken('ends too early');
  };
  let longName: string | null = null;
  try {
    for (let count = 0; ; count++) {
      if (count > MOST_ENTRIES) throw broken(`has more than ${MOST_ENTRIES.toLocaleString('en-US')} entries`);
      const header = await blocks.bytes(BLOCK);
      if (header.length === 0 || (header.length === BLOCK && header.every((byte) => byte === 0))) return;
      if (!isTarHeader(header)) throw broken(`has a damaged header of entry ${count + 1}`);
      const size = numberOf(header.subarray(124, 136));
      if (!Number.isSafeInteger(size)) throw broken(`has an entry ${count + 1} of no size`);
      const padding = (BLOCK - (size % BLOCK)) % BLOCK;
      const type = String.fromCharCode(header[156] as number);
      if (type === 'L' || type === 'x') {
        if (size > LONGEST_TEXT) throw broken(`has a name of ${size.toLocaleString('en-US')} bytes`);
        const bytes = await read(size);
        await blocks.take(padding, () => {});
        longName = type === 'L' ? text(bytes) : (paxPath(bytes) ?? longName);
        continue;
      }
      const prefix = text(header.subarray(257, 262)) === 'ustar' ? text(header.subarray(345, 500)) : '';
      const shortName = text(header.subarray(0, 100));
      const name: string = longName ?? (prefix === '' ? shortName : `${prefix}/${shortName}`);
      longName = null;
      const isFile = type === '0' || type === '\0';
      if (!isFile || !wants(name)) {
        await skip(size);
        await blocks.take(padding, () => {});
        continue;
      }
      if (size > mostBytes) {
        throw new FaultError({
          code: 'too-large',
          message: `${name} in ${fileName} has ${size.toLocaleString('en-US')} bytes, more than the ${mostBytes.toLocaleString('en-US')} that are read; use a smaller part of the set.`,
          where: fileName,
        });
      }
      const bytes = await read(size);
      await blocks.take(padding, () => {});
      yield { name, bytes };
    }
  } finally {
    await blocks.close();
  }
}

import { Inflate } from 'fflate';
import { fail, ok, type Result } from '../../core/result.ts';
import { shortSentence } from '../../core/sentence.ts';
import { crc32 } from '../crc32.ts';
import type { ByteSource } from './byteSource.ts';
import { LARGEST_PICTURE, MOST_FILES, type StoredFile } from './storedFile.ts';

/** Signatures of PKWARE's APPNOTE, sections 4.3.7 to 4.3.16. */
const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const END_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;
const FULL_16 = 0xffff;
const FULL_32 = 0xffffffff;

/** The end record and the longest comment behind it. */
const TAIL = 22 + FULL_16;
/** A million names of 150 letters. */
const LARGEST_DIRECTORY = 2 ** 28;
const STORED = 0;
const DEFLATED = 8;
/** Input given to the inflater at once; by deflate's best ratio its output is at most 17 MB. */
const SLICE = 2 ** 14;

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

interface Directory {
  readonly count: number;
  readonly offset: number;
  readonly length: number;
}

interface Member {
  readonly path: string;
  readonly method: number;
  readonly isEncrypted: boolean;
  readonly checksum: number;
  readonly packedSize: number;
  readonly size: number;
  readonly offset: number;
}

const brokenZip = (name: string, why: string) =>
  fail(
    'broken-zip',
    shortSentence(`${name} is a zip archive that ${why}; it may be cut off, so save or download it again.`),
    name,
  );

/** Finds the list of members: by the end record, or by that of zip64 where one of its numbers is full. */
async function findDirectory(source: ByteSource): Promise<Result<Directory>> {
  const start = Math.max(0, source.size - TAIL);
  const tail = await source.read(start, source.size);
  const view = viewOf(tail);
  let at = tail.length - 22;
  while (at >= 0 && view.getUint32(at, true) !== END) at--;
  if (at < 0) return brokenZip(source.name, 'has no list of its files');
  const directory = {
    count: view.getUint16(at + 10, true),
    length: view.getUint32(at + 12, true),
    offset: view.getUint32(at + 16, true),
  };
  const isFull = directory.count === FULL_16 || directory.length === FULL_32 || directory.offset === FULL_32;
  if (!isFull || at < 20 || view.getUint32(at - 20, true) !== LOCATOR_64) return ok(directory);
  const at64 = Number(view.getBigUint64(at - 12, true));
  const end64 = await source.read(Math.min(at64, source.size), Math.min(at64 + 56, source.size));
  const view64 = viewOf(end64);
  if (end64.length < 56 || view64.getUint32(0, true) !== END_64) {
    return brokenZip(source.name, 'has no list of its files');
  }
  return ok({
    count: Number(view64.getBigUint64(32, true)),
    length: Number(view64.getBigUint64(40, true)),
    offset: Number(view64.getBigUint64(48, true)),
  });
}

/** The sizes and the place of a member of zip64, which its extra field has where the header's are full. */
function wide(extra: DataView, full: readonly number[]): number[] {
  for (let at = 0; at + 4 <= extra.byteLength; ) {
    const id = extra.getUint16(at, true);
    const end = Math.min(extra.byteLength, at + 4 + extra.getUint16(at + 2, true));
    at += 4;
    if (id === 1) {
      return full.map((value) => {
        if (value !== FULL_32 || at + 8 > end) return value;
        at += 8;
        return Number(extra.getBigUint64(at - 8, true));
      });
    }
    at = end;
  }
  return [...full];
}

const UTF_8 = new TextDecoder();
const ONLY_UTF_8 = new TextDecoder('utf-8', { fatal: true });
const LATIN_1 = new TextDecoder('latin1');

/** A member's name. Bit 11 tells UTF-8 (APPNOTE, appendix D), but Linux' zip writes it without the bit. */
function nameOf(bytes: Uint8Array, flags: number): string {
  if (flags & 0x800) return UTF_8.decode(bytes);
  try {
    return ONLY_UTF_8.decode(bytes);
  } catch {
    return LATIN_1.decode(bytes);
  }
}

function readMembers(bytes: Uint8Array, directory: Directory, name: string): Result<Member[]> {
  const view = viewOf(bytes);
  const members: Member[] = [];
  // Writers that know no zip64 count modulo 65,536: what the list holds beyond its count belongs to it.
  const hasMore = (at: number) => at + 46 <= bytes.length && view.getUint32(at, true) === CENTRAL;
  for (let n = 0, at = 0; n < directory.count || hasMore(at); n++) {
    if (!hasMore(at)) {
      return brokenZip(
        name,
        `lists ${n.toLocaleString('en-US')} of its ${directory.count.toLocaleString('en-US')} files`,
      );
    }
    const flags = view.getUint16(at + 8, true);
    const nameEnd = at + 46 + view.getUint16(at + 28, true);
    const extraEnd = nameEnd + view.getUint16(at + 30, true);
    const next = extraEnd + view.getUint16(at + 32, true);
    if (next > bytes.length) return brokenZip(name, 'has a list of files that is cut off');
    const [size = 0, packedSize = 0, offset = 0] = wide(viewOf(bytes.subarray(nameEnd, extraEnd)), [
      view.getUint32(at + 24, true),
      view.getUint32(at + 20, true),
      view.getUint32(at + 42, true),
    ]);
    const nameBytes = bytes.subarray(at + 46, nameEnd);
    members.push({
      path: nameOf(nameBytes, flags).replaceAll('\\', '/'),
      method: view.getUint16(at + 10, true),
      isEncrypted: (flags & 1) !== 0,
      checksum: view.getUint32(at + 16, true),
      packedSize,
      size,
      offset,
    });
    at = next;
  }
  return ok(members);
}

/** Unpacks to exactly `size` bytes, or null; never more than one slice's output beyond them is made. */
function inflate(packed: Uint8Array, size: number): Uint8Array | null {
  const out = new Uint8Array(size);
  let at = 0;
  const inflater = new Inflate((piece) => {
    if (at + piece.length <= size) out.set(piece, at);
    at += piece.length;
  });
  try {
    for (let from = 0; from < packed.length && at <= size; from += SLICE) {
      inflater.push(packed.subarray(from, from + SLICE), from + SLICE >= packed.length);
    }
  } catch {
    return null;
  }
  return at === size ? out : null;
}

async function loadMember(source: ByteSource, member: Member, largest: number): Promise<Result<Uint8Array>> {
  const { path, method, packedSize, size, offset } = member;
  const broken = (why: string, remedy = 'save or download the archive again') =>
    fail('broken-zip', shortSentence(`${path} in ${source.name} ${why}; ${remedy}.`), path);
  if (size > largest || packedSize > largest) {
    const most = largest === LARGEST_PICTURE ? 'more than a picture has' : 'more than are read of one file';
    return broken(`has ${size.toLocaleString('en-US')} bytes, ${most}`, 'leave it out or make it smaller');
  }
  if (member.isEncrypted) return broken('is encrypted', 'unpack it with its password and choose the folder');
  if (method !== STORED && method !== DEFLATED)
    return broken(`is packed by method ${method}, which is not known`, 'unpack it and choose the folder');
  const head = await source.read(Math.min(offset, source.size), Math.min(offset + 30, source.size));
  const view = viewOf(head);
  if (head.length < 30 || view.getUint32(0, true) !== LOCAL) return broken('is not where the list has it');
  const start = offset + 30 + view.getUint16(26, true) + view.getUint16(28, true);
  const packed = await source.read(Math.min(start, source.size), Math.min(start + packedSize, source.size));
  if (packed.length < packedSize) return broken('is cut off');
  const bytes = method === STORED ? packed : inflate(packed, size);
  if (bytes?.length !== size) return broken("can't be unpacked");
  if (crc32(bytes) !== member.checksum) return broken('has the wrong checksum');
  return ok(bytes);
}

export const isZipStart = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5);

/**
 * The files of a zip archive (also zip64), of which only the list is read now; each file is unpacked, checked and let
 * go when it is asked for, where it has no more bytes than `largest`. Folders are left out.
 */
export async function openZip(
  source: ByteSource,
  largest = LARGEST_PICTURE,
): Promise<Result<readonly StoredFile[]>> {
  const directory = await findDirectory(source);
  if (!directory.ok) return directory;
  const { count, offset, length } = directory.value;
  if (count > MOST_FILES || length > LARGEST_DIRECTORY) {
    return fail(
      'too-many-files',
      `${source.name} lists ${count.toLocaleString('en-US')} files, more than the ${MOST_FILES.toLocaleString('en-US')} of a set; use a smaller part of it.`,
      source.name,
    );
  }
  if (!(offset + length <= source.size))
    return brokenZip(source.name, 'has its list of files outside itself');
  const members = readMembers(await source.read(offset, offset + length), directory.value, source.name);
  if (!members.ok) return members;
  return ok(
    members.value
      .filter(({ path }) => !path.endsWith('/'))
      .map((member) => ({
        path: member.path,
        byteLength: member.size,
        load: () => loadMember(source, member, largest),
      })),
  );
}

import { gunzipSync } from 'fflate';
import { fail, ok, type Result } from '../../core/result.ts';
import { crc32 } from '../crc32.ts';

export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** The most that is unpacked: far above any data set that a page can train on. */
const LARGEST = 2 ** 30;
/** Deflate can't pack better than 1032 to 1 (zlib's technical notes), so a larger promise is a broken one. */
const BEST_RATIO = 1032;

/** Unpacks a gzip file whole; its promised length and checksum (RFC 1952) must hold. */
export function gunzip(bytes: Uint8Array, fileName: string): Result<Uint8Array> {
  const broken = (what: string) =>
    fail(
      'broken-gzip',
      `${fileName} is a gzip file that ${what}; it may be cut off, so download it again.`,
      fileName,
    );
  if (bytes.length < 18) return broken(`is only ${bytes.length} bytes long`);
  const trailer = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 8);
  const length = trailer.getUint32(4, true);
  if (length > bytes.length * BEST_RATIO) return broken('promises more data than it can hold');
  if (length > LARGEST) {
    return fail(
      'too-large',
      `${fileName} would unpack to ${length} bytes, more than the ${LARGEST} a page can read; use a smaller part of the data set.`,
      fileName,
    );
  }
  try {
    const unpacked = gunzipSync(bytes);
    if (unpacked.length !== length) return broken(`unpacks to ${unpacked.length} of ${length} bytes`);
    if (crc32(unpacked) !== trailer.getUint32(0, true)) return broken('has the wrong checksum');
    return ok(unpacked);
  } catch {
    return broken('cannot be unpacked');
  }
}

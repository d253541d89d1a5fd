import { type Unzipped, unzipSync } from 'fflate';
import { refuse } from './fields.ts';

export const isZip = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;

/** What the members of an archive may unpack to together: the largest model that is read, and its names. */
const LARGEST = 2 ** 30 + 2 ** 26;
/** Deflate can't pack better than 1032 to 1 (zlib's technical notes), so a larger promise is a broken one. */
const BEST_RATIO = 1032;
/** Up to here a member may be all zeros: weights before a training, most of them pruned. */
const ANY_RATIO = 2 ** 26;
/** What is larger is trained weights, which hardly get smaller, or a bomb. */
const LARGE_RATIO = 32;

/** Whether a member's promise is no model's: the descriptions are texts, the rest are numbers. */
const isBomb = (name: string, size: number, originalSize: number): boolean =>
  originalSize > size * BEST_RATIO + 1024 ||
  (originalSize > ANY_RATIO && (name.endsWith('.json') || originalSize > size * LARGE_RATIO));

/**
 * Those members of a zip archive that are wanted. Promised sizes are checked before anything is unpacked,
 * and nothing unpacks to more than promised. Throws a FaultError.
 */
export function unzipMembers(bytes: Uint8Array, fileName: string, wanted: readonly string[]): Unzipped {
  let total = 0;
  try {
    return unzipSync(bytes, {
      filter: ({ name, size, originalSize }) => {
        if (!wanted.includes(name)) return false;
        total += originalSize;
        if (total > LARGEST || isBomb(name, size, originalSize)) {
          refuse(
            'too-large',
            `${name} in ${fileName} would unpack to ${originalSize.toLocaleString('en-US')} bytes, more than a model has or its ${size.toLocaleString('en-US')} bytes can hold; choose another file.`,
            fileName,
          );
        }
        return true;
      },
    });
  } catch (error) {
    if (error instanceof Error && error.name === 'FaultError') throw error;
    return refuse(
      'broken-zip',
      `${fileName} is a zip archive that can't be unpacked; it may be cut off, so save or download it again.`,
      fileName,
    );
  }
}

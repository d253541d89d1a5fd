import { Gunzip } from 'fflate';
import { FaultError } from '../../core/result.ts';

/** Input given to the inflater at once: by deflate's best ratio of 1032 to 1 its output is at most 17 MB. */
const SLICE = 2 ** 14;

/**
 * Unpacks a gzip file piece by piece and stops beyond `most` bytes. Throws a FaultError for a broken or an endless
 * file; checksums are not looked at, because what lies inside is checked by its own reader.
 */
export async function* gunzipPieces(
  packed: AsyncIterable<Uint8Array>,
  fileName: string,
  most: number,
): AsyncGenerator<Uint8Array> {
  const ready: Uint8Array[] = [];
  let total = 0;
  const gunzip = new Gunzip((piece) => {
    if (piece.length > 0) ready.push(piece);
  });
  const push = (bytes: Uint8Array, isLast: boolean) => {
    try {
      gunzip.push(bytes, isLast);
    } catch {
      throw new FaultError({
        code: 'broken-gzip',
        message: `${fileName} is a gzip file that can't be unpacked; it may be cut off, so download it again.`,
        where: fileName,
      });
    }
  };
  function* drain() {
    for (const piece of ready.splice(0)) {
      total += piece.length;
      if (total > most) {
        throw new FaultError({
          code: 'too-large',
          message: `${fileName} unpacks to more than ${most.toLocaleString('en-US')} bytes, more than an image set of a page has; use a smaller part of it.`,
          where: fileName,
        });
      }
      yield piece;
    }
  }
  for await (const piece of packed) {
    for (let at = 0; at < piece.length; at += SLICE) {
      push(piece.subarray(at, at + SLICE), false);
      yield* drain();
    }
  }
  push(new Uint8Array(0), true);
  yield* drain();
}

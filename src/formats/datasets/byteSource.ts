/**
 * A file of which parts are read when they are needed: a Blob in the browser, bytes in a test. `read` gives the bytes
 * from `start` to before `end`, and fewer only where the file ends.
 */
export interface ByteSource {
  readonly name: string;
  readonly size: number;
  read(start: number, end: number): Promise<Uint8Array>;
}

/** What of a Blob is used; the DOM's own type has the same shape. */
interface BlobLike {
  readonly size: number;
  arrayBuffer(): Promise<ArrayBuffer>;
  slice(start: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> };
}

export const bytesSource = (name: string, bytes: Uint8Array): ByteSource => ({
  name,
  size: bytes.length,
  read: async (start, end) => bytes.subarray(start, end),
});

export const blobSource = (name: string, blob: BlobLike): ByteSource => ({
  name,
  size: blob.size,
  read: async (start, end) => {
    // a slice is a file of its own to the browser, and takes twice as long
    const part = start === 0 && end >= blob.size ? blob : blob.slice(start, end);
    return new Uint8Array(await part.arrayBuffer());
  },
});

const PIECE = 2 ** 18;

/** A file from its begin to its end, in pieces. */
export async function* pieces(source: ByteSource, size = PIECE): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < source.size; at += size) {
    yield await source.read(at, Math.min(source.size, at + size));
  }
}

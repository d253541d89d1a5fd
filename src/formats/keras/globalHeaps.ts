/** A collection of texts of variable length begins with "GCOL", version 1 and three zeros (HDF5 format, section III.E). */
const SIGNATURE = [0x47, 0x43, 0x4f, 0x4c, 1, 0, 0, 0];
/** Of a collection and of each object in it, with lengths of 4 or of 8 bytes. */
const HEADER = 16;

const lengthSize = (bytes: Uint8Array): number => ((bytes[8] ?? 0) < 2 ? bytes[14] : bytes[10]) ?? 0;

/** Whether the objects of a collection follow each other to its end. */
function isWhole(view: DataView, start: number, wide: boolean): boolean {
  const lengthAt = (at: number) => (wide ? Number(view.getBigUint64(at, true)) : view.getUint32(at, true));
  if (start + HEADER > view.byteLength) return true;
  const end = start + lengthAt(start + 8);
  if (end > view.byteLength) return false;
  let at = start + HEADER;
  while (at + HEADER <= end) {
    const size = lengthAt(at + 8);
    // object 0 is the free space up to the end, its own header counted
    const step = view.getUint16(at, true) === 0 ? size : HEADER + 8 * Math.ceil(size / 8);
    if (step < HEADER || at + step > end) return false;
    at += step;
  }
  return true;
}

/**
 * Whether an HDF5 file has a global heap that libhdf5 (as in h5wasm 0.10) walks through for ever: it adds an object's size to its
 * place without looking whether that leads on, and nothing ends it on its own thread.
 */
export function hasEndlessHeap(bytes: Uint8Array): boolean {
  const wide = lengthSize(bytes) === 8;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [first = 0] = SIGNATURE;
  for (let at = bytes.indexOf(first); at >= 0; at = bytes.indexOf(first, at + 1))
    if (SIGNATURE.every((byte, i) => bytes[at + i] === byte) && !isWhole(view, at, wide)) return true;
  return false;
}

import { fromHalf } from '../halfFloat.ts';

const single = new DataView(new ArrayBuffer(4));

/** bfloat16: the upper half of a single. */
function fromBrain(bits: number): number {
  single.setUint32(0, bits << 16);
  return single.getFloat32(0);
}

const READ: Readonly<Record<number, (view: DataView, at: number) => number>> = {
  2: (view, at) => fromHalf(view.getUint16(at, true)),
  8: (view, at) => view.getFloat64(at, true),
};

/**
 * Turns bytes, little-endian floats of `size` bytes, into numbers; `brain` are bfloat16. Null for a size that no
 * weights have.
 */
export function decoderOf(size: number, brain: boolean): ((bytes: Uint8Array) => Float32Array) | null {
  // the usual form: nothing to turn
  if (size === 4) return (bytes) => new Float32Array(bytes.slice().buffer, 0, bytes.length >> 2);
  const read = brain ? (view: DataView, at: number) => fromBrain(view.getUint16(at, true)) : READ[size];
  if (!read) return null;
  return (bytes) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const numbers = new Float32Array(Math.floor(bytes.length / size));
    for (let i = 0; i < numbers.length; i++) numbers[i] = read(view, i * size);
    return numbers;
  };
}

import { fromHalf } from '../halfFloat.ts';

/** How numbers lie in bytes, little-endian: what the HDF5 library tells of a dataset's type. */
export interface NumberForm {
  readonly kind: 'float' | 'integer';
  /** Bytes of one number. */
  readonly size: number;
  readonly signed: boolean;
  /** 16 bits that are the upper half of a single and not IEEE 754's half. */
  readonly brain: boolean;
}

type Read = (view: DataView, at: number) => number;

const single = new DataView(new ArrayBuffer(4));

/** bfloat16: the upper half of a single. */
function fromBrain(bits: number): number {
  single.setUint32(0, bits << 16);
  return single.getFloat32(0);
}

function readerOf({ kind, size, signed, brain }: NumberForm): Read | null {
  if (kind === 'float') {
    if (size === 2) {
      const decode = brain ? fromBrain : fromHalf;
      return (view, at) => decode(view.getUint16(at, true));
    }
    if (size === 4) return (view, at) => view.getFloat32(at, true);
    return size === 8 ? (view, at) => view.getFloat64(at, true) : null;
  }
  if (size === 1) return signed ? (view, at) => view.getInt8(at) : (view, at) => view.getUint8(at);
  if (size === 2)
    return signed ? (view, at) => view.getInt16(at, true) : (view, at) => view.getUint16(at, true);
  if (size === 4)
    return signed ? (view, at) => view.getInt32(at, true) : (view, at) => view.getUint32(at, true);
  if (size !== 8) return null;
  return signed
    ? (view, at) => Number(view.getBigInt64(at, true))
    : (view, at) => Number(view.getBigUint64(at, true));
}

/** Turns a dataset's bytes into numbers; null for a form that no weights have. */
export function decoderOf(form: NumberForm): ((bytes: Uint8Array) => Float32Array) | null {
  const read = readerOf(form);
  if (!read) return null;
  const { kind, size } = form;
  return (bytes) => {
    const count = Math.floor(bytes.length / size);
    // the usual form: nothing to turn
    if (kind === 'float' && size === 4) return new Float32Array(bytes.slice().buffer, 0, count);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const numbers = new Float32Array(count);
    for (let i = 0; i < count; i++) numbers[i] = read(view, i * size);
    return numbers;
  };
}

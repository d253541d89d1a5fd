import { fromHalf } from '../halfFloat.ts';
import { isRecord, refuse } from '../keras/fields.ts';

/** A file's word for its type, or what stands in its place. */
const shownType = (dtype: unknown): string =>
  (JSON.stringify(dtype) ?? 'none').slice(0, 40).replaceAll('"', '');

/** How the bytes of one entry of a weightsManifest become numbers. */
export interface Decoding {
  /** Bytes of one number. */
  readonly bytes: number;
  /** Takes a copy of the entry's bytes, little-endian; null for what holds no parameters. */
  readonly decode: ((bytes: Uint8Array) => Float32Array) | null;
}

const AGAIN = 'convert or save the model again';

const float16 = (bytes: Uint8Array) =>
  Float32Array.from(new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length >> 1), fromHalf);

/** By the dtype of an entry that is not quantized (tfjs-core, `io/types.ts` and `write_weights.py` of the converter). */
const PLAIN: Readonly<Record<string, Decoding>> = {
  float32: {
    bytes: 4,
    decode: (bytes) => new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2),
  },
  float16: { bytes: 2, decode: float16 },
  int32: {
    bytes: 4,
    decode: (bytes) => Float32Array.from(new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2)),
  },
  uint8: { bytes: 1, decode: (bytes) => Float32Array.from(bytes) },
  uint16: {
    bytes: 2,
    decode: (bytes) => Float32Array.from(new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length >> 1)),
  },
  bool: { bytes: 1, decode: null },
  complex64: { bytes: 8, decode: null },
};

/**
 * Reads what an entry says of its numbers. Whole numbers of 8 or 16 bits stand for n * scale + min, as
 * tensorflowjs_converter quantizes them (`quantization.py`, `dequantize_weights`). Throws a FaultError that names
 * the weights.
 */
export function decodingOf(name: string, entry: Readonly<Record<string, unknown>>): Decoding {
  const { dtype, quantization } = entry;
  if (quantization !== undefined && quantization !== null) return quantized(name, dtype, quantization);
  const plain = typeof dtype === 'string' && Object.hasOwn(PLAIN, dtype) ? PLAIN[dtype] : undefined;
  return (
    plain ??
    refuse(
      'dtype',
      `The weights ${name} are of type ${shownType(dtype)}; ${Object.keys(PLAIN).slice(0, 5).join(', ')} can be read, so convert the model to one of them.`,
      name,
    )
  );
}

function quantized(name: string, dtype: unknown, quantization: unknown): Decoding {
  const told: Readonly<Record<string, unknown>> = isRecord(quantization) ? quantization : {};
  const { dtype: stored, scale, min } = told;
  if (stored === 'float16' && dtype === 'float32') return { bytes: 2, decode: float16 };
  const bytes = stored === 'uint8' ? 1 : stored === 'uint16' ? 2 : 0;
  if (bytes === 0 || (dtype !== 'float32' && dtype !== 'int32'))
    return refuse(
      'dtype',
      `The weights ${name} are of type ${shownType(dtype)}, quantized to ${stored}; uint8, uint16 and float16 can be read, so convert the model to one of them.`,
      name,
    );
  if (typeof scale !== 'number' || typeof min !== 'number' || !Number.isFinite(scale + min))
    return refuse(
      'broken-manifest',
      `The weights ${name} are quantized to ${stored} without a scale and a min; ${AGAIN}.`,
      name,
    );
  const whole = PLAIN[bytes === 1 ? 'uint8' : 'uint16'];
  return { bytes, decode: (raw) => whole?.decode?.(raw).map((n) => n * scale + min) ?? new Float32Array(0) };
}

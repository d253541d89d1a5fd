import type { TensorMessage } from './messages.ts';
import { type Constant, constant, fault, sizeOf } from './values.ts';

/** The largest number of values that is still taken for a tensor and not for a broken file. */
const LARGEST_TENSOR = 2 ** 31;

/** IEEE 754 half precision. */
function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** bfloat16: the upper half of a single. */
function fromBfloat16(bits: number): number {
  return new Float32Array(Uint32Array.of(bits << 16).buffer)[0] as number;
}

interface Encoding {
  readonly bytes: number;
  /** One number of `raw_data`, which is little-endian. */
  readonly read: (view: DataView, at: number) => number;
  /** Where numbers stand that are not raw, and what each means. */
  readonly list: 'floatData' | 'int32Data' | 'int64Data' | 'doubleData' | 'uint64Data';
  readonly decode?: (listed: number) => number;
}

/** By TensorProto.DataType; strings and complex numbers are no weights. */
const ENCODINGS: Readonly<Record<number, Encoding>> = {
  1: { bytes: 4, read: (v, at) => v.getFloat32(at, true), list: 'floatData' },
  2: { bytes: 1, read: (v, at) => v.getUint8(at), list: 'int32Data' },
  3: { bytes: 1, read: (v, at) => v.getInt8(at), list: 'int32Data' },
  4: { bytes: 2, read: (v, at) => v.getUint16(at, true), list: 'int32Data' },
  5: { bytes: 2, read: (v, at) => v.getInt16(at, true), list: 'int32Data' },
  6: { bytes: 4, read: (v, at) => v.getInt32(at, true), list: 'int32Data' },
  7: { bytes: 8, read: (v, at) => Number(v.getBigInt64(at, true)), list: 'int64Data' },
  9: { bytes: 1, read: (v, at) => v.getUint8(at), list: 'int32Data' },
  10: { bytes: 2, read: (v, at) => fromHalf(v.getUint16(at, true)), list: 'int32Data', decode: fromHalf },
  11: { bytes: 8, read: (v, at) => v.getFloat64(at, true), list: 'doubleData' },
  12: { bytes: 4, read: (v, at) => v.getUint32(at, true), list: 'uint64Data' },
  13: { bytes: 8, read: (v, at) => Number(v.getBigUint64(at, true)), list: 'uint64Data' },
  16: {
    bytes: 2,
    read: (v, at) => fromBfloat16(v.getUint16(at, true)),
    list: 'int32Data',
    decode: fromBfloat16,
  },
};

/** The numbers of a tensor. Throws a FaultError that names it where it is broken or lies in another file. */
export function readTensor(tensor: TensorMessage, name = tensor.name): Constant {
  const { dims, rawData } = tensor;
  if (tensor.dataLocation === 1 || tensor.externalData.length > 0)
    throw fault(
      'onnx-external',
      `The numbers of ${name} lie in another file; save the model with its weights inside (onnx.save without external data).`,
      name,
    );
  const count = sizeOf(dims);
  if (!dims.every((n) => Number.isInteger(n) && n >= 0) || count > LARGEST_TENSOR)
    throw fault(
      'onnx-tensor',
      `Tensor ${name} has the shape [${dims.join(', ')}], which no tensor can have; the file is damaged.`,
      name,
    );
  const encoding = ENCODINGS[tensor.dataType];
  if (!encoding)
    throw fault(
      'onnx-tensor',
      `Tensor ${name} has data type ${tensor.dataType}, which holds no plain numbers; export it as float32.`,
      name,
    );
  const list = tensor[encoding.list];
  const held = rawData.length > 0 ? rawData.length / encoding.bytes : list.length;
  if (held !== count)
    throw fault(
      'onnx-tensor',
      `Tensor ${name} has the shape [${dims.join(', ')}] but holds ${held} numbers; the file is damaged.`,
      name,
    );
  const values = tensor.dataType === 1 ? new Float32Array(count) : new Float64Array(count);
  if (rawData.length > 0 && values instanceof Float32Array) {
    // little-endian, as every machine that runs a browser is: no number is looked at
    new Uint8Array(values.buffer).set(rawData);
  } else if (rawData.length > 0) {
    const view = new DataView(rawData.buffer, rawData.byteOffset, rawData.byteLength);
    for (let i = 0; i < count; i++) values[i] = encoding.read(view, i * encoding.bytes);
  } else {
    const decode = encoding.decode ?? ((listed: number) => listed);
    list.forEach((listed, i) => {
      values[i] = decode(listed);
    });
  }
  const whole = tensor.dataType === 2 || tensor.dataType === 3;
  return { ...constant(dims, values, whole ? 8 : undefined), unsigned: tensor.dataType === 2 };
}

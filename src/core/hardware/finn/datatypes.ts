import { fail, ok, type Result } from '../../result.ts';

/** A number format of one value, under FINN's own name (finn.md section 2). */
export interface DataType {
  /** `INT8`, `UINT4`, `BIPOLAR`, `BINARY`, `TERNARY`, `FLOAT32`, `FIXED<w,i>`, `SCALEDINT<n>` */
  readonly name: string;
  readonly bits: number;
  readonly signed: boolean;
  /** Smallest and largest value. */
  readonly min: number;
  readonly max: number;
}

/** {-1, +1} in one bit; counts as signed. */
export const BIPOLAR: DataType = { name: 'BIPOLAR', bits: 1, signed: true, min: -1, max: 1 };
/** {0, 1}: what FINN's xnor mode makes of bipolar values. */
export const BINARY: DataType = { name: 'BINARY', bits: 1, signed: false, min: 0, max: 1 };
const TERNARY: DataType = { name: 'TERNARY', bits: 2, signed: true, min: -1, max: 1 };

/** INTn: two's complement. */
export const signedInteger = (bits: number): DataType => ({
  name: `INT${bits}`,
  bits,
  signed: true,
  min: -(2 ** (bits - 1)),
  max: 2 ** (bits - 1) - 1,
});

/** UINTn. */
export const unsignedInteger = (bits: number): DataType => ({
  name: `UINT${bits}`,
  bits,
  signed: false,
  min: 0,
  max: 2 ** bits - 1,
});

const LARGEST_WIDTH = 64;

const PATTERN =
  /^(?:(?<uint>UINT)(?<uintBits>\d+)|INT(?<intBits>\d+)|SCALEDINT<(?<scaledBits>\d+)>|FIXED<(?<fixedBits>\d+),\d+>|FLOAT(?<floatBits>16|32))$/;

/** A data type by FINN's name of it. */
export function parseDataType(name: string): Result<DataType> {
  if (name === BIPOLAR.name) return ok(BIPOLAR);
  if (name === BINARY.name) return ok(BINARY);
  if (name === TERNARY.name) return ok(TERNARY);
  const found = PATTERN.exec(name)?.groups;
  const bits = Number(
    found?.uintBits ?? found?.intBits ?? found?.scaledBits ?? found?.fixedBits ?? found?.floatBits,
  );
  if (!found || !(bits >= 1 && bits <= LARGEST_WIDTH)) {
    return fail(
      'finn-datatype',
      `${name} is no FINN data type; use BIPOLAR, BINARY, TERNARY, INTn, UINTn, FIXED<w,i>, SCALEDINT<n> or FLOAT32.`,
      name,
    );
  }
  if (found.uint) return ok(unsignedInteger(bits));
  if (found.intBits) return ok(signedInteger(bits));
  if (found.floatBits)
    return ok({ name, bits, signed: true, min: Number.NEGATIVE_INFINITY, max: Number.POSITIVE_INFINITY });
  return ok({ ...signedInteger(bits), name });
}

/** The smallest type that holds a value: qonnx `get_smallest_possible` (finn.md section 3.6). */
export function smallestType(value: number): DataType {
  if (value >= 0) return value <= 1 ? BINARY : unsignedInteger(Math.floor(Math.log2(value)) + 1);
  return value === -1 ? BIPOLAR : signedInteger(Math.ceil(Math.log2(-value)) + 1);
}

/**
 * Weight type after `step_minimize_bit_width`, for weights that use their whole (symmetric) range: only
 * bipolar weights change, to INT2, because the query for {-1, +1} is -2 (finn.md section 3.6).
 */
export const minimizedWeightType = (type: DataType): DataType =>
  type.name === BIPOLAR.name ? signedInteger(2) : type;

/** Output type of `times` values added up: AddStreams (2), GlobalAccPool (pixels). finn.md section 6. */
export const sumType = (type: DataType, times: number): DataType =>
  smallestType(type.signed ? times * type.min : times * type.max);

/** Output type of LabelSelect: holds labels-1, rounded up to whole bytes (finn.md section 6). */
export const labelType = (labels: number): DataType =>
  unsignedInteger(Math.ceil(smallestType(Math.max(0, labels - 1)).bits / 8) * 8);

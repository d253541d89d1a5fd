import { type Fold, SHAPE_FOLDS, stridesOf } from './foldShapes.ts';
import { axisOf } from './layers.ts';
import type { NodeReader } from './nodeReader.ts';
import { readTensor } from './tensors.ts';
import { affordable, type Constant, constant, sizeOf, Unsupported } from './values.ts';

/** The shape of two operands together, by ONNX' broadcasting. */
function broadcastDims(node: NodeReader, a: readonly number[], b: readonly number[]): readonly number[] {
  const rank = Math.max(a.length, b.length);
  const dims = Array.from({ length: rank }, (_, i) => {
    const left = a[i - rank + a.length] ?? 1;
    const right = b[i - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1)
      throw node.fault(`shapes [${a.join(', ')}] and [${b.join(', ')}] do not fit together.`);
    return left === 1 ? right : left;
  });
  affordable(sizeOf(dims), node.label);
  return dims;
}

/** Values of `from` at every place of the wider shape `dims`. */
export function broadcast({ dims: from, values }: Constant, dims: readonly number[]): Float64Array {
  const result = new Float64Array(sizeOf(dims));
  if (values.length === 1) return result.fill(values[0] as number);
  const outer = stridesOf(dims);
  const inner = stridesOf(from);
  const lead = dims.length - from.length;
  for (let i = 0; i < result.length; i++) {
    let at = 0;
    for (let axis = 0; axis < from.length; axis++) {
      const place = Math.floor(i / (outer[axis + lead] as number)) % (dims[axis + lead] as number);
      if (from[axis] !== 1) at += place * (inner[axis] as number);
    }
    result[i] = values[at] as number;
  }
  return result;
}

export function combine(
  node: NodeReader,
  a: Constant,
  b: Constant,
  compute: (left: number, right: number) => number,
): Constant {
  const dims = broadcastDims(node, a.dims, b.dims);
  const right = broadcast(b, dims);
  return constant(
    dims,
    broadcast(a, dims).map((left, i) => compute(left, right[i] as number)),
    a.bits ?? b.bits,
  );
}

const binary =
  (compute: (left: number, right: number) => number): Fold =>
  (node) =>
    combine(node, node.constantAt(0), node.constantAt(1), compute);

export function readConstantNode(node: NodeReader): Constant {
  const tensor = node.tensor('value');
  if (tensor) return readTensor(tensor, node.label);
  if (node.has('value_float')) return constant([], [node.float('value_float', 0)]);
  if (node.has('value_int')) return constant([], [node.integer('value_int', 0)]);
  const list = node.floats('value_floats') ?? node.integers('value_ints');
  if (!list) throw new Unsupported('its value is no list of numbers');
  return constant([list.length], list);
}

/** TensorProto.DataType of whole numbers: a cast to them drops the fraction. */
const WHOLE_TYPES: ReadonlySet<number> = new Set([2, 3, 4, 5, 6, 7, 12, 13]);

function foldCast(node: NodeReader): Constant {
  const from = node.constantAt(0);
  const to = node.integer('to', 1);
  const unsigned = to === 2;
  if (!WHOLE_TYPES.has(to)) return { ...from, unsigned };
  return { ...from, values: from.values.map(Math.trunc), unsigned };
}

const unary =
  (compute: (value: number) => number): Fold =>
  (node) => {
    const from = node.constantAt(0);
    return { ...from, values: from.values.map(compute) };
  };

/** Numbers along some axes become one, as weights are normalized and standardized. */
const reduce =
  (
    gather: (total: number, value: number) => number,
    start = 0,
    finish: (total: number, count: number) => number = (total) => total,
  ): Fold =>
  (node) => {
    const { dims, values } = node.constantAt(0);
    const given = node.integersAt(1, 'axes') ?? [];
    const axes = new Set(given.map((axis) => axisOf(node, axis, dims.length)));
    const gone = (axis: number) => given.length === 0 || axes.has(axis);
    const kept = dims.map((n, axis) => (gone(axis) ? 1 : n));
    const outer = stridesOf(dims);
    const inner = stridesOf(kept);
    const totals = new Float64Array(sizeOf(kept)).fill(start);
    values.forEach((value, i) => {
      let at = 0;
      for (let axis = 0; axis < dims.length; axis++) {
        const place = Math.floor(i / (outer[axis] as number)) % (dims[axis] as number);
        if (!gone(axis)) at += place * (inner[axis] as number);
      }
      totals[at] = gather(totals[at] as number, value);
    });
    const count = values.length / totals.length;
    return constant(
      node.integer('keepdims', 1) === 0 ? dims.filter((_, axis) => !gone(axis)) : kept,
      totals.map((total) => finish(total, count)),
    );
  };

/** Bits that tell the whole numbers from `low` to `high` apart; at most those of the type. */
export const bitsBetween = (low: number, high: number, most: number): number =>
  Math.max(1, Math.min(most, Math.ceil(Math.log2(high - low + 1))));

function foldClip(node: NodeReader): Constant {
  const low = node.numberAt(1, 'min', Number.NEGATIVE_INFINITY);
  const high = node.numberAt(2, 'max', Number.POSITIVE_INFINITY);
  const clipped = unary((value) => Math.min(high, Math.max(low, value)))(node);
  // Brevitas writes fewer bits than a type has as a clip (QCDQ).
  return clipped.bits === undefined ? clipped : { ...clipped, bits: bitsBetween(low, high, clipped.bits) };
}

/** `condition` picks, place by place, from two others. */
function foldWhere(node: NodeReader): Constant {
  const chosen = combine(node, node.constantAt(0), node.constantAt(1), (yes, value) => (yes ? value : 0));
  const other = combine(node, node.constantAt(0), node.constantAt(2), (yes, value) => (yes ? 0 : value));
  return combine(node, chosen, other, (a, b) => a + b);
}

/** What is computed from constants alone, by operation. */
export const FOLDS: Readonly<Record<string, Fold>> = {
  ...SHAPE_FOLDS,
  Add: binary((a, b) => a + b),
  Sub: binary((a, b) => a - b),
  Mul: binary((a, b) => a * b),
  Div: binary((a, b) => a / b),
  Pow: binary((a, b) => a ** b),
  Max: binary(Math.max),
  Min: binary(Math.min),
  Equal: binary((a, b) => (a === b ? 1 : 0)),
  Neg: unary((value) => -value),
  Abs: unary(Math.abs),
  Sqrt: unary(Math.sqrt),
  Exp: unary(Math.exp),
  Reciprocal: unary((value) => 1 / value),
  Floor: unary(Math.floor),
  Ceil: unary(Math.ceil),
  Sign: unary(Math.sign),
  Tanh: unary(Math.tanh),
  ReduceMean: reduce(
    (total, value) => total + value,
    0,
    (total, count) => total / count,
  ),
  ReduceSum: reduce((total, value) => total + value),
  ReduceMax: reduce(Math.max, Number.NEGATIVE_INFINITY),
  ReduceProd: reduce((total, value) => total * value, 1),
  ReduceL2: reduce((total, value) => total + value * value, 0, Math.sqrt),
  Clip: foldClip,
  Where: foldWhere,
  Cast: foldCast,
  Identity: (node) => node.constantAt(0),
};

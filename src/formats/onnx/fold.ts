import { axisOf } from './layers.ts';
import type { NodeReader } from './nodeReader.ts';
import { readTensor } from './tensors.ts';
import { affordable, type Constant, constant, sizeOf, Unsupported } from './values.ts';

type Fold = (node: NodeReader) => Constant;

const stridesOf = (dims: readonly number[]): readonly number[] =>
  dims.map((_, i) => sizeOf(dims.slice(i + 1)));

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

function reshaped(node: NodeReader, from: Constant, dims: readonly number[]): Constant {
  if (sizeOf(dims) !== from.values.length || dims.some((n) => n < 0 || !Number.isInteger(n)))
    throw node.fault(`[${from.dims.join(', ')}] cannot take the shape [${dims.join(', ')}].`);
  return { ...from, dims };
}

function foldReshape(node: NodeReader): Constant {
  const from = node.constantAt(0);
  const kept = [...node.constantAt(1).values].map((n, i) => (n === 0 ? (from.dims[i] ?? 0) : n));
  const known = sizeOf(kept.filter((n) => n !== -1));
  return reshaped(
    node,
    from,
    kept.map((n) => (n === -1 ? from.values.length / known : n)),
  );
}

function foldTranspose(node: NodeReader): Constant {
  const from = node.constantAt(0);
  const rank = from.dims.length;
  const perm = node.integers('perm') ?? from.dims.map((_, i) => rank - 1 - i);
  if (perm.toSorted((a, b) => a - b).join() !== from.dims.map((_, i) => i).join())
    throw node.fault(`its perm ${perm.join(', ')} is no order of ${rank} axes.`);
  const dims = perm.map((axis) => from.dims[axis] as number);
  const strides = stridesOf(from.dims);
  const outer = stridesOf(dims);
  const values = from.values.map((_, i) => {
    let at = 0;
    for (let axis = 0; axis < rank; axis++) {
      const place = Math.floor(i / (outer[axis] as number)) % (dims[axis] as number);
      at += place * (strides[perm[axis] as number] as number);
    }
    return from.values[at] as number;
  });
  return { ...from, dims, values };
}

function foldUnsqueeze(node: NodeReader): Constant {
  const from = node.constantAt(0);
  const given = node.integersAt(1, 'axes') ?? [];
  const rank = from.dims.length + given.length;
  const axes = new Set(given.map((axis) => axisOf(node, axis, rank)));
  const rest = [...from.dims];
  const dims = Array.from({ length: rank }, (_, i) => (axes.has(i) ? 1 : (rest.shift() ?? 1)));
  return reshaped(node, from, dims);
}

function foldSqueeze(node: NodeReader): Constant {
  const from = node.constantAt(0);
  const given = node.integersAt(1, 'axes')?.map((axis) => axisOf(node, axis, from.dims.length));
  return reshaped(
    node,
    from,
    from.dims.filter((n, i) => (given ? !given.includes(i) : n !== 1)),
  );
}

/** Shapes have a few entries. */
const LONGEST_LIST = 1 << 16;

/** Lists only: shapes are put together this way, weights are not. */
function foldConcat(node: NodeReader): Constant {
  const parts = node.inputs.map((_, i) => node.constantAt(i));
  if (parts.some(({ dims }) => dims.length !== 1))
    throw new Unsupported('it joins constants of several axes');
  const total = parts.reduce((sum, { values }) => sum + values.length, 0);
  affordable(total, node.label, LONGEST_LIST);
  const values = parts.flatMap((part) => [...part.values]);
  return constant([values.length], values);
}

function foldGather(node: NodeReader): Constant {
  const from = node.constantAt(0);
  const places = node.constantAt(1);
  if (from.dims.length !== 1) throw new Unsupported('it picks from a constant of several axes');
  const values = [...places.values].map((at) => from.values.at(at));
  if (values.some((value) => value === undefined))
    throw node.fault(`it picks entry ${places.values.join(', ')} of ${from.values.length}.`);
  return constant(places.dims, values as number[]);
}

function foldSlice(node: NodeReader): Constant {
  const from = node.constantAt(0);
  const [start = 0] = node.integersAt(1, 'starts') ?? [];
  const [end = from.values.length] = node.integersAt(2, 'ends') ?? [];
  const [step = 1] = node.inputs[4] ? node.constantAt(4).values : [];
  if (from.dims.length !== 1 || step !== 1) throw new Unsupported('it cuts a constant of several axes');
  const values = from.values.slice(start, end);
  return constant([values.length], values);
}

function foldConstantOfShape(node: NodeReader): Constant {
  const dims = [...node.constantAt(0).values];
  const tensor = node.tensor('value');
  const value = tensor ? (readTensor(tensor, node.label).values[0] ?? 0) : 0;
  if (dims.some((n) => n < 0 || !Number.isInteger(n)) || !Number.isFinite(sizeOf(dims)))
    throw node.fault(`it makes a constant of shape [${dims.join(', ')}], which no tensor can have.`);
  return constant(dims, new Float64Array(affordable(sizeOf(dims), node.label)).fill(value));
}

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
  if (!WHOLE_TYPES.has(node.integer('to', 1))) return from;
  return { ...from, values: from.values.map(Math.trunc) };
}

/** What is computed from constants alone, by operation. */
export const FOLDS: Readonly<Record<string, Fold>> = {
  Add: binary((a, b) => a + b),
  Sub: binary((a, b) => a - b),
  Mul: binary((a, b) => a * b),
  Div: binary((a, b) => a / b),
  Cast: foldCast,
  Identity: (node) => node.constantAt(0),
  Reshape: foldReshape,
  Transpose: foldTranspose,
  Unsqueeze: foldUnsqueeze,
  Squeeze: foldSqueeze,
  Concat: foldConcat,
  Gather: foldGather,
  Slice: foldSlice,
  ConstantOfShape: foldConstantOfShape,
};

import { axisOf } from './layers.ts';
import type { NodeReader } from './nodeReader.ts';
import { readTensor } from './tensors.ts';
import { affordable, type Constant, constant, sizeOf } from './values.ts';

/** Computes one constant from others. */
export type Fold = (node: NodeReader) => Constant;

/** How far apart the neighbors along each axis lie. */
export const stridesOf = (dims: readonly number[]): readonly number[] => {
  const strides = dims.map(() => 1);
  for (let axis = dims.length - 2; axis >= 0; axis--)
    strides[axis] = (strides[axis + 1] as number) * (dims[axis + 1] as number);
  return strides;
};

/** The numbers of `from` at each place of `dims`, which `placeOf` finds from the place along each axis. */
function picked(
  node: NodeReader,
  from: Constant,
  dims: readonly number[],
  placeOf: (places: readonly number[]) => number,
): Constant {
  const count = affordable(sizeOf(dims), node.label);
  const values = from.values instanceof Float32Array ? new Float32Array(count) : new Float64Array(count);
  const outer = stridesOf(dims);
  const places = dims.map(() => 0);
  for (let i = 0; i < count; i++) {
    for (let axis = 0; axis < dims.length; axis++)
      places[axis] = Math.floor(i / (outer[axis] as number)) % (dims[axis] as number);
    values[i] = from.values[placeOf(places)] as number;
  }
  return { ...from, dims, values };
}

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
  const strides = stridesOf(from.dims);
  const steps = perm.map((axis) => strides[axis] as number);
  return picked(
    node,
    from,
    perm.map((axis) => from.dims[axis] as number),
    (places) => places.reduce((at, place, axis) => at + place * (steps[axis] as number), 0),
  );
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

/** Joins along one axis. */
function foldConcat(node: NodeReader): Constant {
  const parts = node.inputs.map((_, i) => node.constantAt(i));
  const [first] = parts;
  if (!first) throw node.fault('it joins nothing; export the model again.');
  const axis = axisOf(node, node.integer('axis', 0), first.dims.length);
  const alike = parts.every(
    ({ dims }) =>
      dims.length === first.dims.length && dims.every((n, i) => i === axis || n === first.dims[i]),
  );
  if (!alike)
    throw node.fault(
      `shapes ${parts.map(({ dims }) => `[${dims.join(', ')}]`).join(' and ')} do not join along axis ${axis}.`,
    );
  const rows = sizeOf(first.dims.slice(0, axis));
  const total = parts.reduce((sum, { values }) => sum + values.length, 0);
  const values = new Float64Array(affordable(total, node.label));
  let at = 0;
  for (let row = 0; row < rows; row++)
    for (const part of parts) {
      const width = part.values.length / rows;
      values.set(part.values.subarray(row * width, (row + 1) * width), at);
      at += width;
    }
  const extent = parts.reduce((sum, { dims }) => sum + (dims[axis] as number), 0);
  return constant(
    first.dims.map((n, i) => (i === axis ? extent : n)),
    values,
  );
}

function foldGather(node: NodeReader): Constant {
  const from = node.constantAt(0);
  const places = node.constantAt(1);
  const axis = axisOf(node, node.integer('axis', 0), from.dims.length);
  const extent = from.dims[axis] as number;
  const wanted = [...places.values].map((at) => (at < 0 ? at + extent : at));
  if (!wanted.every((at) => Number.isInteger(at) && at >= 0 && at < extent))
    throw node.fault(`it picks entry ${places.values.join(', ')} of ${extent}.`);
  const lead = from.dims.slice(0, axis);
  const inner = sizeOf(from.dims.slice(axis + 1));
  const values: Float64Array = new Float64Array(affordable(sizeOf(lead) * wanted.length * inner, node.label));
  for (let row = 0, at = 0; row < sizeOf(lead); row++)
    for (const place of wanted) {
      const start = (row * extent + place) * inner;
      values.set(from.values.subarray(start, start + inner), at);
      at += inner;
    }
  return constant([...lead, ...places.dims, ...from.dims.slice(axis + 1)], values);
}

/** Where a slice begins and ends on an axis, as ONNX clamps it: backward slices end before the first entry. */
function clamped(place: number, extent: number, step: number): number {
  const at = place < 0 ? place + extent : place;
  return step > 0 ? Math.min(extent, Math.max(0, at)) : Math.min(extent - 1, Math.max(-1, at));
}

/** Any axes, forward or backward: PyTorch turns the list of a Pad node around this way. */
function foldSlice(node: NodeReader): Constant {
  const from = node.constantAt(0);
  const starts = node.integersAt(1, 'starts') ?? [];
  const ends = node.integersAt(2, 'ends') ?? [];
  const axes = node.integersAt(3, 'axes') ?? starts.map((_, i) => i);
  const steps = node.inputs[4] ? [...node.constantAt(4).values] : starts.map(() => 1);
  const first = from.dims.map(() => 0);
  const stride = from.dims.map(() => 1);
  const dims = [...from.dims];
  axes.forEach((given, i) => {
    const axis = axisOf(node, given, dims.length);
    const extent = from.dims[axis] as number;
    const step = steps[i] ?? 1;
    if (!Number.isInteger(step) || step === 0) throw node.fault(`its step is ${step}.`);
    const start = clamped(starts[i] ?? 0, extent, step);
    const end = clamped(ends[i] ?? extent, extent, step);
    first[axis] = start;
    stride[axis] = step;
    dims[axis] = Math.max(0, Math.ceil((end - start) / step));
  });
  const strides = stridesOf(from.dims);
  return picked(node, from, dims, (places) =>
    places.reduce(
      (at, place, axis) =>
        at + ((first[axis] as number) + place * (stride[axis] as number)) * (strides[axis] as number),
      0,
    ),
  );
}

/** Repeats along axes of extent 1. */
function foldExpand(node: NodeReader): Constant {
  const from = node.constantAt(0);
  const wanted = [...node.constantAt(1).values];
  const rank = Math.max(wanted.length, from.dims.length);
  const source = [...Array.from({ length: rank - from.dims.length }, () => 1), ...from.dims];
  const dims = source.map((n, i) => (n === 1 ? (wanted[i - rank + wanted.length] ?? 1) : n));
  if (dims.some((n) => !Number.isInteger(n) || n < 0))
    throw node.fault(`[${from.dims.join(', ')}] cannot be spread to [${wanted.join(', ')}].`);
  const strides = stridesOf(source);
  return picked(node, from, dims, (places) =>
    places.reduce((at, place, i) => (source[i] === 1 ? at : at + place * (strides[i] as number)), 0),
  );
}

function foldFlatten(node: NodeReader): Constant {
  const from = node.constantAt(0);
  const axis = node.integer('axis', 1);
  const rows = sizeOf(from.dims.slice(0, axis));
  return reshaped(node, from, [rows, from.values.length / rows]);
}

function foldShape(node: NodeReader): Constant {
  const { dims } = node.constantAt(0);
  const part = dims.slice(node.integer('start', 0), node.integer('end', dims.length));
  return constant([part.length], part);
}

function foldConstantOfShape(node: NodeReader): Constant {
  const dims = [...node.constantAt(0).values];
  const tensor = node.tensor('value');
  const value = tensor ? (readTensor(tensor, node.label).values[0] ?? 0) : 0;
  if (dims.some((n) => n < 0 || !Number.isInteger(n)) || !Number.isFinite(sizeOf(dims)))
    throw node.fault(`it makes a constant of shape [${dims.join(', ')}], which no tensor can have.`);
  return constant(dims, new Float64Array(affordable(sizeOf(dims), node.label)).fill(value));
}

/** Rearrangements of constants, by operation. */
export const SHAPE_FOLDS: Readonly<Record<string, Fold>> = {
  Reshape: foldReshape,
  Flatten: foldFlatten,
  Transpose: foldTranspose,
  Unsqueeze: foldUnsqueeze,
  Squeeze: foldSqueeze,
  Concat: foldConcat,
  Gather: foldGather,
  Slice: foldSlice,
  Expand: foldExpand,
  Shape: foldShape,
  ConstantOfShape: foldConstantOfShape,
};

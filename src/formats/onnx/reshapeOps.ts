import { axisOf, type NodeHandler } from './layers.ts';
import type { NodeReader } from './nodeReader.ts';
import { withPadsInside } from './padding.ts';
import { constant, dimsOf, type MapValue, sizeOf, Unsupported } from './values.ts';
import { axesOf, onAxes, regrouped } from './views.ts';

const readFlatten: NodeHandler = (node, sketch) => {
  const input = node.mapAt(0, { viewed: true });
  const dims = dimsOf(input);
  const axis = axisOf(node, node.integer('axis', 1), dims.length);
  if (axis !== 1) throw new Unsupported(`it flattens from axis ${axis} on, not from 1`);
  if (dims.length === 2) return input;
  return onAxes(node, sketch, input, [axesOf(input).flat()]);
};

/** The shape a Reshape asks for: 0 keeps an extent, -1 takes what is left. */
function targetDims(node: NodeReader, input: MapValue): readonly number[] {
  const wanted = [...node.constantAt(1).values];
  const dims = dimsOf(input);
  const kept = wanted.map((n, i) => (n === 0 && node.integer('allowzero', 0) === 0 ? (dims[i] ?? 0) : n));
  const open = kept.filter((n) => n === -1).length;
  const known = sizeOf(kept.filter((n) => n !== -1));
  const filled = kept.map((n) => (n === -1 ? sizeOf(dims) / known : n));
  if (open > 1 || sizeOf(filled) !== sizeOf(dims) || !filled.every((n) => Number.isInteger(n) && n > 0))
    throw node.fault(
      `it reshapes [${dims.join(', ')}] to [${wanted.join(', ')}], which has another number of values; export the model again.`,
    );
  return filled;
}

const readReshape: NodeHandler = (node, sketch) => {
  const input = node.mapAt(0, { viewed: true });
  const target = targetDims(node, input);
  const dims = dimsOf(input);
  if (target.join() === dims.join()) return input;
  const axes = target[0] === input.batch ? regrouped(axesOf(input), target.slice(1)) : null;
  if (!axes) throw new Unsupported(`it reshapes [${dims.join(', ')}] to [${target.join(', ')}]`);
  return onAxes(node, sketch, input, axes);
};

const readSqueeze: NodeHandler = (node, sketch) => {
  const input = node.mapAt(0, { viewed: true });
  const dims = dimsOf(input);
  const given = node.integersAt(1, 'axes')?.map((axis) => axisOf(node, axis, dims.length));
  const gone = given ?? dims.flatMap((n, axis) => (n === 1 ? [axis] : []));
  if (gone.includes(0) || gone.some((axis) => dims[axis] !== 1))
    throw new Unsupported(`it squeezes axes ${gone.join(', ')} of [${dims.join(', ')}]`);
  return onAxes(
    node,
    sketch,
    input,
    axesOf(input).filter((_, i) => !gone.includes(i + 1)),
  );
};

const readUnsqueeze: NodeHandler = (node, sketch) => {
  const input = node.mapAt(0, { viewed: true });
  const given = node.integersAt(1, 'axes') ?? [];
  const rank = dimsOf(input).length + given.length;
  const added = given.map((axis) => axisOf(node, axis, rank));
  if (added.includes(0)) throw new Unsupported('it adds an axis before the batch');
  const rest = [...axesOf(input)];
  const axes = Array.from({ length: rank - 1 }, (_, i) =>
    added.includes(i + 1) ? [] : (rest.shift() ?? []),
  );
  return onAxes(node, sketch, input, axes);
};

/** The two transpositions between NCHW and NHWC only change how our map is seen, others how a view is. */
const readTranspose: NodeHandler = (node, sketch) => {
  const input = node.mapAt(0, { padded: true, viewed: true });
  const dims = dimsOf(input);
  const perm = node.integers('perm') ?? dims.map((_, i, all) => all.length - 1 - i);
  if (perm.toSorted((a, b) => a - b).join() !== dims.map((_, i) => i).join())
    throw node.fault(`its perm ${perm.join(', ')} is no order of ${dims.length} axes.`);
  if (perm.every((axis, i) => axis === i)) return input;
  if (perm[0] !== 0) throw new Unsupported(`it permutes [${dims.join(', ')}] by ${perm.join()}`);
  const axes = axesOf(input);
  const turned = perm.slice(1).map((axis) => axes[axis - 1] ?? []);
  const value = onAxes(node, sketch, input, turned);
  // Rows that a window will add stay rows as long as the map is one.
  return input.pending && (value.view || value.source !== input.source)
    ? onAxes(node, sketch, withPadsInside(node, sketch, input), turned)
    : value;
};

/** Rows and columns that the next window takes over. */
const readPad: NodeHandler = (node) => {
  const input = node.mapAt(0);
  const mode = node.word('mode', 'constant');
  if (mode !== 'constant') throw new Unsupported(`its mode is ${mode}`);
  const amounts = node.integersAt(1, 'pads') ?? [];
  const rank = dimsOf(input).length;
  if (input.layout === 'vector' || amounts.length !== 2 * rank)
    throw new Unsupported(`its pads have ${amounts.length} entries for ${rank} axes`);
  if (!amounts.every(Number.isInteger)) throw node.fault('its pads must be whole numbers.');
  const [rows, columns] = input.layout === 'channelsFirst' ? [2, 3] : [1, 2];
  const at = (axis: number) => amounts[axis] ?? 0;
  const pads = [at(rows), at(rows + rank), at(columns), at(columns + rank)] as const;
  const others = amounts.some((n, i) => n !== 0 && i % rank !== rows && i % rank !== columns);
  if (others || pads.some((n) => n < 0)) throw new Unsupported('it pads otherwise than rows and columns');
  if (pads.every((n) => n === 0)) return input;
  return { ...input, pending: { pads, value: node.numberAt(2, 'value', 0) } };
};

const readShape: NodeHandler = (node) => {
  const dims = dimsOf(node.mapAt(0, { viewed: true }));
  const end = node.integer('end', dims.length);
  const slice = dims.slice(node.integer('start', 0), end);
  return constant([slice.length], slice);
};

export const RESHAPE_OPS: Readonly<Record<string, NodeHandler>> = {
  Flatten: readFlatten,
  Reshape: readReshape,
  Squeeze: readSqueeze,
  Unsqueeze: readUnsqueeze,
  Transpose: readTranspose,
  Pad: readPad,
  Shape: readShape,
};

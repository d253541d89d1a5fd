import { append, axisOf, type NodeHandler } from './layers.ts';
import type { NodeReader } from './nodeReader.ts';
import type { NetworkSketch } from './sketch.ts';
import { constant, dimsOf, isPixel, type MapValue, sizeOf, Unsupported, type Value } from './values.ts';

/** A map as a vector: a flatten layer, with ONNX's order of the numbers remembered. */
function flatten(node: NodeReader, sketch: NetworkSketch, input: MapValue): Value {
  if (input.layout === 'vector') return input;
  const { value } = append(node, sketch, input, { kind: 'flatten' });
  const alike = input.layout === 'channelsLast' || isPixel(input.map) || input.map.channels === 1;
  return { ...value, layout: 'vector', flattened: alike ? null : [input.map] };
}

const readFlatten: NodeHandler = (node, sketch) => {
  const input = node.mapAt(0);
  const axis = axisOf(node, node.integer('axis', 1), dimsOf(input).length);
  if (axis !== 1) throw new Unsupported(`it flattens from axis ${axis} on, not from 1`);
  return flatten(node, sketch, input);
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
  const input = node.mapAt(0);
  const target = targetDims(node, input);
  const dims = dimsOf(input);
  if (target.join() === dims.join()) return input;
  if (target.length === 2 && target[0] === input.batch) return flatten(node, sketch, input);
  if (isPixel(input.map) && !input.flattened && target[0] === input.batch && target.length === 4) {
    if (target[1] === input.map.channels) return { ...input, layout: 'channelsFirst' };
    if (target[3] === input.map.channels) return { ...input, layout: 'channelsLast' };
  }
  throw new Unsupported(`it reshapes [${dims.join(', ')}] to [${target.join(', ')}]`);
};

/** The two axes of rows and columns, taken away or put back. */
function pixelAxes(node: NodeReader, rank: number): string {
  return (node.integersAt(1, 'axes') ?? [])
    .map((axis) => axisOf(node, axis, rank))
    .toSorted()
    .join();
}

const readSqueeze: NodeHandler = (node) => {
  const input = node.mapAt(0);
  const wanted = input.layout === 'channelsLast' ? '1,2' : '2,3';
  if (input.layout === 'vector' || !isPixel(input.map) || pixelAxes(node, 4) !== wanted)
    throw new Unsupported(`it squeezes [${dimsOf(input).join(', ')}] otherwise than to one vector an image`);
  return { ...input, layout: 'vector' };
};

const readUnsqueeze: NodeHandler = (node) => {
  const input = node.mapAt(0);
  const axes = pixelAxes(node, 4);
  if (input.layout === 'vector' && !input.flattened) {
    if (axes === '2,3') return { ...input, layout: 'channelsFirst' };
    if (axes === '1,2') return { ...input, layout: 'channelsLast' };
  }
  throw new Unsupported(`it adds axes ${axes} to [${dimsOf(input).join(', ')}]`);
};

/** The two transpositions between NCHW and NHWC only change how our map is seen. */
const readTranspose: NodeHandler = (node) => {
  const input = node.mapAt(0);
  const permutation = node.integers('perm') ?? dimsOf(input).map((_, i, all) => all.length - 1 - i);
  const perm = permutation.join();
  if (
    perm ===
    dimsOf(input)
      .map((_, i) => i)
      .join()
  )
    return input;
  if (input.layout === 'channelsFirst' && perm === '0,2,3,1') return { ...input, layout: 'channelsLast' };
  if (input.layout === 'channelsLast' && perm === '0,3,1,2') return { ...input, layout: 'channelsFirst' };
  throw new Unsupported(`it permutes [${dimsOf(input).join(', ')}] by ${perm}`);
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
  const dims = dimsOf(node.mapAt(0));
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

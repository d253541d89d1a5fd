import { ACTIVATION_OPS } from './activationOps.ts';
import { readAffine } from './affine.ts';
import { asHardSwish, expanded, unexpanded } from './gates.ts';
import { append, axisOf, type NodeHandler } from './layers.ts';
import type { NodeReader } from './nodeReader.ts';
import type { NetworkSketch } from './sketch.ts';
import { dimsOf, isPixel, type MapValue, sameMap, sameOrder, Unsupported, type Value } from './values.ts';
import { channelAxisOf, joinedViews, reduced } from './views.ts';

/** The same numbers under another name. */
export const readIdentity: NodeHandler = (node) => node.inputs[0] ?? node.mapAt(0);

const readDropout: NodeHandler = (node, sketch) => {
  const rate = node.numberAt(1, 'ratio', 0.5);
  if (!(rate >= 0 && rate < 1)) throw node.fault(`its ratio is ${rate}; it must be at least 0 and below 1.`);
  return append(node, sketch, node.mapAt(0), { kind: 'dropout', rate }).value;
};

/** Before version 13 Softmax took all axes from `axis` on together, since then that axis alone. */
const readSoftmax: NodeHandler = (node, sketch) => {
  const input = node.mapAt(0, { viewed: true });
  const rank = dimsOf(input).length;
  const axis = axisOf(node, node.integer('axis', node.opset < 13 ? 1 : -1), rank);
  const together = node.opset < 13 ? axis === 1 && (rank === 2 || isPixel(input.map)) : false;
  if (!together && axis !== channelAxisOf(input))
    throw new Unsupported(`it runs along axis ${axis}, not the channels`);
  if (node.opset < 13 && !together && axis !== rank - 1)
    throw new Unsupported('it runs over pixels and channels together');
  const value = append(node, sketch, input, { kind: 'softmax' }).value;
  if (node.message.opType === 'LogSoftmax') sketch.mark('logarithms', node.label, value.source);
  return value;
};

function mapsOf(node: NodeReader): readonly MapValue[] {
  const maps = node.inputs.map((_, i) => node.mapAt(i, { viewed: true }));
  const [first] = maps;
  if (!first) throw node.fault('it reads nothing; export the model again.');
  return maps;
}

function join(
  node: NodeReader,
  sketch: NetworkSketch,
  kind: 'add' | 'multiply' | 'concat',
  maps: readonly MapValue[],
) {
  const [first] = maps as [MapValue];
  const { name, output, opType } = node.message;
  if (maps.length === 1) return first;
  const layer = sketch.push(
    name || output[0] || opType,
    { kind },
    maps.map(({ source }) => source),
  );
  return { ...first, source: layer.id, map: sketch.mapOf(layer.id), shared: false };
}

/** Add of two maps, Sum of several. */
const readAdd: NodeHandler = (node, sketch) => {
  const maps = mapsOf(node);
  const [first] = maps as [MapValue];
  const other = maps.find((map) => !sameOrder(first, map) || !sameMap(first.map, map.map));
  if (other)
    throw new Unsupported(`it adds shapes [${dimsOf(first).join(', ')}] and [${dimsOf(other).join(', ')}]`);
  return join(node, sketch, 'add', maps);
};

const readAddition: NodeHandler = (node, sketch) => readAffine(node, sketch) ?? readAdd(node, sketch);

/** Two maps of one shape, or a map and a gate of one number a channel (squeeze and excite). */
function readMultiply(node: NodeReader, sketch: NetworkSketch): Value {
  const [left, right] = mapsOf(node);
  const [a, b] = [left && unexpanded(sketch, left), right && unexpanded(sketch, right)];
  if (!a || !b) throw node.fault('it reads one input instead of two; export the model again.');
  const alike = sameOrder(a, b) && sameMap(a.map, b.map);
  const grids =
    !a.view && !b.view && a.layout === b.layout && a.layout !== 'vector' && a.map.channels === b.map.channels;
  const gated = grids && (isPixel(a.map) || isPixel(b.map));
  if (!alike && !gated)
    throw new Unsupported(`it multiplies shapes [${dimsOf(a).join(', ')}] and [${dimsOf(b).join(', ')}]`);
  return join(node, sketch, 'multiply', [a, b]);
}

const readProduct: NodeHandler = (node, sketch): Value => {
  const affine = readAffine(node, sketch);
  if (affine) return affine;
  if (node.message.opType !== 'Mul')
    throw new Unsupported('it subtracts or divides one feature map by another');
  return asHardSwish(sketch, mapsOf(node)) ?? readMultiply(node, sketch);
};

/** Flattened maps in one vector; a damaged file can double their number with every node. */
const MOST_PARTS = 1024;

const readConcat: NodeHandler = (node, sketch) => {
  const maps = mapsOf(node);
  const [first] = maps as [MapValue];
  if (maps.some(({ view }) => view))
    return joinedViews(node, sketch, maps, axisOf(node, node.integer('axis', 1), dimsOf(first).length));
  if (maps.some(({ layout }) => layout !== first.layout))
    throw new Unsupported('it joins tensors of other ranks');
  const rank = dimsOf(first).length;
  const axis = axisOf(node, node.integer('axis', 1), rank);
  if (axis !== channelAxisOf(first)) throw new Unsupported(`it joins along axis ${axis}, not the channels`);
  const flattened = maps.some((map) => map.flattened)
    ? maps.flatMap((map) => map.flattened ?? [map.map])
    : null;
  if ((flattened?.length ?? 0) > MOST_PARTS)
    throw new Unsupported(`it joins more than ${MOST_PARTS} vectors`);
  return { ...join(node, sketch, 'concat', maps), flattened };
};

const readGlobal =
  (kind: 'globalAveragePool' | 'globalMaxPool'): NodeHandler =>
  (node, sketch) => {
    const input = node.mapAt(0);
    if (input.layout !== 'channelsFirst')
      throw new Unsupported('it reads no feature map of rows and columns');
    return append(node, sketch, input, { kind }).value;
  };

/** ReduceMean and ReduceMax over rows, columns or both. */
const readReduce =
  (kind: 'average' | 'max'): NodeHandler =>
  (node, sketch) => {
    const input = node.mapAt(0, { viewed: true });
    const given = node.integersAt(1, 'axes') ?? [];
    const gone = new Set(given.map((axis) => axisOf(node, axis, dimsOf(input).length) - 1));
    const value = gone.size > 0 && !gone.has(-1) ? reduced(node, sketch, input, gone, kind) : null;
    if (!value)
      throw new Unsupported(`it reduces axes ${given.join(', ') || 'of all kinds'}, not rows and columns`);
    return value;
  };

/** Nodes whose result has the shape of what they read, but that no layer here computes. */
export const SHAPE_KEEPING: ReadonlySet<string> = new Set(
  'Elu Selu Celu PRelu ThresholdedRelu Softplus Softsign Mish Gelu Erf Abs Exp Log Sqrt Neg Floor Ceil Round Sign HardSigmoid LeakyRelu Clip LRN LpNormalization InstanceNormalization GroupNormalization'.split(
    ' ',
  ),
);

/** Expand of a gate over the pixels that it multiplies. */
const readExpand: NodeHandler = (node, sketch) => {
  const input = node.mapAt(0);
  const wanted = [...node.constantAt(1).values];
  const [, , rows = 1, columns = 1] = wanted;
  const dims = dimsOf(input).map((n, i) => (i < 2 ? n : (wanted[i] ?? n)));
  const spread = dims.every((n, i) => n === wanted[i] || wanted[i] === 1);
  if (input.layout !== 'channelsFirst' || !isPixel(input.map) || wanted.length !== 4 || !spread)
    throw new Unsupported(`it spreads [${dimsOf(input).join(', ')}] to [${wanted.join(', ')}]`);
  return rows * columns === 1 ? input : expanded(node, sketch, input, [rows, columns]);
};

export const PLAIN_OPS: Readonly<Record<string, NodeHandler>> = {
  ...ACTIVATION_OPS,
  Expand: readExpand,
  Dropout: readDropout,
  Softmax: readSoftmax,
  LogSoftmax: readSoftmax,
  Add: readAddition,
  Sum: readAdd,
  Sub: readProduct,
  Mul: readProduct,
  Div: readProduct,
  Concat: readConcat,
  GlobalAveragePool: readGlobal('globalAveragePool'),
  GlobalMaxPool: readGlobal('globalMaxPool'),
  ReduceMean: readReduce('average'),
  ReduceMax: readReduce('max'),
  Identity: readIdentity,
  Cast: readIdentity,
};

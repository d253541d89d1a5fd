import { readAffine } from './affine.ts';
import { append, axisOf, type NodeHandler } from './layers.ts';
import type { NodeReader } from './nodeReader.ts';
import type { LayerDraft, NetworkSketch } from './sketch.ts';
import {
  channelAxis,
  dimsOf,
  isPixel,
  type MapValue,
  sameMap,
  sameOrder,
  Unsupported,
  type Value,
} from './values.ts';
import { CLIPPED_BY_QUANTIZER } from './writeActivation.ts';

const plain =
  (draft: LayerDraft): NodeHandler =>
  (node, sketch) =>
    append(node, sketch, node.mapAt(0), draft).value;

/** The same numbers under another name. */
export const readIdentity: NodeHandler = (node) => node.inputs[0] ?? node.mapAt(0);

const readClip: NodeHandler = (node, sketch) => {
  const low = node.numberAt(1, 'min', Number.NEGATIVE_INFINITY);
  const high = node.numberAt(2, 'max', Number.POSITIVE_INFINITY);
  if (low === 0 && high === 6) return plain({ kind: 'relu6' })(node, sketch);
  if (low === 0 && high >= 3e38) return plain({ kind: 'relu' })(node, sketch);
  throw new Unsupported(`it clips to [${low}, ${high}], and [0, 6] is understood`);
};

/** A ReLU6 of ours whose clipping its quantizer does says so. */
const readRelu: NodeHandler = (node, sketch) => {
  const kind = node.message.docString === CLIPPED_BY_QUANTIZER ? 'relu6' : 'relu';
  return plain({ kind })(node, sketch);
};

const readLeakyRelu: NodeHandler = (node, sketch) => {
  const slope = node.float('alpha', 0.01);
  if (slope === 0) return plain({ kind: 'relu' })(node, sketch);
  if (!(slope > 0 && slope <= 1)) throw new Unsupported(`its slope is ${slope}, not above 0 and up to 1`);
  return plain({ kind: 'leakyRelu', slope })(node, sketch);
};

/** clip(alpha * x + beta, 0, 1); ours is relu6(x + 3) / 6. */
const readHardSigmoid: NodeHandler = (node, sketch) => {
  const [alpha, beta] = [node.float('alpha', 0.2), node.float('beta', 0.5)];
  if (Math.abs(alpha - 1 / 6) > 1e-5 || beta !== 0.5)
    throw new Unsupported(`it clips ${alpha} * x + ${beta}, and x / 6 + 0.5 is understood`);
  return plain({ kind: 'hardSigmoid' })(node, sketch);
};

/** x times the hard sigmoid of x, as files before operator set 14 write a hard swish. */
function asHardSwish(node: NodeReader, sketch: NetworkSketch): Value | null {
  const [a, b] = mapsOf(node);
  for (const [gate, other] of [
    [a, b],
    [b, a],
  ]) {
    const layer = gate && sketch.layer(gate.source);
    if (!gate || !other || layer?.kind !== 'hardSigmoid' || gate.shared) continue;
    if (layer.inputs[0] !== other.source || !sameOrder(gate, other)) continue;
    sketch.replace({ ...layer, kind: 'hardSwish' });
    return gate;
  }
  return null;
}

const readDropout: NodeHandler = (node, sketch) => {
  const rate = node.numberAt(1, 'ratio', 0.5);
  if (!(rate >= 0 && rate < 1)) throw node.fault(`its ratio is ${rate}; it must be at least 0 and below 1.`);
  return append(node, sketch, node.mapAt(0), { kind: 'dropout', rate }).value;
};

/** Before version 13 Softmax took all axes from `axis` on together, since then that axis alone. */
const readSoftmax: NodeHandler = (node, sketch) => {
  const input = node.mapAt(0);
  const rank = dimsOf(input).length;
  const axis = axisOf(node, node.integer('axis', node.opset < 13 ? 1 : -1), rank);
  const together = node.opset < 13 ? axis === 1 && (rank === 2 || isPixel(input.map)) : false;
  if (!together && axis !== channelAxis(input))
    throw new Unsupported(`it runs along axis ${axis}, not the channels`);
  if (node.opset < 13 && !together && axis !== rank - 1)
    throw new Unsupported('it runs over pixels and channels together');
  if (node.message.opType === 'LogSoftmax')
    sketch.note(
      `${node.label} became a softmax: the logarithm is left out, which changes no order of the classes.`,
    );
  return append(node, sketch, input, { kind: 'softmax' }).value;
};

function mapsOf(node: NodeReader): readonly MapValue[] {
  const maps = node.inputs.map((_, i) => node.mapAt(i));
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
  const [a, b] = mapsOf(node);
  if (!a || !b) throw node.fault('it reads one input instead of two; export the model again.');
  const alike = sameOrder(a, b) && sameMap(a.map, b.map);
  const grids = a.layout === b.layout && a.layout !== 'vector' && a.map.channels === b.map.channels;
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
  return asHardSwish(node, sketch) ?? readMultiply(node, sketch);
};

/** Flattened maps in one vector; a damaged file can double their number with every node. */
const MOST_PARTS = 1024;

const readConcat: NodeHandler = (node, sketch) => {
  const maps = mapsOf(node);
  const [first] = maps as [MapValue];
  if (maps.some(({ layout }) => layout !== first.layout))
    throw new Unsupported('it joins tensors of other ranks');
  const rank = dimsOf(first).length;
  const axis = axisOf(node, node.integer('axis', 1), rank);
  if (axis !== channelAxis(first)) throw new Unsupported(`it joins along axis ${axis}, not the channels`);
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

/** ReduceMean and ReduceMax over rows and columns. */
const readReduce =
  (kind: 'globalAveragePool' | 'globalMaxPool'): NodeHandler =>
  (node, sketch) => {
    const input = node.mapAt(0);
    const given = node.integersAt(1, 'axes') ?? [];
    const axes = given.map((axis) => axisOf(node, axis, dimsOf(input).length)).toSorted();
    const wanted = input.layout === 'channelsLast' ? '1,2' : '2,3';
    if (input.layout === 'vector' || axes.join() !== wanted)
      throw new Unsupported(`it reduces axes ${given.join(', ') || 'of all kinds'}, not rows and columns`);
    const { value } = append(node, sketch, input, { kind });
    return node.integer('keepdims', 1) === 0 ? { ...value, layout: 'vector' } : value;
  };

/** Nodes whose result has the shape of what they read, but that no layer here computes. */
export const SHAPE_KEEPING: ReadonlySet<string> = new Set(
  'Elu Selu Celu PRelu ThresholdedRelu Softplus Softsign Mish Gelu Erf Abs Exp Log Sqrt Neg Floor Ceil Round Sign HardSigmoid LeakyRelu Clip LRN LpNormalization InstanceNormalization GroupNormalization'.split(
    ' ',
  ),
);

export const PLAIN_OPS: Readonly<Record<string, NodeHandler>> = {
  Relu: readRelu,
  Clip: readClip,
  LeakyRelu: readLeakyRelu,
  Sigmoid: plain({ kind: 'sigmoid' }),
  Tanh: plain({ kind: 'tanh' }),
  HardSigmoid: readHardSigmoid,
  HardSwish: plain({ kind: 'hardSwish' }),
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
  ReduceMean: readReduce('globalAveragePool'),
  ReduceMax: readReduce('globalMaxPool'),
  Identity: readIdentity,
  Cast: readIdentity,
};

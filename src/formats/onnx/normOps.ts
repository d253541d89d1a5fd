import { append, axisOf, type NodeHandler } from './layers.ts';
import type { NodeReader } from './nodeReader.ts';
import type { NetworkSketch } from './sketch.ts';
import { dimsOf, type MapValue, type NormValue, Unsupported, type Value } from './values.ts';

// An L2 normalization comes as one node (LpNormalization), or as a division by a length that several nodes compute.

/** The least length where a file has none: PyTorch's in `normalize`. */
const USUAL_EPSILON = 1e-12;

/** Summands up to this change nothing but pixels that are nearly zero. */
const SMALL = 1e-6;

function checkChannels(node: NodeReader, input: MapValue, axes: readonly number[]): void {
  const rank = dimsOf(input).length;
  const [axis] = axes.map((one) => axisOf(node, one, rank));
  if (axes.length !== 1 || axis !== (input.layout === 'channelsLast' ? 3 : 1))
    throw new Unsupported(`it reduces axes ${axes.join(', ') || 'of all kinds'}, not the channels`);
  if (node.integer('keepdims', 1) === 0) throw new Unsupported('it drops the axis of the channels');
}

function pushNormalization(node: NodeReader, sketch: NetworkSketch, input: MapValue, epsilon: number): Value {
  const { layer, value } = append(node, sketch, input, { kind: 'l2Normalize', epsilon });
  const { channels } = input.map;
  sketch.setParameter(layer.id, 'scale', [channels], new Float32Array(channels).fill(1));
  return value;
}

const readLpNormalization: NodeHandler = (node, sketch) => {
  const input = node.mapAt(0);
  const power = node.integer('p', 2);
  if (power !== 2) throw new Unsupported(`it divides by the norm of power ${power}, not 2`);
  checkChannels(node, input, [node.integer('axis', -1)]);
  return pushNormalization(node, sketch, input, USUAL_EPSILON);
};

const norm = (of: MapValue, stage: NormValue['stage']): NormValue => ({
  kind: 'norm',
  of,
  stage,
  least: 0,
  summand: 0,
});

const readReduced =
  (stage: 'sum' | 'length'): NodeHandler =>
  (node) => {
    const input = node.mapAt(0);
    checkChannels(node, input, node.integersAt(1, 'axes') ?? []);
    return norm(input, stage);
  };

const readPower: NodeHandler = (node) => {
  const input = node.mapAt(0);
  const { values } = node.constantAt(1);
  if (values.length !== 1 || values[0] !== 2) throw new Unsupported('it takes another power than the square');
  return norm(input, 'square');
};

/** Nodes that begin the length of a pixel. */
export const NORM_OPS: Readonly<Record<string, NodeHandler>> = {
  LpNormalization: readLpNormalization,
  ReduceL2: readReduced('length'),
  ReduceSumSquare: readReduced('sum'),
  Pow: readPower,
};

/** The one number that a node combines with a length. */
function numberBeside(node: NodeReader): number {
  const at = node.inputs.findIndex((input) => input?.kind === 'constant');
  const [value, ...more] = at < 0 ? [] : node.constantAt(at).values;
  if (value === undefined || more.length > 0 || !(value >= 0))
    throw new Unsupported('it combines a length with something else than one number');
  return Number(value.toPrecision(7));
}

function divided(node: NodeReader, sketch: NetworkSketch): Value {
  const input = node.mapAt(0);
  const length = node.inputs[1];
  if (length?.kind !== 'norm' || length.stage !== 'length' || length.of.source !== input.source)
    throw new Unsupported('it divides by another length than that of what it divides');
  const { least, summand } = length;
  const value = pushNormalization(node, sketch, input, least || summand || USUAL_EPSILON);
  if (summand > 0)
    sketch.note(
      `${node.label} became an L2 normalization whose length is at least ${summand}; the file adds that number, which differs near zero only.`,
    );
  return value;
}

/** A node that reads the square, the sum of squares or the length of a pixel: what comes next of the normalization. */
export function readNorm(node: NodeReader, sketch: NetworkSketch): Value {
  const { opType } = node.message;
  if (opType === 'Div') return divided(node, sketch);
  const value = node.inputs.find((input) => input?.kind === 'norm');
  if (value?.kind !== 'norm') throw new Unsupported('it reads no length');
  const { of, stage } = value;
  if (opType === 'Identity' || opType === 'Cast') return value;
  if (opType === 'ReduceSum' && stage === 'square') {
    checkChannels(node, of, node.integersAt(1, 'axes') ?? []);
    return { ...value, stage: 'sum' };
  }
  if (opType === 'Sqrt' && stage === 'sum')
    return { ...value, stage: 'length', least: Math.sqrt(value.least), summand: Math.sqrt(value.summand) };
  if (opType === 'Add' && stage !== 'square') {
    const summand = numberBeside(node);
    if (summand > SMALL) throw new Unsupported(`it adds ${summand} to the length of a pixel`);
    return { ...value, summand };
  }
  if (opType === 'Max' && stage !== 'square') return { ...value, least: numberBeside(node) };
  if (opType === 'Clip' && stage !== 'square' && !(node.numberAt(2, 'max', Number.POSITIVE_INFINITY) < 3e38))
    return { ...value, least: Math.max(0, node.numberAt(1, 'min', 0)) };
  if (opType === 'Expand' && stage === 'length' && node.constantAt(1).values.join() === dimsOf(of).join())
    return value;
  throw new Unsupported('it reads the length of a pixel, by which only a division is understood');
}

import { asHardGate } from './gates.ts';
import { after, append, type NodeHandler } from './layers.ts';
import type { NodeReader } from './nodeReader.ts';
import type { NetworkSketch } from './sketch.ts';
import {
  affordable,
  type Constant,
  dimsOf,
  inOurOrder,
  type MapValue,
  Unsupported,
  type Value,
} from './values.ts';
import { channelAxisOf } from './views.ts';

/** One number a channel of ours from a constant that ONNX broadcasts over the value. */
function perChannel({ dims, values }: Constant, value: MapValue): Float64Array {
  const { channels } = value.map;
  const rank = dimsOf(value).length;
  const axis = channelAxisOf(value);
  const wide = dims.flatMap((n, i) => (n === 1 ? [] : [{ n, at: i + rank - dims.length }]));
  const [only, ...more] = wide;
  affordable(channels, 'A constant beside a vector');
  if (!only) return new Float64Array(channels).fill(values[0] ?? Number.NaN);
  if (more.length > 0 || only.at !== axis || only.n !== channels)
    throw new Unsupported(
      `its constant of shape [${dims.join(', ')}] does not give one number a channel of [${dimsOf(value).join(', ')}]`,
    );
  return inOurOrder(Float64Array.from(values), 1, value);
}

/** A batch norm's epsilon and the variance that make its divisor 1: y = gamma * x + beta. */
const EPSILON = 1e-3;
const UNIT_VARIANCE = 1 - EPSILON;

export function pushAffine(
  node: NodeReader,
  sketch: NetworkSketch,
  input: MapValue,
  factor: Float64Array,
  summand: Float64Array,
  what = `${node.label} with a constant`,
): MapValue {
  const { channels } = input.map;
  const { layer, value } = append(node, sketch, input, { kind: 'batchNorm', epsilon: EPSILON });
  const set = (name: string, numbers: Float64Array) =>
    sketch.setParameter(layer.id, name, [channels], numbers);
  set('gamma', factor);
  set('beta', summand);
  set('movingMean', new Float64Array(channels));
  set('movingVariance', new Float64Array(channels).fill(UNIT_VARIANCE));
  sketch.noteAffine(
    layer.id,
    `${what} became the batch norm ${layer.id}, which computes the same; it costs what a batch norm costs.`,
  );
  return value;
}

/** The bias that an Add behind a product is: the layer with it, or null where it is none. */
function asBias(sketch: NetworkSketch, input: MapValue, summand: Float64Array) {
  const layer = sketch.layer(input.source);
  if (input.shared || !layer || !('useBias' in layer) || layer.useBias) return null;
  const biased = { ...layer, useBias: true };
  sketch.replace(biased);
  sketch.setParameter(layer.id, 'bias', [summand.length], summand);
  return after(input, biased, input.map);
}

/** The scale that a Mul behind an L2 normalization is: the value it had, or null where it is none. */
function asScale(sketch: NetworkSketch, input: MapValue, factor: Float64Array) {
  const layer = sketch.layer(input.source);
  const scale = layer && sketch.parameter(layer.id, 'scale');
  if (input.shared || layer?.kind !== 'l2Normalize' || !scale) return null;
  const scaled = scale.values.map((value, c) => value * (factor[c] as number));
  sketch.setParameter(layer.id, 'scale', scale.shape, scaled);
  return after(input, layer, input.map);
}

/** Two operands of which exactly one is a constant: [the other's place, the constant]. */
function split(node: NodeReader): readonly [0 | 1, Constant] | null {
  const [a, b] = node.inputs;
  if (a?.kind === 'map' && b?.kind === 'constant') return [0, b];
  if (a?.kind === 'constant' && b?.kind === 'map') return [1, a];
  return null;
}

const filled = (channels: number, value: number) => new Float64Array(channels).fill(value);

/** Add, Sub, Mul and Div of a map and a constant; null where both operands are maps. */
export function readAffine(node: NodeReader, sketch: NetworkSketch): Value | null {
  const parts = split(node);
  if (!parts) return null;
  const [at, other] = parts;
  const input = node.mapAt(at, { viewed: true });
  const { opType } = node.message;
  if (opType === 'Mul' || (opType === 'Div' && at === 0)) {
    const gate = asHardGate(sketch, input, other, opType);
    if (gate) return gate;
  }
  const { channels } = input.map;
  const numbers = perChannel(other, input);
  switch (opType) {
    case 'Add':
      return asBias(sketch, input, numbers) ?? pushAffine(node, sketch, input, filled(channels, 1), numbers);
    case 'Sub':
      return at === 0
        ? pushAffine(
            node,
            sketch,
            input,
            filled(channels, 1),
            numbers.map((value) => -value),
          )
        : pushAffine(node, sketch, input, filled(channels, -1), numbers);
    case 'Mul':
      return asScale(sketch, input, numbers) ?? pushAffine(node, sketch, input, numbers, filled(channels, 0));
    default:
      if (at === 1) throw new Unsupported('it divides a constant by a feature map');
      return pushAffine(
        node,
        sketch,
        input,
        numbers.map((value) => 1 / value),
        filled(channels, 0),
      );
  }
}

/** A batch norm of factor -1. */
export const readNeg: NodeHandler = (node, sketch) => {
  const input = node.mapAt(0, { viewed: true });
  const { channels } = input.map;
  return pushAffine(node, sketch, input, filled(channels, -1), filled(channels, 0), node.label);
};

export const readBatchNorm: NodeHandler = (node, sketch) => {
  const input = node.mapAt(0);
  if (input.layout === 'channelsLast') throw new Unsupported('it normalizes along the height');
  if (node.integer('training_mode', 0) !== 0)
    sketch.note(
      'The file was exported in training mode: batch norms here use the means and variances stored in it, not those of each batch.',
    );
  const { channels } = input.map;
  const names = ['gamma', 'beta', 'movingMean', 'movingVariance'];
  const parameters = names.map((_, i) => node.constantAt(i + 1).values);
  const { layer, value } = append(node, sketch, input, {
    kind: 'batchNorm',
    epsilon: node.float('epsilon', 1e-5),
  });
  parameters.forEach((values, i) => {
    const name = names[i] as string;
    if (values.length !== channels)
      throw node.fault(
        `its ${name} has ${values.length} numbers for ${channels} channels; export the model again.`,
      );
    sketch.setParameter(layer.id, name, [channels], inOurOrder(values, 1, input));
  });
  return value;
};

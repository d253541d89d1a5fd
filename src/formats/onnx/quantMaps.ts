import type { LayerId } from '../../core/network/network.ts';
import { pushAffine } from './affine.ts';
import { append, type NodeHandler } from './layers.ts';
import type { NodeReader } from './nodeReader.ts';
import type { NetworkSketch } from './sketch.ts';
import { type Constant, type MapValue, Unsupported, type Value } from './values.ts';

// Quantizers of activations: the network computes without them, so they become bits by layer.

const LARGEST_BITS = 32;

/** Bits as the designer's own choices have them: whole, 1 to 32; the widest where each channel has its own. */
export function bitsOf(node: NodeReader, sketch: NetworkSketch, { values }: Constant): number {
  const broken = values.length === 0 || values.some((bits) => !Number.isInteger(bits));
  if (broken) throw new Unsupported(`its bit width is [${values.slice(0, 4).join(', ')}], no whole number`);
  const bits = [...values].reduce((most, width) => Math.max(most, width));
  if (values.some((width) => width < 1 || width > LARGEST_BITS))
    throw node.fault(`its bit width is ${bits}; it must be from 1 to ${LARGEST_BITS}.`);
  if (values.some((width) => width !== bits)) sketch.mark('widths', node.label);
  return bits;
}

/** Quantizers of so many bits round too little to stand in the place of an activation. */
const MANY_BITS = 8;

const NOT_NEGATIVE: ReadonlySet<string> = new Set([
  'input',
  'relu',
  'relu6',
  'sigmoid',
  'hardSigmoid',
  'softmax',
]);

/** Layers that hand on no negative numbers where they read none. */
const KEEPS_SIGN: ReadonlySet<string> = new Set([
  'maxPool',
  'averagePool',
  'globalMaxPool',
  'globalAveragePool',
  'flatten',
  'dropout',
  'concat',
  'add',
  'multiply',
  'upsample',
  'channelShuffle',
]);

/** Whether a layer can hand on negative numbers, as far as its kind and those before it tell. */
function mayBeNegative(sketch: NetworkSketch, id: LayerId): boolean {
  const seen = new Set<LayerId>();
  const waiting = [id];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const layer = sketch.layer(next);
    if (seen.has(next) || !layer || NOT_NEGATIVE.has(layer.kind)) continue;
    if (!KEEPS_SIGN.has(layer.kind)) return true;
    seen.add(next);
    waiting.push(...layer.inputs);
  }
  return false;
}

/**
 * Keeps the bits of an activation's quantizer. One whose lowest number is 0 (`fromZero`) is a ReLU as well, where
 * the file has none: exporters leave it out there.
 */
export function quantizedMap(
  node: NodeReader,
  sketch: NetworkSketch,
  bits: number,
  fromZero: boolean,
): MapValue {
  const given = node.mapAt(0, { padded: true, viewed: true });
  const clips = fromZero && bits > 1 && mayBeNegative(sketch, given.source);
  const relu = clips && !given.view && (given.pending?.value ?? 0) >= 0;
  // Rows of zeros that a Pad node adds stay zeros behind a ReLU.
  const input = relu
    ? { ...append(node, sketch, given, { kind: 'relu' }).value, pending: given.pending }
    : given;
  if (relu) sketch.mark('relus', node.label);
  else if (bits < MANY_BITS && (!fromZero || bits === 1)) sketch.mark('signed', node.label, given.source);
  sketch.setActivationBits(input, bits);
  sketch.note(
    'Quantizers of activations are kept as bits by layer: the network itself computes with 32-bit floating point.',
  );
  if (node.message.opType === 'BipolarQuant' || bits === 1)
    sketch.note(
      'Activations of one bit are signs in the file; the network here hands on the unquantized values, so its outputs differ.',
    );
  return input;
}

/** A product with one number, which undoes the one before it where both are products and make 1. */
function scaled(node: NodeReader, sketch: NetworkSketch, input: MapValue, factor: number): MapValue {
  if (Math.abs(factor - 1) < 1e-6) return input;
  const layer = sketch.layer(input.source);
  const [before = ''] = layer?.inputs ?? [];
  const all = (name: string, wanted: number) =>
    sketch.parameter(input.source, name)?.values.every((value) => Math.abs(value - wanted) < 1e-6) === true;
  const undone =
    layer?.kind === 'batchNorm' &&
    sketch.isAffine(layer.id) &&
    !input.shared &&
    all('beta', 0) &&
    sketch.parameter(layer.id, 'gamma')?.values.every((value) => Math.abs(value * factor - 1) < 1e-6);
  if (undone) {
    sketch.remove(layer.id);
    return { ...input, source: before, map: sketch.mapOf(before) };
  }
  const filled = (value: number) => new Float64Array(input.map.channels).fill(value);
  return pushAffine(node, sketch, input, filled(factor), filled(0));
}

const numberOf = (node: NodeReader, index: number): number => {
  const { values } = node.constantAt(index);
  const [first] = values;
  if (first === undefined || values.some((value) => value !== first))
    throw new Unsupported('it has a scale or a zero point of its own for each channel');
  return first;
};

/**
 * Trunc cuts the accumulated bits of an average. Version 1 reads X, scale, zeropt, in_bitwidth, out_bitwidth and
 * divides by 2^(in - out), as brevitas' average pools, which are sums before it, want; version 2 reads X, scale,
 * zeropt, in_bitwidth, out_scale, out_zeropt, out_bitwidth and keeps the size (qonnx custom_op/general/trunc.py).
 */
export const readTrunc: NodeHandler = (node, sketch): Value => {
  const second = node.inputs.length > 5;
  const bits = bitsOf(node, sketch, node.constantAt(second ? node.inputs.length - 1 : 4));
  const shift = numberOf(node, 3) - bits;
  const input = node.mapAt(0, { viewed: true });
  const ratio = second ? numberOf(node, 4) / numberOf(node, 1) : 1;
  const factor = second ? ratio / 2 ** Math.round(Math.log2(ratio)) : 2 ** -shift;
  if (!(factor > 0)) throw new Unsupported('its scales are no positive numbers');
  const value = scaled(node, sketch, input, factor);
  sketch.setActivationBits(value, bits);
  sketch.note(
    'Quantizers of activations are kept as bits by layer: the network itself computes with 32-bit floating point.',
  );
  return value;
};

/** Thresholds that a quantizer became in FINN's transformations; out_dtype names its type. */
export const readMultiThreshold: NodeHandler = (node, sketch) => {
  const type = node.word('out_dtype', '');
  const bits = /^(?:BIPOLAR|BINARY)$/.test(type) ? 1 : Number(/^U?INT(\d+)$/.exec(type)?.[1] ?? Number.NaN);
  if (!(bits >= 1 && bits <= LARGEST_BITS)) throw new Unsupported(`its out_dtype is '${type}'`);
  const input = node.mapAt(0, { viewed: true });
  sketch.setActivationBits(input, bits);
  sketch.mark('thresholds', node.label);
  return input;
};

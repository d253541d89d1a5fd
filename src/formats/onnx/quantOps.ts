import { broadcast, combine } from './fold.ts';
import type { NodeHandler } from './layers.ts';
import type { NodeReader } from './nodeReader.ts';
import type { NetworkSketch } from './sketch.ts';
import { type Constant, constant, type MapValue, Unsupported, type Value } from './values.ts';

/** Half to even, as numpy and ONNX round. */
function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return Math.abs(value % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

/** qonnx `resolve_rounding_mode` (custom_op/general/quant.py). */
const ROUNDINGS: Readonly<Record<string, (value: number) => number>> = {
  ROUND: roundHalfEven,
  HALF_EVEN: roundHalfEven,
  CEIL: Math.ceil,
  FLOOR: Math.floor,
  UP: (value) => Math.sign(value) * Math.ceil(Math.abs(value)),
  DOWN: Math.trunc,
  ROUND_TO_ZERO: Math.trunc,
  HALF_UP: (value) => Math.sign(value) * Math.floor(Math.abs(value) + 0.5),
  HALF_DOWN: (value) => Math.sign(value) * Math.ceil(Math.abs(value) - 0.5),
};

/** Smallest and largest whole number of a quantizer: qonnx `min_int` and `max_int`. */
export function integerRange(bits: number, signed: boolean, narrow: boolean): readonly [number, number] {
  if (signed) return [-(2 ** (bits - 1)) + (narrow ? 1 : 0), 2 ** (bits - 1) - 1];
  return [0, 2 ** bits - 1 - (narrow ? 1 : 0)];
}

const LARGEST_BITS = 32;

/** Bits as the designer's own choices have them: whole, 1 to 32. */
function bitsOf(node: NodeReader, numbers: Constant): number {
  const [bits] = numbers.values;
  if (numbers.values.length !== 1 || bits === undefined || !Number.isInteger(bits))
    throw new Unsupported(
      `its bit width is [${numbers.values.slice(0, 4).join(', ')}], not one whole number`,
    );
  if (bits < 1 || bits > LARGEST_BITS)
    throw node.fault(`its bit width is ${bits}; it must be from 1 to ${LARGEST_BITS}.`);
  return bits;
}

/**
 * The numbers that a quantizer gives for constants: (clamp(round(x / scale + zero), lowest, highest) - zero) *
 * scale, as qonnx `quant` computes them.
 */
function quantized(
  node: NodeReader,
  [input, scale, zero]: readonly [Constant, Constant, Constant],
  round: (value: number) => number,
  [lowest, highest]: readonly [number, number],
  bits: number,
): Constant {
  const zeros = broadcast(zero, input.dims);
  const whole = combine(node, input, scale, (value, step) => value / step);
  if (whole.values.length !== zeros.length)
    throw new Unsupported('its scale is wider than what it quantizes');
  const clamped = whole.values.map((value, i) => {
    const offset = zeros[i] as number;
    return Math.min(highest, Math.max(lowest, round(value + offset))) - offset;
  });
  const steps = broadcast(scale, whole.dims);
  return constant(
    input.dims,
    clamped.map((value, i) => value * (steps[i] as number)),
    bits,
  );
}

function quantizedMap(node: NodeReader, sketch: NetworkSketch, input: MapValue, bits: number): Value {
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

const bipolar = (value: number, scale: number): number => (value >= 0 ? scale : -scale);

/** Quant, and IntQuant as it is called since qonnx 1.0: inputs X, scale, zeropt, bitwidth. */
const readQuant: NodeHandler = (node, sketch) => {
  const bits = bitsOf(node, node.constantAt(3));
  const [input] = node.inputs;
  if (input?.kind === 'map') return quantizedMap(node, sketch, input, bits);
  const mode = node.word('rounding_mode', 'ROUND').toUpperCase();
  const round = ROUNDINGS[mode];
  if (!round) throw new Unsupported(`its rounding mode is ${mode}`);
  const signed = node.integer('signed', 1) !== 0;
  // As qonnx computes it: one signed bit is a sign, for brevitas exports bipolar weights so.
  if (bits === 1 && signed)
    return { ...combine(node, node.constantAt(0), node.constantAt(1), bipolar), bits };
  const range = integerRange(bits, signed, node.integer('narrow', 0) !== 0);
  return quantized(node, [node.constantAt(0), node.constantAt(1), node.constantAt(2)], round, range, bits);
};

const readBipolarQuant: NodeHandler = (node, sketch) => {
  const [input] = node.inputs;
  if (input?.kind === 'map') return quantizedMap(node, sketch, input, 1);
  return {
    ...combine(node, node.constantAt(0), node.constantAt(1), bipolar),
    bits: 1,
  };
};

/** Trunc cuts the accumulated bits of an average: inputs X, scale, zeropt, in_bitwidth, out_bitwidth. */
const readTrunc: NodeHandler = (node, sketch) =>
  quantizedMap(node, sketch, node.mapAt(0), bitsOf(node, node.constantAt(4)));

/** Thresholds that a quantizer became in FINN's transformations; out_dtype names its type. */
const readMultiThreshold: NodeHandler = (node, sketch) => {
  const type = node.word('out_dtype', '');
  const bits = /^(?:BIPOLAR|BINARY)$/.test(type) ? 1 : Number(/^U?INT(\d+)$/.exec(type)?.[1] ?? Number.NaN);
  if (!(bits >= 1 && bits <= LARGEST_BITS)) throw new Unsupported(`its out_dtype is '${type}'`);
  return quantizedMap(node, sketch, node.mapAt(0), bits);
};

/** A list of numbers along the axis of a node, 1 where it names none, stands at its place. */
function placed(node: NodeReader, list: Constant, rank: number): Constant {
  if (list.dims.length !== 1 || list.values.length === 1) return list;
  const axis = node.integer('axis', 1);
  const at = axis < 0 ? axis + rank : axis;
  return { ...list, dims: Array.from({ length: rank }, (_, i) => (i === at ? list.values.length : 1)) };
}

/** Plain ONNX' own quantizers of 8 bits: weights become their real values, activations pass. */
const readQuantizeLinear: NodeHandler = (node, sketch) => {
  const [input] = node.inputs;
  if (input?.kind === 'map') {
    const value = quantizedMap(node, sketch, input, 8);
    return value.kind === 'map' ? { ...value, whole: true } : value;
  }
  const from = node.constantAt(0);
  // The type of the zero point is that of the result; without one it is uint8.
  const zero = node.inputs[2] ? node.constantAt(2) : { ...constant([], [0]), unsigned: true };
  const signed = zero.unsigned !== true;
  const scale = placed(node, node.constantAt(1), from.dims.length);
  const whole = combine(node, from, scale, (value, step) => roundHalfEven(value / step));
  const [lowest, highest] = integerRange(8, signed, false);
  const shifted = combine(node, whole, placed(node, zero, from.dims.length), (value, offset) =>
    Math.min(highest, Math.max(lowest, value + offset)),
  );
  return { ...shifted, bits: 8, unsigned: !signed };
};

const readDequantizeLinear: NodeHandler = (node) => {
  const [input] = node.inputs;
  if (input?.kind === 'map') return { ...input, whole: false };
  const from = node.constantAt(0);
  const rank = from.dims.length;
  const zero = node.inputs[2] ? placed(node, node.constantAt(2), rank) : constant([], [0]);
  const centered = combine(node, from, zero, (value, offset) => value - offset);
  const scale = placed(node, node.constantAt(1), rank);
  return { ...combine(node, centered, scale, (value, step) => value * step), bits: from.bits ?? 8 };
};

/** By domain and operation. */
export const QONNX_OPS: Readonly<Record<string, NodeHandler>> = {
  Quant: readQuant,
  IntQuant: readQuant,
  BipolarQuant: readBipolarQuant,
  Trunc: readTrunc,
  MultiThreshold: readMultiThreshold,
};

export const LINEAR_QUANT_OPS: Readonly<Record<string, NodeHandler>> = {
  QuantizeLinear: readQuantizeLinear,
  DequantizeLinear: readDequantizeLinear,
};

import { combine } from './fold.ts';
import type { NodeHandler } from './layers.ts';
import type { NodeReader } from './nodeReader.ts';
import { bitsOf, quantizedMap, readMultiThreshold, readTrunc } from './quantMaps.ts';
import { type Constant, constant, Unsupported } from './values.ts';

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

/**
 * The numbers that a quantizer gives for constants: (clamp(round(x / scale + zero), lowest, highest) - zero) *
 * scale, as qonnx `quant` computes them; the limits come from `widths`, one or one a channel.
 */
function quantized(
  node: NodeReader,
  [input, scale, zero, widths]: readonly [Constant, Constant, Constant, Constant],
  round: (value: number) => number,
  [signed, narrow]: readonly [boolean, boolean],
  bits: number,
): Constant {
  const whole = combine(node, input, scale, (value, step) => value / step);
  const shifted = combine(node, whole, zero, (value, offset) => round(value + offset));
  const clamped = combine(node, shifted, widths, (value, width) => {
    const [lowest, highest] = integerRange(width, signed, narrow);
    return Math.min(highest, Math.max(lowest, value));
  });
  if (clamped.values.length !== input.values.length)
    throw new Unsupported('its scale is wider than what it quantizes');
  const centered = combine(node, clamped, zero, (value, offset) => value - offset);
  const { values } = combine(node, centered, scale, (value, step) => value * step);
  return constant(input.dims, values, bits);
}

const bipolar = (value: number, scale: number): number => (value >= 0 ? scale : -scale);

/** Quant, and IntQuant as it is called since qonnx 1.0: inputs X, scale, zeropt, bitwidth. */
const readQuant: NodeHandler = (node, sketch) => {
  const widths = node.constantAt(3);
  const bits = bitsOf(node, sketch, widths);
  const signed = node.integer('signed', 1) !== 0;
  const zero = node.constantAt(2);
  const shifted = zero.values.some((value) => value !== 0);
  if (shifted) sketch.mark('zeros', node.label);
  if (node.inputs[0]?.kind === 'map') return quantizedMap(node, sketch, bits, !signed && !shifted);
  const mode = node.word('rounding_mode', 'ROUND').toUpperCase();
  const round = ROUNDINGS[mode];
  if (!round) throw new Unsupported(`its rounding mode is ${mode}`);
  // As qonnx computes it: one signed bit is a sign, for brevitas exports bipolar weights so.
  if (bits === 1 && signed)
    return { ...combine(node, node.constantAt(0), node.constantAt(1), bipolar), bits };
  const narrow = node.integer('narrow', 0) !== 0;
  return quantized(
    node,
    [node.constantAt(0), node.constantAt(1), zero, widths],
    round,
    [signed, narrow],
    bits,
  );
};

const readBipolarQuant: NodeHandler = (node, sketch) => {
  if (node.inputs[0]?.kind === 'map') return quantizedMap(node, sketch, 1, false);
  return {
    ...combine(node, node.constantAt(0), node.constantAt(1), bipolar),
    bits: 1,
  };
};

/** Numbers of a few bits with exponents: brevitas' minifloats. */
const readFloatQuant: NodeHandler = () => {
  throw new Unsupported('floating point of a few bits is not kept here');
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
  // The type of the zero point is that of the result; without one it is uint8.
  const zero = node.inputs[2] ? node.constantAt(2) : { ...constant([], [0]), unsigned: true };
  const signed = zero.unsigned !== true;
  if (node.inputs[0]?.kind === 'map') {
    const fromZero = zero.values.every((value) => value === (signed ? -128 : 0));
    return { ...quantizedMap(node, sketch, 8, fromZero), whole: true };
  }
  const from = node.constantAt(0);
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
  FloatQuant: readFloatQuant,
};

export const LINEAR_QUANT_OPS: Readonly<Record<string, NodeHandler>> = {
  QuantizeLinear: readQuantizeLinear,
  DequantizeLinear: readDequantizeLinear,
};

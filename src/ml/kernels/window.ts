import * as tf from '@tensorflow/tfjs-core';
import type { Pair } from '../../core/network/network.ts';

/** Rows and columns added at [top, bottom, left, right]; what is negative is cut off. */
export type Pads = readonly [number, number, number, number];

/** A sliding window whose padding is already counted out: nothing here guesses what `same` means. */
export interface Window {
  readonly strides: Pair;
  readonly dilations: Pair;
  readonly pads: Pads;
}

type ExplicitPadding = [[number, number], [number, number], [number, number], [number, number]];

/** tfjs' spelling of explicit padding, NHWC. */
export const explicitPadding = (pads: Pads): ExplicitPadding => [
  [0, 0],
  [pads[0], pads[1]],
  [pads[2], pads[3]],
  [0, 0],
];

/** Cuts off what `pads` wants removed; the returned pads are what is left to add. */
export function cutNegativePads(x: tf.Tensor4D, pads: Pads): { x: tf.Tensor4D; pads: Pads } {
  const [top, bottom, left, right] = pads.map((pad) => Math.max(0, -pad)) as unknown as Pads;
  const added = pads.map((pad) => Math.max(0, pad)) as unknown as Pads;
  if (top + bottom + left + right === 0) return { x, pads: added };
  const [batch, height, width, channels] = x.shape;
  const size: [number, number, number, number] = [
    batch,
    height - top - bottom,
    width - left - right,
    channels,
  ];
  return { x: tf.slice(x, [0, top, left, 0], size), pads: added };
}

/** conv2d with explicit pads, negative ones included. */
export function paddedConv2d(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  { strides, dilations, pads }: Window,
): tf.Tensor4D {
  const cut = cutNegativePads(x, pads);
  return tf.conv2d(cut.x, filter, [...strides], explicitPadding(cut.pads), 'NHWC', [...dilations]);
}

/** Puts `stride - 1` zeros behind every row and column. */
export function insertZeros(x: tf.Tensor4D, strides: Pair): tf.Tensor4D {
  const [batch, height, width, channels] = x.shape;
  const [rowStride, columnStride] = strides;
  const columns = tf.pad(tf.reshape(x, [batch * height, width, channels]), [
    [0, 0],
    [0, 0],
    [0, (columnStride - 1) * channels],
  ]);
  const row = width * columnStride * channels;
  const rows = tf.pad(tf.reshape(columns, [batch, height, row]), [
    [0, 0],
    [0, 0],
    [0, (rowStride - 1) * row],
  ]);
  return tf.reshape(rows, [batch, height * rowStride, width * columnStride, channels]);
}

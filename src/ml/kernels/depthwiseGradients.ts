import * as tf from '@tensorflow/tfjs-core';
import type { Pair } from '../../core/network/network.ts';
import { addAll, channelSum } from './channels.ts';
import { flippedPads } from './convGradients.ts';
import { cutNegativePads, explicitPadding, insertZeros, type Window } from './window.ts';

/** The part of a channels-times-multiplier tensor that belongs to one multiplier index. */
function multiple(dy: tf.Tensor4D, channels: number, multiplier: number, index: number): tf.Tensor4D {
  if (multiplier === 1) return dy;
  const [batch, height, width] = dy.shape;
  const rows = tf.reshape(dy, [batch * height * width * channels, multiplier]);
  const column = tf.slice(rows, [0, index], [batch * height * width * channels, 1]);
  return tf.reshape(column, [batch, height, width, channels]);
}

/** A depthwise filter that is 1 at one tap and 0 elsewhere: it moves the input under the window. */
export function oneHotFilter([rows, columns]: Pair, channels: number, tap: number): tf.Tensor4D {
  const values = new Float32Array(rows * columns * channels);
  values.fill(1, tap * channels, (tap + 1) * channels);
  return tf.tensor4d(values, [rows, columns, channels, 1]);
}

/**
 * The gradient of a depthwise convolution for its filter, tap by tap: a filter that is one at the tap and
 * zero elsewhere moves the input under the window (faster on wasm than slicing, and strides come for free);
 * multiplied with the output's gradient and added up it is the gradient of that tap.
 */
export function depthwiseFilterGradient(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  filterShape: readonly [number, number, number, number],
  { strides, dilations, pads }: Window,
): tf.Tensor4D {
  return tf.tidy(() => {
    const [rows, columns, channels, multiplier] = filterShape;
    const taps: tf.Tensor[] = [];
    for (let tap = 0; tap < rows * columns; tap++) {
      taps.push(
        tf.tidy(() => {
          const filter = oneHotFilter([rows, columns], channels, tap);
          const under = tf.depthwiseConv2d(x, filter, [...strides], explicitPadding(pads), 'NHWC', [
            ...dilations,
          ]);
          const sums = Array.from({ length: multiplier }, (_, m) =>
            channelSum(tf.mul(under, multiple(dy, channels, multiplier, m)) as tf.Tensor4D),
          );
          return tf.stack(sums, 1);
        }),
      );
    }
    return tf.reshape(tf.stack(taps), [...filterShape]);
  });
}

/** The gradient of a depthwise convolution for its input: a depthwise convolution with the flipped filter. */
export function depthwiseInputGradient(
  dy: tf.Tensor4D,
  filter: tf.Tensor4D,
  inputSize: Pair,
  window: Window,
): tf.Tensor4D {
  return tf.tidy(() => {
    const [rows, columns, channels, multiplier] = filter.shape;
    const flipped = tf.reverse(filter, [0, 1]);
    const parts = Array.from({ length: multiplier }, (_, m) => {
      const part = multiple(dy, channels, multiplier, m);
      const unit = window.strides[0] === 1 && window.strides[1] === 1;
      const spread = unit ? part : insertZeros(part, window.strides);
      const cut = cutNegativePads(spread, flippedPads(spread, [rows, columns], inputSize, window));
      const taps = multiplier === 1 ? flipped : tf.slice(flipped, [0, 0, 0, m], [rows, columns, channels, 1]);
      return tf.depthwiseConv2d(cut.x, taps, 1, explicitPadding(cut.pads), 'NHWC', [...window.dilations]);
    });
    return parts.length === 1 ? (parts[0] as tf.Tensor4D) : addAll(parts);
  });
}

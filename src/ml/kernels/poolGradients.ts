import * as tf from '@tensorflow/tfjs-core';
import type { Pair } from '../../core/network/network.ts';
import { hasSimdKernels, runSimd } from '../simd/register.ts';
import { poolsSideBySide } from '../simd/windowKernels.ts';
import { addAll } from './channels.ts';
import { depthwiseInputGradient, oneHotFilter } from './depthwiseGradients.ts';
import { explicitPadding, type Pads, type Window } from './window.ts';

export interface PoolWindow {
  readonly poolSize: Pair;
  readonly strides: Pair;
  readonly pads: Pads;
}

/**
 * True where windows lie side by side, so that a value belongs to one window at most. Nearest-neighbor
 * enlargement is then the way back; beyond factor 4 its float index may fall one short.
 */
function sideBySide({ poolSize, strides, pads }: PoolWindow, [, rows, columns]: readonly number[]): boolean {
  const small = Math.max(...poolSize) <= 4 || (rows === 1 && columns === 1);
  return small && poolSize.every((size, axis) => size === strides[axis]) && pads.every((pad) => pad === 0);
}

/** Repeats each pixel over its window and fills up what no window reaches with zeros. */
function enlarge(y: tf.Tensor4D, poolSize: Pair): tf.Tensor4D {
  return tf.image.resizeNearestNeighbor(y, [
    (y.shape[1] as number) * poolSize[0],
    (y.shape[2] as number) * poolSize[1],
  ]);
}

function fillUp(dx: tf.Tensor4D, shape: readonly number[]): tf.Tensor4D {
  const rows = (shape[1] as number) - dx.shape[1];
  const columns = (shape[2] as number) - dx.shape[2];
  return rows + columns === 0
    ? dx
    : tf.pad(dx, [
        [0, 0],
        [0, rows],
        [0, columns],
        [0, 0],
      ]);
}

/**
 * The gradient of max pooling, composed: wasm's own kernel takes six times as long where windows lie side
 * by side, and loses gradients where a window has padding. Values that share the maximum share the
 * gradient; TensorFlow gives it to the first, which is as good a subgradient.
 */
export function maxPoolGradient(
  dy: tf.Tensor4D,
  x: tf.Tensor4D,
  y: tf.Tensor4D,
  window: PoolWindow,
): tf.Tensor4D {
  const { poolSize, strides } = window;
  return tf.tidy(() => {
    if (!sideBySide(window, y.shape)) return overlappingMaxPoolGradient(dy, x, y, window);
    if (hasSimdKernels() && poolsSideBySide(poolSize, x.shape[3]))
      return runSimd<tf.Tensor4D>('SideBySideMaxPoolGradient', { dy, x, y }, { size: poolSize[0] });
    const maxima = enlarge(y, poolSize);
    const [batch, rows, columns, channels] = maxima.shape;
    const covered =
      rows === x.shape[1] && columns === x.shape[2]
        ? x
        : tf.slice(x, [0, 0, 0, 0], [batch, rows, columns, channels]);
    // step(maximum - value) is 1 below the maximum and 0 at it
    const below = tf.step(tf.sub(maxima, covered)) as tf.Tensor4D;
    const shareBelow = tf.avgPool(below, [...poolSize], [...strides], 'valid');
    const count = tf.mul(tf.sub(1, shareBelow), poolSize[0] * poolSize[1]);
    const spread = enlarge(tf.div(dy, count) as tf.Tensor4D, poolSize);
    return fillUp(tf.sub(spread, tf.mul(spread, below)) as tf.Tensor4D, x.shape);
  });
}

/** Lower than any activation, yet finite: a one-hot filter multiplies it with 0. */
const LOWEST = -1e30;

/** Tap by tap: a one-hot depthwise filter moves the input under the window, and its gradient moves it back. */
function overlappingMaxPoolGradient(
  dy: tf.Tensor4D,
  x: tf.Tensor4D,
  y: tf.Tensor4D,
  { poolSize, strides, pads }: PoolWindow,
): tf.Tensor4D {
  const [, height, width, channels] = x.shape;
  const padded = tf.pad(x, explicitPadding(pads), LOWEST);
  const inputSize: Pair = [padded.shape[1], padded.shape[2]];
  const taps = Array.from({ length: poolSize[0] * poolSize[1] }, (_, tap) => {
    const filter = oneHotFilter(poolSize, channels, tap);
    const below = tf.step(tf.sub(y, tf.depthwiseConv2d(padded, filter, [...strides], 'valid')));
    return { filter, chosen: tf.sub(1, below) };
  });
  const share = tf.div(dy, addAll(taps.map(({ chosen }) => chosen as tf.Tensor4D)));
  const unpadded: Window = { strides, dilations: [1, 1], pads: [0, 0, 0, 0] };
  const parts = taps.map(({ filter, chosen }) =>
    depthwiseInputGradient(tf.mul(share, chosen) as tf.Tensor4D, filter, inputSize, unpadded),
  );
  const dx = addAll(parts);
  return tf.slice(dx, [0, pads[0], pads[2], 0], [x.shape[0], height, width, channels]);
}

/** The gradient of average pooling; padding does not count into the average, as in TensorFlow. */
export function averagePoolGradient(dy: tf.Tensor4D, x: tf.Tensor4D, window: PoolWindow): tf.Tensor4D {
  const { poolSize, strides, pads } = window;
  return tf.tidy(() => {
    if (sideBySide(window, dy.shape)) {
      const share = tf.mul(dy, 1 / (poolSize[0] * poolSize[1])) as tf.Tensor4D;
      return fillUp(enlarge(share, poolSize), x.shape);
    }
    if (pads.every((pad) => pad === 0)) return nativeAveragePoolGradient(dy, x, window);
    // tfjs divides by the whole window at the border too: undo that by the share of it that is inside
    const inside = tf.avgPool(
      tf.pad(tf.ones([1, x.shape[1], x.shape[2], 1]), explicitPadding(pads)) as tf.Tensor4D,
      [...poolSize],
      [...strides],
      'valid',
    );
    return nativeAveragePoolGradient(tf.div(dy, inside) as tf.Tensor4D, x, window);
  });
}

function nativeAveragePoolGradient(
  dy: tf.Tensor4D,
  x: tf.Tensor4D,
  { poolSize, strides, pads }: PoolWindow,
): tf.Tensor4D {
  const attributes = { filterSize: [...poolSize], strides: [...strides], pad: explicitPadding(pads) };
  return tf.engine().runKernel('AvgPoolGrad', { dy, input: x }, attributes) as tf.Tensor4D;
}

import * as tf from '@tensorflow/tfjs-core';
import type { L2NormalizeLayer } from '../../core/network/network.ts';
import { channelMean } from '../kernels/channels.ts';
import { first, type Operation } from './operation.ts';

/**
 * y = scale * u with u = x / max(|x|, epsilon) at each pixel. Way back (Liu et al. 2015, eq. 3 to 6): with
 * du = dy * scale, dx = (du - u * sum(u * du)) / |x|, and du / epsilon where |x| is not above epsilon, for there the
 * divisor is a constant; dscale = sum of dy * u over the pixels.
 */
export function l2Normalize({ epsilon }: L2NormalizeLayer): Operation {
  const lengthOf = (x: tf.Tensor4D) => tf.sqrt(tf.sum(tf.square(x), 3, true)) as tf.Tensor4D;
  return {
    needs: { input: true, output: false },
    infer: (inputs, parameters) => {
      const x = first(inputs);
      const unit = tf.div(x, tf.maximum(lengthOf(x), epsilon));
      return tf.mul(unit, parameters('scale')) as tf.Tensor4D;
    },
    backward: ({ dy, inputs, parameters, wantsInputGradient }) => {
      const x = first(inputs);
      const [batch, height, width] = x.shape;
      const length = lengthOf(x);
      const divisor = tf.maximum(length, epsilon);
      const unit = tf.div(x, divisor);
      const scale = tf.mul(channelMean(tf.mul(dy, unit) as tf.Tensor4D), batch * height * width);
      if (!wantsInputGradient) return { inputs: [], parameters: { scale } };
      const own = tf.mul(dy, parameters('scale'));
      const moves = tf.cast(tf.greater(length, epsilon), 'float32');
      const along = tf.mul(moves, tf.sum(tf.mul(own, unit), 3, true));
      const gradient = tf.div(tf.sub(own, tf.mul(unit, along)), divisor) as tf.Tensor4D;
      return { inputs: [gradient], parameters: { scale } };
    },
  };
}

import * as tf from '@tensorflow/tfjs-core';
import type { ChannelShuffleLayer } from '../../core/network/network.ts';
import type { LayerGeometry } from '../../core/network/shapes.ts';
import { first, type Operation } from './operation.ts';

/** Channels as [rows, columns] transposed at every pixel. */
function transposed(x: tf.Tensor4D, rows: number, columns: number): tf.Tensor4D {
  const [batch, height, width, channels] = x.shape;
  const pixels = tf.reshape(x, [batch * height * width, rows, columns]);
  return tf.reshape(tf.transpose(pixels, [0, 2, 1]), [batch, height, width, channels]);
}

/** A shuffle of g groups of n channels; the way back is a shuffle of n groups of g. */
export function channelShuffle({ groups }: ChannelShuffleLayer, { ifm }: LayerGeometry): Operation {
  const size = ifm.channels / groups;
  return {
    needs: { input: false, output: false },
    infer: (inputs) => transposed(first(inputs), groups, size),
    backward: ({ dy, wantsInputGradient }) => ({
      inputs: wantsInputGradient ? [transposed(dy, size, groups)] : [],
    }),
  };
}

import * as tf from '@tensorflow/tfjs-core';
import type { LayerGeometry } from '../../core/network/shapes.ts';
import { first, type Operation } from './operation.ts';

export const add = ({ ifms }: LayerGeometry): Operation => ({
  needs: { input: false, output: false },
  infer: (inputs) => inputs.slice(1).reduce((sum, x) => tf.add(sum, x) as tf.Tensor4D, first(inputs)),
  backward: ({ dy }) => ({ inputs: ifms.map(() => tf.clone(dy)) }),
});

export const concat = ({ ifms }: LayerGeometry): Operation => ({
  needs: { input: false, output: false },
  infer: (inputs) => tf.concat([...inputs], 3),
  backward: ({ dy }) => ({
    inputs: tf.split(
      dy,
      ifms.map(({ channels }) => channels),
      3,
    ),
  }),
});

export const flatten = ({ ifm }: LayerGeometry): Operation => ({
  needs: { input: false, output: false },
  infer: (inputs) => {
    const x = first(inputs);
    return tf.reshape(x, [x.shape[0], 1, 1, ifm.height * ifm.width * ifm.channels]);
  },
  backward: ({ dy }) => ({
    inputs: [tf.reshape(dy, [dy.shape[0], ifm.height, ifm.width, ifm.channels])],
  }),
});

/** Inverted dropout with a mask from the seeded stream: what stays is scaled up, inference is the identity. */
export const dropout = (rate: number): Operation => ({
  needs: { input: false, output: false },
  infer: (inputs) => tf.clone(first(inputs)),
  forward: (inputs, _, random) => {
    const x = first(inputs);
    const kept = rate < 1 ? 1 / (1 - rate) : 0;
    const values = Float32Array.from({ length: x.size }, () => (random.next() < rate ? 0 : kept));
    const mask = tf.tensor4d(values, x.shape);
    return { output: tf.mul(x, mask) as tf.Tensor4D, kept: [mask] };
  },
  backward: ({ dy, kept }) => ({ inputs: [tf.mul(dy, kept[0] as tf.Tensor) as tf.Tensor4D] }),
});

/** Softmax over the channels, for networks that have one in the middle; the last one is part of the loss. */
export const softmax: Operation = {
  needs: { input: false, output: true },
  infer: (inputs) => tf.softmax(first(inputs), 3),
  backward: ({ dy, output }) => {
    const product = tf.mul(dy, output);
    return { inputs: [tf.sub(product, tf.mul(output, tf.sum(product, 3, true))) as tf.Tensor4D] };
  },
};

import * as tf from '@tensorflow/tfjs-core';
import type { LayerGeometry } from '../../core/network/shapes.ts';
import { first, type Operation } from './operation.ts';

export const add = ({ ifms }: LayerGeometry): Operation => ({
  needs: { input: false, output: false },
  infer: (inputs) => inputs.slice(1).reduce((sum, x) => tf.add(sum, x) as tf.Tensor4D, first(inputs)),
  backward: ({ dy }) => ({ inputs: ifms.map(() => tf.clone(dy)) }),
});

/** Sums over the pixels, one value a channel. XNNPACK's mean is several times faster than wasm's sum. */
const summed = (x: tf.Tensor4D): tf.Tensor4D => {
  const [, height, width] = x.shape;
  return tf.mul(tf.avgPool(x, [height, width], 1, 'valid'), height * width);
};

/** Each factor's gradient is that of the product times the other factor; a 1x1 gate's is summed over the map. */
export const multiply = ({ ifms, ofm }: LayerGeometry): Operation => {
  const isGate = ifms.map(({ height, width }) => height * width < ofm.height * ofm.width);
  return {
    needs: { input: true, output: false },
    infer: ([a, b]) => tf.mul(a as tf.Tensor4D, b as tf.Tensor4D),
    backward: ({ dy, inputs: [a, b] }) => {
      const own = [b, a].map((other) => tf.mul(dy, other as tf.Tensor4D) as tf.Tensor4D);
      return { inputs: own.map((gradient, i) => (isGate[i] ? summed(gradient) : gradient)) };
    },
  };
};

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
  frozen: {
    needs: { input: false, output: false },
    infer: (inputs) => tf.clone(first(inputs)),
    backward: ({ dy }) => ({ inputs: [tf.clone(dy)] }),
  },
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

import * as tf from '@tensorflow/tfjs-core';
import { hasSimdKernels, runSimd } from '../simd/register.ts';
import { first, type Operation } from './operation.ts';

/** The mask comes from the output, so that the input can go. At exactly 0 and 6 the gradient is 0, as in TensorFlow. */
export const relu: Operation = {
  needs: { input: false, output: true },
  infer: (inputs) => tf.relu(first(inputs)),
  backward: ({ dy, output }) => ({
    inputs: [
      hasSimdKernels()
        ? runSimd<tf.Tensor4D>('ReluGradient', { dy, y: output })
        : (tf.mul(dy, tf.step(output)) as tf.Tensor4D),
    ],
  }),
};

export const relu6: Operation = {
  needs: { input: false, output: true },
  infer: (inputs) => tf.relu6(first(inputs)),
  backward: ({ dy, output }) => {
    const open = tf.mul(tf.step(output), tf.step(tf.sub(6, output)));
    return { inputs: [tf.mul(dy, open) as tf.Tensor4D] };
  },
};

/** The output has the sign of the input, so that it is enough. At 0 the gradient is the slope, as in TensorFlow. */
export const leakyRelu = (slope: number): Operation => ({
  needs: { input: false, output: true },
  infer: (inputs) => tf.leakyRelu(first(inputs), slope),
  backward: ({ dy, output }) => {
    const open = tf.step(output);
    const passed = tf.add(tf.mul(open, 1 - slope), slope);
    return { inputs: [tf.mul(dy, passed) as tf.Tensor4D] };
  },
});

/** y' = y (1 - y) */
export const sigmoid: Operation = {
  needs: { input: false, output: true },
  infer: (inputs) => tf.sigmoid(first(inputs)),
  backward: ({ dy, output }) => ({
    inputs: [tf.mul(dy, tf.mul(output, tf.sub(1, output))) as tf.Tensor4D],
  }),
};

/** y' = 1 - y^2 */
export const tanh: Operation = {
  needs: { input: false, output: true },
  infer: (inputs) => tf.tanh(first(inputs)),
  backward: ({ dy, output }) => ({ inputs: [tf.mul(dy, tf.sub(1, tf.square(output))) as tf.Tensor4D] }),
};

/** relu6(x + 3) / 6; the division keeps 1 exactly 1, so that its slope ends there. */
const gate = (x: tf.Tensor4D): tf.Tensor4D => tf.div(tf.relu6(tf.add(x, 3)), 6) as tf.Tensor4D;

/** 1 where a gate is strictly between 0 and 1, else 0. */
const isOpen = (y: tf.Tensor): tf.Tensor => tf.mul(tf.step(y), tf.step(tf.sub(1, y)));

/** Howard et al. 2019, section 5.2. y' = 1 / 6 inside -3..3, else 0. */
export const hardSigmoid: Operation = {
  needs: { input: false, output: true },
  infer: (inputs) => gate(first(inputs)),
  backward: ({ dy, output }) => ({
    inputs: [tf.mul(dy, tf.div(isOpen(output), 6)) as tf.Tensor4D],
  }),
};

/** x times the hard sigmoid. y' = gate + x / 6 inside -3..3, the gate (0 or 1) outside. */
export const hardSwish: Operation = {
  needs: { input: true, output: false },
  infer: (inputs) => tf.mul(first(inputs), gate(first(inputs))) as tf.Tensor4D,
  backward: ({ dy, inputs }) => {
    const x = first(inputs);
    const opened = gate(x);
    const slope = tf.add(opened, tf.mul(x, tf.div(isOpen(opened), 6)));
    return { inputs: [tf.mul(dy, slope) as tf.Tensor4D] };
  },
};

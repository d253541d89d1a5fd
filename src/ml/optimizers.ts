import * as tf from '@tensorflow/tfjs-core';
import type { Recipe } from '../core/exploration/design.ts';

/** Takes steps on one long parameter vector, and remembers between them. */
export interface Optimizer {
  /** The parameters after a step; frees neither of its inputs. */
  step(parameters: tf.Tensor1D, gradient: tf.Tensor1D): tf.Tensor1D;
  dispose(): void;
}

/** Given outright: tfjs' default is 1e-4 or 1e-7, turned round, depending on the device's textures. */
const ADAM_EPSILON = 1e-7;

/** Kingma and Ba 2015, in Keras' form: the two corrections go into the learning rate. */
export function adam(learningRate: number, beta1 = 0.9, beta2 = 0.999): Optimizer {
  let mean: tf.Tensor1D | null = null;
  let square: tf.Tensor1D | null = null;
  let count = 0;
  return {
    step: (parameters, gradient) => {
      count++;
      const rate = (learningRate * Math.sqrt(1 - beta2 ** count)) / (1 - beta1 ** count);
      const [nextMean, nextSquare, next] = tf.tidy(() => {
        const m = blend(mean, gradient, beta1);
        const v = blend(square, tf.square(gradient), beta2);
        const move = tf.div(tf.mul(m, rate), tf.add(tf.sqrt(v), ADAM_EPSILON));
        return [m, v, tf.sub(parameters, move) as tf.Tensor1D] as [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
      });
      mean?.dispose();
      square?.dispose();
      mean = nextMean;
      square = nextSquare;
      return next;
    },
    dispose: () => {
      mean?.dispose();
      square?.dispose();
    },
  };
}

const blend = (kept: tf.Tensor1D | null, value: tf.Tensor, decay: number): tf.Tensor1D => {
  const share = tf.mul(value, 1 - decay);
  return (kept ? tf.add(tf.mul(kept, decay), share) : share) as tf.Tensor1D;
};

/** Stochastic gradient descent with momentum: v = momentum * v - rate * gradient, parameters + v. */
export function sgd(learningRate: number, momentum: number): Optimizer {
  let velocity: tf.Tensor1D | null = null;
  return {
    step: (parameters, gradient) => {
      const [nextVelocity, next] = tf.tidy(() => {
        const push = tf.mul(gradient, -learningRate) as tf.Tensor1D;
        const v = (velocity ? tf.add(tf.mul(velocity, momentum), push) : push) as tf.Tensor1D;
        return [v, tf.add(parameters, v)] as [tf.Tensor1D, tf.Tensor1D];
      });
      velocity?.dispose();
      velocity = nextVelocity;
      return next;
    },
    dispose: () => velocity?.dispose(),
  };
}

export const optimizerOf = (recipe: Recipe): Optimizer =>
  recipe.optimizer === 'adam' ? adam(recipe.learningRate) : sgd(recipe.learningRate, recipe.momentum);

import * as tf from '@tensorflow/tfjs-core';
import type { BatchNormLayer } from '../../core/network/network.ts';
import { channelMean, scaleShift } from '../kernels/channels.ts';
import { hasSimdKernels, runSimd } from '../simd/register.ts';
import { type Forwarded, first, type Operation, type ParameterReader } from './operation.ts';

type Vector = tf.Tensor1D;

const vector = (parameters: ParameterReader, name: string) => parameters(name) as Vector;

const reciprocalDeviation = (variance: Vector, epsilon: number): Vector =>
  tf.rsqrt(tf.add(variance, epsilon)) as Vector;

/** gamma * (x - mean) / deviation + beta in one pass over x. */
function normalize(x: tf.Tensor4D, mean: Vector, factor: Vector, parameters: ParameterReader): tf.Tensor4D {
  const scale = tf.mul(vector(parameters, 'gamma'), factor) as Vector;
  return scaleShift(x, scale, tf.sub(vector(parameters, 'beta'), tf.mul(mean, scale)) as Vector);
}

/** x - mean: variance and gradient are taken from it, for E[x^2] - mean^2 loses digits in float32. */
const centered = (x: tf.Tensor4D, mean: Vector) => scaleShift(x, tf.onesLike(mean), tf.neg(mean) as Vector);

function simdForward(x: tf.Tensor4D, parameters: ParameterReader, epsilon: number): Forwarded {
  const inputs = { x, gamma: parameters('gamma'), beta: parameters('beta') };
  const found = runSimd<tf.Tensor[]>('TrainingBatchNorm', inputs, { epsilon });
  const [output, mean, variance, factor] = found as [tf.Tensor4D, Vector, Vector, Vector];
  return { output, kept: [mean, factor], statistics: { mean: tf.clone(mean), variance } };
}

/**
 * Batch norm: the batch's own statistics in training, the moving ones in inference. Way back (Ioffe and
 * Szegedy 2015): dx = gamma / deviation * (dy - mean(dy) - xhat * mean(dy * xhat)). Frozen, the moving statistics are
 * constants: dx = gamma / deviation * dy.
 */
export function batchNorm({ epsilon }: BatchNormLayer): Operation {
  const movingFactor = (parameters: ParameterReader) =>
    reciprocalDeviation(vector(parameters, 'movingVariance'), epsilon);
  const infer: Operation['infer'] = (inputs, parameters) =>
    normalize(first(inputs), vector(parameters, 'movingMean'), movingFactor(parameters), parameters);
  const frozen: Operation = {
    needs: { input: false, output: false },
    infer,
    backward: ({ dy, parameters }) => {
      const scale = tf.mul(vector(parameters, 'gamma'), movingFactor(parameters)) as Vector;
      return { inputs: [scaleShift(dy, scale, tf.zerosLike(scale))] };
    },
  };
  return {
    needs: { input: true, output: false },
    frozen,
    infer,
    forward: (inputs, parameters) => {
      const x = first(inputs);
      if (hasSimdKernels()) return simdForward(x, parameters, epsilon);
      const mean = channelMean(x);
      const variance = channelMean(tf.square(centered(x, mean)) as tf.Tensor4D);
      const factor = reciprocalDeviation(variance, epsilon);
      return {
        output: normalize(x, mean, factor, parameters),
        kept: [mean, factor],
        statistics: { mean: tf.clone(mean), variance },
      };
    },
    backward: ({ dy, inputs, kept, parameters, wantsInputGradient }) => {
      const [mean, factor] = kept as [Vector, Vector];
      const x = first(inputs);
      if (hasSimdKernels()) {
        const own = { dy, x, mean, factor, gamma: parameters('gamma') };
        const found = runSimd<tf.Tensor[]>('TrainingBatchNormGradient', own, { wantsInputGradient });
        const [gamma, beta, dx] = found as [Vector, Vector, tf.Tensor4D?];
        return { inputs: dx ? [dx] : [], parameters: { gamma, beta } };
      }
      const count = x.shape[0] * x.shape[1] * x.shape[2];
      const difference = centered(x, mean);
      const meanDy = channelMean(dy);
      // mean(dy * xhat), xhat = difference * factor
      const meanProduct = tf.mul(channelMean(tf.mul(dy, difference) as tf.Tensor4D), factor) as Vector;
      const gradients = { gamma: tf.mul(meanProduct, count), beta: tf.mul(meanDy, count) };
      if (!wantsInputGradient) return { inputs: [], parameters: gradients };
      const scale = tf.mul(vector(parameters, 'gamma'), factor) as Vector;
      const own = scaleShift(dy, scale, tf.neg(tf.mul(scale, meanDy)) as Vector);
      const slope = tf.neg(tf.mul(tf.mul(scale, meanProduct), factor)) as Vector;
      const shared = scaleShift(difference, slope, tf.zerosLike(slope));
      return { inputs: [tf.add(own, shared) as tf.Tensor4D], parameters: gradients };
    },
  };
}

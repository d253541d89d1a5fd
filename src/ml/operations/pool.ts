import * as tf from '@tensorflow/tfjs-core';
import type { GlobalPoolLayer, PoolLayer } from '../../core/network/network.ts';
import type { LayerGeometry } from '../../core/network/shapes.ts';
import { FaultError } from '../../core/result.ts';
import { averagePoolGradient, maxPoolGradient, type PoolWindow } from '../kernels/poolGradients.ts';
import { explicitPadding } from '../kernels/window.ts';
import { first, type Operation } from './operation.ts';

/** XNNPACK refuses 1x1 windows; they only thin out, as a depthwise convolution with ones does. */
function thinOut(x: tf.Tensor4D, { strides, pads }: PoolWindow): tf.Tensor4D {
  const ones = tf.ones([1, 1, x.shape[3], 1]) as tf.Tensor4D;
  return tf.depthwiseConv2d(x, ones, [...strides], explicitPadding(pads));
}

/** Padding is -infinity for the maximum and does not count into the average, as in TensorFlow. */
function pooling(kind: 'maxPool' | 'averagePool', window: PoolWindow): Operation {
  const { poolSize, strides, pads } = window;
  const pool = kind === 'maxPool' ? tf.maxPool : tf.avgPool;
  const single = poolSize[0] === 1 && poolSize[1] === 1;
  return {
    needs: { input: true, output: kind === 'maxPool' },
    infer: (inputs) =>
      single
        ? thinOut(first(inputs), window)
        : pool(first(inputs), [...poolSize], [...strides], explicitPadding(pads)),
    backward: ({ dy, inputs, output, wantsInputGradient }) => {
      if (!wantsInputGradient) return { inputs: [] };
      const x = first(inputs);
      return {
        inputs: [
          kind === 'maxPool' ? maxPoolGradient(dy, x, output, window) : averagePoolGradient(dy, x, window),
        ],
      };
    },
  };
}

export function pool(layer: PoolLayer, { pads }: LayerGeometry): Operation {
  for (const [side, pad] of pads.entries()) {
    const size = layer.poolSize[side < 2 ? 0 : 1];
    if (pad < size) continue;
    throw new FaultError({
      code: 'empty-window',
      message: `Layer ${layer.id} pads ${pad} ${side < 2 ? 'rows' : 'columns'} to a window of ${size}, which then sees nothing but padding; pad less than the window.`,
      where: layer.id,
    });
  }
  return pooling(layer.kind, { poolSize: layer.poolSize, strides: layer.strides, pads });
}

export function globalPool(layer: GlobalPoolLayer, { ifm }: LayerGeometry): Operation {
  const whole = [ifm.height, ifm.width] as const;
  return pooling(layer.kind === 'globalMaxPool' ? 'maxPool' : 'averagePool', {
    poolSize: whole,
    strides: whole,
    pads: [0, 0, 0, 0],
  });
}

import * as tf from '@tensorflow/tfjs-core';
import type { UpsampleLayer } from '../../core/network/network.ts';
import type { LayerGeometry } from '../../core/network/shapes.ts';
import { first, type Operation } from './operation.ts';

/**
 * What every output row takes from every input row, [extent * size, extent] row by row. Output o lies at
 * (o + 0.5) / size - 0.5 of the input; beyond the border the border's own row counts.
 */
function shares(extent: number, size: number, interpolation: UpsampleLayer['interpolation']): Float32Array {
  const matrix = new Float32Array(extent * size * extent);
  const give = (output: number, input: number, share: number) => {
    const index = output * extent + Math.min(extent - 1, Math.max(0, input));
    matrix[index] = (matrix[index] as number) + share;
  };
  for (let output = 0; output < extent * size; output++) {
    if (interpolation === 'nearest') {
      give(output, Math.floor(output / size), 1);
      continue;
    }
    const at = (output + 0.5) / size - 0.5;
    const before = Math.floor(at);
    give(output, before, before + 1 - at);
    give(output, before + 1, at - before);
  }
  return matrix;
}

/**
 * Rows, then columns, each times a matrix; the way back is the same with the matrices transposed. Both
 * interpolations are linear, so this is exact on every backend. tfjs' own ResizeBilinearGrad knows no half-pixel
 * centers, and its ResizeNearestNeighbor finds a row by a float index that falls one short at some sizes.
 */
export function upsample(layer: UpsampleLayer, { ifm, ofm }: LayerGeometry): Operation {
  const { size, interpolation } = layer;
  const { channels } = ifm;
  const rowShares = shares(ifm.height, size[0], interpolation);
  const columnShares = shares(ifm.width, size[1], interpolation);
  const rows = () => tf.tensor3d(rowShares, [1, ofm.height, ifm.height]);
  const columns = () => tf.tensor3d(columnShares, [1, ofm.width, ifm.width]);
  return {
    needs: { input: false, output: false },
    infer: (inputs) => {
      const x = first(inputs);
      const batch = x.shape[0];
      const tall = tf.matMul(rows(), tf.reshape(x, [batch, ifm.height, ifm.width * channels]));
      const wide = tf.matMul(columns(), tf.reshape(tall, [batch * ofm.height, ifm.width, channels]));
      return tf.reshape(wide, [batch, ofm.height, ofm.width, channels]);
    },
    backward: ({ dy, wantsInputGradient }) => {
      if (!wantsInputGradient) return { inputs: [] };
      const batch = dy.shape[0];
      const narrow = tf.matMul(columns(), tf.reshape(dy, [batch * ofm.height, ofm.width, channels]), true);
      const back = tf.matMul(rows(), tf.reshape(narrow, [batch, ofm.height, ifm.width * channels]), true);
      return { inputs: [tf.reshape(back, [batch, ifm.height, ifm.width, channels])] };
    },
  };
}

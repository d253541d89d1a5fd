import * as tf from '@tensorflow/tfjs';
import { createRandom } from '../src/core/random.ts';

export const BATCH = 32;
export const CLASSES = 10;
export const FILTERS: readonly number[] = [16, 32, 32];

/** Images and one-hot labels: noise, because speed does not look at the picture. */
function data(extent: number, count: number) {
  const random = createRandom(1);
  const pixels = Float32Array.from({ length: count * extent * extent * 3 }, () => 2 * random.next() - 1);
  const xs = tf.tensor4d(pixels, [count, extent, extent, 3]);
  const labels = Int32Array.from({ length: count }, (_, i) => i % CLASSES);
  const ys = tf.oneHot(tf.tensor1d(labels, 'int32'), CLASSES).toFloat() as tf.Tensor2D;
  return { xs, ys };
}

/** The network of the aims for tfjs-layers. */
function layersModel(extent: number) {
  const model = tf.sequential();
  FILTERS.forEach((filters, i) => {
    const inputShape = i === 0 ? { inputShape: [extent, extent, 3] } : {};
    model.add(tf.layers.conv2d({ filters, kernelSize: 3, padding: 'same', useBias: false, ...inputShape }));
    model.add(tf.layers.batchNormalization());
    model.add(tf.layers.reLU());
    model.add(tf.layers.maxPooling2d({ poolSize: 2 }));
  });
  model.add(tf.layers.globalAveragePooling2d({}));
  model.add(tf.layers.dense({ units: CLASSES, activation: 'softmax' }));
  model.compile({ optimizer: tf.train.adam(1e-3), loss: 'categoricalCrossentropy' });
  return model;
}

/** Images a second of `model.fit` on the active backend, after an epoch that warms up. */
export async function fitSpeed(extent: number, batches: number, runs = 3): Promise<number> {
  const model = layersModel(extent);
  const { xs, ys } = data(extent, BATCH * batches);
  const epoch = () => model.fit(xs, ys, { batchSize: BATCH, epochs: 1, verbose: 0 });
  await epoch();
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < runs; run++) {
    const started = performance.now();
    await epoch();
    best = Math.min(best, performance.now() - started);
  }
  model.dispose();
  tf.dispose([xs, ys]);
  return (1000 * BATCH * batches) / best;
}

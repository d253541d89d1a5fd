import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import convnetjs from 'convnetjs';
import { networkCounts } from '../src/core/network/counts.ts';
import { createRandom } from '../src/core/random.ts';
import { benchmarkNetwork, timeSteps } from '../src/ml/benchmark.ts';
import { useWasmInNode } from '../src/ml/nodeWasm.ts';

const BATCH = 32;
const CLASSES = 10;
const FILTERS = [16, 32, 32];

/** Images and one-hot labels: noise, because speed does not look at the picture. */
function data(extent: number, count: number) {
  const random = createRandom(1);
  const pixels = Float32Array.from({ length: count * extent * extent * 3 }, () => 2 * random.next() - 1);
  const xs = tf.tensor4d(pixels, [count, extent, extent, 3]);
  const labels = Int32Array.from({ length: count }, (_, i) => i % CLASSES);
  const ys = tf.oneHot(tf.tensor1d(labels, 'int32'), CLASSES).toFloat() as tf.Tensor2D;
  return { pixels, xs, ys };
}

/** The same network for tfjs-layers. */
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

/** Billions of operations a second of the active backend's own matMul, 1 MAC = 2 operations: its peak. */
async function matMulPeak(): Promise<number> {
  const n = 512;
  const a = tf.randomUniform([n, n]);
  const b = tf.randomUniform([n, n]);
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 12; i++) {
    const started = performance.now();
    const product = tf.matMul(a, b);
    await product.data();
    best = Math.min(best, performance.now() - started);
    product.dispose();
  }
  tf.dispose([a, b]);
  return (2 * n ** 3) / best / 1e6;
}

/** Operations of one training step a frame: forward, the kernels' gradients, and the inputs' but for the first layer. */
function stepOperations(extent: number): number {
  const { macCount } = networkCounts(benchmarkNetwork(extent, FILTERS));
  const first = extent * extent * 9 * 3 * (FILTERS[0] ?? 0);
  return 2 * (3 * macCount - first);
}

/** convnetjs has no batch norm: its network is without, which is less work than ours. */
function convnetSpeed(extent: number, count: number): number {
  const net = new convnetjs.Net();
  const convolutions = FILTERS.flatMap((filters) => [
    { type: 'conv', sx: 3, filters, stride: 1, pad: 1, activation: 'relu' },
    { type: 'pool', sx: 2, stride: 2 },
  ]);
  const rest = extent / 2 ** FILTERS.length;
  net.makeLayers([
    { type: 'input', out_sx: extent, out_sy: extent, out_depth: 3 },
    ...convolutions,
    { type: 'pool', sx: rest, stride: rest },
    { type: 'softmax', num_classes: CLASSES },
  ]);
  const trainer = new convnetjs.Trainer(net, { method: 'adam', batch_size: BATCH, learning_rate: 1e-3 });
  const random = createRandom(1);
  const image = new convnetjs.Vol(extent, extent, 3, 0);
  for (let i = 0; i < image.w.length; i++) image.w[i] = 2 * random.next() - 1;
  for (let i = 0; i < BATCH; i++) trainer.train(image, i % CLASSES);
  const started = performance.now();
  for (let i = 0; i < count; i++) trainer.train(image, i % CLASSES);
  return (1000 * count) / (performance.now() - started);
}

/** Training side by side in one run: the same network, batch and data. Images a second. */
export async function measureTrainers(): Promise<Record<string, number>> {
  const results: Record<string, number> = {};
  const round = (value: number) => Math.round(value * 10) / 10;
  // biome-ignore lint/correctness/useHookAtTopLevel: no React hook, only named like one
  await useWasmInNode();
  const peak = await matMulPeak();
  results['wasm matMul 512, GOP/s'] = round(peak);
  for (const extent of [32, 64]) {
    const { imagesPerSecond } = await timeSteps(benchmarkNetwork(extent, FILTERS), extent, { steps: 60 });
    results[`ours, wasm, ${extent}x${extent}`] = round(imagesPerSecond);
    results[`share of the matMul peak, ${extent}x${extent}, %`] = round(
      (100 * imagesPerSecond * stepOperations(extent)) / 1e9 / peak,
    );
    results[`model.fit, wasm with our kernels, ${extent}x${extent}`] = round(await fitSpeed(extent, 10));
    results[`convnetjs, ${extent}x${extent}`] = round(convnetSpeed(extent, 64));
  }
  await tf.setBackend('cpu');
  results['model.fit, cpu, 32x32'] = round(await fitSpeed(32, 1, 1));
  return results;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(await measureTrainers());

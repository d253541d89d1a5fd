import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import convnetjs from 'convnetjs';
import { networkCounts } from '../src/core/network/counts.ts';
import { createRandom } from '../src/core/random.ts';
import { benchmarkNetwork, timeSteps } from '../src/ml/benchmark.ts';
import { useWasmInNode } from '../src/ml/nodeWasm.ts';
import { measureInBrowser } from './browser/measure.ts';
import { BATCH, CLASSES, FILTERS, fitSpeed } from './layersModel.ts';
import { describeParts, measureParts } from './stepParts.ts';

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

/** Training side by side in one run: the same network, batch and data. Images a second where nothing else is said. */
export async function measureTrainers(): Promise<Record<string, number | string>> {
  const results: Record<string, number | string> = {};
  const round = (value: number) => Math.round(value * 10) / 10;
  results['load average before'] = round(loadavg()[0] ?? 0);
  // biome-ignore lint/correctness/useHookAtTopLevel: no React hook, only named like one
  await useWasmInNode();
  for (const extent of [32, 64]) {
    const at = `${extent}x${extent}`;
    const network = benchmarkNetwork(extent, FILTERS);
    // in turns, the faster of two each: whoever else works on the machine takes from all
    const ours: number[] = [];
    const fit: number[] = [];
    const convnet: number[] = [];
    const peaks: number[] = [];
    for (let turn = 0; turn < 2; turn++) {
      peaks.push(await matMulPeak());
      ours.push((await timeSteps(network, extent, { steps: 40 })).imagesPerSecond);
      fit.push(await fitSpeed(extent, 6, 2));
      convnet.push(convnetSpeed(extent, 32));
    }
    const [speed, peak] = [Math.max(...ours), Math.max(...peaks)];
    results[`wasm matMul 512 beside ${at}, GOP/s`] = round(peak);
    results[`ours, wasm, ${at}`] = round(speed);
    results[`share of the matMul peak, ${at}, %`] = round(
      (100 * speed * stepOperations(extent)) / 1e9 / peak,
    );
    results[`model.fit, wasm with our kernels, ${at}`] = round(Math.max(...fit));
    results[`times model.fit, wasm, ${at}`] = round(speed / Math.max(...fit));
    results[`convnetjs, ${at}`] = round(Math.max(...convnet));
    results[`times convnetjs, ${at}`] = round(speed / Math.max(...convnet));
    results[`a step's parts, wasm, ${at}`] = describeParts(await measureParts(extent, 20));
  }
  await tf.setBackend('cpu');
  results['ours, cpu, 32x32'] = round(
    (await timeSteps(benchmarkNetwork(32, FILTERS), 32, { steps: 1 })).imagesPerSecond,
  );
  results['model.fit, cpu, 32x32'] = round(await fitSpeed(32, 1, 1));
  Object.assign(results, await measureInBrowser());
  results['load average behind'] = round(loadavg()[0] ?? 0);
  return results;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(await measureTrainers());

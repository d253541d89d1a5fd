import * as tf from '@tensorflow/tfjs-core';
import { createRandom } from '../src/core/random.ts';
import { benchmarkNetwork, noise } from '../src/ml/benchmark.ts';
import { forwardTraining } from '../src/ml/forward.ts';
import { initializeWeights } from '../src/ml/initialize.ts';
import { softmaxCrossEntropy } from '../src/ml/loss.ts';
import { adam } from '../src/ml/optimizers.ts';
import { join, layoutOf, upload, views } from '../src/ml/parameters.ts';
import { planOf } from '../src/ml/plan.ts';
import { readBack } from '../src/ml/readBack.ts';

const PARTS = ['upload', 'forward', 'read-back and loss', 'backward', 'optimizer'] as const;

/** Milliseconds of a step's parts, each waited for. */
export type StepParts = Record<(typeof PARTS)[number], number>;

const PIXEL = new Float32Array(4);

/** Waits until graphics have done what they were told; the others compute at once. */
async function finish(): Promise<void> {
  if (tf.getBackend() === 'webgl') {
    const { gpgpu } = tf.backend() as unknown as { gpgpu: { gl: WebGL2RenderingContext } };
    // finish() returns at once in Chromium's workers; a pixel of the last output can't be early
    gpgpu.gl.readPixels(0, 0, 1, 1, gpgpu.gl.RGBA, gpgpu.gl.FLOAT, PIXEL);
  }
  if (tf.getBackend() === 'webgpu') {
    const { queue } = tf.backend() as unknown as { queue: { onSubmittedWorkDone(): Promise<void> } };
    await queue.onSubmittedWorkDone();
  }
}

function send(x: tf.Tensor): void {
  const backend = tf.backend() as unknown as { uploadToGPU?(dataId: object): void };
  backend.uploadToGPU?.(x.dataId);
}

/** The parts of the fastest of some steps of the 16-32-32 network: what a session does, with a wait behind each part. */
export async function measureParts(extent: number, steps: number, batchSize = 32): Promise<StepParts> {
  const network = benchmarkNetwork(extent);
  const plan = planOf(network);
  const layout = layoutOf(network, plan.geometry);
  let vectors = upload(initializeWeights(network, 1), layout);
  const optimizer = adam(1e-3);
  const random = createRandom(1);
  const batch = noise(extent, batchSize);
  let best: StepParts | null = null;
  const total = (parts: StepParts) => PARTS.reduce((sum, part) => sum + parts[part], 0);
  for (let step = 0; step <= steps; step++) {
    const parts: StepParts = { upload: 0, forward: 0, 'read-back and loss': 0, backward: 0, optimizer: 0 };
    let from = performance.now();
    const lap = async (part: keyof StepParts) => {
      await finish();
      parts[part] += performance.now() - from;
      from = performance.now();
    };
    const x = tf.tensor4d(batch.pixels, batch.shape);
    send(x);
    await lap('upload');
    const parameters = views(vectors, layout);
    await lap('optimizer');
    const tape = forwardTraining(plan, x, parameters, random);
    await lap('forward');
    const { gradient } = softmaxCrossEntropy(await readBack(tape.logits), batch.labels, plan.classCount);
    await lap('read-back and loss');
    const dLogits = tf.tensor2d(gradient, tape.logits.shape);
    const gradients = tape.backward(dLogits);
    await lap('backward');
    const joined = join(layout.trained, (key) => gradients.get(key));
    const trained = optimizer.step(vectors.trained, joined);
    const moving = tf.tidy(() => {
      const found = join(layout.moving, (key) => {
        const [id = '', name] = key.split('/');
        const statistics = tape.statistics.get(id);
        return name === 'movingMean' ? statistics?.mean : statistics?.variance;
      });
      return tf.add(tf.mul(vectors.moving, 0.9), tf.mul(found, 0.1)) as tf.Tensor1D;
    });
    await lap('optimizer');
    tf.dispose([
      x,
      dLogits,
      joined,
      vectors.trained,
      vectors.moving,
      ...gradients.values(),
      ...parameters.values(),
    ]);
    tape.dispose();
    vectors = { ...vectors, trained, moving };
    if (step > 0 && (!best || total(parts) < total(best))) best = parts;
  }
  optimizer.dispose();
  tf.dispose([vectors.trained, vectors.moving, vectors.fixed]);
  if (!best) throw new Error('measure at least one step behind the first');
  return best;
}

/** "forward 31 %, backward 55 %, ...": shares of a step. */
export function describeParts(parts: StepParts): string {
  const sum = PARTS.reduce((total, part) => total + parts[part], 0);
  return PARTS.map((part) => `${part} ${((100 * parts[part]) / sum).toFixed(1)} %`).join(', ');
}

import * as tf from '@tensorflow/tfjs-core';
import { NetworkBuilder } from '../core/network/builder.ts';
import type { Network } from '../core/network/network.ts';
import { createRandom } from '../core/random.ts';
import { noise } from './benchmark.ts';
import { initializeWeights } from './initialize.ts';
import type { Optimizer } from './optimizers.ts';
import { readBack } from './readBack.ts';
import { Session } from './session.ts';

/** Large enough for an odd row, a border and an inside at every layer. */
export const CHECK_SIZE = 17;
const BATCH = 8;
const RATE = 0.05;

/**
 * The largest difference that rounding explains, relative to the largest value of its kind. One rounding is 6e-8; WGSL
 * and GLSL allow divisions and roots a few of them; ten layers with batch norms between raise that to 1e-6 or 1e-5 as
 * measured. A forgotten border, a wrong divisor or half floats (5e-4 a rounding) change a gradient by percents.
 */
export const TOLERANCE = 1e-3;

/**
 * Small, and has what kernels get wrong: strides, odd sizes, depthwise, batch norm, both poolings, a sum. No batch norm
 * right behind a depthwise convolution: factors and biases before it would have no gradient but rounding.
 */
export function checkNetwork(): Network {
  const b = new NetworkBuilder('check', { height: CHECK_SIZE, width: CHECK_SIZE, channels: 3 });
  b.convBlock(8, 3);
  b.maxPool(2);
  b.depthwise(3, { bias: true });
  const before = b.relu6();
  const beside = b.convBlock(8, 1);
  b.add(before, beside);
  b.maxPool(3, { stride: 2, padding: 'same' });
  b.depthwise(3, { stride: 2, bias: true });
  b.relu();
  b.convBlock(16, 3, { stride: 2 });
  b.averagePool(2, { stride: 1, padding: 'same' });
  b.globalAveragePool();
  b.dense(10);
  return b.build();
}

/** What two steps left behind, by kind: losses, logits of an inference, gradients of each parameter. */
export type Trace = ReadonlyMap<string, Float32Array>;

/** Plain descent that keeps the gradient it was given. */
class Recorder implements Optimizer {
  rate = RATE;
  gradient: tf.Tensor1D | null = null;

  step(parameters: tf.Tensor1D, gradient: tf.Tensor1D): tf.Tensor1D {
    this.gradient?.dispose();
    this.gradient = tf.clone(gradient);
    return tf.tidy(() => tf.sub(parameters, tf.mul(gradient, this.rate)));
  }

  async state() {
    return { steps: 0, vectors: {} };
  }

  dispose(): void {
    this.gradient?.dispose();
  }
}

/** Two seeded steps on the active backend, and an inference behind them. */
export async function traceSteps(): Promise<Trace> {
  const network = checkNetwork();
  const session = new Session(network, initializeWeights(network, 1));
  const recorder = new Recorder();
  const random = createRandom(1);
  const batch = noise(CHECK_SIZE, BATCH);
  const trace = new Map<string, Float32Array>();
  try {
    for (const step of ['first', 'second']) {
      const { loss } = await session.step(batch, recorder, random);
      trace.set(`loss of the ${step} step`, Float32Array.of(loss));
      if (!recorder.gradient) break;
      const gradient = await readBack(recorder.gradient);
      let offset = 0;
      for (const { key, size } of session.layout.trained) {
        trace.set(`gradient of ${key} in the ${step} step`, gradient.slice(offset, offset + size));
        offset += size;
      }
    }
    trace.set('logits', (await session.logits(batch)).slice());
  } finally {
    recorder.dispose();
    session.dispose();
  }
  return trace;
}

export interface Disagreement {
  /** Of what, as {@link Trace} names it. */
  readonly of: string;
  /** Largest difference of a value over the largest value of the reference; infinite where something is no number. */
  readonly difference: number;
}

/** Where two traces differ most. */
export function largestDifference(reference: Trace, found: Trace): Disagreement {
  let worst: Disagreement = { of: 'nothing', difference: 0 };
  for (const [of, expected] of reference) {
    const values = found.get(of);
    let largest = 0;
    let error = 0;
    expected.forEach((value, i) => {
      largest = Math.max(largest, Math.abs(value));
      const distance = Math.abs(value - (values?.[i] ?? Number.NaN));
      error = Number.isNaN(distance) ? Number.POSITIVE_INFINITY : Math.max(error, distance);
    });
    const difference = error === 0 ? 0 : error / largest;
    if (!(difference <= worst.difference)) worst = { of, difference };
  }
  return worst;
}

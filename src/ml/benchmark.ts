import { NetworkBuilder } from '../core/network/builder.ts';
import type { Network } from '../core/network/network.ts';
import { createRandom } from '../core/random.ts';
import type { BackendName } from '../workers/protocol.ts';
import { activate } from './activate.ts';
import type { Batch } from './images.ts';
import { initializeWeights } from './initialize.ts';
import { adam } from './optimizers.ts';
import { Session } from './session.ts';

export interface TrainingSpeed {
  /** By the fastest step: what the machine can do when nobody else works on it. */
  readonly imagesPerSecond: number;
  readonly firstStepMilliseconds: number;
  /** Steps measured after the first. */
  readonly steps: number;
}

/** The network that speeds are quoted for: 16-32-32, batch norm, ReLU and pooling behind each convolution. */
export function benchmarkNetwork(size: number, filters: readonly number[] = [16, 32, 32]): Network {
  const b = new NetworkBuilder('benchmark', { height: size, width: size, channels: 3 });
  for (const count of filters) {
    b.convBlock(count, 3);
    b.maxPool(2);
  }
  b.globalAveragePool();
  b.dense(10);
  return b.build();
}

/** Seeded noise: speed does not look at the picture. */
export function noise(size: number, count: number): Batch {
  const random = createRandom(1);
  return {
    pixels: Float32Array.from({ length: count * size * size * 3 }, () => 2 * random.next() - 1),
    shape: [count, size, size, 3],
    labels: Uint8Array.from({ length: count }, (_, i) => i % 10),
  };
}

/** Trains a network on noise on the active backend and times the steps, loss read back each time. */
export async function timeSteps(
  network: Network,
  size: number,
  limits: { readonly steps: number; readonly milliseconds?: number; readonly batchSize?: number },
): Promise<TrainingSpeed> {
  const session = new Session(network, initializeWeights(network, 1));
  const optimizer = adam(1e-3);
  const random = createRandom(1);
  const batch = noise(size, limits.batchSize ?? 32);
  const started = performance.now();
  let firstStepMilliseconds = 0;
  let best = Number.POSITIVE_INFINITY;
  let steps = 0;
  try {
    for (let step = 0; step <= limits.steps; step++) {
      const from = performance.now();
      await session.step(batch, optimizer, random);
      const took = performance.now() - from;
      if (step === 0) firstStepMilliseconds = took;
      else {
        best = Math.min(best, took);
        steps++;
      }
      if (step >= 1 && performance.now() - started > (limits.milliseconds ?? Number.POSITIVE_INFINITY)) break;
    }
  } finally {
    optimizer.dispose();
    session.dispose();
  }
  return { imagesPerSecond: (1000 * batch.labels.length) / best, firstStepMilliseconds, steps };
}

/** Training speed of a backend at an image size: batch 32, Adam, the 16-32-32 network. */
export async function measureTraining(
  backend: BackendName,
  size: number,
  steps: number,
): Promise<TrainingSpeed> {
  await activate(backend);
  return timeSteps(benchmarkNetwork(size), size, { steps });
}

import * as tf from '@tensorflow/tfjs';
import { prepareWasm } from '../../src/ml/activate.ts';
import { start } from '../../src/ml/backendStart.ts';
import { benchmarkNetwork, timeSteps } from '../../src/ml/benchmark.ts';
import type { BackendName } from '../../src/workers/protocol.ts';
import { fitSpeed } from '../layersModel.ts';
import { measureParts } from '../stepParts.ts';

/** What the bench asks for, each in a worker of its own: our kernels must not help `model.fit`. */
const METHODS = {
  /** Makes a backend the active one as the app does; answers what draws. */
  async start(backend: BackendName) {
    prepareWasm(new URL('/wasm/', self.location.href).href);
    await start(backend);
  },
  /** The backend as tfjs itself starts it. */
  async startPlain(backend: BackendName) {
    if (!(await tf.setBackend(backend)) || tf.getBackend() !== backend) throw new Error(`no ${backend}`);
  },
  ours: (extent: number, steps: number) => timeSteps(benchmarkNetwork(extent), extent, { steps }),
  fit: (extent: number, batches: number, runs: number) => fitSpeed(extent, batches, runs),
  parts: (extent: number, steps: number) => measureParts(extent, steps),
};

self.onmessage = async ({ data: { id, method, args } }) => {
  try {
    const run = METHODS[method as keyof typeof METHODS] as (...given: unknown[]) => Promise<unknown>;
    self.postMessage({ id, value: await run(...args) });
  } catch (error) {
    self.postMessage({ id, error: error instanceof Error ? error.message : String(error) });
  }
};

import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { FaultError } from '../core/result.ts';
import type { BackendName } from '../workers/protocol.ts';
import { registerWasmGradientKernels, registerWebglGradientKernels } from './kernels/register.ts';
import { registerSimdKernels } from './simd/register.ts';

/**
 * Says where the .wasm files are: a folder URL that ends in `/`, or a folder path in Node.
 *
 * Threads stay off: tfjs' threaded factory is stringified into a blob, where the names a minifier gave it
 * dangle; two threads would gain 1 to 20 %.
 */
export function prepareWasm(folder: string): void {
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  setWasmPaths(folder);
  registerWasmGradientKernels();
}

/** wasm comes with the worker; the others are fetched when somebody asks for them. */
const LOADERS: Readonly<Record<BackendName, () => Promise<unknown>>> = {
  wasm: async () => {},
  webgl: async () => {
    await import('@tensorflow/tfjs-backend-webgl');
    registerWebglGradientKernels();
  },
  webgpu: () => import('@tensorflow/tfjs-backend-webgpu'),
  cpu: () => import('@tensorflow/tfjs-backend-cpu'),
};

/** Makes a backend the active one. tfjs keeps another one active without an error when that fails. */
export async function activate(backend: BackendName): Promise<void> {
  let reason = 'it could not be started';
  try {
    await LOADERS[backend]();
    if ((await tf.setBackend(backend)) && tf.getBackend() === backend) {
      if (backend === 'wasm') await registerSimdKernels();
      return;
    }
  } catch (error) {
    reason = error instanceof Error ? error.message : String(error);
  }
  throw new FaultError({
    code: 'backend',
    message: `The ${backend} backend does not run here (${reason}); choose another one.`,
    where: backend,
  });
}

import * as tf from '@tensorflow/tfjs-core';
import { FaultError } from '../core/result.ts';
import type { BackendName } from '../workers/protocol.ts';

/** What can be asked of a graphics context or device. */
interface Loss {
  readonly promise: Promise<never>;
  happened(): boolean;
}

const watched = new Map<string, Loss>();

const lostFault = (backend: BackendName) =>
  new FaultError({
    code: 'graphics-lost',
    message: `The browser took the graphics processor away (${backend === 'webgl' ? 'webglcontextlost' : 'GPUDevice.lost'}); start again from the last checkpoint, on wasm if it comes back.`,
    where: backend,
  });

/**
 * Watches the graphics of a backend, once: `onLoss` calls back when it is lost, `isLost` tells at any time. After a loss
 * the next read would hang for ever, or after a killed GPU process return zeros without an error.
 */
export function watchGraphics(
  backend: BackendName,
  onLoss: (lost: () => void) => void,
  isLost: () => boolean = () => false,
): void {
  let happened = false;
  const promise = new Promise<never>((_, reject) => {
    onLoss(() => {
      happened = true;
      reject(lostFault(backend));
    });
  });
  promise.catch(() => {}); // it may be lost while nobody reads
  watched.set(backend, { promise, happened: () => happened || isLost() });
}

/** The values of a tensor, which stays the caller's. Throws a `graphics-lost` fault instead of hanging. */
export async function readBack(tensor: tf.Tensor): Promise<Float32Array> {
  const backend = tf.getBackend() as BackendName;
  const graphics = watched.get(backend);
  if (!graphics) return tensor.dataSync() as Float32Array;
  if (graphics.happened()) throw lostFault(backend);
  const values = await Promise.race([tensor.data(), graphics.promise]);
  if (graphics.happened()) throw lostFault(backend);
  return values as Float32Array;
}

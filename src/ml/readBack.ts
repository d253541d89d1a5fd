import * as tf from '@tensorflow/tfjs-core';
import { FaultError } from '../core/result.ts';

/** What can be asked of a graphics context. */
interface Loss {
  readonly promise: Promise<never>;
  happened(): boolean;
}

let graphics: Loss | null = null;

const lostFault = () =>
  new FaultError({
    code: 'graphics-lost',
    message:
      'The browser took the graphics processor away (webglcontextlost); start again from the last checkpoint, on wasm if it comes back.',
    where: 'webgl',
  });

/**
 * Watches a WebGL context. Once it is lost, the next read would hang for ever, or after a killed GPU process
 * return zeros without an error.
 */
export function watchContext(canvas: EventTarget, isLost: () => boolean): void {
  let happened = false;
  const promise = new Promise<never>((_, reject) => {
    canvas.addEventListener('webglcontextlost', () => {
      happened = true;
      reject(lostFault());
    });
  });
  promise.catch(() => {}); // it may be lost while nobody reads
  graphics = { promise, happened: () => happened || isLost() };
}

/** The values of a tensor, which stays the caller's. Throws a `graphics-lost` fault instead of hanging. */
export async function readBack(tensor: tf.Tensor): Promise<Float32Array> {
  if (tf.getBackend() !== 'webgl' || !graphics) return tensor.dataSync() as Float32Array;
  if (graphics.happened()) throw lostFault();
  const values = await Promise.race([tensor.data(), graphics.promise]);
  if (graphics.happened()) throw lostFault();
  return values as Float32Array;
}

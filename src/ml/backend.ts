import type { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl';
import * as tf from '@tensorflow/tfjs-core';
import { FaultError } from '../core/result.ts';
import type { BackendChoice, BackendMeasurement, BackendName } from '../workers/protocol.ts';
import { activate } from './activate.ts';
import { benchmarkNetwork, timeSteps } from './benchmark.ts';
import { watchContext } from './readBack.ts';

/** The image size of the short run that decides. */
const SIZE = 16;
const STEPS = 12;
const LONGEST_MILLISECONDS = 1500;

/** Names under which processors pretend to be graphics: SwiftShader, Mesa's llvmpipe and softpipe, Microsoft's WARP. */
const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i;

/** Why WebGL should not be used here, or null. `hard` reasons hold against the user's wish too. */
function objectionToWebgl(): { readonly reason: string; readonly hard: boolean } | null {
  if (typeof OffscreenCanvas === 'undefined')
    return { reason: 'there is no graphics context in a worker here', hard: true };
  const canvas = new OffscreenCanvas(1, 1);
  const gl = canvas.getContext('webgl2');
  if (!gl) return { reason: 'the browser offers no WebGL 2', hard: true };
  const info = gl.getExtension('WEBGL_debug_renderer_info');
  const renderer = String(gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  if (SOFTWARE.test(renderer))
    return {
      reason: `no GPU: ${SOFTWARE.exec(renderer)?.[0] ?? 'software'} draws on the processor`,
      hard: false,
    };
  return null;
}

let watched = false;

/** Starts a backend; WebGL with an eye on its context. */
async function start(backend: BackendName): Promise<void> {
  await activate(backend);
  if (backend !== 'webgl' || watched) return;
  const { gpgpu } = tf.backend() as MathBackendWebGL;
  const { gl } = gpgpu;
  watchContext(gl.canvas, () => gl.isContextLost());
  watched = true;
}

async function measure(backend: BackendName, overridden: boolean): Promise<BackendMeasurement> {
  try {
    const objection = backend === 'webgl' ? objectionToWebgl() : null;
    if (objection && (objection.hard || !overridden))
      return { backend, imagesPerSecond: null, reason: objection.reason };
    await start(backend);
    // half floats make Adam diverge and sums wrong
    if (backend === 'webgl' && !tf.env().getBool('WEBGL_RENDER_FLOAT32_ENABLED'))
      return { backend, imagesPerSecond: null, reason: 'it does not compute in 32-bit floats here' };
    const limits = { steps: STEPS, milliseconds: LONGEST_MILLISECONDS, batchSize: 16 };
    const { imagesPerSecond } = await timeSteps(benchmarkNetwork(SIZE, [8, 16]), SIZE, limits);
    return { backend, imagesPerSecond };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { backend, imagesPerSecond: null, reason };
  }
}

const perSecond = (images: number) => `${Math.round(images).toLocaleString('en-US')} images/s`;

function explain(active: BackendMeasurement, measurements: readonly BackendMeasurement[], wished: boolean) {
  const speed = perSecond(active.imagesPerSecond ?? 0);
  if (wished) return `${active.backend}, as you chose: ${speed} in a short training run.`;
  const others = measurements
    .filter((m) => m.backend !== active.backend)
    .map(({ backend, imagesPerSecond, reason }) =>
      imagesPerSecond === null
        ? `${backend} is left out (${reason})`
        : `${backend} ${perSecond(imagesPerSecond)}`,
    );
  return `${active.backend} trains fastest here: ${speed} in a short run; ${others.join(', ')}.`;
}

/**
 * Chooses the backend by a short training run, warm-up excluded, and makes it the active one. The slow
 * `cpu` is measured only where nothing else runs. A wish is followed where it can be, and refused with
 * the reason where it can't.
 */
export async function chooseBackend(
  override: BackendName | null,
  progress: (progress: { readonly message: string }) => void = () => {},
): Promise<BackendChoice> {
  const measurements: BackendMeasurement[] = [];
  const candidates: readonly BackendName[] = override ? [override] : ['webgl', 'wasm', 'cpu'];
  for (const backend of candidates) {
    if (backend === 'cpu' && !override && measurements.some((m) => m.imagesPerSecond !== null)) {
      measurements.push({ backend, imagesPerSecond: null, reason: 'slower than both, not measured' });
      continue;
    }
    progress({ message: `Measuring ${backend} …` });
    measurements.push(await measure(backend, override !== null));
  }
  const active = measurements.reduce((best, m) =>
    (m.imagesPerSecond ?? -1) > (best.imagesPerSecond ?? -1) ? m : best,
  );
  if (active.imagesPerSecond === null) {
    throw new FaultError({
      code: 'backend',
      message: override
        ? `The ${override} backend does not run here: ${active.reason}; choose another one.`
        : `No backend can train here: ${measurements.map((m) => `${m.backend}: ${m.reason}`).join('; ')}.`,
      where: active.backend,
    });
  }
  await start(active.backend);
  return {
    active: active.backend,
    measurements,
    explanation: explain(active, measurements, override !== null),
  };
}

import type { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl';
import * as tf from '@tensorflow/tfjs-core';
import type { BackendName } from '../workers/protocol.ts';
import { activate } from './activate.ts';
import { watchGraphics } from './readBack.ts';

/** What WebGPU offers, as far as it is asked here: TypeScript's own DOM types do not know it yet. */
interface Adapter {
  readonly info?: {
    readonly vendor: string;
    readonly architecture: string;
    readonly device: string;
    readonly description: string;
    readonly isFallbackAdapter?: boolean;
  };
  readonly isFallbackAdapter?: boolean;
}

interface Device {
  readonly lost: Promise<unknown>;
}

/** Names under which processors pretend to be graphics: SwiftShader, Mesa's llvmpipe and softpipe, Microsoft's WARP. */
const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i;

/** What the browser draws with: null where it has no such thing. */
export interface Graphics {
  readonly name: string;
  /** The software that draws on the processor instead of a GPU, or null. */
  readonly software: string | null;
}

const graphicsOf = (name: string, isFallback = false): Graphics => ({
  name,
  software: SOFTWARE.exec(name)?.[0] ?? (isFallback ? 'software' : null),
});

function webglGraphics(): Graphics | null {
  if (typeof OffscreenCanvas === 'undefined') return null;
  const gl = new OffscreenCanvas(1, 1).getContext('webgl2');
  if (!gl) return null;
  const info = gl.getExtension('WEBGL_debug_renderer_info');
  const renderer = String(gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return graphicsOf(renderer);
}

async function webgpuGraphics(): Promise<Graphics | null> {
  const browser = globalThis.navigator as unknown as
    | { gpu?: { requestAdapter(options: object): Promise<Adapter | null> } }
    | undefined;
  try {
    // the same wish as tfjs' own
    const adapter = await browser?.gpu?.requestAdapter({ powerPreference: 'high-performance' });
    if (!adapter) return null;
    const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info ?? {};
    const name = [vendor, architecture, device, description].filter(Boolean).join(' ');
    return graphicsOf(name || 'unnamed', isFallbackAdapter ?? adapter.isFallbackAdapter);
  } catch {
    return null;
  }
}

/** What each graphics backend would draw with. Costs a tenth of a second; loads no backend. */
export async function findGraphics(): Promise<Readonly<Record<'webgl' | 'webgpu', Graphics | null>>> {
  return { webgl: webglGraphics(), webgpu: await webgpuGraphics() };
}

const started = new Set<BackendName>();

/** Makes a backend the active one; the graphics ones with an eye on their context. */
export async function start(backend: BackendName): Promise<void> {
  await activate(backend);
  if (started.has(backend)) return;
  started.add(backend);
  if (backend === 'webgl') {
    const { gl } = (tf.backend() as MathBackendWebGL).gpgpu;
    watchGraphics(
      backend,
      (lost) => gl.canvas.addEventListener('webglcontextlost', lost),
      () => gl.isContextLost(),
    );
  }
  if (backend === 'webgpu') {
    const { device } = tf.backend() as unknown as { readonly device: Device };
    watchGraphics(backend, (lost) => void device.lost.then(lost));
  }
}

import type { Page } from '@playwright/test';

interface Engine {
  readonly backendInstance: {
    readonly gpgpu?: { readonly gl: WebGL2RenderingContext };
    readonly device?: { destroy(): void };
  };
}

/**
 * Takes the graphics away from the training worker, as the browser does after a crash of its driver: WebGL's context is
 * lost, WebGPU's device destroyed. Throws where neither trains. TensorFlow.js keeps its engine where this finds it.
 */
export async function loseGraphics(page: Page): Promise<void> {
  const trainer = page.workers().find((worker) => /train\.worker/.test(worker.url()));
  if (!trainer) throw new Error('no training worker');
  await trainer.evaluate(() => {
    const { backendInstance } = (self as unknown as { _tfengine: Engine })._tfengine;
    const { gpgpu, device } = backendInstance;
    if (gpgpu) gpgpu.gl.getExtension('WEBGL_lose_context')?.loseContext();
    else if (device) device.destroy();
    else throw new Error('nothing draws');
  });
}

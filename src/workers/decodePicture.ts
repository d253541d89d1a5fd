import type { ImageDecoder } from '../core/data/compile/entries.ts';
import { fail, ok } from '../core/result.ts';

let canvas: OffscreenCanvasRenderingContext2D | null = null;

/** One canvas for all pictures, which only grows: a new one for each costs more than the drawing. It lies on black. */
function canvasFor(width: number, height: number): OffscreenCanvasRenderingContext2D | null {
  if (!canvas || canvas.canvas.width < width || canvas.canvas.height < height) {
    const extent = canvas?.canvas;
    canvas = new OffscreenCanvas(
      Math.max(width, extent?.width ?? 0),
      Math.max(height, extent?.height ?? 0),
    ).getContext('2d', { willReadFrequently: true, alpha: false });
  }
  return canvas;
}

/** Decoded pictures larger than this do not keep their canvas. */
const KEPT_PIXELS = 2 ** 20;

/**
 * Decodes PNG, JPEG and WebP with the browser's own decoder, in a worker: bytes as the file has them, without the
 * screen's colors, and what is transparent on black.
 */
export const decodePicture: ImageDecoder = async (bytes, name) => {
  try {
    const bitmap = await createImageBitmap(new Blob([bytes as Uint8Array<ArrayBuffer>]), {
      colorSpaceConversion: 'none',
    });
    const { width, height } = bitmap;
    const context = canvasFor(width, height);
    if (!context)
      return fail('no-canvas', `${name} can't be drawn: this browser gives no canvas in workers.`);
    context.fillStyle = '#000';
    context.fillRect(0, 0, width, height);
    context.drawImage(bitmap, 0, 0);
    bitmap.close();
    const { data } = context.getImageData(0, 0, width, height);
    if (width * height > KEPT_PIXELS) canvas = null;
    return ok({ width, height, data: new Uint8Array(data.buffer) });
  } catch {
    return fail('undecodable', `${name} is damaged, or no picture that this browser can read.`, name);
  }
};

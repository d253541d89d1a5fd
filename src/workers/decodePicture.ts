import type { ImageDecoder as PictureDecoder } from '../core/data/compile/entries.ts';
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

/** Whether a file is a PNG that is not to be turned, nor moves: its chunks before the first pixels tell. */
function isPlainPng(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0x89 || bytes[1] !== 0x50) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 8; at + 8 <= bytes.length; at += 12 + view.getUint32(at)) {
    const kind = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (kind === 'IDAT') return true;
    if (kind === 'eXIf' || kind === 'acTL') return false;
  }
  return false;
}

type Drawable = (ImageBitmap | VideoFrame) & { close(): void };

/**
 * Decodes with the browser's own decoder, without the screen's colors. Plain PNG files go to the decoder as they are
 * where there is one for workers, at half the cost of the Blob that everything else is wrapped in; of JPEG files it would
 * give other colors, and not turn them.
 */
async function decoded(bytes: Uint8Array<ArrayBuffer>): Promise<{ picture: Drawable; close(): void }> {
  const colorSpaceConversion = 'none';
  if (typeof ImageDecoder !== 'undefined' && isPlainPng(bytes)) {
    const decoder = new ImageDecoder({ data: bytes, type: 'image/png', colorSpaceConversion });
    try {
      const { image } = await decoder.decode();
      return { picture: image, close: () => decoder.close() };
    } catch (error) {
      decoder.close();
      throw error;
    }
  }
  const picture = await createImageBitmap(new Blob([bytes]), { colorSpaceConversion });
  return { picture, close: () => {} };
}

/** Decodes PNG, JPEG and WebP, in a worker: bytes as the file has them, and what is transparent on black. */
export const decodePicture: PictureDecoder = async (bytes, name) => {
  try {
    const { picture, close } = await decoded(bytes as Uint8Array<ArrayBuffer>);
    try {
      const { width, height } =
        'displayWidth' in picture
          ? { width: picture.displayWidth, height: picture.displayHeight }
          : { width: picture.width, height: picture.height };
      const context = canvasFor(width, height);
      if (!context)
        return fail('no-canvas', `${name} can't be drawn: this browser gives no canvas in workers.`);
      context.fillStyle = '#000';
      context.fillRect(0, 0, width, height);
      context.drawImage(picture, 0, 0);
      const { data } = context.getImageData(0, 0, width, height);
      if (width * height > KEPT_PIXELS) canvas = null;
      return ok({ width, height, data: new Uint8Array(data.buffer) });
    } finally {
      picture.close();
      close();
    }
  } catch {
    return fail('undecodable', `${name} is damaged, or no picture that this browser can read.`, name);
  }
};

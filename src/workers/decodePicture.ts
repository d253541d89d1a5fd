import type { ImageDecoder } from '../core/data/compile/entries.ts';
import { fail, ok } from '../core/result.ts';

/** Decodes PNG, JPEG and WebP with the browser's own decoder, in a worker. */
export const decodePicture: ImageDecoder = async (bytes, name) => {
  try {
    const bitmap = await createImageBitmap(new Blob([bytes as Uint8Array<ArrayBuffer>]));
    const { width, height } = bitmap;
    const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
    if (!context)
      return fail('no-canvas', `${name} can't be drawn: this browser gives no canvas in workers.`);
    context.drawImage(bitmap, 0, 0);
    bitmap.close();
    const { data } = context.getImageData(0, 0, width, height);
    return ok({ width, height, data: new Uint8Array(data.buffer) });
  } catch {
    return fail('undecodable', `${name} is damaged, or no picture that this browser can read.`, name);
  }
};

import type { ImageDecoder } from '../../core/data/compile/entries.ts';
import { PixelGate } from '../../core/data/compile/pixelGate.ts';
import { fail } from '../../core/result.ts';
import { shortSentence } from '../../core/sentence.ts';

interface Extent {
  readonly width: number;
  readonly height: number;
}

const begins = (bytes: Uint8Array, text: string, at = 0) =>
  [...text].every((character, i) => bytes[at + i] === character.charCodeAt(0));

/** Looks for the frame header of a JPEG file (ITU-T T.81, B.2.2) behind its other segments. */
function jpegExtent(view: DataView): Extent | null {
  for (let at = 2; at + 9 <= view.byteLength; ) {
    if (view.getUint8(at) !== 0xff) return null;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at++;
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    at += 2 + Math.max(2, view.getUint16(at + 2));
  }
  return null;
}

/** WebP's three kinds of first chunk (RFC 9649): lossy, lossless, extended. */
function webpExtent(bytes: Uint8Array, view: DataView): Extent | null {
  if (view.byteLength < 30) return null;
  if (begins(bytes, 'VP8 ', 12)) {
    return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
  }
  if (begins(bytes, 'VP8L', 12)) {
    const bits = view.getUint32(21, true);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  const size24 = (at: number) => view.getUint16(at, true) + view.getUint8(at + 2) * 65_536 + 1;
  return begins(bytes, 'VP8X', 12) ? { width: size24(24), height: size24(27) } : null;
}

/** Width and height that a PNG, JPEG, WebP, GIF or BMP file tells before anything is decoded; null for other bytes. */
export function pictureExtent(bytes: Uint8Array): Extent | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (begins(bytes, '\x89PNG\r\n\x1a\n') && bytes.length >= 24) {
    return { width: view.getUint32(16), height: view.getUint32(20) };
  }
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return jpegExtent(view);
  if (begins(bytes, 'RIFF') && begins(bytes, 'WEBP', 8)) return webpExtent(bytes, view);
  if (begins(bytes, 'GIF8') && bytes.length >= 10) {
    return { width: view.getUint16(6, true), height: view.getUint16(8, true) };
  }
  if (begins(bytes, 'BM') && bytes.length >= 26) {
    return { width: Math.abs(view.getInt32(18, true)), height: Math.abs(view.getInt32(22, true)) };
  }
  return null;
}

/** A decoded picture takes four bytes a pixel. */
const MOST_PIXELS = 40_000_000;

/** Of all pictures that are decoded at a time: two photographs of a telephone, or thousands of small pictures. */
const MOST_PIXELS_AT_ONCE = 2 ** 25;

/**
 * A decoder that looks at a picture's header first: what is no picture, or would take gigabytes, never reaches it, and
 * large ones come one after the other, however many are asked for at a time.
 */
export const guardedDecoder = (decoder: ImageDecoder, mostAtOnce = MOST_PIXELS_AT_ONCE): ImageDecoder => {
  const gate = new PixelGate(mostAtOnce);
  return async (bytes, name) => {
    const extent = pictureExtent(bytes);
    if (!extent) {
      return fail(
        'image-broken',
        shortSentence(`${name} is no PNG, JPEG, WebP, GIF or BMP picture, or is cut off.`),
        name,
      );
    }
    const { width, height } = extent;
    if (width < 1 || height < 1 || width * height > MOST_PIXELS) {
      return fail(
        'image-extent',
        shortSentence(
          `${name} says it is ${width}x${height} pixels; from 1 to ${MOST_PIXELS.toLocaleString('en-US')} can be read.`,
        ),
        name,
      );
    }
    return gate.through(width * height, () => decoder(bytes, name));
  };
};
